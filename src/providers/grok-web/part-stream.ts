import { ProviderError, type Part, type PartStream } from '../provider';
import { finish, type AnswerState } from './answer-state';
import { cutFault } from './faults';
import { FrameReader } from './frames';
import { step } from './parts';

/**
 * One answer of the site, read as its chunks come. What a chunk held ahead of a failure is handed
 * out first; the next read throws.
 */
export class GrokPartStream implements PartStream {
  readonly #body: ReadableStreamDefaultReader<Uint8Array>;
  readonly #state: AnswerState;
  readonly #signal: AbortSignal;
  readonly #frames = new FrameReader();
  #failure: unknown = null;
  #isOver = false;

  constructor(body: ReadableStream<Uint8Array>, state: AnswerState, signal: AbortSignal) {
    this.#body = body.getReader();
    this.#state = state;
    this.#signal = signal;
  }

  async read(): Promise<readonly Part[] | null> {
    while (!this.#isOver) {
      const parts: Part[] = [];
      try {
        const { value, done } = await this.#body.read();
        // `cancel` ends a pending read as if the body were whole.
        if (this.#isOver) return null;
        const frames = done ? this.#frames.end() : this.#frames.push(value);
        for (const frame of frames) step(this.#state, frame, parts);
        if (this.#frames.done) this.#state.hasEnded = true;
        if (done || this.#frames.done) {
          finish(this.#state, parts);
          this.cancel();
        }
      } catch (thrown) {
        this.#failure = this.#classify(thrown);
        this.cancel();
      }
      if (parts.length > 0) return parts;
    }
    return this.#end();
  }

  cancel(): void {
    this.#isOver = true;
    // A body that has ended or failed has nothing left to cancel.
    this.#body.cancel().catch(() => undefined);
  }

  #end(): null {
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
    return null;
  }

  /** An abort is the caller's own and keeps its reason. */
  #classify(thrown: unknown): unknown {
    if (thrown instanceof ProviderError) return thrown;
    return this.#signal.aborted ? this.#signal.reason : cutFault('connection cut', thrown);
  }
}
