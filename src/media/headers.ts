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
  const { sizeBytes, etag, modifiedAt, contentType } = facts;
  const headers = new Headers({
    'content-type': contentType,
    'accept-ranges': 'bytes',
    'cache-control': cacheControl(facts, link),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'cross-origin',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'accept-ranges, content-length, content-range, etag',
    'referrer-policy': 'no-referrer',
  });
  if (contentType === UNKNOWN_TYPE) headers.set('content-disposition', 'attachment');
  if (etag !== null) headers.set('etag', `"${etag}"`);
  if (modifiedAt !== null) headers.set('last-modified', new Date(modifiedAt).toUTCString());
  const length = slice?.length ?? sizeBytes;
  if (length !== null) headers.set('content-length', String(length));
  if (slice !== null) {
    const last = slice.offset + slice.length - 1;
    headers.set('content-range', `bytes ${slice.offset}-${last}/${sizeBytes ?? '*'}`);
  }
  return headers;
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
