/** The part of an OpenAPI document that this page reads. */
export interface Spec {
  readonly info: { readonly title: string; readonly version: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, SpecOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface SpecOperation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, SpecResponse>>;
}

export interface SpecResponse {
  readonly description: string;
  readonly content?: Readonly<Record<string, Media>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface Media {
  readonly schema?: Schema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

/** A JSON schema, as far as it is shown. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

export type Schemas = Spec['components']['schemas'];

/** One operation with where it is. */
export interface Entry {
  readonly method: string;
  readonly path: string;
  readonly operation: SpecOperation;
}

/** All operations by group, in the order of the groups. */
export function groupsOf(spec: Spec): readonly {
  readonly name: string;
  readonly description: string;
  readonly entries: readonly Entry[];
}[] {
  const entries = Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Entry => ({ method, path, operation })),
  );
  return spec.tags.map((tag) => ({
    ...tag,
    entries: entries.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
}

/** Whether every word is found in what an operation is called. */
export function matches({ method, path, operation }: Entry, text: string): boolean {
  const { summary, description = '', tags } = operation;
  const whole = [method, path, summary, description, ...tags].join(' ').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => whole.includes(word));
}

/** The schema behind a reference, and its name. */
export function resolve(
  schema: Schema,
  schemas: Schemas,
): { readonly schema: Schema; readonly name: string | null } {
  const name = schema.$ref?.split('/').at(-1) ?? null;
  const found = name === null ? undefined : schemas[name];
  return found === undefined ? { schema, name: null } : { schema: found, name };
}

/** A type in a few words: `string`, `"a" | "b"`, `Token[]`. */
export function typeText(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? 'object';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices !== undefined) return [...new Set(choices.map(typeText))].join(' | ');
  if (schema.type === undefined) return 'any';
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type;
  return types.map((type) => oneType(type, schema)).join(' | ');
}

function oneType(type: string, schema: Schema): string {
  if (type === 'array') {
    const item = typeText(schema.items ?? {});
    return item.includes(' | ') ? `(${item})[]` : `${item}[]`;
  }
  return schema.format === undefined ? type : `${type} (${schema.format})`;
}

/** What a value must keep to: `1 … 500`, `≤ 200`. Bounds that only say "a safe integer" are left out. */
export function limitText(schema: Schema): string {
  const { default: preset, anyOf } = schema;
  // Of "a number or null" the number's.
  const own = anyOf?.map(limitText).find((text) => text !== '') ?? '';
  const parts = [
    own,
    range(schema.minimum, schema.maximum),
    range(schema.minLength, schema.maxLength),
    range(schema.minItems, schema.maxItems),
    preset === undefined ? '' : `= ${JSON.stringify(preset)}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function range(least: number | undefined, most: number | undefined): string {
  const from = least === undefined || least === Number.MIN_SAFE_INTEGER ? null : least;
  const to = most === undefined || most === Number.MAX_SAFE_INTEGER ? null : most;
  if (from !== null && to !== null) return `${from} … ${to}`;
  if (from !== null) return `≥ ${from}`;
  return to === null ? '' : `≤ ${to}`;
}

/** A line for a shell that makes this request. */
export function curlLine(
  { method, path, operation }: Entry,
  origin: string,
  body: unknown,
): string {
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase());
  const [right = {}] = operation.security;
  const secret = 'key' in right ? '$API_KEY' : 'session' in right ? '$SESSION' : null;
  const lines = [`curl ${flagOf(method)}'${origin}${address}'`];
  if (secret !== null) lines.push(`-H "Authorization: Bearer ${secret}"`);
  if (body !== undefined) {
    lines.push(`-H 'Content-Type: application/json'`);
    lines.push(`-d '${JSON.stringify(body).replaceAll("'", String.raw`'\''`)}'`);
  }
  return lines.join(' \\\n  ');
}

function flagOf(method: string): string {
  if (method === 'get') return '';
  return method === 'head' ? '-I ' : `-X ${method.toUpperCase()} `;
}
