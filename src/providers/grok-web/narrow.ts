/** Reads upstream JSON by hand: a frame is looked at once per token, where a schema would cost more than the parse. */
export type Json = Readonly<Record<string, unknown>>;

/** The value as an object, or null. Arrays are not objects here. */
export function record(value: unknown): Json | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  // SAFETY: a non-null object that is no array has string keys; their values stay unknown.
  return value as Json;
}

/** The value as a list; anything else is an empty one. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as text; anything else is empty. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value as a finite number, or null. */
export function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** The first of the named fields that holds text. */
export function firstText(from: Json, ...keys: readonly string[]): string {
  for (const key of keys) {
    const value = from[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return '';
}

/** The text's object, or null when it is not the JSON of one. */
export function parseRecord(json: string): Json | null {
  try {
    return record(JSON.parse(json));
  } catch {
    // Upstream mixes JSON with other lines; what does not parse is not a frame.
    return null;
  }
}

/** Upstream writes "none" as an absent key, null, an empty text, false or 0. */
export function isPresent(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== '' && value !== false && number(value) !== 0
  );
}
