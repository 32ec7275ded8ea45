import type { AppError } from '../errors';
import { rateHeaders } from '../http/ratelimit';
import { SSE_BEAT, SSE_HEADERS, SSE_OK } from '../http/sse';
import type { CallRun } from './run-call';
import type { Watch } from './watch';
import { WritePace } from './write-pace';

/** Time a client gets to take the last event. Ms. */
const CLOSE_MS = 10_000;

/** Text that may wait for a slow client before upstream waits as well. UTF-16 units. */
const MAX_WAITING_CHARS = 16 * 1_024;

const encoder = new TextEncoder();

/** Of all streams of this isolate. */
const pace = new WritePace();

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
  #hasText = false;
  /** What came while a write was under way: it leaves with the next, as one. */
  #waiting = '';
  #flushing: Promise<void> | null = null;
  readonly #number = pace.enter();
  #hasWritten = false;
  #isClosing = false;

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

  /** Some of an answer was handed over: a client who stays receives it. */
  get hasText(): boolean {
    return this.#hasText;
  }

  /** This call serves the stream from now on. */
  serve(run: CallRun, watch: Watch): void {
    this.#run = run;
    this.#watch = watch;
    if (this.#hasLeft) run.interruption.clientLeft();
  }

  /** The head may not wait longer: it leaves with a comment. */
  hurry(): void {
    this.#push(SSE_OK);
  }

  beat(): void {
    this.#push(SSE_BEAT);
  }

  /**
   * Hands text over. Many small ones leave as few writes: each write is a turn of the runtime. Waits only
   * when the client lets too much of it wait. @throws ClientLeft, LimitReached
   */
  async write(text: string): Promise<void> {
    if (text === '') return;
    this.#hasText = true;
    this.#push(text);
    if (this.#waiting.length > MAX_WAITING_CHARS) await this.flushed();
  }

  /** Everything handed over so far is with the client. @throws ClientLeft, LimitReached */
  async flushed(): Promise<void> {
    if (this.#flushing === null) return;
    await (this.#run?.interruption.guard(this.#flushing) ?? this.#flushing);
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
    this.#isClosing = true;
    this.#push(lastWords);
    // A client that reads no more must not hold the call open.
    const timer = setTimeout(() => void this.#writer.abort().catch(ignore), CLOSE_MS);
    try {
      await this.#flushing;
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

  #push(text: string): void {
    this.sendHead();
    this.#waiting += text;
    this.#flushing ??= this.#flush();
  }

  /** Writes until nothing waits. A write fails only when nobody reads any more. */
  async #flush(): Promise<void> {
    try {
      while (this.#waiting !== '' && !this.#hasLeft) {
        const pauseMs =
          this.#hasWritten && !this.#isClosing ? pace.next(this.#number, Date.now()) : 0;
        if (pauseMs > 0) await scheduler.wait(pauseMs);
        const text = this.#waiting;
        this.#waiting = '';
        await this.#writer.write(encoder.encode(text));
        this.#hasWritten = true;
        this.#watch?.wrote();
      }
    } catch {
      this.#left();
    } finally {
      this.#flushing = null;
    }
  }

  #left(): void {
    this.#hasLeft = true;
    this.#run?.interruption.clientLeft();
  }
}

function ignore(): void {}
