import type { CallRun } from '../calls/run-call';
import type { WatchLimits } from '../calls/watch';
import { watchCall } from '../calls/watch-call';
import type { QuotaKind } from '../models/model-spec';
import type { AppError } from '../errors';
import { logWarning } from '../lib/log';
import type { ImagePart, ImageProgressPart, Part, ProviderErrorCode } from '../providers/provider';

/** Where the pictures of a batch go. */
export interface BatchSink {
  /** Keeps a picture and tells of it. @returns whether it was delivered: only then it is charged. */
  picture(part: ImagePart): Promise<boolean>;
  preview(part: ImageProgressPart): void;
  missing(code: ProviderErrorCode): void;
}

export interface BatchEnd {
  readonly delivered: number;
  /** Null when upstream ended the batch well; pictures may be missing all the same. */
  readonly failure: AppError | null;
}

/** Draws one batch: one admitted call, settled with what was delivered. Never rejects. */
export async function runBatch(
  run: CallRun,
  sink: BatchSink,
  terms: {
    readonly limits: () => WatchLimits;
    readonly charges: (delivered: number) => Readonly<Partial<Record<QuotaKind, number>>>;
  },
): Promise<BatchEnd> {
  const watch = watchCall(run, terms.limits);
  let delivered = 0;
  let failure: AppError | null = null;
  try {
    let parts: readonly Part[] | null = await run.open();
    while (parts !== null) {
      watch.rested();
      for (const part of parts) delivered += await take(run, sink, part);
      watch.reading();
      parts = await run.read();
    }
  } catch (thrown) {
    failure = run.fail(thrown);
  } finally {
    watch.stop();
    run.end({
      clientHasSome: delivered > 0,
      isHeadSent: false,
      usage: null,
      charges: terms.charges(delivered),
    });
  }
  return { delivered, failure };
}

/** @returns pictures delivered: 1 or 0. */
async function take(run: CallRun, sink: BatchSink, part: Part): Promise<number> {
  switch (part.type) {
    case 'image':
      // The wait for the cache ends with the call; what is delivered after that is not.
      return (await run.interruption.guard(keep(sink, part))) ? 1 : 0;
    case 'image-progress':
      sink.preview(part);
      return 0;
    case 'image-failed':
      sink.missing(part.code);
      return 0;
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'tool-call-delta':
    case 'source':
    case 'thread':
    case 'about':
    case 'choice-end':
    case 'video-progress':
    case 'video':
    case 'finish':
      return 0;
  }
}

/** One picture that cannot be kept is missing; the others of its batch come all the same. */
async function keep(sink: BatchSink, part: ImagePart): Promise<boolean> {
  try {
    return await sink.picture(part);
  } catch (error) {
    logWarning('imagine_picture_failed', { error });
    sink.missing('upstream_error');
    return false;
  }
}
