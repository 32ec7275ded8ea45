import type { HeldSockets } from '../providers/provider';

/** The only states and ends of a socket that holding it needs. */
type Holdable = Pick<WebSocket, 'readyState' | 'close' | 'addEventListener'>;

interface Held<Socket> {
  readonly tokenId: string;
  readonly socket: Socket;
  readonly timer: ReturnType<typeof setTimeout>;
  /** Ends the listening for an end while it is held. */
  readonly listening: AbortController;
}

/**
 * The upstream socket of a session between two batches: one, of one credential, for a while. Nothing is
 * lent meanwhile; it is an open line and no lease. One that upstream closes is forgotten.
 */
export class SocketHolder<Socket extends Holdable = WebSocket> implements HeldSockets<Socket> {
  readonly #holdMs: number;
  #held: Held<Socket> | null = null;

  constructor(holdMs: number) {
    this.#holdMs = holdMs;
  }

  take(tokenId: string): Socket | null {
    const held = this.#release();
    if (held === null) return null;
    if (held.tokenId === tokenId && held.socket.readyState === OPEN) return held.socket;
    close(held.socket);
    return null;
  }

  give(tokenId: string, socket: Socket): void {
    this.close();
    if (socket.readyState !== OPEN) return;
    const listening = new AbortController();
    const lose = (): void => {
      if (this.#held?.socket === socket) this.#release();
    };
    for (const type of ['close', 'error'] as const) {
      socket.addEventListener(type, lose, { signal: listening.signal });
    }
    const timer = setTimeout(() => this.close(), this.#holdMs);
    this.#held = { tokenId, socket, timer, listening };
  }

  /** Closes what is held. */
  close(): void {
    const held = this.#release();
    if (held !== null) close(held.socket);
  }

  #release(): Held<Socket> | null {
    const held = this.#held;
    this.#held = null;
    if (held === null) return null;
    clearTimeout(held.timer);
    held.listening.abort();
    return held;
  }
}

/** `WebSocket.OPEN`. */
const OPEN = 1;

function close(socket: Holdable): void {
  try {
    socket.close(1_000, 'done');
  } catch {
    // It has been closed already.
  }
}
