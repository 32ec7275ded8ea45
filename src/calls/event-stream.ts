import type { AppError } from '../errors';
import { rateHeaders } from '../http/ratelimit';
import { SSE_BEAT, SSE_HEADERS, SSE_OK } from '../http/sse';
import type { CallRun } from './run-call';
import type { Watch } from './watch';

/** Time a client gets to take the last event. Ms. */
const CLOSE_MS = 10_000;

const encoder = new TextEncoder();

/**
 * An answer of server-sent events on its way to one client: a head that leaves with the first event or
 * when it may not wait longer, beats in silence, and a client who may go away at any time. What it
 * carries may be made by one call after the other; the one under way is told when the client leaves.
 */
export class EventStream {
  readonly #head = Promise.withResolvers<Response>();
  readonly #readable: ReadableStream;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #run: CallRun | null = null;
  #watch: Watch | null = null;
  #isHeadSent = false;
  #hasLeft = false;

  constructor() {
    const { readable, writable } = new IdentityTransformStream();
    this.#readable = readable;
    this.#writer = writable.getWriter();
    // A reader who goes away is noticed here or by the request's signal, whichever is first.
    this.#writer.closed.catch(() => this.#left());
  }

  /** The 200, or the error of a call that failed before the head had to leave. */
  get response(): Promise<Response> {
    return this.#head.promise;
  }

  get isHeadSent(): boolean {
    return this.#isHeadSent;
  }

  /** This call serves the stream from now on. */
  serve(run: CallRun, watch: Watch): void {
    this.#run = run;
    this.#watch = watch;
    if (this.#hasLeft) run.interruption.clientLeft();
  }

  /** The head may not wait longer: it leaves with a comment. */
  hurry(): void {
    this.sendHead();
    this.#say(SSE_OK);
  }

  beat(): void {
    this.#say(SSE_BEAT);
  }

  /** One network chunk; waits until the client can take more. @throws ClientLeft, LimitReached */
  async write(text: string): Promise<void> {
    if (text === '') return;
    this.sendHead();
    const writing = this.#writer.write(encoder.encode(text));
    const { interruption } = this.#run ?? {};
    try {
      await (interruption === undefined ? writing : interruption.guard(writing));
    } catch (thrown) {
      // A write fails only when nobody reads any more; a limit that was reached stays the cause.
      this.#left();
      throw thrown;
    }
    this.#watch?.wrote();
  }

  /** The last words, or the failure when no head has left yet. */
  async close(lastWords: string, failure: AppError | null = null): Promise<void> {
    if (failure !== null && !this.#isHeadSent) {
      this.#head.reject(failure);
      return;
    }
    if (this.#hasLeft || this.#run?.interruption.hasClientLeft === true) {
      await this.#writer.abort().catch(ignore);
      return;
    }
    this.sendHead();
    // A client that reads no more must not hold the call open.
    const timer = setTimeout(() => void this.#writer.abort().catch(ignore), CLOSE_MS);
    try {
      if (lastWords !== '') await this.#writer.write(encoder.encode(lastWords));
      await this.#writer.close();
    } catch {
      // The client has left: there is nobody to tell.
    } finally {
      clearTimeout(timer);
    }
  }

  /** The 200 leaves. */
  sendHead(): void {
    if (this.#isHeadSent) return;
    this.#isHeadSent = true;
    this.#watch?.headSent();
    const headers = { ...SSE_HEADERS, ...rateHeaders(this.#run?.rates ?? null) };
    this.#head.resolve(new Response(this.#readable, { headers }));
  }

  /** A comment line: nobody waits for it. */
  #say(comment: string): void {
    this.#writer.write(encoder.encode(comment)).catch(() => this.#left());
  }

  #left(): void {
    this.#hasLeft = true;
    this.#run?.interruption.clientLeft();
  }
}

function ignore(): void {}
