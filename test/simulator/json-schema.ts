type Schema = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 12;

/** A simple value that fits a JSON schema, every property filled. Numbers keep to `minimum`, arrays have one item. */
export function exampleOf(schema: Schema): unknown {
  return example(schema, schema, 0);
}

function example(schema: Schema, root: Schema, depth: number): unknown {
  if (depth > MAX_DEPTH) return null;
  const inner = (one: unknown) => example(isSchema(one) ? one : {}, root, depth + 1);
  if (typeof schema['$ref'] === 'string') return inner(resolved(root, schema['$ref']));
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    const options = schema[word];
    if (Array.isArray(options)) return inner(options[0]);
  }
  switch (typeOf(schema)) {
    case 'object': {
      const properties = isSchema(schema['properties']) ? schema['properties'] : {};
      return Object.fromEntries(
        Object.entries(properties).map(([name, one]) => [name, inner(one)]),
      );
    }
    case 'array':
      return [inner(schema['items'])];
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return 'text';
  }
}

function typeOf(schema: Schema): unknown {
  const { type } = schema;
  if (Array.isArray(type)) return type[0];
  return type ?? ('properties' in schema ? 'object' : 'string');
}

function resolved(root: Schema, pointer: string): unknown {
  let value: unknown = root;
  for (const step of pointer.replace(/^#\/?/, '').split('/')) {
    if (step !== '') value = isSchema(value) ? value[step] : undefined;
  }
  return value;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
