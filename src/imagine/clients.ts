import * as z from 'zod';
import type { StoredEvent } from './event-log';
import { MAX_BEHIND } from './limits';
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

/** A client that reads server-sent events. One that reads too slowly is cut, and comes back by its last id. */
export class StreamClient {
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
      { highWaterMark: MAX_BEHIND },
    );
  }

  event(event: StoredEvent, json: string = event.json): void {
    this.#write(`id: ${event.seq}\ndata: ${json}\n\n`);
  }

  pass(message: Passing): void {
    this.#write(`data: ${JSON.stringify(message)}\n\n`);
  }

  beat(): void {
    this.#write(': beat\n\n');
  }

  close(): void {
    this.#controller?.close();
    this.#end();
  }

  #write(text: string): void {
    const controller = this.#controller;
    if (controller === null) return;
    if ((controller.desiredSize ?? 0) <= 0) {
      this.close();
      return;
    }
    controller.enqueue(encoder.encode(text));
  }

  #end(): void {
    if (this.#controller === null) return;
    this.#controller = null;
    this.#left();
  }
}
