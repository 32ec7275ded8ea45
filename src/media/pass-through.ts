import { AppError } from '../errors';
import { newCallId } from '../lib/ids';
import { isCacheableName, type MediaAsset } from './asset';
import type { MediaDeps } from './deps';
import { fillStub } from './fill-claim';
import type { FillVerdict } from './fill-rpc';
import { answer, type Facts, headersOf, type LinkFacts, onlyForGet } from './headers';
import { FILL_WAIT_MS, LOAN_MS, MAX_OBJECT_BYTES } from './limits';
import {
  askedRange,
  hasConditions,
  isNotModified,
  isPreconditionFailed,
  mayAnswerRange,
  type RangeSpec,
} from './range';
import { mediaType } from './types';
import { openUpstream, type UpstreamMedia } from './upstream';
import { etagOf } from './write';

/** Answers straight from upstream: what cannot be cached, and ranges of what is not cached yet. */

export interface Wanted {
  readonly asset: MediaAsset;
  readonly name: string;
}

/** A turn to read a range from upstream. */
export interface Pass {
  readonly state: 'pass';
  /** Said once the range has been read. Safe more than once. */
  readonly end: () => void;
}

/** Asks for a turn to read a range of what is not cached; others may have filled the cache by then. */
export async function askPass(deps: MediaDeps, name: string): Promise<Pass | FillVerdict> {
  if (!isCacheableName(name)) return { state: 'uncached' };
  const fill = fillStub(deps, name);
  const readerId = newCallId();
  const answered = await fill.pass(readerId, LOAN_MS, FILL_WAIT_MS);
  if (answered.state !== 'pass') return answered;
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    // Unheard, the pass runs out by itself.
    deps.waitUntil(fill.endPass(readerId).catch(() => undefined));
  };
  return { state: 'pass', end };
}

/** Whatever was asked for. */
export async function serveThrough(
  deps: MediaDeps,
  request: Request,
  wanted: Wanted,
  link: LinkFacts,
): Promise<Response> {
  const range = askedRange(request.method, request.headers);
  if (range !== null) return serveRangeThrough(deps, request, { ...wanted, range }, link);
  const upstream = await openUpstream(deps, wanted.asset, null);
  return serveWholeThrough(deps, request, { ...wanted, upstream }, link);
}

/** @param end - called once upstream is no longer read. */
export async function serveRangeThrough(
  deps: MediaDeps,
  request: Request,
  { range, ...wanted }: Wanted & { readonly range: RangeSpec },
  link: LinkFacts,
  end?: () => void,
): Promise<Response> {
  let part: UpstreamMedia;
  try {
    part = await openUpstream(deps, wanted.asset, range, end);
  } catch (thrown) {
    if (!isUnsatisfiable(thrown) || !hasConditions(request.headers)) throw thrown;
    return serveBeyondEnd(deps, request, { ...wanted, thrown }, link);
  }
  const facts = await factsOf(wanted, part);
  fillBeside(deps, wanted, part.sizeBytes);
  const settled = await settledByConditions(deps, request, { facts, upstream: part }, link);
  if (settled !== null) return settled;
  if (!mayAnswerRange(request.headers, facts)) {
    await part.body.cancel();
    const upstream = await openUpstream(deps, wanted.asset, null);
    return serveWholeThrough(deps, request, { ...wanted, upstream }, link);
  }
  const status = part.slice === null ? 200 : 206;
  return answer(deps, status, headersOf(facts, link, part.slice), part.body);
}

export async function serveWholeThrough(
  deps: MediaDeps,
  request: Request,
  { upstream, ...wanted }: Wanted & { readonly upstream: UpstreamMedia },
  link: LinkFacts,
): Promise<Response> {
  const facts = await factsOf(wanted, upstream);
  const settled = await settledByConditions(deps, request, { facts, upstream }, link);
  if (settled !== null) return settled;
  return answer(deps, 200, headersOf(facts, link), onlyForGet(request, upstream.body));
}

/** Conditions come before the range (RFC 9110, 13.2.2), and only the file itself tells whether they hold. */
async function serveBeyondEnd(
  deps: MediaDeps,
  request: Request,
  { thrown, ...wanted }: Wanted & { readonly thrown: AppError },
  link: LinkFacts,
): Promise<Response> {
  const upstream = await openUpstream(deps, wanted.asset, null);
  const facts = await factsOf(wanted, upstream);
  const settled = await settledByConditions(deps, request, { facts, upstream }, link);
  if (settled !== null) return settled;
  if (!mayAnswerRange(request.headers, facts)) {
    return answer(deps, 200, headersOf(facts, link), upstream.body);
  }
  await upstream.body.cancel();
  throw thrown;
}

/** @returns an answer that needs no bytes; null when the conditions let the request through. */
async function settledByConditions(
  deps: MediaDeps,
  { headers }: Request,
  { facts, upstream }: { readonly facts: Facts; readonly upstream: UpstreamMedia },
  link: LinkFacts,
): Promise<Response | null> {
  const isFailed = isPreconditionFailed(headers, facts);
  if (!isFailed && !isNotModified(headers, facts)) return null;
  await upstream.body.cancel();
  if (isFailed) throw preconditionFailed();
  return answer(deps, 304, headersOf(facts, link), null);
}

export function preconditionFailed(): AppError {
  return new AppError('precondition_failed', 'The file is not the one that was asked for.');
}

function isUnsatisfiable(thrown: unknown): thrown is AppError {
  return thrown instanceof AppError && thrown.code === 'range_not_satisfiable';
}

async function factsOf({ asset, name }: Wanted, upstream: UpstreamMedia): Promise<Facts> {
  const { sizeBytes, contentType, validator, weakValidator } = upstream;
  return {
    contentType: mediaType(asset.kind, contentType, new Uint8Array()),
    sizeBytes,
    etag: await etagOf(name, sizeBytes, validator),
    weakEtag: await etagOf(name, sizeBytes, weakValidator),
    modifiedAt: null,
    expiresAt: null,
  };
}

/** Has the cache filled, unless another fills it or the object is too large for it. */
function fillBeside(deps: MediaDeps, { asset, name }: Wanted, sizeBytes: number | null): void {
  if (!isCacheableName(name)) return;
  const fill = fillStub(deps, name);
  const maxBytes = deps.files === null ? deps.kvMaxBytes : MAX_OBJECT_BYTES;
  const canBeStored = sizeBytes !== null && sizeBytes <= maxBytes;
  const told = canBeStored ? fill.fillLater(asset) : fill.tooLarge();
  deps.waitUntil(told.catch(() => undefined));
}
