import { HOUR_MS } from '../lib/time';
import type { MediaRow } from '../store/media';
import { isUpload, type MediaAsset } from './asset';
import { findCached, openCached } from './cache';
import type { MediaDeps } from './deps';
import { failureOf, type Filled, fillMedia, nameOf } from './fill';
import { answer, answerStored, type Facts, headersOf, type LinkFacts, onlyForGet } from './headers';
import { type CheckedLink, followLink } from './links';
import {
  askPass,
  preconditionFailed,
  serveRangeThrough,
  serveThrough,
  serveWholeThrough,
  type Wanted,
} from './pass-through';
import {
  askedRange,
  isNotModified,
  isPreconditionFailed,
  planAnswer,
  type RangeSpec,
} from './range';
import { gone, notSatisfiable } from './upstream';

/**
 * Answers GET and HEAD of a link that holds: from the cache, or from upstream while the cache is filled.
 *
 * A range of a video that is not cached is read through at once, and the fill goes on beside it: a
 * player gets its first bytes after one round trip. A few ranges of one video are read so at a time;
 * the others wait for the fill. A range of a picture waits for the picture.
 *
 * @throws AppError `media_gone`, `media_busy`, `range_not_satisfiable`, and as upstream fails
 */
export async function serveMedia(
  deps: MediaDeps,
  request: Request,
  link: CheckedLink,
): Promise<Response> {
  const facts: LinkFacts = { expiresAt: link.expiresAt, now: deps.now() };
  const row = await findCached(deps, link.name);
  const cached = row === null ? null : await answerCached(deps, request, row, facts);
  if (cached !== null) return cached;
  const target = await followLink(deps, link);
  // Nobody was given this link, or what was stored here is over: the pool is not asked.
  if (target === null || isUpload(target)) throw gone();
  const wanted: Wanted = { asset: target, name: link.name };
  const range = askedRange(request.method, request.headers);
  if (range !== null && target.kind === 'video') {
    return serveRange(deps, request, { ...wanted, range }, facts);
  }
  const filled = await fillMedia(deps, target);
  const answered = await answerFilled(deps, request, wanted, filled, facts);
  return answered ?? (await serveThrough(deps, request, wanted, facts));
}

/** A range of a video that is not cached: read through when it is its turn, from the cache if that is filled before. */
async function serveRange(
  deps: MediaDeps,
  request: Request,
  wanted: Wanted & { readonly range: RangeSpec },
  link: LinkFacts,
): Promise<Response> {
  const pass = await askPass(deps, wanted.name);
  if (pass.state === 'pass') return serveRangeThrough(deps, request, wanted, link, pass.end);
  if (pass.state === 'failed') throw failureOf(pass);
  if (pass.state === 'done') {
    const row = await findCached(deps, wanted.name, true);
    const cached = row === null ? null : await answerCached(deps, request, row, link);
    if (cached !== null) return cached;
  }
  return serveRangeThrough(deps, request, wanted, link);
}

/** Answers with an asset that the caller has another right to, such as a job of its own. */
export function serveAsset(
  deps: MediaDeps,
  request: Request,
  asset: MediaAsset,
): Promise<Response> {
  const expiresAt = deps.now() + HOUR_MS;
  return serveMedia(deps, request, {
    target: asset,
    name: nameOf(asset),
    expiresAt,
    isOpen: false,
  });
}

/** @returns null when the bytes are no longer there. */
async function answerCached(
  deps: MediaDeps,
  request: Request,
  row: MediaRow,
  link: LinkFacts,
): Promise<Response | null> {
  const { sizeBytes, etag, contentType, expiresAt } = row;
  const validators = { etag, modifiedAt: row.createdAt };
  const plan = planAnswer(request.method, request.headers, { sizeBytes, ...validators });
  if (plan.status === 412) throw preconditionFailed();
  if (plan.status === 416) throw notSatisfiable(sizeBytes);
  const facts: Facts = { ...validators, contentType, sizeBytes, expiresAt };
  if (plan.status === 304) return answer(deps, 304, headersOf(facts, link), null);
  const slice = plan.status === 206 ? plan.slice : { offset: 0, length: sizeBytes };
  const body = await openCached(deps, row, slice);
  if (body === null) return null;
  const headers = headersOf(facts, link, plan.status === 206 ? plan.slice : null);
  return answerStored(plan.status, headers, onlyForGet(request, body));
}

/** @returns null when the object was filled, and is not there all the same. */
async function answerFilled(
  deps: MediaDeps,
  request: Request,
  wanted: Wanted,
  filled: Filled,
  link: LinkFacts,
): Promise<Response | null> {
  if (filled.kind === 'cached') return await answerCached(deps, request, filled.row, link);
  if (filled.kind === 'through') {
    return serveWholeThrough(deps, request, { ...wanted, upstream: filled.upstream }, link);
  }
  if (askedRange(request.method, request.headers) !== null) {
    await filled.body.cancel();
    const row = await filled.stored;
    return row === null ? null : await answerCached(deps, request, row, link);
  }
  const { head } = filled;
  const facts: Facts = { ...head, modifiedAt: null, expiresAt: null };
  if (isPreconditionFailed(request.headers, facts)) {
    await filled.body.cancel();
    throw preconditionFailed();
  }
  if (isNotModified(request.headers, facts)) {
    await filled.body.cancel();
    return answer(deps, 304, headersOf(facts, link), null);
  }
  return answer(deps, 200, headersOf(facts, link), onlyForGet(request, filled.body));
}
