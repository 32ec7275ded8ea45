/**
 * Call ids remembered for a while, each until its time. A queue beside the set, because a Map that is
 * emptied from its front keeps holes there, which every look at the front then walks over.
 */
export class RecentIds {
  readonly #until = new Map<string, number>();
  #queue: { readonly id: string; readonly until: number }[] = [];
  #first = 0;

  has(id: string): boolean {
    return this.#until.has(id);
  }

  /** Times are given in order; an id that is added again is remembered for longer. */
  add(id: string, until: number): void {
    this.#until.set(id, until);
    this.#queue.push({ id, until });
  }

  /** Forgets what is over. */
  advance(now: number): void {
    let oldest = this.#queue[this.#first];
    while (oldest !== undefined && oldest.until <= now) {
      if (this.#until.get(oldest.id) === oldest.until) this.#until.delete(oldest.id);
      oldest = this.#queue[++this.#first];
    }
    if (this.#first > 1_000 && this.#first * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#first);
      this.#first = 0;
    }
  }

  /** In the order in which they can be added again. */
  entries(): [id: string, until: number][] {
    return [...this.#until].sort(([, a], [, b]) => a - b);
  }
}
