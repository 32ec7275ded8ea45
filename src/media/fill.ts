import { AppError, toAppError } from '../errors';
import { newCallId } from '../lib/ids';
import { logWarning } from '../lib/log';
import type { MediaRow } from '../store/media';
import { isCacheableName, type MediaAsset, mediaName, nameAsset } from './asset';
import { findCached, openCached } from './cache';
import type { MediaDeps } from './deps';
import { Feed } from './feed';
import type { FillAnswer, FillVerdict, MediaFillRpc } from './fill-rpc';
import { FILL_RENEW_MS, FILL_TERM_MS, FILL_WAIT_MS, MAX_OBJECT_BYTES } from './limits';
import { SNIFF_BYTES } from './types';
import { gone, openUpstream, type UpstreamMedia } from './upstream';
import { describe, type ObjectWriter, type Plan, newWriter } from './write';

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
      return runFill(deps, asset, name, claim);
    case 'done': {
      const row = await findCached(deps, name, true);
      return row === null ? through(deps, asset) : { kind: 'cached', row };
    }
    case 'uncached':
      return through(deps, asset);
    case 'failed': {
      const { code, message, retryAfterS } = answer;
      throw new AppError(code, message, retryAfterS === null ? {} : { retryAfterS });
    }
  }
}

/** Fills without a client, unless another fills already. @throws AppError as `openUpstream` */
export async function fillIfIdle(deps: MediaDeps, asset: MediaAsset): Promise<void> {
  const name = nameOf(asset);
  if (!isCacheableName(name)) return;
  const { answer, claim } = await claimFill(deps, name, 0);
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

async function claimFill(
  deps: MediaDeps,
  name: string,
  waitMs: number,
): Promise<{ readonly answer: FillAnswer; readonly claim: Claim }> {
  const fillerId = newCallId();
  const stub: MediaFillRpc = deps.fills.get(deps.fills.idFromName(name));
  const answer = await stub.claim(fillerId, FILL_TERM_MS, waitMs);
  return { answer, claim: new Claim(deps, stub, fillerId) };
}

async function through(deps: MediaDeps, asset: MediaAsset): Promise<Filled> {
  return { kind: 'through', upstream: await openUpstream(deps, asset, null) };
}

/** The right to fill, and the duty to say what came of it. */
class Claim {
  readonly #deps: MediaDeps;
  readonly #stub: MediaFillRpc;
  readonly #fillerId: string;
  #renewedAt: number;

  constructor(deps: MediaDeps, stub: MediaFillRpc, fillerId: string) {
    this.#deps = deps;
    this.#stub = stub;
    this.#fillerId = fillerId;
    this.#renewedAt = deps.now();
  }

  /** Called while bytes come; speaks up now and then. */
  keep(): void {
    const now = this.#deps.now();
    if (now - this.#renewedAt < FILL_RENEW_MS) return;
    this.#renewedAt = now;
    this.#say(this.#stub.renew(this.#fillerId, FILL_TERM_MS));
  }

  report(verdict: FillVerdict): void {
    this.#say(this.#stub.report(this.#fillerId, verdict));
  }

  fail(thrown: unknown): void {
    const { code, message, detail } = toAppError(thrown);
    this.report({ state: 'failed', code, message, retryAfterS: detail.retryAfterS ?? null });
  }

  /** Unheard, the claim runs out by itself. */
  #say(told: Promise<unknown>): void {
    this.#deps.waitUntil(told.catch(() => undefined));
  }
}

async function runFill(
  deps: MediaDeps,
  asset: MediaAsset,
  name: string,
  claim: Claim,
): Promise<Filled> {
  try {
    // Another may have filled it between our look and our claim.
    const row = await readable(deps, name);
    if (row !== null) {
      claim.report({ state: 'done' });
      return { kind: 'cached', row };
    }
    return await begin(deps, asset, name, claim);
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
): Promise<Filled> {
  const upstream = await openUpstream(deps, asset, null);
  const reader = upstream.body.getReader();
  try {
    const head = await peek(reader);
    const plan = await describe(deps, name, asset.kind, upstream, join(head));
    if (plan === null) {
      claim.report({ state: 'uncached' });
      return { kind: 'through', upstream: { ...upstream, body: resume(head, reader) } };
    }
    const feed = new Feed();
    const stored = pump({ deps, claim, plan, head, reader, feed });
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

interface Pump {
  readonly deps: MediaDeps;
  readonly claim: Claim;
  readonly plan: Plan;
  readonly head: readonly Uint8Array[];
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly feed: Feed;
}

/** Reads upstream once, to the end, into the client and the cache. Never throws. */
async function pump({ deps, claim, plan, head, reader, feed }: Pump): Promise<MediaRow | null> {
  let writer: ObjectWriter | null = newWriter(deps, plan);
  let size = 0;
  const take = async (chunk: Uint8Array): Promise<void> => {
    size += chunk.length;
    if (size > (plan.sizeBytes ?? MAX_OBJECT_BYTES)) throw new Error('a file is longer than told');
    // Without the cache to fall back on, upstream goes at the client's pace.
    if (writer === null || plan.sizeBytes === null) await feed.room(chunk.length);
    feed.push(chunk);
    if (writer !== null) writer = await keepWriting(writer, chunk, size > plan.maxBytes);
    claim.keep();
  };
  try {
    for (const chunk of head) await take(chunk);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      await take(value);
      // Nothing is stored and nobody reads.
      if (writer === null && feed.hasLeft) break;
    }
    const isWhole = !(writer === null && feed.hasLeft);
    if (isWhole && size !== (plan.sizeBytes ?? size)) throw new Error('a file broke off');
    const row = writer === null ? null : await finishWriting(writer, size);
    claim.report(row === null ? { state: 'uncached' } : { state: 'done' });
    feed.end((offset) => openRest(deps, row, offset));
    return row;
  } catch (thrown) {
    logWarning('media_fill_failed', { error: thrown });
    const cut = new AppError('upstream_cut', 'The file broke off.', { cause: thrown });
    claim.fail(thrown instanceof AppError ? thrown : cut);
    feed.fail(thrown);
    await writer?.abandon().catch(() => undefined);
    return null;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** @returns null when storage fails. */
async function finishWriting(writer: ObjectWriter, size: number): Promise<MediaRow | null> {
  try {
    return await writer.finish(size);
  } catch (thrown) {
    logWarning('media_store_failed', { error: thrown });
  }
  await writer.abandon().catch(() => undefined);
  return null;
}

/** @returns null when the object is given up: too large after all, or storage fails. */
async function keepWriting(
  writer: ObjectWriter,
  chunk: Uint8Array,
  isTooLarge: boolean,
): Promise<ObjectWriter | null> {
  try {
    if (!isTooLarge) {
      await writer.write(chunk);
      return writer;
    }
  } catch (thrown) {
    logWarning('media_store_failed', { error: thrown });
  }
  await writer.abandon().catch(() => undefined);
  return null;
}

async function openRest(
  deps: MediaDeps,
  row: MediaRow | null,
  offset: number,
): Promise<ReadableStream<Uint8Array> | null> {
  if (row === null) return null;
  return openCached(deps, row, { offset, length: row.sizeBytes - offset });
}

/** Reads as much as it takes to tell the type. */
async function peek(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array[]> {
  const head: Uint8Array[] = [];
  let size = 0;
  while (size < SNIFF_BYTES) {
    const { value, done } = await reader.read();
    if (done) break;
    head.push(value);
    size += value.length;
  }
  return head;
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const start = new Uint8Array(SNIFF_BYTES);
  let filled = 0;
  for (const chunk of chunks) {
    const taken = chunk.subarray(0, SNIFF_BYTES - filled);
    start.set(taken, filled);
    filled += taken.length;
  }
  return start.subarray(0, filled);
}

/** The stream again, with what was read of it in front. */
function resume(
  head: readonly Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  const waiting = [...head];
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const first = waiting.shift();
        if (first !== undefined) {
          controller.enqueue(first);
          return;
        }
        const { value, done } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
