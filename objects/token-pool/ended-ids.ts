/**
 * Ids of calls that have ended, each until its time. There may be hundreds of thousands a minute, of which
 * nothing is ever asked but whether one is there: as strings they make garbage collection a tenth of a
 * chat's CPU. So an id is kept as 64 bits of hash, in typed arrays; a fresh one is taken for one of a
 * million others once in 10^13.
 */
export class EndedIds {
  readonly #spanMs: number;
  #current: Table;
  #previous: Table;

  /** @param spanMs - for so long ids are remembered at most. */
  constructor(spanMs: number) {
    this.#spanMs = spanMs;
    this.#current = new Table(0);
    this.#previous = this.#current;
  }

  has(id: string, now: number): boolean {
    const hash = hashOf(id);
    return this.#current.untilOf(hash) > now || this.#previous.untilOf(hash) > now;
  }

  /** @param until - Unix ms, at most the span from now; an id that is added again is remembered for longer. */
  add(id: string, until: number, now: number): void {
    if (until <= now) return;
    if (now - this.#current.since >= this.#spanMs) {
      this.#previous = this.#current;
      this.#current = new Table(now);
    }
    this.#current.add(hashOf(id), until);
  }
}

/** The halves of a hash of 64 bits, each from 0 to 2^32 − 1. */
interface Hash {
  readonly high: number;
  readonly low: number;
}

/** FNV-1a by two multipliers; each half is then mixed as MurmurHash3 does, the second with the first. */
function hashOf(id: string): Hash {
  let high = 0x811c9dc5;
  let low = 0x2f0b4a87;
  for (let at = 0; at < id.length; at++) {
    const char = id.charCodeAt(at);
    high = Math.imul(high ^ char, 0x01000193);
    low = Math.imul(low ^ char, 0x6a09e667);
  }
  high = mixed(high);
  return { high: high >>> 0, low: mixed(low ^ high) >>> 0 };
}

function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}

/** Numbers of one entry: the halves of the hash, and ms from the table's beginning; 0 where it is free. */
const FIELDS = 3;
const FIRST_ENTRIES = 1_024;

/** Open addressing, at most half full. */
class Table {
  /** Unix ms. */
  readonly since: number;
  #cells = new Uint32Array(FIRST_ENTRIES * FIELDS);
  #mask = FIRST_ENTRIES - 1;
  #count = 0;

  constructor(since: number) {
    this.since = since;
  }

  /** @returns Unix ms; 0 when it is not there. */
  untilOf(hash: Hash): number {
    const term = this.#cells[this.#find(hash) + 2] ?? 0;
    return term === 0 ? 0 : this.since + term;
  }

  add(hash: Hash, until: number): void {
    const term = until - this.since;
    const at = this.#find(hash);
    const held = this.#cells[at + 2] ?? 0;
    if (held === 0) {
      this.#count++;
      this.#cells[at] = hash.high;
      this.#cells[at + 1] = hash.low;
    }
    this.#cells[at + 2] = Math.max(held, term);
    if (this.#count * 2 > this.#mask) this.#grow();
  }

  /** @returns where it is, or where it has its place. */
  #find({ high, low }: Hash): number {
    for (let entry = low & this.#mask; ; entry = (entry + 1) & this.#mask) {
      const at = entry * FIELDS;
      const isFree = this.#cells[at + 2] === 0;
      if (isFree || (this.#cells[at] === high && this.#cells[at + 1] === low)) return at;
    }
  }

  #grow(): void {
    const old = this.#cells;
    this.#mask = this.#mask * 2 + 1;
    this.#cells = new Uint32Array((this.#mask + 1) * FIELDS);
    // Number by number: the pool serves nobody meanwhile, and a view of each entry takes three times as long.
    for (let from = 0; from < old.length; from += FIELDS) {
      if (old[from + 2] === 0) continue;
      const at = this.#find({ high: old[from] ?? 0, low: old[from + 1] ?? 0 });
      for (let field = 0; field < FIELDS; field++) this.#cells[at + field] = old[from + field] ?? 0;
    }
  }
}
