import { SECOND_MS } from '../lib/time';
import type { MediaDeps } from './deps';
import { MAX_AGE_MS } from './limits';
import type { Slice, Validators } from './range';
import { UNKNOWN_TYPE } from './types';

/** What is told of an object. */
export interface Facts extends Validators {
  readonly contentType: string;
  /** Of the whole; null when nobody knows. */
  readonly sizeBytes: number | null;
  /** When the cache forgets it; Unix ms. */
  readonly expiresAt: number | null;
}

export interface LinkFacts {
  /** Unix ms; null for an open link. */
  readonly expiresAt: number | null;
  readonly now: number;
}

/**
 * Headers of an answer: ours, never upstream's. The bytes are strangers': they are shown as what they
 * are or downloaded, and nothing in them runs.
 */
export function headersOf(facts: Facts, link: LinkFacts, slice: Slice | null = null): Headers {
  const { sizeBytes, modifiedAt, contentType } = facts;
  const etag = entityTag(facts);
  const length = slice?.length ?? sizeBytes;
  // Each name that is set afterwards is one more call into the runtime.
  return new Headers({
    ...FIXED,
    'content-type': contentType,
    'cache-control': cacheControl(facts, link),
    ...(contentType === UNKNOWN_TYPE && { 'content-disposition': 'attachment' }),
    ...(etag !== null && { etag }),
    ...(modifiedAt !== null && { 'last-modified': new Date(modifiedAt).toUTCString() }),
    ...(length !== null && { 'content-length': String(length) }),
    // A player gets less of a range than it asks for.
    ...(slice !== null && {
      'content-range': contentRange(slice, sizeBytes),
      vary: 'sec-fetch-dest, sec-ch-ua',
    }),
  });
}

const FIXED = {
  'accept-ranges': 'bytes',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "sandbox; default-src 'none'",
  'cross-origin-resource-policy': 'cross-origin',
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'accept-ranges, content-length, content-range, etag',
  'referrer-policy': 'no-referrer',
} as const;

function entityTag({ etag, weakEtag = null }: Facts): string | null {
  if (etag !== null) return `"${etag}"`;
  return weakEtag === null ? null : `W/"${weakEtag}"`;
}

function contentRange({ offset, length }: Slice, sizeBytes: number | null): string {
  return `bytes ${offset}-${offset + length - 1}/${sizeBytes ?? '*'}`;
}

/** A signed link is its holder's; nothing is kept for longer than the link or the object lasts. */
function cacheControl({ expiresAt }: Facts, link: LinkFacts): string {
  const until = Math.min(
    expiresAt ?? Number.POSITIVE_INFINITY,
    link.expiresAt ?? Number.POSITIVE_INFINITY,
    link.now + MAX_AGE_MS,
  );
  const seconds = Math.max(0, Math.floor((until - link.now) / SECOND_MS));
  return `${link.expiresAt === null ? 'public' : 'private'}, max-age=${seconds}`;
}

/** The body of a GET; a HEAD reads nothing. */
export function onlyForGet(
  request: Request,
  body: ReadableStream<Uint8Array>,
): ReadableStream<Uint8Array> | null {
  if (request.method !== 'HEAD') return body;
  void body.cancel().catch(() => undefined);
  return null;
}

/** A response whose bytes are in the cache: a stream of `openCached` knows its length, and nobody waits for its end. */
export function answerStored(
  status: 200 | 206,
  headers: Headers,
  body: ReadableStream<Uint8Array> | null,
): Response {
  return new Response(body, { status, headers });
}

/**
 * A response of known length tells it, and a body that ends early breaks the connection. The body is
 * held beyond the request, so that it is cancelled, and its credential given back, when a client leaves.
 */
export function answer(
  { waitUntil }: Pick<MediaDeps, 'waitUntil'>,
  status: 200 | 206 | 304,
  headers: Headers,
  body: ReadableStream<Uint8Array> | null,
): Response {
  if (status === 304) {
    headers.delete('content-length');
    headers.delete('content-type');
  }
  if (body === null) return new Response(null, { status, headers });
  const length = headers.get('content-length');
  const { readable, writable } =
    length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length));
  // Either side may leave; whoever reads the response sees it.
  waitUntil(body.pipeTo(writable).catch(() => undefined));
  return new Response(readable, { status, headers });
}
