import { SSE_DONE, sseError } from '../http/sse';
import type { Part } from '../providers/provider';
import { Answer } from './answer';
import { ChunkWriter } from './chunks';
import { type AnswerJob, chargesOf } from './job';
import { hasImage, shown } from './link-images';
import { EventStream } from '../calls/event-stream';
import { callInstead, type FailedCall, tellingFailure } from '../calls/fallback';
import type { CallRun } from '../calls/run-call';
import { toOpenAiUsage } from './usage';
import type { Watch } from '../calls/watch';
import { watchCall } from '../calls/watch-call';

/** A streamed answer: its response, and the work that goes on until the call is settled. */
export interface StreamedAnswer {
  /** The 200, or an AppError when the call failed before the head had to leave. */
  readonly response: Promise<Response>;
  /** Never rejects; to be held by `ctx.waitUntil`. */
  readonly work: Promise<void>;
}

/** Runs a chat and streams its answer as server-sent events. */
export function streamChat(run: CallRun, job: AnswerJob): StreamedAnswer {
  const delivery = new Streaming(run, job);
  return { response: delivery.response, work: delivery.pump() };
}

class Streaming {
  readonly #job: AnswerJob;
  readonly #events = new EventStream();
  #run: CallRun;
  #watch: Watch;
  #answer: Answer | null = null;
  #chunks: ChunkWriter | null = null;

  constructor(run: CallRun, job: AnswerJob) {
    this.#run = run;
    this.#job = job;
    this.#watch = this.#serve(run);
  }

  get response(): Promise<Response> {
    return this.#events.response;
  }

  async pump(): Promise<void> {
    const first = await this.#once();
    const failed = first === null ? null : await this.#instead(first);
    const failure = failed?.failure ?? null;
    await this.#events.close(
      failure === null ? '' : this.#lastWords() + sseError(failure),
      failure,
    );
  }

  /** From now on this call makes the answer. */
  #serve(run: CallRun): Watch {
    this.#run = run;
    const watch = watchCall(run, this.#job.limits, {
      head: () => this.#events.hurry(),
      beat: () => this.#events.beat(),
    });
    this.#watch = watch;
    this.#events.serve(run, watch);
    if (this.#events.isHeadSent) watch.headSent();
    return watch;
  }

  /** Tries another way, if there is one. @returns the failure that stands; null when there is none. */
  async #instead(first: FailedCall): Promise<FailedCall | null> {
    const other = callInstead(first, this.#job.fallback);
    if (other === null) return first;
    this.#serve(other);
    const second = await this.#once();
    return second === null ? null : tellingFailure(first, second, other);
  }

  /** One call, from admission to settlement. @returns how it failed; null when it did not. */
  async #once(): Promise<FailedCall | null> {
    const run = this.#run;
    try {
      await this.#deliver(await run.open());
      return null;
    } catch (thrown) {
      return { run, thrown, failure: run.fail(thrown) };
    } finally {
      this.#watch.stop();
      run.end({
        clientHasSome: this.#events.hasText,
        isHeadSent: this.#events.isHeadSent,
        usage: this.#answer?.usage() ?? null,
        ...chargesOf(run, this.#job),
      });
    }
  }

  async #deliver(first: readonly Part[]): Promise<void> {
    const { request, head, style } = this.#job;
    const includeUsage = request.stream_options?.include_usage === true;
    // What a first call has told stays told: the answer goes on from there.
    const chunks = (this.#chunks ??= new ChunkWriter(head, includeUsage));
    const answer = (this.#answer ??= new Answer(request, style(), chunks));
    this.#watch.rested();
    this.#events.sendHead();
    for (let parts: typeof first | null = first; parts !== null;) {
      answer.take(hasImage(parts) ? await shown(parts, this.#run, this.#job) : parts);
      if (this.#run.isWhole && includeUsage) chunks.usage(toOpenAiUsage(answer.usage()));
      const text = chunks.take();
      await this.#events.write(this.#run.isWhole ? text + SSE_DONE : text);
      if (this.#run.isWhole) return this.#events.flushed();
      this.#watch.reading();
      parts = await this.#run.read();
      this.#watch.rested();
    }
  }

  /** What a broken answer owes its reader: an open `<think>` is closed, nothing is finished. */
  #lastWords(): string {
    this.#answer?.abandon();
    return this.#chunks?.take() ?? '';
  }
}
