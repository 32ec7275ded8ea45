import { AppError } from '../errors';
import { MAX_OBJECT_BYTES, UPSTREAM_TIMEOUT_MS } from './limits';

/** The body, each silence of which is bounded, and its size. */
export function guard(
  body: ReadableStream<Uint8Array> | null,
  watch: Watch,
  end: () => void,
): ReadableStream<Uint8Array> {
  const reader = (body ?? new Blob([]).stream()).getReader();
  let size = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          watch.start();
          const { value, done } = await reader.read();
          watch.pause();
          size += value?.length ?? 0;
          if (size > MAX_OBJECT_BYTES) throw new Error('a file upstream is too large');
          if (!done) {
            controller.enqueue(value);
            return;
          }
          controller.close();
          end();
        } catch (thrown) {
          watch.pause();
          end();
          await reader.cancel().catch(() => undefined);
          throw watch.signal.aborted ? timedOut(thrown) : thrown;
        }
      },
      async cancel(reason) {
        end();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Runs while upstream is waited for, and not while a client is. */
export class Watch {
  readonly #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly signal = this.#abort.signal;

  constructor() {
    this.start();
  }

  start(): void {
    this.pause();
    this.#timer = setTimeout(() => this.#abort.abort(), UPSTREAM_TIMEOUT_MS);
  }

  pause(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

export function timedOut(cause: unknown): AppError {
  return new AppError('upstream_timeout', 'Upstream took too long to give this file.', { cause });
}
