/** Fields of these names never reach a log line, at any depth. */
const SECRET_NAMES = /^(set-)?cookie$|secret|authorization|password|^(api_?)?key$|^sso(-rw)?$/i;
const MAX_DEPTH = 4;

/** Writes one structured line for something that went wrong. Ids and codes, never secrets or bodies. */
export function logError(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console.error(line('error', event, fields));
}

/** Writes one structured line for something an operator should know but that hurt nobody. */
export function logWarning(event: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console.warn(line('warning', event, fields));
}

/** The line itself. Errors become name, message and the first cause's. */
export function line(
  level: string,
  event: string,
  fields: Readonly<Record<string, unknown>>,
): string {
  return JSON.stringify({ level, event, ...cleanRecord(fields, 0) });
}

function cleanRecord(fields: object, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!SECRET_NAMES.test(name)) clean[name] = cleanValue(value, depth + 1);
  }
  return clean;
}

function cleanValue(value: unknown, depth: number): unknown {
  if (value instanceof Error) return describe(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  return Array.isArray(value)
    ? value.slice(0, 50).map((item) => cleanValue(item, depth + 1))
    : cleanRecord(value, depth);
}

function describe(error: Error): string {
  const own = `${error.name}: ${error.message}`;
  return error.cause instanceof Error
    ? `${own} (${error.cause.name}: ${error.cause.message})`
    : own;
}
