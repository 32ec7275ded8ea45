import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openApiDocument, OPERATIONS } from '../../scripts/openapi/document';
import { Start } from '../../scripts/openapi/public-operations';
import { ERRORS } from '../../src/contract/errors';
import { StartFields } from '../../src/imagine/protocol';
import { allRoutes } from '../../src/router';

const document = openApiDocument('1.2.3');

/** `/v1/models/:id+` and `/images/*` as the document writes them. */
const asPath = (pattern: string): string =>
  pattern.replace(/:(\w+)\+?/g, '{$1}').replace(/\*$/, '{path}');

/** Preflights belong to every path that other pages may call. */
const served = allRoutes()
  .filter(([method]) => method !== 'OPTIONS')
  .map(([method, pattern]) => `${method} ${asPath(pattern)}`);

/** Every object within, with where it is. */
function* walk(value: unknown, at = '#'): Generator<readonly [string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Record<string, unknown>];
  for (const [name, inner] of Object.entries(value)) yield* walk(inner, `${at}/${name}`);
}

const Media = z.looseObject({ schema: z.optional(z.looseObject({})) });
const Content = z.record(z.string().regex(/^[\w*-]+\/[\w.*+-]+$/), Media);
const Documented = z.object({
  openapi: z.literal('3.1.0'),
  info: z.looseObject({ title: z.string(), version: z.literal('1.2.3') }),
  servers: z.array(z.object({ url: z.string() })),
  tags: z.array(z.object({ name: z.string(), description: z.string() })),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(
      z.enum(['get', 'post', 'delete', 'head']),
      z.strictObject({
        operationId: z.string().regex(/^[a-zA-Z0-9]+$/),
        summary: z.string().min(3),
        description: z.optional(z.string()),
        tags: z.array(z.string()).length(1),
        security: z.array(z.record(z.string(), z.array(z.string()))),
        parameters: z.optional(
          z.array(
            z.looseObject({
              name: z.string(),
              in: z.enum(['path', 'query']),
              schema: z.looseObject({}),
            }),
          ),
        ),
        requestBody: z.optional(z.looseObject({ content: Content })),
        responses: z.record(
          z.string().regex(/^[1-5]\d\d$/),
          z.looseObject({ description: z.string().min(1), content: z.optional(Content) }),
        ),
      }),
    ),
  ),
  components: z.looseObject({
    schemas: z.record(z.string(), z.looseObject({})),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.string() })),
  }),
  'x-error-codes': z.record(z.string(), z.object({ status: z.int(), type: z.string() })),
});

describe('the OpenAPI document', () => {
  it('has the structure of OpenAPI 3.1, and every reference leads somewhere', () => {
    const { paths, components, tags } = Documented.parse(JSON.parse(JSON.stringify(document)));
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const groups = new Set(tags.map(({ name }) => name));
    const schemes = new Set(Object.keys(components.securitySchemes));
    for (const {
      tags: [group = ''],
      security,
    } of operations) {
      expect(groups).toContain(group);
      const rights = security.flatMap((right) => Object.keys(right));
      expect(rights.filter((name) => !schemes.has(name))).toEqual([]);
    }
    const lost = [...walk(document)].filter(([, { $ref }]) => {
      const name = typeof $ref === 'string' ? $ref.replace('#/components/schemas/', '') : null;
      return name !== null && components.schemas[name] === undefined;
    });
    expect(lost.map(([at]) => at)).toEqual([]);
    for (const [path, methods] of Object.entries(paths)) {
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(methods)) {
        const named = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
        expect([path, named]).toEqual([path, wanted]);
      }
    }
  });

  it('describes every route, and no other', () => {
    const described = OPERATIONS.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect(new Set(described).size).toBe(described.length);
    expect(described.toSorted()).toEqual([...new Set(served)].toSorted());
  });

  it('knows every error code, and each operation names its own', () => {
    const envelope = document.components?.schemas?.['Error'];
    expect(JSON.stringify(envelope)).toContain(JSON.stringify(Object.keys(ERRORS)));
    expect(document).toMatchObject({ 'x-error-codes': { daily_quota_exceeded: { status: 429 } } });
    const chat = document.paths?.['/v1/chat/completions']?.post?.responses ?? {};
    expect(Object.keys(chat)).toEqual(
      expect.arrayContaining(['200', '400', '401', '429', '502', '504']),
    );
    expect(chat['429']).toMatchObject({ description: expect.stringContaining('`pool_exhausted`') });
  });

  it('has examples that the contracts accept', () => {
    const examples = OPERATIONS.flatMap(({ path, body }) =>
      Object.entries(body?.examples ?? {}).map(([name, value]) => ({
        name: `${path} ${name}`,
        error: body?.json?.safeParse(value).error?.message,
      })),
    );
    expect(examples.length).toBeGreaterThan(30);
    expect(examples.filter(({ error }) => error !== undefined)).toEqual([]);
    const bare = OPERATIONS.filter(
      ({ body }) => body?.json !== undefined && Object.keys(body.examples ?? {}).length === 0,
    );
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  it('says of a start what the sessions read', () => {
    const ask = { prompt: 'p' };
    expect(Start.parse(ask)).toEqual(StartFields.parse(ask));
    expect(Object.keys(Start.shape)).toEqual([...Object.keys(StartFields.shape), 'user']);
  });
});
