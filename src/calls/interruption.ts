import { ClientLeft, LimitReached } from './endings';
import type { LimitName } from './watch';

/** What ends a call from outside: its client leaves, or a wait reaches its limit. The first one counts. */
export class Interruption {
  readonly #controller = new AbortController();
  #reason: ClientLeft | LimitReached | null = null;
  #reject: ((reason: Error) => void) | null = null;
  #isOver = false;

  /** Called when upstream's request is aborted: for an upstream that does not listen to the signal. */
  onAbort: () => void = nothing;

  /** Aborts upstream's request when the call is interrupted or given up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get reason(): ClientLeft | LimitReached | null {
    return this.#reason;
  }

  /** Nobody waits for the answer any more. */
  get hasClientLeft(): boolean {
    return this.#reason instanceof ClientLeft;
  }

  /** Waits for something that must not outlast the call: an interruption rejects it at once. */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#reason !== null) reject(this.#reason);
      this.#reject = reject;
      work.then(resolve, reject);
    });
  }

  clientLeft(): void {
    this.#stop(new ClientLeft('the client has left'));
  }

  limitReached(name: LimitName): void {
    this.#stop(new LimitReached(name));
  }

  /** Aborts upstream's request without a reason of its own. */
  abort(): void {
    if (this.signal.aborted) return;
    this.#controller.abort();
    this.onAbort();
  }

  /** The call has ended: what comes too late to stop it changes nothing. */
  over(): void {
    this.#isOver = true;
  }

  #stop(reason: ClientLeft | LimitReached): void {
    if (this.#reason !== null || this.#isOver) return;
    this.#reason = reason;
    this.abort();
    this.#reject?.(reason);
  }
}

function nothing(): void {}
