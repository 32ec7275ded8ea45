import {
  createDocument,
  type ZodOpenApiMediaTypeObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { type ErrorCode, ERRORS } from '../../src/contract/errors';
import { ADMIN } from './admin-operations';
import { ErrorEnvelope, ERRORS_BY, errorResponses } from './errors';
import { LEGACY } from './legacy-operations';
import { type Body, groupBy, GROUPS, type Operation, type Reply } from './operation';
import { PUBLIC } from './public-operations';

/** Every operation there is. */
export const OPERATIONS: readonly Operation[] = [...PUBLIC, ...ADMIN, ...LEGACY];

const ABOUT = `One OpenAI-compatible gateway over pools of credentials.

**Keys** open \`/v1/*\`, which is also served under \`/api/v1/*\`, from any page. **Sessions** of administrators open \`/api/v1/admin/*\` and the older paths, by Bearer or by cookie from this origin. Failures have one envelope, \`Error\`; programs go by its \`code\`.`;

/** The document, from the contracts that the Worker itself checks requests by. */
export function openApiDocument(version: string) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = toOpenApi(operation);
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Grok2API',
      version,
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    // SAFETY: methods are those of `Operation`, each of which a path item has.
    paths: paths as ZodOpenApiPathsObject,
    components: {
      schemas: { Error: ErrorEnvelope },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: "A caller's key, `sk-…`." },
        session: { type: 'http', scheme: 'bearer', description: 'The token of a session.' },
        cookie: { type: 'apiKey', in: 'cookie', name: '__Host-session' },
      },
    },
    'x-error-codes': Object.fromEntries(
      Object.entries(ERRORS).map(([code, { status, type }]) => [code, { status, type }]),
    ),
  });
}

const SECURITY: Readonly<Record<Operation['by'], Record<string, string[]>[]>> = {
  key: [{ key: [] }],
  session: [{ session: [] }, { cookie: [] }],
  link: [],
  nothing: [],
};

function toOpenApi(operation: Operation): ZodOpenApiOperationObject {
  const { summary, description, group, by, pathParams, query, body, replies } = operation;
  const params = {
    ...(pathParams === undefined ? {} : { path: pathParams }),
    ...(query === undefined ? {} : { query }),
  };
  const errors: readonly ErrorCode[] = [...ERRORS_BY[by], ...(operation.errors ?? [])];
  return {
    operationId: idOf(operation),
    summary,
    ...(description === undefined ? {} : { description }),
    tags: [group],
    security: SECURITY[by],
    ...(Object.keys(params).length === 0 ? {} : { requestParams: params }),
    ...(body === undefined ? {} : { requestBody: requestBody(body) }),
    responses: { ...responses(replies), ...errorResponses(errors) },
  };
}

/** `POST /v1/images/edits` → `postV1ImagesEdits`. */
function idOf({ method, path }: Operation): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function requestBody(body: Body): NonNullable<ZodOpenApiOperationObject['requestBody']> {
  const { json, form, text, examples = {}, isOptional } = body;
  const named = Object.entries(examples).map(([name, value]) => [name, { value }]);
  return {
    required: isOptional !== true,
    content: {
      ...(json === undefined
        ? {}
        : { 'application/json': { schema: json, examples: Object.fromEntries(named) } }),
      ...(form === undefined ? {} : { 'multipart/form-data': { schema: form } }),
      ...(text === undefined
        ? {}
        : { 'text/plain': { schema: { type: 'string' as const, description: text } } }),
    },
  };
}

/** Replies of one status are one response in several types. */
function responses(replies: readonly Reply[]): Record<`2${string}`, ZodOpenApiResponseObject> {
  return Object.fromEntries(
    [...groupBy(replies, ({ status }) => status)].map(([status, group]) => {
      const content = group.flatMap(contentOf);
      const description = [...new Set(group.map((reply) => reply.description))].join(' · ');
      return [
        status,
        { description, ...(content.length === 0 ? {} : { content: Object.fromEntries(content) }) },
      ];
    }),
  );
}

function contentOf({ type, schema, example }: Reply): [string, ZodOpenApiMediaTypeObject][] {
  if (type === undefined && schema === undefined) return [];
  const media: ZodOpenApiMediaTypeObject = {
    ...(schema === undefined ? {} : { schema }),
    ...(example === undefined ? {} : { example }),
  };
  return [[type ?? 'application/json', media]];
}
