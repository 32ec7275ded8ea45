import type { AppError } from '../errors';
import { rateHeaders } from '../http/ratelimit';
import { SSE_BEAT, SSE_DONE, SSE_HEADERS, SSE_OK, sseError } from '../http/sse';
import type { Part } from '../providers/provider';
import { Answer } from './answer';
import { ChunkWriter } from './chunks';
import type { AnswerJob } from './job';
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

const encoder = new TextEncoder();

class Streaming {
  readonly #run: CallRun;
  readonly #job: AnswerJob;
  readonly #head = Promise.withResolvers<Response>();
  readonly #readable: ReadableStream;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #watch: Watch;
  #isHeadSent = false;
  #clientHasSome = false;
  #answer: Answer | null = null;
  #chunks: ChunkWriter | null = null;

  constructor(run: CallRun, job: AnswerJob) {
    this.#run = run;
    this.#job = job;
    const { readable, writable } = new IdentityTransformStream();
    this.#readable = readable;
    this.#writer = writable.getWriter();
    this.#watch = new Watch(job.limits, {
      head: () => {
        this.#sendHead();
        this.#say(SSE_OK);
      },
      beat: () => this.#say(SSE_BEAT),
      limit: (name) => run.interruption.limitReached(name),
    });
    run.onAttempt = () => this.#watch.attempt();
    // A reader who goes away is noticed here or by the request's signal, whichever is first.
    this.#writer.closed.catch(() => run.interruption.clientLeft());
  }

  get response(): Promise<Response> {
    return this.#head.promise;
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
        clientHasSome: this.#clientHasSome,
        isHeadSent: this.#isHeadSent,
        usage: this.#answer?.usage() ?? null,
      });
    }
    await this.#close(failure);
  }

  async #deliver(first: readonly Part[]): Promise<void> {
    const { request, head, style } = this.#job;
    const includeUsage = request.stream_options?.include_usage === true;
    const chunks = new ChunkWriter(head, includeUsage);
    const answer = new Answer(request, style(), chunks);
    this.#answer = answer;
    this.#chunks = chunks;
    this.#watch.rested();
    this.#sendHead();
    for (let parts: typeof first | null = first; parts !== null;) {
      answer.take(parts);
      if (this.#run.isWhole && includeUsage) chunks.usage(toOpenAiUsage(answer.usage()));
      const text = chunks.take();
      await this.#write(this.#run.isWhole ? text + SSE_DONE : text);
      if (this.#run.isWhole) return;
      this.#watch.reading();
      parts = await this.#run.read();
      this.#watch.rested();
    }
  }

  #sendHead(): void {
    if (this.#isHeadSent) return;
    this.#isHeadSent = true;
    this.#watch.headSent();
    const headers = { ...SSE_HEADERS, ...rateHeaders(this.#run.rates) };
    this.#head.resolve(new Response(this.#readable, { headers }));
  }

  /** One network chunk; waits until the client can take more. */
  async #write(text: string): Promise<void> {
    if (text === '') return;
    try {
      await this.#run.interruption.guard(this.#writer.write(encoder.encode(text)));
    } catch (thrown) {
      // A write fails only when nobody reads any more; a limit that was reached stays the cause.
      this.#run.interruption.clientLeft();
      throw thrown;
    }
    this.#clientHasSome = true;
    this.#watch.wrote();
  }

  /** A comment line: nobody waits for it. */
  #say(comment: string): void {
    this.#writer.write(encoder.encode(comment)).catch(() => this.#run.interruption.clientLeft());
  }

  /** What a broken answer owes its reader: an open `<think>` is closed, nothing is finished. */
  #lastWords(): string {
    this.#answer?.abandon();
    return this.#chunks?.take() ?? '';
  }

  async #close(failure: AppError | null): Promise<void> {
    if (failure !== null && !this.#isHeadSent) {
      this.#head.reject(failure);
      return;
    }
    if (this.#run.interruption.hasClientLeft) {
      await this.#writer.abort().catch(ignore);
      return;
    }
    // A client that reads no more must not hold the call open.
    const timer = setTimeout(() => void this.#writer.abort().catch(ignore), CLOSE_MS);
    try {
      if (failure !== null) {
        await this.#writer.write(encoder.encode(this.#lastWords() + sseError(failure)));
      }
      await this.#writer.close();
    } catch {
      // The client has left: there is nobody to tell.
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Time a client gets to take the last event. Ms. */
const CLOSE_MS = 10_000;

function ignore(): void {}
