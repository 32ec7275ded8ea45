import { LineSplitter } from '../../lib/lines';
import { readBytes } from '../../lib/read-bytes';
import { type Part, type PartStream, ProviderError } from '../provider';
import { blocked, cut, faulty } from './faults';
import { MAX_LINE_BYTES, readAnswer, readLine } from './frames';
import { finish, newAnswer, readFrame } from './parts';

/** Largest answer that is not streamed. */
const MAX_ANSWER_BYTES = 32 * 1_024 * 1_024;

/**
 * Reads what upstream sends as what it is, whatever was asked for.
 *
 * @param alive - told of each piece of a stream that holds no part.
 */
export function readParts(response: Response, signal: AbortSignal, alive?: () => void): PartStream {
  const type = response.headers.get('content-type') ?? '';
  if (type.includes('text/html')) {
    void response.body?.cancel().catch(() => undefined);
    throw blocked('a page in a 200');
  }
  // The body of a whole answer is not looked at: that alone makes a stream of it.
  if (!type.includes('event-stream')) return new WholeAnswer(response, signal);
  if (response.body === null) throw cut('empty body');
  return new StreamedAnswer(response.body, signal, alive);
}

/** An event stream, read chunk by chunk. */
class StreamedAnswer implements PartStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #signal: AbortSignal;
  readonly #lines = new LineSplitter(MAX_LINE_BYTES);
  readonly #answer = newAnswer();
  /** Found behind parts of the same chunk, which go out first. */
  #failure: unknown = null;
  readonly #alive: (() => void) | undefined;
  #hasEnded = false;

  constructor(body: ReadableStream<Uint8Array>, signal: AbortSignal, alive?: () => void) {
    this.#reader = body.getReader();
    this.#signal = signal;
    this.#alive = alive;
  }

  async read(): Promise<readonly Part[] | null> {
    if (this.#failure !== null) this.#fail(this.#failure);
    const parts: Part[] = [];
    while (parts.length === 0) {
      if (this.#hasEnded) return null;
      const chunk = await this.#nextChunk();
      // Cancelling ends a read that is under way.
      if (this.#hasEnded) return null;
      try {
        this.#take(chunk, parts);
      } catch (thrown) {
        if (parts.length === 0) this.#fail(thrown);
        this.#failure = thrown;
      }
      if (parts.length === 0) this.#alive?.();
    }
    return parts;
  }

  cancel(): void {
    this.#hasEnded = true;
    this.#failure = null;
    // Rejects when the body has failed already, which is an end as well.
    void this.#reader.cancel().catch(() => undefined);
  }

  async #nextChunk(): Promise<Uint8Array | null> {
    try {
      const { value, done } = await this.#reader.read();
      return done ? null : value;
    } catch (thrown) {
      this.#hasEnded = true;
      if (this.#signal.aborted) throw thrown;
      throw cut('connection lost', thrown);
    }
  }

  #take(chunk: Uint8Array | null, parts: Part[]): void {
    for (const line of chunk === null ? this.#lines.end() : this.#lines.push(chunk)) {
      const frame = readLine(line);
      if (frame === null) continue;
      if (frame === 'done') return this.#finish(true, parts);
      readFrame(this.#answer, frame, parts);
    }
    if (chunk === null) this.#finish(false, parts);
  }

  #finish(isWhole: boolean, parts: Part[]): void {
    this.#hasEnded = true;
    finish(this.#answer, isWhole, parts);
    if (isWhole) void this.#drain();
  }

  /** Lets the body end by itself, so that its connection can serve another call. */
  async #drain(): Promise<void> {
    try {
      const { done } = await this.#reader.read();
      if (!done) await this.#reader.cancel();
    } catch {
      // The answer is whole; what becomes of the connection is of no interest.
    }
  }

  #fail(thrown: unknown): never {
    this.cancel();
    if (this.#signal.aborted || thrown instanceof ProviderError) throw thrown;
    throw faulty('The provider sent an answer that cannot be read.', 'unreadable stream', thrown);
  }
}

/** One JSON body: all of its parts come from one read. */
class WholeAnswer implements PartStream {
  #response: Response | null;
  readonly #signal: AbortSignal;

  constructor(response: Response, signal: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
  }

  async read(): Promise<readonly Part[] | null> {
    const response = this.#response;
    if (response === null) return null;
    const text = await this.#text(response);
    if (this.#response === null) return null;
    if (text === '') throw cut('empty body');
    this.#response = null;
    const parts: Part[] = [];
    const answer = newAnswer();
    readFrame(answer, readAnswer(text), parts);
    finish(answer, true, parts);
    return parts;
  }

  cancel(): void {
    // A body that is being read is locked and cannot be cancelled here: the call's signal ends it.
    void this.#response?.body?.cancel().catch(() => undefined);
    this.#response = null;
  }

  async #text(response: Response): Promise<string> {
    const { headers } = response;
    const announced = headers.has('content-encoding')
      ? 0
      : Number(headers.get('content-length') ?? 0);
    try {
      // One call of the runtime where the size is known beforehand.
      if (announced > 0 && announced <= MAX_ANSWER_BYTES) return await response.text();
      const { bytes, whole } = await readBytes(response.body, MAX_ANSWER_BYTES);
      if (whole) return new TextDecoder().decode(bytes);
    } catch (thrown) {
      if (this.#signal.aborted) throw thrown;
      throw cut('connection lost', thrown);
    }
    throw faulty('The provider sent an answer that is too large.', 'answer too large');
  }
}
