/**
 * Lets work through, in order, as long as what is under way weighs no more than a limit; what weighs more
 * than that goes alone.
 */
export class Gate {
  readonly #limit: number;
  readonly #waiting: { readonly weight: number; readonly enter: () => void }[] = [];
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Does the work when there is room for it. @throws what the work throws. */
  async run<T>(weight: number, work: () => Promise<T>): Promise<T> {
    const held = Math.min(weight, this.#limit);
    await new Promise<void>((enter) => {
      this.#waiting.push({ weight: held, enter });
      this.#admit();
    });
    try {
      return await work();
    } finally {
      this.#held -= held;
      this.#admit();
    }
  }

  #admit(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (next === undefined || this.#held + next.weight > this.#limit) return;
      this.#waiting.shift();
      this.#held += next.weight;
      next.enter();
    }
  }
}
