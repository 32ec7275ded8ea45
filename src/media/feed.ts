import { FEED_BYTES } from './limits';

/** Gives the rest of an object from the cache, once it is there; null when it cannot. */
export type Rest = (offset: number) => Promise<ReadableStream<Uint8Array> | null>;

/**
 * The body of a fill's first client. Bytes are handed over as they come; a client that falls behind by
 * more than a few MiB gets the rest from the cache, so that it neither holds the fill up nor holds
 * the object in memory.
 */
export class Feed {
  readonly body: ReadableStream<Uint8Array>;
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #acceptedBytes = 0;
  #isBehind = false;
  #hasLeft = false;
  #ended: { readonly rest: Rest } | { readonly error: unknown } | null = null;
  #rest: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #wake = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();

  constructor() {
    this.body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(controller),
        cancel: (reason) => this.#leave(reason),
      },
      { highWaterMark: 0 },
    );
  }

  /** Bytes are neither copied nor changed; the caller must not change them either. */
  push(bytes: Uint8Array): void {
    if (this.#hasLeft || this.#isBehind) return;
    if (!this.#hasRoom(bytes.length)) {
      this.#isBehind = true;
      return;
    }
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    this.#acceptedBytes += bytes.length;
    this.#wake.resolve();
  }

  /**
   * Resolves when so many bytes can be pushed without the client falling behind, or when it has left: for a
   * fill that may have no cache to fall back on.
   */
  async room(bytes: number): Promise<void> {
    while (!this.#hasLeft && !this.#hasRoom(bytes)) {
      this.#room = Promise.withResolvers();
      await this.#room.promise;
    }
  }

  #hasRoom(bytes: number): boolean {
    return this.#queue.length === 0 || this.#queuedBytes + bytes <= FEED_BYTES;
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  /** All has come. */
  end(rest: Rest): void {
    this.#ended ??= { rest };
    this.#wake.resolve();
  }

  /** The client's answer breaks off. */
  fail(error: unknown): void {
    this.#ended ??= { error };
    this.#wake.resolve();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const bytes = this.#queue.shift();
      if (bytes !== undefined) {
        this.#queuedBytes -= bytes.length;
        this.#room.resolve();
        controller.enqueue(bytes);
        return;
      }
      if (this.#ended !== null) return await this.#finish(controller, this.#ended);
      this.#wake = Promise.withResolvers();
      await this.#wake.promise;
    }
  }

  async #finish(
    controller: ReadableStreamDefaultController<Uint8Array>,
    ended: { readonly rest: Rest } | { readonly error: unknown },
  ): Promise<void> {
    if ('error' in ended) throw ended.error;
    if (!this.#isBehind) {
      controller.close();
      return;
    }
    this.#rest ??= (await ended.rest(this.#acceptedBytes))?.getReader() ?? null;
    if (this.#rest === null) throw new Error('the rest of an object is not in the cache');
    const { value, done } = await this.#rest.read();
    if (done) controller.close();
    else controller.enqueue(value);
  }

  async #leave(reason: unknown): Promise<void> {
    this.#hasLeft = true;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#room.resolve();
    this.#wake.resolve();
    await this.#rest?.cancel(reason);
  }
}
