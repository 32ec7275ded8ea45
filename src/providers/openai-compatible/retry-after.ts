/**
 * Upstream's own word on when it will serve again, in ms: `retry-after-ms`, else `Retry-After` in
 * seconds or as an HTTP date. Undefined when it says nothing that can be read.
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const exact = amount(headers.get('retry-after-ms'));
  if (exact !== undefined) return Math.ceil(exact);
  const said = headers.get('retry-after');
  const seconds = amount(said);
  if (seconds !== undefined) return Math.ceil(seconds * 1_000);
  const at = Date.parse(said ?? '');
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** A plain decimal number; a date is none. */
function amount(text: string | null): number | undefined {
  return text !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
