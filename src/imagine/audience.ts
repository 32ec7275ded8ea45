import type { StoredEvent } from './event-log';
import { type Attachment, type Format, formatOf, isOpen, StreamClient, tell } from './clients';
import type { Passing } from './protocol';

/** The part of a Durable Object's `ctx` that holds its sockets. */
export interface SocketHost {
  getWebSockets(): WebSocket[];
  acceptWebSocket(socket: WebSocket): void;
}

/** Silence between two beats of an event stream. Ms. */
const BEAT_MS = 10_000;

/** Everyone who is attached to one session: sockets, which outlive the object's sleep, and event streams. */
export class Audience {
  readonly #host: SocketHost;
  readonly #left: () => void;
  readonly #streams = new Set<StreamClient>();
  /** The latest preview of each slot. */
  readonly #previews = new Map<number, Passing>();
  #beat: ReturnType<typeof setInterval> | null = null;

  /** @param left - called when an event stream has gone; sockets are told of by the runtime. */
  constructor(host: SocketHost, left: () => void) {
    this.#host = host;
    this.#left = left;
  }

  /** Clients attached, without one that is about to go. */
  count(leaving?: WebSocket): number {
    const sockets = this.#host.getWebSockets().filter((one) => one !== leaving && isOpen(one));
    return sockets.length + this.#streams.size;
  }

  /** Takes a socket in and tells it what it lacks, in one go: nothing can come between. */
  addSocket(
    socket: WebSocket,
    attachment: Attachment,
    first: Passing,
    missed: readonly StoredEvent[],
  ): void {
    this.#host.acceptWebSocket(socket);
    socket.serializeAttachment(attachment);
    tell(socket, JSON.stringify(first));
    for (const { json } of missed) tell(socket, json);
    for (const preview of this.#previews.values()) tell(socket, JSON.stringify(preview));
  }

  addStream(
    format: Format,
    first: Passing,
    missed: readonly StoredEvent[],
  ): ReadableStream<Uint8Array> {
    const client = new StreamClient(format, () => {
      this.#streams.delete(client);
      if (this.#streams.size === 0 && this.#beat !== null) {
        clearInterval(this.#beat);
        this.#beat = null;
      }
      this.#left();
    });
    this.#streams.add(client);
    this.#beat ??= setInterval(() => {
      for (const one of this.#streams) one.beat();
    }, BEAT_MS);
    client.pass(first);
    for (const event of missed) client.event(event);
    for (const preview of this.#previews.values()) client.pass(preview);
    return client.stream;
  }

  /** @param base64 - the picture itself, for those who asked for it. */
  event(event: StoredEvent, base64: string | null): void {
    let whole: string | null = null;
    const textFor = (format: Format): string => {
      if (format === 'url' || base64 === null) return event.json;
      // The stored JSON is an object: the picture goes in before its brace.
      whole ??= `${event.json.slice(0, -1)},"b64_json":${JSON.stringify(base64)}}`;
      return whole;
    };
    for (const socket of this.#host.getWebSockets()) tell(socket, textFor(formatOf(socket)));
    for (const client of this.#streams) client.event(event, textFor(client.format));
  }

  preview(slot: number, message: Passing): void {
    this.#previews.set(slot, message);
    const text = JSON.stringify(message);
    for (const socket of this.#host.getWebSockets()) tell(socket, text);
    for (const client of this.#streams) client.pass(message);
  }

  /** A batch is over: so are its previews. */
  forgetPreviews(): void {
    this.#previews.clear();
  }
}
