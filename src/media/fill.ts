import { AppError } from '../errors';
import type { MediaRow } from '../store/media';
import { isCacheableName, type MediaAsset, mediaName, nameAsset } from './asset';
import { findCached, openCached } from './cache';
import type { MediaDeps } from './deps';
import { Feed } from './feed';
import { type Claim, claimFill, fillStub } from './fill-claim';
import { pump, type Succession } from './fill-pump';
import type { FillVerdict, MediaFillRpc } from './fill-rpc';
import { FILL_WAIT_MS, LEFT_FILL_MS } from './limits';
import { firstBytes, peek, resume } from './peek';
import { gone, openUpstream, type UpstreamMedia } from './upstream';
import { describe } from './write';

/** What a whole object is like before all of it has come. */
export interface LiveHead {
  readonly contentType: string;
  readonly sizeBytes: number | null;
  readonly etag: string | null;
}

/** A whole object: in the cache now, on its way into it, or only on its way. */
export type Filled =
  | { readonly kind: 'cached'; readonly row: MediaRow }
  | {
      readonly kind: 'live';
      readonly head: LiveHead;
      readonly body: ReadableStream<Uint8Array>;
      /** Resolves when the fill is over; null when it could not be stored. Never rejects. */
      readonly stored: Promise<MediaRow | null>;
    }
  | { readonly kind: 'through'; readonly upstream: UpstreamMedia };

/**
 * Gets an object that is not cached: one filler among all isolates asks upstream and stores it, its
 * client reads along, and everybody else waits for its word and reads the cache.
 * @throws AppError as `openUpstream`
 */
export async function fillMedia(deps: MediaDeps, asset: MediaAsset): Promise<Filled> {
  const name = nameOf(asset);
  if (!isCacheableName(name)) return through(deps, asset);
  const { answer, claim } = await claimFill(deps, name, FILL_WAIT_MS);
  switch (answer.state) {
    case 'fill':
      return runFill(deps, asset, name, claim, {
        onLeft: () => fillAfter(deps, asset, name),
        handOver: () => claim.handOver(asset),
      });
    case 'done': {
      const row = await findCached(deps, name, true);
      return row === null ? through(deps, asset) : { kind: 'cached', row };
    }
    case 'uncached':
      return through(deps, asset);
    case 'failed':
      throw failureOf(answer);
  }
}

/** What the filler was told, for those who waited for it. */
export function failureOf(verdict: Extract<FillVerdict, { readonly state: 'failed' }>): AppError {
  const { code, message, retryAfterS } = verdict;
  return new AppError(code, message, retryAfterS === null ? {} : { retryAfterS });
}

/** Fills without a client, unless another fills already. @throws AppError as `openUpstream` */
export async function fillIfIdle(
  deps: MediaDeps,
  asset: MediaAsset,
  fill: MediaFillRpc,
): Promise<void> {
  const name = nameOf(asset);
  if (!isCacheableName(name)) return;
  const { answer, claim } = await claimFill(deps, name, 0, fill);
  if (answer.state !== 'fill') return;
  const filled = await runFill(deps, asset, name, claim);
  if (filled.kind === 'through') await filled.upstream.body.cancel();
  if (filled.kind !== 'live') return;
  await filled.body.cancel();
  await filled.stored;
}

/** @throws AppError `media_gone` for an address that is not served. */
export function nameOf(asset: MediaAsset): string {
  const named = nameAsset(asset.kind, asset.url);
  if (named === null) throw gone();
  return mediaName(named);
}

async function through(deps: MediaDeps, asset: MediaAsset): Promise<Filled> {
  return { kind: 'through', upstream: await openUpstream(deps, asset, null) };
}

/** Should the request not live to hand its fill over, the object looks again. */
function fillAfter(deps: MediaDeps, asset: MediaAsset, name: string): void {
  const told = fillStub(deps, name).fillAfter(asset, LEFT_FILL_MS);
  deps.waitUntil(told.catch(() => undefined));
}

async function runFill(
  deps: MediaDeps,
  asset: MediaAsset,
  name: string,
  claim: Claim,
  succession?: Succession,
): Promise<Filled> {
  try {
    // Another may have filled it between our look and our claim.
    const row = await readable(deps, name);
    if (row !== null) {
      claim.report({ state: 'done' });
      return { kind: 'cached', row };
    }
    return await begin(deps, asset, name, claim, succession);
  } catch (thrown) {
    claim.fail(thrown);
    throw thrown;
  }
}

async function begin(
  deps: MediaDeps,
  asset: MediaAsset,
  name: string,
  claim: Claim,
  succession?: Succession,
): Promise<Filled> {
  const upstream = await claim.during(openUpstream(deps, asset, null));
  const reader = upstream.body.getReader();
  try {
    const head = await claim.during(peek(reader));
    const plan = await describe(deps, name, asset.kind, upstream, firstBytes(head));
    if (plan === null) {
      claim.report({ state: 'uncached' });
      return { kind: 'through', upstream: { ...upstream, body: resume(head, reader) } };
    }
    const feed = new Feed();
    const stored = pump({ deps, claim, plan, head, reader, feed, succession });
    deps.waitUntil(stored);
    return { kind: 'live', head: plan, body: feed.body, stored };
  } catch (thrown) {
    await reader.cancel().catch(() => undefined);
    throw thrown;
  }
}

/** The row whose bytes are really there. */
async function readable(deps: MediaDeps, name: string): Promise<MediaRow | null> {
  const row = await findCached(deps, name, true);
  if (row === null) return null;
  const body = await openCached(deps, row, { offset: 0, length: Math.min(1, row.sizeBytes) });
  await body?.cancel();
  return body === null ? null : row;
}
