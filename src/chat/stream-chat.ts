import type { AppError } from '../errors';
import { SSE_DONE, sseError } from '../http/sse';
import type { Part } from '../providers/provider';
import { Answer } from './answer';
import { ChunkWriter } from './chunks';
import { type AnswerJob, chargesOf } from './job';
import { hasImage, shown } from './link-images';
import { EventStream } from '../calls/event-stream';
import type { CallRun } from '../calls/run-call';
import { toOpenAiUsage } from './usage';
import { Watch } from '../calls/watch';

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
  readonly #run: CallRun;
  readonly #job: AnswerJob;
  readonly #events = new EventStream();
  readonly #watch: Watch;
  #answer: Answer | null = null;
  #chunks: ChunkWriter | null = null;

  constructor(run: CallRun, job: AnswerJob) {
    this.#run = run;
    this.#job = job;
    this.#watch = new Watch(job.limits, {
      head: () => this.#events.hurry(),
      beat: () => this.#events.beat(),
      limit: (name) => run.interruption.limitReached(name),
    });
    run.onAttempt = () => this.#watch.attempt();
    run.onAlive = () => this.#watch.alive();
    this.#events.serve(run, this.#watch);
  }

  get response(): Promise<Response> {
    return this.#events.response;
  }

  async pump(): Promise<void> {
    const { signal } = this.#job;
    const leave = (): void => this.#run.interruption.clientLeft();
    signal.addEventListener('abort', leave);
    if (signal.aborted) leave();
    let failure: AppError | null = null;
    try {
      await this.#deliver(await this.#run.open());
    } catch (thrown) {
      failure = this.#run.fail(thrown);
    } finally {
      this.#watch.stop();
      signal.removeEventListener('abort', leave);
      this.#run.end({
        clientHasSome: this.#events.hasText,
        isHeadSent: this.#events.isHeadSent,
        usage: this.#answer?.usage() ?? null,
        ...chargesOf(this.#run, this.#job),
      });
    }
    await this.#events.close(
      failure === null ? '' : this.#lastWords() + sseError(failure),
      failure,
    );
  }

  async #deliver(first: readonly Part[]): Promise<void> {
    const { request, head, style } = this.#job;
    const includeUsage = request.stream_options?.include_usage === true;
    const chunks = new ChunkWriter(head, includeUsage);
    const answer = new Answer(request, style(), chunks);
    this.#answer = answer;
    this.#chunks = chunks;
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
