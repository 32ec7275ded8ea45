import { ClientLeft, LimitReached } from './endings';
import type { LimitName } from './watch';

/** What ends a call from outside: its client leaves, or a wait reaches its limit. The first one counts. */
export class Interruption {
  readonly #caller: AbortSignal | null;
  #controller: AbortController | null = null;
  #isAborted = false;
  #reason: ClientLeft | LimitReached | null = null;
  #reject: ((reason: Error) => void) | null = null;
  #isOver = false;

  /** Called when upstream's request is aborted: for an upstream that does not listen to the signal. */
  onAbort: () => void = nothing;

  /** @param caller - aborts when the client leaves; null where nobody waits at the other end. */
  constructor(caller: AbortSignal | null = null) {
    this.#caller = caller;
  }

  /**
   * Aborts upstream's request when the call is interrupted or given up. Made, and the caller's listened
   * to, when it is first asked for: both together cost a quick call a tenth of its CPU.
   */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      this.#caller?.addEventListener('abort', () => this.clientLeft());
      if (this.#isAborted || this.reason !== null) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  get reason(): ClientLeft | LimitReached | null {
    // Whoever went by the caller's signal alone has not told.
    if (this.#caller?.aborted === true) this.clientLeft();
    return this.#reason;
  }

  /** Nobody waits for the answer any more. */
  get hasClientLeft(): boolean {
    return this.reason instanceof ClientLeft;
  }

  /** Waits for something that must not outlast the call: an interruption rejects it at once. */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { reason } = this;
      if (reason !== null) reject(reason);
      this.#reject = reject;
      work.then(resolve, reject);
    });
  }

  clientLeft(): void {
    this.#stop(() => new ClientLeft('the client has left'));
  }

  limitReached(name: LimitName): void {
    this.#stop(() => new LimitReached(name));
  }

  /** Aborts upstream's request without a reason of its own. */
  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#controller?.abort();
    this.onAbort();
  }

  /** The call has ended: what comes too late to stop it changes nothing. */
  over(): void {
    this.#isOver = true;
  }

  #stop(reasonOf: () => ClientLeft | LimitReached): void {
    if (this.#reason !== null || this.#isOver) return;
    this.#reason = reasonOf();
    this.abort();
    this.#reject?.(this.#reason);
  }
}

function nothing(): void {}
