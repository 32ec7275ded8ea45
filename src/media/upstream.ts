import { AppError } from '../errors';
import { newCallId } from '../lib/ids';
import { logWarning } from '../lib/log';
import { open } from '../lib/seal';
import { SECOND_MS } from '../lib/time';
import { callPool } from '../pool/client';
import type { MediaLoan } from '../pool/rpc';
import { ACCOUNT_HOST, isAllowed, type MediaAsset } from './asset';
import type { MediaDeps } from './deps';
import { guard, timedOut, Watch } from './guarded-body';
import { LOAN_MS, MAX_OBJECT_BYTES } from './limits';
import { formatRange, type RangeSpec, type Slice } from './range';
import { isPage } from './types';

/** An object being read upstream. Its body is read to the end or cancelled: that gives the credential back. */
export interface UpstreamMedia {
  readonly body: ReadableStream<Uint8Array>;
  readonly contentType: string | null;
  /** Of the whole object; null when upstream does not say. */
  readonly sizeBytes: number | null;
  /** What the body holds; null when it is the whole. */
  readonly slice: Slice | null;
  /** Upstream's own mark of exactly these bytes: a strong entity tag. */
  readonly validator: string | null;
  /** Its weak entity tag, where it has no strong one: as good as these bytes, if not the same. */
  readonly weakValidator: string | null;
}

const MAX_HOPS = 3;
const BUSY_RETRY_S = 2;
/** A read that finds no credential free asks again after this, then later each time. Ms. */
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = SECOND_MS;
/** For so long in all. */
const BUSY_WAIT_MS = 10 * SECOND_MS;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Asks upstream for an object or a range of it, on the credential that owns it. Whatever comes of it,
 * nobody's health is touched.
 * @param onEnd - called when upstream is no longer read, perhaps more than once.
 * @throws AppError `media_gone`, `media_busy`, `range_not_satisfiable`, `upstream_error`, `upstream_timeout`
 */
export async function openUpstream(
  deps: MediaDeps,
  asset: MediaAsset,
  range: RangeSpec | null,
  onEnd: () => void = () => {},
): Promise<UpstreamMedia> {
  let loan: Loan;
  try {
    loan = await borrow(deps, asset);
  } catch (thrown) {
    onEnd();
    throw thrown;
  }
  const end = (): void => {
    loan.end();
    onEnd();
  };
  const watch = new Watch();
  try {
    const response = await follow(deps, asset.url, range, loan.secret, watch.signal);
    watch.pause();
    const facts = await readFacts(response, range !== null);
    return { ...facts, body: guard(response.body, watch, end) };
  } catch (thrown) {
    watch.pause();
    end();
    if (thrown instanceof AppError) throw thrown;
    if (watch.signal.aborted) throw timedOut(thrown);
    throw new AppError('upstream_error', 'Upstream could not be asked for this file.', {
      cause: thrown,
    });
  }
}

interface Loan {
  /** Null where no credential is needed. */
  readonly secret: string | null;
  /** Safe more than once. */
  readonly end: () => void;
}

/** Ten pictures of one account on a page are more than are read at once: the others wait their turn. */
async function lend(
  deps: MediaDeps,
  tokenId: string,
  loanId: string,
  isLong: boolean,
): Promise<MediaLoan> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let waitedMs = 0; ; waitedMs += pauseMs, pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    const loan = await callPool(deps.pool, (pool) =>
      pool.lendForMedia(tokenId, loanId, LOAN_MS, isLong),
    );
    if (loan.ok) return loan;
    if (loan.code === 'gone') throw gone();
    if (waitedMs >= BUSY_WAIT_MS) break;
    await deps.wait(pauseMs);
  }
  throw new AppError('media_busy', 'Too many files of this account are being read.', {
    retryAfterS: BUSY_RETRY_S,
  });
}

async function borrow(deps: MediaDeps, { kind, url, tokenId }: MediaAsset): Promise<Loan> {
  if (URL.parse(url)?.hostname !== ACCOUNT_HOST) return { secret: null, end: () => undefined };
  if (tokenId === null) throw gone();
  const loanId = newCallId();
  const loan = await lend(deps, tokenId, loanId, kind === 'video');
  let isOpen = true;
  const end = (): void => {
    if (!isOpen) return;
    isOpen = false;
    const told = callPool(deps.pool, (pool) => pool.returnMedia([loanId]));
    // The loan ends by itself if this is not heard.
    deps.waitUntil(told.catch(() => undefined));
  };
  try {
    return { secret: await open(deps.seal, tokenId, loan.sealedSecret), end };
  } catch (thrown) {
    end();
    throw thrown;
  }
}

/** Goes where redirects lead, as long as that is on the list. */
async function follow(
  deps: MediaDeps,
  address: string,
  range: RangeSpec | null,
  secret: string | null,
  signal: AbortSignal,
): Promise<Response> {
  let next = URL.parse(address);
  for (let hop = 0; hop <= MAX_HOPS && next !== null && isAllowed(next); hop++) {
    const response = await ask(deps, next, range, secret, signal);
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    void response.body?.cancel().catch(() => undefined);
    next = URL.parse(location, next.href);
  }
  throw new AppError('upstream_error', 'Upstream sent this file elsewhere.');
}

function ask(
  deps: MediaDeps,
  url: URL,
  range: RangeSpec | null,
  secret: string | null,
  signal: AbortSignal,
): Promise<Response> {
  // A coded body would have neither the size nor the ranges of the file.
  const headers = new Headers({
    accept: 'image/*,video/*,*/*;q=0.8',
    'accept-encoding': 'identity',
  });
  if (range !== null) headers.set('range', formatRange(range));
  const settings = deps.providerSettings();
  // Only the account host is ever shown a session.
  if (url.hostname !== ACCOUNT_HOST || secret === null) {
    headers.set('user-agent', settings.userAgent);
    return deps.egress.fetch(url.href, { headers, redirect: 'manual', signal });
  }
  return deps.fetchAsset({ secret, egress: deps.egress, settings, signal }, url.href, headers);
}

/** @throws AppError when this is no file. */
async function readFacts(
  response: Response,
  isRange: boolean,
): Promise<Omit<UpstreamMedia, 'body'>> {
  const { status, headers } = response;
  const contentType = headers.get('content-type');
  const part = status === 206 && isRange ? contentRange(headers) : null;
  const isWhole = status === 200;
  if ((isWhole || part !== null) && !isPage(contentType)) {
    const sizeBytes = part === null ? contentLength(headers) : part.sizeBytes;
    if ((sizeBytes ?? 0) <= MAX_OBJECT_BYTES) {
      const etag = headers.get('etag');
      return {
        contentType,
        sizeBytes,
        slice: part?.slice ?? null,
        validator: strongTag(etag),
        weakValidator: weakTag(etag),
      };
    }
  }
  await response.body?.cancel();
  if (status === 404 || status === 410) throw gone();
  if (status === 416) {
    const size = /\*\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1] ?? '*';
    throw notSatisfiable(size);
  }
  logWarning('media_upstream_failed', { status, contentType });
  throw new AppError('upstream_error', `Upstream did not give this file (HTTP ${status}).`);
}

/** A weak tag or a date may be the same for other bytes (RFC 9110, 8.8.1): pieces of two versions must not meet. */
function strongTag(etag: string | null): string | null {
  return etag !== null && /^"[^"]*"$/.test(etag) ? etag : null;
}

function weakTag(etag: string | null): string | null {
  return etag !== null && /^W\/"[^"]*"$/.test(etag) ? etag : null;
}

interface ContentRange {
  readonly slice: Slice;
  readonly sizeBytes: number | null;
}

function contentRange(headers: Headers): ContentRange | null {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (match === null) return null;
  const [, first = '', last = '', size = ''] = match;
  const length = Number(last) - Number(first) + 1;
  if (length < 1) return null;
  const sizeBytes = size === '*' ? null : Number(size);
  return { slice: { offset: Number(first), length }, sizeBytes };
}

function contentLength(headers: Headers): number | null {
  // The runtime decodes a coded body: its length is another.
  const text = headers.has('content-encoding') ? null : headers.get('content-length');
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

/** @param size - in bytes, `*` when nobody knows. */
export function notSatisfiable(size: number | string): AppError {
  return new AppError('range_not_satisfiable', 'The file does not have the range asked for.', {
    headers: { 'content-range': `bytes */${size}`, 'accept-ranges': 'bytes' },
  });
}

export function gone(): AppError {
  return new AppError('media_gone', 'This file is not here, or no longer.');
}
