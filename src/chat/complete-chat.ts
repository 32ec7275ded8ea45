import type { TokenUsage } from '../contract/usage';
import { Answer } from './answer';
import { Collector, type Completion } from './collect';
import { type AnswerJob, chargesOf } from './job';
import { hasImage, shown } from './link-images';
import { callInstead, type FailedCall, tellingFailure } from '../calls/fallback';
import type { CallRun } from '../calls/run-call';
import { toOpenAiUsage } from './usage';
import { watchCall } from '../calls/watch-call';

/**
 * Runs a chat to its end, in another way where the first fails, and gives the answer whole.
 * @throws AppError
 */
export async function completeChat(run: CallRun, job: AnswerJob): Promise<Completion> {
  const first = await complete(run, job);
  if (!('failure' in first)) return first;
  const other = callInstead(first, job.fallback);
  if (other === null) throw first.failure;
  const second = await complete(other, job);
  if (!('failure' in second)) return second;
  throw tellingFailure(first, second, other).failure;
}

async function complete(run: CallRun, job: AnswerJob): Promise<Completion | FailedCall> {
  const watch = watchCall(run, job.limits);
  let usage: TokenUsage | null = null;
  let answer: Answer | null = null;
  try {
    const first = await run.open();
    const collector = new Collector();
    answer = new Answer(job.request, job.style(), collector);
    for (let parts: typeof first | null = first; parts !== null; parts = await run.read()) {
      watch.rested();
      answer.take(hasImage(parts) ? await shown(parts, run, job) : parts);
      if (!run.isWhole) watch.reading();
    }
    usage = answer.usage();
    return collector.completion(job.head, toOpenAiUsage(usage));
  } catch (thrown) {
    return { run, thrown, failure: run.fail(thrown) };
  } finally {
    watch.stop();
    usage ??= answer?.usage() ?? null;
    run.end({ clientHasSome: false, isHeadSent: false, usage, ...chargesOf(run, job) });
  }
}
