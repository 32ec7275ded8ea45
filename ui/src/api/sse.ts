import { ApiError } from './call';

/** One server-sent event. */
export interface SseEvent {
  /** Empty when it has no name. */
  readonly event: string;
  readonly data: string;
}

/** Server-sent events from text that comes in pieces of any size. */
export class SseParser {
  #rest = '';
  #event = '';
  #data: string[] = [];

  /** @returns the events that are whole with this piece. */
  push(piece: string): SseEvent[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    const events: SseEvent[] = [];
    for (const line of lines) this.#take(line.endsWith('\r') ? line.slice(0, -1) : line, events);
    return events;
  }

  #take(line: string, events: SseEvent[]): void {
    if (line === '') {
      if (this.#data.length > 0) events.push({ event: this.#event, data: this.#data.join('\n') });
      this.#event = '';
      this.#data = [];
      return;
    }
    const colon = line.indexOf(':');
    // Comments begin with a colon: somebody keeps the line open.
    if (colon === 0) return;
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#event = value;
    if (name === 'data') this.#data.push(value);
  }
}

/**
 * The events of a streamed answer as they come. Leaving the loop closes the connection.
 * @throws ApiError when the connection breaks, or for an `error` in the stream; DOMException when aborted.
 */
export async function* readSse(response: Response, signal: AbortSignal): AsyncGenerator<SseEvent> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) return;
  const parser = new SseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((thrown: unknown) => {
        if (signal.aborted) throw thrown;
        throw new ApiError(0, null, '', null, null);
      });
      if (done) return;
      yield* parser.push(value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

interface Failed {
  readonly error?: {
    readonly message?: string;
    readonly code?: string | null;
    readonly param?: string | null;
  };
}

/** The failure that an event tells of, after the head had said 200; null when it tells of none. */
export function failureIn(value: unknown, response: Response): ApiError | null {
  // SAFETY: every field is optional, and what the gateway sends in them is text.
  const { error } = (value ?? {}) as Failed;
  if (error === undefined || error === null) return null;
  const { message = '', code = null, param = null } = error;
  return new ApiError(response.status, code, message, param, response.headers.get('x-request-id'));
}

/** The stream ended before it was whole. */
export function cutOff(response: Response): ApiError {
  const id = response.headers.get('x-request-id');
  return new ApiError(response.status, 'upstream_cut', 'The answer broke off.', null, id);
}
