/** A binary heap of slots that knows where each slot is, so that one whose rank changed is moved in O(log n). */
export class SlotHeap {
  readonly #before: (a: number, b: number) => boolean;
  #slots: number[] = [];
  /** Place of each slot in `#slots`, plus one; 0 = absent. */
  #places = new Int32Array(256);

  /** @param before whether slot `a` is to be served before slot `b`. */
  constructor(before: (a: number, b: number) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#slots.length;
  }

  has(slot: number): boolean {
    return (this.#places[slot] ?? 0) !== 0;
  }

  /** Adds a slot, or moves it after its rank changed. */
  put(slot: number): void {
    const place = (this.#places[slot] ?? 0) - 1;
    if (place >= 0) {
      this.#sift(place, slot);
      return;
    }
    if (slot >= this.#places.length) {
      const grown = new Int32Array(Math.max(slot + 1, this.#places.length * 2));
      grown.set(this.#places);
      this.#places = grown;
    }
    this.#slots.push(slot);
    this.#up(this.#slots.length - 1, slot);
  }

  delete(slot: number): void {
    const place = (this.#places[slot] ?? 0) - 1;
    if (place < 0) return;
    this.#places[slot] = 0;
    const last = this.#slots.pop();
    if (last !== undefined && last !== slot) this.#sift(place, last);
  }

  /** The first slot that is not ruled out; null when there is none. */
  first(isOut: (slot: number) => boolean): number | null {
    const top = this.#slots[0];
    if (top === undefined) return null;
    if (!isOut(top)) return top;
    // Best-first search from the top: it opens at most one node more than are ruled out.
    const open = [0];
    for (;;) {
      let best = -1;
      for (let i = 0; i < open.length; i++) {
        if (best < 0 || this.#before(this.#slotAt(open[i] ?? 0), this.#slotAt(open[best] ?? 0))) {
          best = i;
        }
      }
      const place = open[best];
      if (place === undefined) return null;
      if (!isOut(this.#slotAt(place))) return this.#slotAt(place);
      open.splice(best, 1);
      for (const child of [place * 2 + 1, place * 2 + 2]) {
        if (child < this.#slots.length) open.push(child);
      }
    }
  }

  #slotAt(place: number): number {
    return this.#slots[place] ?? 0;
  }

  #set(place: number, slot: number): void {
    this.#slots[place] = slot;
    this.#places[slot] = place + 1;
  }

  #sift(place: number, slot: number): void {
    if (place > 0 && this.#before(slot, this.#slotAt((place - 1) >> 1))) this.#up(place, slot);
    else this.#down(place, slot);
  }

  #up(from: number, slot: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#slotAt(parent);
      if (!this.#before(slot, above)) break;
      this.#set(place, above);
      place = parent;
    }
    this.#set(place, slot);
  }

  #down(from: number, slot: number): void {
    let place = from;
    for (;;) {
      let child = place * 2 + 1;
      if (child >= this.#slots.length) break;
      if (
        child + 1 < this.#slots.length &&
        this.#before(this.#slotAt(child + 1), this.#slotAt(child))
      ) {
        child++;
      }
      const below = this.#slotAt(child);
      if (!this.#before(below, slot)) break;
      this.#set(place, below);
      place = child;
    }
    this.#set(place, slot);
  }
}

/** Things due at a time, earliest first. */
export class TimeQueue<T> {
  #items: { readonly at: number; readonly value: T }[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Unix ms of the earliest; null when empty. */
  nextAt(): number | null {
    return this.#items[0]?.at ?? null;
  }

  push(at: number, value: T): void {
    const items = this.#items;
    const item = { at, value };
    let place = items.length;
    items.push(item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = items[parent];
      if (above === undefined || above.at <= at) break;
      items[place] = above;
      place = parent;
    }
    items[place] = item;
  }

  /** Takes the earliest if it is due. */
  pop(now: number): T | null {
    const items = this.#items;
    const top = items[0];
    if (top === undefined || top.at > now) return null;
    const last = items.pop();
    if (last === undefined || items.length === 0) return top.value;
    let place = 0;
    for (;;) {
      let child = place * 2 + 1;
      const left = items[child];
      if (left === undefined) break;
      const right = items[child + 1];
      let below = left;
      if (right !== undefined && right.at < left.at) {
        below = right;
        child++;
      }
      if (below.at >= last.at) break;
      items[place] = below;
      place = child;
    }
    items[place] = last;
    return top.value;
  }
}
