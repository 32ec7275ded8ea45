import { ProviderError, type Part, type PartStream } from '../../provider';
import { asUnused, cutFault, unreadableFault } from '../faults';
import { FrameReader } from '../frames';
import { parseRecord, type Json } from '../narrow';
import type { GatewayTurn } from './turn';

/** Longest frame that is taken, and most that waits to be read, in UTF-16 units. */
export const MAX_FRAME_CHARS = 16 * 1024 * 1024;
export const MAX_WAITING_CHARS = 32 * 1024 * 1024;
export const PING_MS = 25_000;

/** What a turn needs of a socket. */
export interface TurnSocket {
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

/**
 * One turn over an open socket. What came ahead of a failure is handed out first; the next read throws.
 * The socket is closed with the turn's end, a failure, an abort or `cancel`, whichever is first.
 */
export class GatewayPartStream implements PartStream {
  readonly #socket: TurnSocket;
  readonly #turn: GatewayTurn;
  readonly #signal: AbortSignal;
  readonly #abort = (): void => this.#stop(this.#signal.reason);
  readonly #pings: ReturnType<typeof setInterval>;
  #waiting: string[] = [];
  #waitingChars = 0;
  /** Why no more frames will come; null while they may. */
  #ending: ProviderError | null = null;
  #wake: (() => void) | null = null;
  #failure: unknown = null;
  #isOver = false;

  /** Begins the turn: to be called as soon as the socket is open, so that nothing is missed. */
  constructor(socket: TurnSocket, turn: GatewayTurn, signal: AbortSignal) {
    this.#socket = socket;
    this.#turn = turn;
    this.#signal = signal;
    socket.addEventListener('message', ({ data }) => this.#hear(data));
    socket.addEventListener('close', ({ code }) => this.#ended(cutFault(`socket closed ${code}`)));
    socket.addEventListener('error', () => this.#ended(cutFault('socket failed')));
    this.#pings = setInterval(() => this.#send(turn.ping()), PING_MS);
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.#abort();
    else this.#send(turn.open());
  }

  async read(): Promise<readonly Part[] | null> {
    while (!this.#isOver) {
      if (this.#waiting.length === 0 && this.#ending === null) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await promise;
        continue;
      }
      const parts: Part[] = [];
      try {
        this.#step(parts);
      } catch (thrown) {
        this.#stop(this.#classify(thrown));
      }
      if (parts.length > 0) return parts;
    }
    const failure = this.#failure;
    this.#failure = null;
    if (failure !== null) throw failure;
    return null;
  }

  cancel(): void {
    this.#stop(null);
  }

  #hear(data: unknown): void {
    if (typeof data !== 'string' || this.#isOver || this.#ending !== null) return;
    if (data.length > MAX_FRAME_CHARS) return this.#ended(unreadableFault('frame too long'));
    // A socket cannot be told to wait.
    if (this.#waitingChars + data.length > MAX_WAITING_CHARS) return this.#ended(unreadTooLong());
    this.#waiting.push(data);
    this.#waitingChars += data.length;
    this.#wake?.();
  }

  #ended(why: ProviderError): void {
    if (this.#isOver || this.#ending !== null) return;
    this.#ending = why;
    this.#wake?.();
  }

  /** Everything that has come by now. */
  #step(out: Part[]): void {
    const texts = this.#waiting;
    this.#waiting = [];
    this.#waitingChars = 0;
    for (const text of texts) {
      for (const frame of framesOf(text)) {
        for (const reply of this.#turn.take(frame, out)) this.#send(reply);
        if (this.#turn.isOver) return this.cancel();
      }
    }
    if (this.#ending !== null) throw this.#ending;
  }

  #send(frame: string): void {
    try {
      this.#socket.send(frame);
    } catch (thrown) {
      this.#ended(cutFault('socket closed', thrown));
    }
  }

  #stop(failure: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#failure = failure;
    this.#waiting = [];
    clearInterval(this.#pings);
    this.#signal.removeEventListener('abort', this.#abort);
    try {
      this.#socket.close(1000);
    } catch {
      // Closed already.
    }
    this.#wake?.();
  }

  /** Until the question was put nothing can have been counted. */
  #classify(thrown: unknown): unknown {
    const isUnasked = thrown instanceof ProviderError && !this.#turn.isAsked;
    return isUnasked && thrown.outcome === 'faulty' ? asUnused(thrown, 'session') : thrown;
  }
}

/** A message is one object as a rule, sometimes several, back to back. */
function framesOf(text: string): readonly Json[] {
  const whole = parseRecord(text);
  return whole === null ? new FrameReader().push(new TextEncoder().encode(text)) : [whole];
}

/** Whoever reads so slowly, no credential is to blame. */
function unreadTooLong(): ProviderError {
  return new ProviderError(
    'The answer came faster than it could be passed on.',
    'refused',
    'upstream_error',
    { retryable: false, counted: true, reason: 'answer not read' },
  );
}
