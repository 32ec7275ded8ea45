import * as z from 'zod';
import type { Passing } from './protocol';

/** How a client wants its pictures: links, or the pictures themselves beside them. */
export const Format = z.enum(['url', 'b64_json']);
export type Format = z.infer<typeof Format>;

/** Kept with a socket while its object sleeps. */
const Attachment = z.object({
  format: Format,
  keyId: z.string(),
  ip: z.nullable(z.string()),
  origin: z.string(),
});
export type Attachment = z.infer<typeof Attachment>;

/** One who hears a session, however it is attached. */
export interface Reader {
  readonly format: Format;
  /** What it was sent and may not have read. */
  readonly behindBytes: number;
  say(json: string, seq?: number): void;
  /** Ends its connection, and says why. */
  cut(): void;
}

/** Said last to a client that reads too slowly. Its numbered events wait for it. */
export const TOO_SLOW = {
  type: 'error',
  code: 'too_slow',
  message: 'Too far behind: attach again with after=<seq of the last event>.',
} as const satisfies Passing;

export function isOpen(socket: WebSocket): boolean {
  return socket.readyState === WebSocket.OPEN;
}

/** Sends one text; a socket that is closing hears no more, and its close is told by the runtime. */
export function tell(socket: WebSocket, text: string): void {
  if (!isOpen(socket)) return;
  try {
    socket.send(text);
  } catch {
    // Closed between the look and the word.
  }
}

/** What was noted of a socket; null for one that was never taken in. */
export function attachmentOf(socket: WebSocket): Attachment | null {
  return Attachment.safeParse(socket.deserializeAttachment()).data ?? null;
}

export function formatOf(socket: WebSocket): Format {
  return attachmentOf(socket)?.format ?? 'url';
}

const encoder = new TextEncoder();

/** A client that reads server-sent events. */
export class StreamClient implements Reader {
  readonly format: Format;
  readonly stream: ReadableStream<Uint8Array>;
  readonly #left: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;

  /** @param left - called once, when the client has gone or was cut. */
  constructor(format: Format, left: (client: StreamClient) => void) {
    this.format = format;
    this.#left = () => left(this);
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
    );
  }

  get behindBytes(): number {
    return -(this.#controller?.desiredSize ?? 0);
  }

  say(json: string, seq?: number): void {
    this.#write(seq === undefined ? `data: ${json}\n\n` : `id: ${seq}\ndata: ${json}\n\n`);
  }

  beat(): void {
    // Who has not read what came before needs no sign of life.
    if (this.behindBytes <= 0) this.#write(': beat\n\n');
  }

  /** Ends the stream with the reason; what is on its way before it is still read. */
  cut(): void {
    this.say(JSON.stringify(TOO_SLOW));
    this.#controller?.close();
    this.#end();
  }

  #write(text: string): void {
    this.#controller?.enqueue(encoder.encode(text));
  }

  #end(): void {
    if (this.#controller === null) return;
    this.#controller = null;
    this.#left();
  }
}

/** "Try again later" (https://www.iana.org/assignments/websocket). */
const TRY_AGAIN = 1_013;

/**
 * A client at a socket. Nobody sees how much of what was sent it has read, so a sign of life counts: any
 * message, a ping too. Until it gives one, everything that was sent may still be waiting.
 */
export class SocketClient implements Reader {
  readonly format: Format;
  readonly #socket: WebSocket;
  readonly #seenAt: () => number;
  #lastSeenAt: number;
  #sentBytes = 0;

  /** @param seenAt - Unix ms of its last ping. */
  constructor(socket: WebSocket, seenAt: () => number) {
    this.#socket = socket;
    this.#seenAt = seenAt;
    this.#lastSeenAt = seenAt();
    this.format = formatOf(socket);
  }

  get behindBytes(): number {
    const seenAt = this.#seenAt();
    if (seenAt > this.#lastSeenAt) {
      this.#lastSeenAt = seenAt;
      this.heard();
    }
    return this.#sentBytes;
  }

  /** It has said something. */
  heard(): void {
    this.#sentBytes = 0;
  }

  say(json: string): void {
    this.#sentBytes += json.length;
    tell(this.#socket, json);
  }

  cut(): void {
    if (isOpen(this.#socket)) this.#socket.close(TRY_AGAIN, TOO_SLOW.message);
  }
}
