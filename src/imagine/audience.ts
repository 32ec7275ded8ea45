import {
  type Attachment,
  type Format,
  isOpen,
  type Reader,
  SocketClient,
  StreamClient,
} from './clients';
import type { StoredEvent } from './event-log';
import { MAX_ALL_BEHIND_BYTES, MAX_BEHIND_BYTES } from './limits';
import type { Passing } from './protocol';

/** The part of a Durable Object's `ctx` that holds its sockets. */
export interface SocketHost {
  getWebSockets(): WebSocket[];
  acceptWebSocket(socket: WebSocket): void;
  /** When the runtime last answered a ping of this socket. */
  getWebSocketAutoResponseTimestamp(socket: WebSocket): Date | null;
}

/** Silence between two beats of an event stream. Ms. */
const BEAT_MS = 10_000;

/**
 * Everyone who is attached to one session: sockets, which outlive the object's sleep, and event streams.
 * Who falls behind gets no previews, and then is cut: its events are stored, and it comes back for them.
 */
export class Audience {
  readonly #host: SocketHost;
  readonly #left: () => void;
  readonly #streams = new Set<StreamClient>();
  /** What is known of sockets since the object woke: nothing waited for them when it fell asleep. */
  readonly #sockets = new WeakMap<WebSocket, SocketClient>();
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
    const client = this.#clientOf(socket);
    this.#welcome(client, first, missed);
    // It begins with what it asked for; from now on it has to keep up.
    client.heard();
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
    this.#welcome(client, first, missed);
    return client.stream;
  }

  /** A socket has said something: it is there, and reads. */
  heard(socket: WebSocket): void {
    this.#sockets.get(socket)?.heard();
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
    const readers = this.#readers();
    const most = mostBehind(readers.length);
    for (const reader of readers) {
      const text = textFor(reader.format);
      if (hasRoom(reader, text, most)) reader.say(text, event.seq);
      else reader.cut();
    }
  }

  preview(slot: number, message: Passing): void {
    this.#previews.set(slot, message);
    const text = JSON.stringify(message);
    const readers = this.#readers();
    // Half of what may wait is left for what must not be missed.
    const most = mostBehind(readers.length) / 2;
    for (const reader of readers) if (hasRoom(reader, text, most)) reader.say(text);
  }

  /** A batch is over: so are its previews. */
  forgetPreviews(): void {
    this.#previews.clear();
  }

  #welcome(reader: Reader, first: Passing, missed: readonly StoredEvent[]): void {
    reader.say(JSON.stringify(first));
    for (const { json, seq } of missed) reader.say(json, seq);
    for (const preview of this.#previews.values()) reader.say(JSON.stringify(preview));
  }

  #readers(): readonly Reader[] {
    const sockets = this.#host.getWebSockets().filter(isOpen);
    return [...sockets.map((socket) => this.#clientOf(socket)), ...this.#streams];
  }

  #clientOf(socket: WebSocket): SocketClient {
    const known = this.#sockets.get(socket);
    if (known !== undefined) return known;
    const seenAt = (): number => Number(this.#host.getWebSocketAutoResponseTimestamp(socket) ?? 0);
    const client = new SocketClient(socket, seenAt);
    this.#sockets.set(socket, client);
    return client;
  }
}

/** What each of so many may be behind, so that all together stay within the object's memory. */
function mostBehind(clients: number): number {
  return Math.min(MAX_BEHIND_BYTES, MAX_ALL_BEHIND_BYTES / Math.max(1, clients));
}

/** Whoever has read everything is sent the next, whatever its size. */
function hasRoom({ behindBytes }: Reader, text: string, most: number): boolean {
  return behindBytes <= 0 || behindBytes + text.length <= most;
}
