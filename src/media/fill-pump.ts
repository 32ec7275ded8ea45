import { AppError } from '../errors';
import { logWarning } from '../lib/log';
import type { MediaRow } from '../store/media';
import { openCached } from './cache';
import type { MediaDeps } from './deps';
import type { Feed } from './feed';
import type { Claim } from './fill-claim';
import { HAND_OVER_MS, LONG_REST_BYTES, MAX_OBJECT_BYTES } from './limits';
import { newWriter, type ObjectWriter, type Plan } from './write';

export interface Pump {
  readonly deps: MediaDeps;
  readonly claim: Claim;
  readonly plan: Plan;
  readonly head: readonly Uint8Array[];
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly feed: Feed;
  /** Where the fill is the work of a request, which does not last: absent in a fill without one. */
  readonly succession?: Succession | undefined;
}

/** What becomes of a fill whose client has left. */
export interface Succession {
  /** What is still to come may take longer than the work of the request lasts. */
  readonly onLeft: () => void;
  /** It does; the fill has stopped, and nothing of it is kept. */
  readonly handOver: () => void;
}

/** Reads upstream once, to the end, into the client and the cache. Never throws. */
export async function pump({
  deps,
  claim,
  plan,
  head,
  reader,
  feed,
  succession,
}: Pump): Promise<MediaRow | null> {
  let writer: ObjectWriter | null = newWriter(deps, plan);
  let size = 0;
  let leftAt: number | null = null;
  const notice = (): void => {
    if (leftAt !== null || !feed.hasLeft) return;
    leftAt = deps.now();
    if ((plan.sizeBytes ?? MAX_OBJECT_BYTES) - size > LONG_REST_BYTES) succession?.onLeft();
  };
  const isOutOfTime = (): boolean =>
    succession !== undefined && leftAt !== null && deps.now() - leftAt > HAND_OVER_MS;
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
      notice();
      if (isOutOfTime()) {
        await writer?.abandon().catch(() => undefined);
        succession?.handOver();
        feed.fail(new Error('a fill was handed over'));
        return null;
      }
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
