import type { Part, PartStream } from '../../provider';

/** What feeds a stream of parts. */
export interface Feed {
  /** After `cancel` it does nothing. */
  readonly push: (...parts: readonly Part[]) => void;
  /** Aborted with the call, and when nobody reads any more. */
  readonly signal: AbortSignal;
}

/**
 * Parts made by work that goes on in the background: several upstream calls, or a socket. What was made
 * ahead of a failure is handed out first. When the work ends well, `finish` follows.
 */
export class FedStream implements PartStream {
  readonly unitsSpent: () => number;
  readonly #stop = new AbortController();
  #made: Part[] = [];
  #ending: { readonly failure?: unknown } | null = null;
  #wake: () => void = () => undefined;

  /** @param unitsSpent as `PartStream` has it. */
  constructor(signal: AbortSignal, unitsSpent: () => number, work: (feed: Feed) => Promise<void>) {
    this.unitsSpent = unitsSpent;
    const push = (...parts: readonly Part[]) => {
      if (this.#ending !== null || parts.length === 0) return;
      this.#made.push(...parts);
      this.#wake();
    };
    work({ push, signal: AbortSignal.any([signal, this.#stop.signal]) }).then(
      () => {
        push({ type: 'finish', usage: null });
        this.#end({});
      },
      // An abort is the caller's own and keeps its reason.
      (failure: unknown) => this.#end({ failure: signal.aborted ? signal.reason : failure }),
    );
  }

  async read(): Promise<readonly Part[] | null> {
    if (this.#made.length === 0 && this.#ending === null) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#made.length > 0) {
      const parts = this.#made;
      this.#made = [];
      return parts;
    }
    const ending = this.#ending;
    this.#ending = {};
    if (ending !== null && 'failure' in ending) throw ending.failure;
    return null;
  }

  cancel(): void {
    this.#made = [];
    this.#end({});
  }

  /** What still goes on beside a failure is of no use. */
  #end(ending: { readonly failure?: unknown }): void {
    this.#ending ??= ending;
    this.#stop.abort();
    this.#wake();
  }
}
