import type { Passing, StoredBody } from '../../../src/contract/imagine';
import { ApiError, request } from './call';

/** A drawing session: attached by a ticket, and attached again when the line drops. */

/** What a session says; what is stored has a number. */
export type ImagineMessage = (StoredBody | Passing) & { readonly seq?: number };

export interface ImagineStart {
  readonly prompt: string;
  readonly aspect_ratio: string;
  readonly mode: 'single' | 'continuous';
  readonly n: number;
  readonly model: string;
}

/** `waiting`: the line dropped, and is tried again soon. */
export type LineState = 'connecting' | 'open' | 'waiting' | 'closed';

export interface ImagineListener {
  message(message: ImagineMessage): void;
  /** @param failure why it will not be tried again */
  line(state: LineState, failure?: ApiError): void;
}

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;
const PING_MS = 20_000;
const SILENCE_MS = 50_000;
/** The session will not have us, and would not the next time. */
const POLICY_CLOSE = 1_008;

export class ImagineSocket {
  readonly #key: string;
  readonly #user: string;
  readonly #listener: ImagineListener;
  #after: number;
  #socket: WebSocket | null = null;
  #unsent: string[] = [];
  #waitMs = FIRST_WAIT_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pings: ReturnType<typeof setInterval> | undefined;
  #heardAt = 0;
  #isClosed = false;

  /** @param after number of the last message that is known; 0 asks for all */
  constructor(key: string, user: string, after: number, listener: ImagineListener) {
    this.#key = key;
    this.#user = user;
    this.#after = after;
    this.#listener = listener;
  }

  /** Attaches, and stays attached until `close`. */
  open(): void {
    void this.#connect();
  }

  start(plan: ImagineStart): void {
    this.#send({ type: 'start', ...plan });
  }

  stop(): void {
    this.#send({ type: 'stop' });
  }

  /** Leaves; the session goes on for a minute. */
  close(): void {
    this.#end();
    this.#socket?.close(1_000);
    this.#listener.line('closed');
  }

  #send(command: object): void {
    const text = JSON.stringify(command);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
    else this.#unsent.push(text);
  }

  async #connect(): Promise<void> {
    this.#listener.line('connecting');
    try {
      const body = { user: this.#user };
      const path = '/v1/images/imagine/ticket';
      const response = await request('POST', path, { body, bearer: this.#key });
      // SAFETY: the gateway that answers is the one that served this page.
      const { ticket } = (await response.json()) as { readonly ticket: string };
      if (!this.#isClosed) this.#dial(ticket);
    } catch (thrown) {
      const isFinal = thrown instanceof ApiError && thrown.status >= 400 && thrown.status < 500;
      if (isFinal && thrown.status !== 429) this.#refused(thrown);
      else this.#wait();
    }
  }

  #dial(ticket: string): void {
    const url = new URL('/v1/images/imagine/ws', location.origin);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('ticket', ticket);
    url.searchParams.set('after', String(this.#after));
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#heardAt = Date.now();
      this.#listener.line('open');
      for (const text of this.#unsent.splice(0)) socket.send(text);
      this.#pings = setInterval(() => this.#ping(socket), PING_MS);
    });
    socket.addEventListener('message', ({ data }) => this.#take(String(data)));
    socket.addEventListener('close', ({ code, reason }) => {
      clearInterval(this.#pings);
      if (this.#isClosed) return;
      if (code === POLICY_CLOSE) this.#refused(new ApiError(code, null, reason, null, null));
      else this.#wait();
    });
  }

  #take(text: string): void {
    this.#heardAt = Date.now();
    this.#waitMs = FIRST_WAIT_MS;
    // SAFETY: what the session says is written from these types.
    const message = JSON.parse(text) as ImagineMessage;
    const { seq } = message;
    if (seq !== undefined) {
      // Told again after a drop: known already.
      if (seq <= this.#after) return;
      this.#after = seq;
    }
    this.#listener.message(message);
  }

  /** A line that says nothing at all is no line. */
  #ping(socket: WebSocket): void {
    if (Date.now() - this.#heardAt > SILENCE_MS) socket.close();
    else if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"ping"}');
  }

  #wait(): void {
    if (this.#isClosed) return;
    this.#listener.line('waiting');
    this.#timer = setTimeout(() => void this.#connect(), this.#waitMs);
    this.#waitMs = Math.min(MAX_WAIT_MS, this.#waitMs * 2);
  }

  #refused(failure: ApiError): void {
    this.#end();
    this.#listener.line('closed', failure);
  }

  #end(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#pings);
  }
}
