/** Ranges and conditions of RFC 9110 (13, 14): what to answer, decided from headers alone. */

import { PLAYER_PIECE_BYTES } from './limits';

/** Some of an object's bytes. */
export interface Slice {
  readonly offset: number;
  readonly length: number;
}

/** One range, as asked for. `last` is null up to the end; `suffix` counts from the end. */
export type RangeSpec =
  | { readonly first: number; readonly last: number | null }
  | { readonly suffix: number };

/** What is compared: the entity tag without quotes, and when the object came into being (Unix ms). */
export interface Validators {
  readonly etag: string | null;
  /** Known where there is no `etag`: it answers whether something has changed, and joins no pieces. */
  readonly weakEtag?: string | null;
  readonly modifiedAt: number | null;
}

export type Plan =
  | { readonly status: 200 | 304 | 412 | 416 }
  | { readonly status: 206; readonly slice: Slice };

/** What a GET or HEAD of an object of this size is answered with. */
export function planAnswer(
  method: string,
  headers: Headers,
  object: Validators & { readonly sizeBytes: number },
): Plan {
  if (isPreconditionFailed(headers, object)) return { status: 412 };
  if (isNotModified(headers, object)) return { status: 304 };
  const spec = askedRange(method, headers);
  if (spec === null || !mayAnswerRange(headers, object)) return { status: 200 };
  const slice = sliceOf(spec, object.sizeBytes);
  return slice === null ? { status: 416 } : { status: 206, slice };
}

/** The one range that is asked for; null for none, several, malformed ones and other units. */
export function askedRange(method: string, headers: Headers): RangeSpec | null {
  // Ranges are defined for GET alone (14.2).
  const spec = method === 'GET' ? parseRange(headers.get('range')) : null;
  return spec !== null && isGreedy(spec, headers) ? inPieces(spec) : spec;
}

/**
 * A `<video>` or `<audio>` (https://www.w3.org/TR/fetch-metadata/) that asks for more than it wants.
 * Chromium names the end of the file once it knows it; what others name, they want.
 */
function isGreedy(spec: RangeSpec, headers: Headers): boolean {
  if (!/^(video|audio)$/.test(headers.get('sec-fetch-dest') ?? '')) return false;
  return ('last' in spec && spec.last === null) || headers.has('sec-ch-ua');
}

/**
 * Players ask for everything from a place on and leave when they have enough; by then, buffers on the way hold
 * megabytes that nobody sees. They get a piece and ask for the next: a part of what was asked for is
 * an answer too (15.3.7). Whoever downloads gets all.
 */
function inPieces(spec: RangeSpec): RangeSpec {
  if ('suffix' in spec) return spec;
  const last = spec.first + PLAYER_PIECE_BYTES - 1;
  return { first: spec.first, last: Math.min(spec.last ?? last, last) };
}

const RANGE = /^bytes[ \t]*=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i;

/** Reads a `Range` header; null when it is to be ignored. */
export function parseRange(header: string | null): RangeSpec | null {
  const match = header === null ? null : RANGE.exec(header);
  if (match === null) return null;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) return { suffix: Number(suffix) };
  const spec = { first: Number(first), last: last === '' ? null : Number(last) };
  // An end before the start makes the whole header invalid (14.1.1).
  return spec.last !== null && spec.last < spec.first ? null : spec;
}

/** @returns null when the range cannot be satisfied. */
export function sliceOf(spec: RangeSpec, sizeBytes: number): Slice | null {
  if ('suffix' in spec) {
    const length = Math.min(spec.suffix, sizeBytes);
    return length === 0 ? null : { offset: sizeBytes - length, length };
  }
  if (spec.first >= sizeBytes) return null;
  const last = Math.min(spec.last ?? sizeBytes - 1, sizeBytes - 1);
  return { offset: spec.first, length: last - spec.first + 1 };
}

/** A range as it is asked of an upstream. */
export function formatRange(spec: RangeSpec): string {
  return 'suffix' in spec ? `bytes=-${spec.suffix}` : `bytes=${spec.first}-${spec.last ?? ''}`;
}

/** Whether anything but the range decides how a request is answered. */
export function hasConditions(headers: Headers): boolean {
  return CONDITIONS.some((name) => headers.has(name));
}

const CONDITIONS = [
  'if-match',
  'if-unmodified-since',
  'if-none-match',
  'if-modified-since',
  'if-range',
] as const;

/** `If-Match` compares strongly and wins over `If-Unmodified-Since` (13.1.1, 13.1.4). */
export function isPreconditionFailed(headers: Headers, { etag, modifiedAt }: Validators): boolean {
  const tags = headers.get('if-match');
  if (tags !== null) {
    if (tags.trim() === '*') return false;
    return etag === null || !listsStrongTag(tags, etag);
  }
  const since = Date.parse(headers.get('if-unmodified-since') ?? '');
  return modifiedAt !== null && wholeSeconds(modifiedAt) > since;
}

/** `If-Range`: a changed object is answered whole. Weak tags never match (13.1.5). */
export function mayAnswerRange(headers: Headers, { etag, modifiedAt }: Validators): boolean {
  const condition = headers.get('if-range')?.trim();
  if (condition === undefined) return true;
  if (condition.startsWith('"')) return etag !== null && condition === `"${etag}"`;
  return modifiedAt !== null && Date.parse(condition) === wholeSeconds(modifiedAt);
}

/** `If-None-Match` compares weakly and wins over `If-Modified-Since` (13.1.2, 13.1.3). */
export function isNotModified(headers: Headers, object: Validators): boolean {
  const { modifiedAt } = object;
  const etag = object.etag ?? object.weakEtag ?? null;
  const tags = headers.get('if-none-match');
  if (tags !== null) {
    if (tags.trim() === '*') return true;
    return etag !== null && listsTag(tags, etag);
  }
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  return modifiedAt !== null && wholeSeconds(modifiedAt) <= since;
}

/** Whether a list of entity tags holds this one; a weak mark is looked over. */
function listsTag(tags: string, etag: string): boolean {
  return [...tags.matchAll(/(?:W\/)?"([^"]*)"/g)].some(([, tag]) => tag === etag);
}

function listsStrongTag(tags: string, etag: string): boolean {
  return [...tags.matchAll(/(W\/)?"([^"]*)"/g)].some(
    ([, weak, tag]) => weak === undefined && tag === etag,
  );
}

/** HTTP dates have no smaller unit. */
function wholeSeconds(atMs: number): number {
  return Math.floor(atMs / 1_000) * 1_000;
}
