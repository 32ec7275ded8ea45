import { AppError } from '../errors';
import { readBytes } from '../lib/read-bytes';
import type { Egress } from './egress';
import { checkUrl } from './guard';

/** Largest image that is taken in. */
export const MAX_IMAGE_BYTES = 20 * 1_024 * 1_024;
/** Longest time one image may take, redirects included. */
export const IMAGE_TIMEOUT_MS = 15_000;
const MAX_HOPS = 3;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** An image and its type, told by its first bytes and not by what its sender says. */
export interface Image {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `image/png`, `image/jpeg`, `image/webp` or `image/gif`. */
  readonly mime: string;
}

export interface ImageSource {
  readonly egress: Egress;
  /** Hosts that serve this gateway. */
  readonly ownHosts: readonly string[];
  /** Ms; `IMAGE_TIMEOUT_MS` when absent. */
  readonly timeoutMs?: number;
}

/**
 * Takes in a caller's image: an https URL through the guard, each redirect included, or a `data:` URI.
 * Sends no cookie and no credential.
 *
 * @throws AppError url_not_allowed, invalid_image; the signal's reason when it is aborted.
 */
export async function fetchImage(
  url: string,
  source: ImageSource,
  signal: AbortSignal,
): Promise<Image> {
  if (/^data:/i.test(url)) return decodeDataUri(url);
  const limit = AbortSignal.timeout(source.timeoutMs ?? IMAGE_TIMEOUT_MS);
  try {
    return await readImage(await follow(url, source, AbortSignal.any([signal, limit])));
  } catch (thrown) {
    if (signal.aborted || thrown instanceof AppError) throw thrown;
    const why = limit.aborted
      ? 'took too long to fetch'
      : 'could not be fetched: its host could not be reached, or broke off';
    throw invalid(why, thrown);
  }
}

/** Goes to where the redirects lead, checking each address before it is asked. */
async function follow(url: string, source: ImageSource, signal: AbortSignal): Promise<Response> {
  let next = checkUrl(url, source.ownHosts);
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    const response = await source.egress.fetch(next.href, {
      headers: { accept: 'image/*' },
      redirect: 'manual',
      signal,
    });
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    void response.body?.cancel().catch(() => undefined);
    const target = URL.parse(location, next.href);
    if (target === null) throw invalid('could not be fetched: its host redirects to no address');
    next = checkUrl(target.href, source.ownHosts);
  }
  throw new AppError(
    'url_not_allowed',
    `A URL in the request redirects more than ${MAX_HOPS} times.`,
  );
}

async function readImage(response: Response): Promise<Image> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (!response.ok || announced > MAX_IMAGE_BYTES) {
    void response.body?.cancel().catch(() => undefined);
    if (response.ok) throw tooLarge();
    throw invalid(`could not be fetched: its host answered HTTP ${response.status}`);
  }
  const { bytes, whole } = await readBytes(response.body, MAX_IMAGE_BYTES);
  if (!whole) throw tooLarge();
  return typed(bytes);
}

/**
 * Decodes a base64 `data:` URI; the type it claims is ignored.
 * @throws AppError invalid_image
 */
export function decodeDataUri(uri: string): Image {
  const comma = uri.indexOf(',');
  if (comma === -1 || !/;\s*base64\s*$/i.test(uri.slice(0, comma))) {
    throw invalid('is not a base64 data URI');
  }
  const encoded = uri.slice(comma + 1);
  // Four characters hold three bytes; looked at first so that nothing too large is decoded.
  if ((encoded.length / 4) * 3 > MAX_IMAGE_BYTES + 3) throw tooLarge();
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64(encoded);
  } catch (thrown) {
    throw invalid('is not valid base64', thrown);
  }
  if (bytes.length > MAX_IMAGE_BYTES) throw tooLarge();
  return typed(bytes);
}

/** Names an image's type by its first bytes; null when it is none that is served here. */
export function sniffImage(bytes: Uint8Array): string | null {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('RIFF') && head.endsWith('WEBP')) return 'image/webp';
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'image/gif';
  return null;
}

function typed(bytes: Uint8Array<ArrayBuffer>): Image {
  const mime = sniffImage(bytes);
  if (mime === null) throw invalid('is not a PNG, JPEG, WebP or GIF file');
  return { bytes, mime };
}

function tooLarge(): AppError {
  return invalid(`is larger than ${MAX_IMAGE_BYTES / 1_024 / 1_024} MiB`);
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError('invalid_image', `An image in the request ${why}.`, { cause });
}
