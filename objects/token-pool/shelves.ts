import type { Tier } from '../../src/models/model-spec';
import { at } from './columns';
import { SlotHeap } from './heaps';
import { type BucketTable, KNOWN, type TokenTable, tierNumber } from './tables';

/** What picking reads of the settings. */
export interface PickRules {
  readonly maxInFlight: number;
  readonly unknownInFlight: number;
}

/** A choice goes to the next token of the ring above this multiple of the mean in flight. */
const LOAD_BOUND = 1.25;
/** An outdated ring is still used this long: tokens that left are skipped, and an import must not rebuild it at each step. */
const RING_AGE_MS = 2_000;
/** Dearer calls (several pictures at once) share a shelf, and look for room on it: they are rare. */
const MAX_SHELF_UNITS = 4;
/** Steps along the ring before affinity gives way to the least loaded. */
const MAX_RING_STEPS = 64;

/** Tokens of one provider and tier that could serve one bucket and number of units now. */
interface Shelf {
  readonly table: BucketTable;
  readonly units: number;
  /** With known room, or not metered: least in flight first, then most remaining, then longest unused. */
  readonly ready: SlotHeap;
  /** Never read: one at a time, after every token with known room. */
  readonly unread: SlotHeap;
}

/** Tokens of one provider and tier. */
interface Group {
  readonly provider: number;
  readonly tier: number;
  readonly shelves: Map<string, Shelf>;
  ring: Ring | null;
  inFlight: number;
  live: number;
}

/** Tokens by the hash of their slot, for consistent hashing. */
interface Ring {
  readonly points: Uint32Array;
  readonly slots: Uint32Array;
  readonly builtAt: number;
  /** A token came or went since. */
  outdated: boolean;
}

/**
 * Every token where picking finds it: a heap a bucket, so that a choice costs O(log n).
 * Whoever changes a token or a cell calls `refresh`.
 */
export class Shelves {
  readonly #tokens: TokenTable;
  readonly #rules: () => PickRules;
  readonly #groups = new Map<number, Group>();
  /** Group each live token is counted in, plus one; 0 = in none. */
  #memberOf = new Int32Array(256);
  #slots = 0;
  #now = 0;

  constructor(tokens: TokenTable, rules: () => PickRules) {
    this.#tokens = tokens;
    this.#rules = rules;
  }

  /** Tells the time and how many slots there are, before anything else of a step. */
  advance(now: number, slots: number): void {
    this.#now = now;
    this.#slots = slots;
  }

  /** A token, or one of its cells, has changed. */
  refresh(slot: number): void {
    this.#enrol(slot);
    const group = this.#groupOf(slot);
    if (group === undefined) return;
    for (const shelf of group.shelves.values()) this.#place(shelf, slot);
  }

  /** A token begins or ends a call: keeps the mean in flight of its group. */
  addInFlight(slot: number, delta: number): void {
    const { inFlight } = this.#tokens.live.fields;
    inFlight[slot] = at(inFlight, slot) + delta;
    const group = this.#groupOf(slot);
    if (group !== undefined) group.inFlight += delta;
  }

  /** A rule of picking changed: shelves are built again when next asked for. */
  forget(): void {
    this.#groups.clear();
    this.#memberOf.fill(0);
  }

  /** Live tokens of a provider and tier. */
  liveCount(provider: number, tier: Tier): number {
    return this.#group(provider, tierNumber(tier)).live;
  }

  /**
   * The token to lend: lowest tier first; known room before unread; then by affinity or least loaded.
   * @param excluded slots this call has tried already.
   */
  pick(
    provider: number,
    tiers: readonly Tier[],
    table: BucketTable,
    units: number,
    affinity: string | undefined,
    excluded: readonly number[],
  ): number | null {
    for (const kind of ['ready', 'unread'] as const) {
      for (const tier of tiers) {
        const group = this.#group(provider, tierNumber(tier));
        const heap = this.#shelf(group, table, Math.min(units, MAX_SHELF_UNITS))[kind];
        if (heap.size === 0) continue;
        const isOut = (slot: number): boolean =>
          excluded.includes(slot) ||
          (units > MAX_SHELF_UNITS && !this.canServe(slot, table, units));
        const slot =
          (affinity === undefined ? null : this.#alongRing(group, heap, affinity, isOut)) ??
          heap.first(isOut);
        if (slot !== null) return slot;
      }
    }
    return null;
  }

  /** Whether this one token could serve now. */
  canServe(slot: number, table: BucketTable, units: number): boolean {
    return this.#standing(table, units, slot) !== 'none';
  }

  #alongRing(
    group: Group,
    heap: SlotHeap,
    affinity: string,
    isOut: (slot: number) => boolean,
  ): number | null {
    if (
      group.ring === null ||
      (group.ring.outdated && this.#now - group.ring.builtAt > RING_AGE_MS)
    ) {
      group.ring = this.#buildRing(group);
    }
    const { points, slots } = group.ring;
    if (points.length === 0) return null;
    const bound = Math.ceil((LOAD_BOUND * (group.inFlight + 1)) / Math.max(1, group.live));
    const { inFlight } = this.#tokens.live.fields;
    let place = lowerBound(points, hash32(affinity));
    for (let step = 0; step < Math.min(MAX_RING_STEPS, points.length); step++, place++) {
      const slot = slots[place % points.length] ?? 0;
      if (heap.has(slot) && !isOut(slot) && at(inFlight, slot) < bound) return slot;
    }
    return null;
  }

  #buildRing(group: Group): Ring {
    const members = this.#members(group).map((slot) => ({ slot, point: hash32(`slot:${slot}`) }));
    members.sort((a, b) => a.point - b.point || a.slot - b.slot);
    return {
      points: Uint32Array.from(members, (member) => member.point),
      slots: Uint32Array.from(members, (member) => member.slot),
      builtAt: this.#now,
      outdated: false,
    };
  }

  #members(group: Group): number[] {
    const { provider, tier } = this.#tokens.stored.fields;
    const members: number[] = [];
    for (let slot = 1; slot < this.#slots; slot++) {
      if (
        at(provider, slot) === group.provider &&
        at(tier, slot) === group.tier &&
        this.#tokens.isLive(slot)
      ) {
        members.push(slot);
      }
    }
    return members;
  }

  /** Group a live token is counted in, if that group has been built. */
  #groupOf(slot: number): Group | undefined {
    return this.#groups.get((this.#memberOf[slot] ?? 0) - 1);
  }

  /** Counts a token where it now belongs: it may have come, gone, or changed its tier. */
  #enrol(slot: number): void {
    const { provider, tier } = this.#tokens.stored.fields;
    const key = groupKey(at(provider, slot), at(tier, slot));
    const wanted = this.#tokens.isLive(slot) && this.#groups.has(key) ? key + 1 : 0;
    const present = this.#memberOf[slot] ?? 0;
    if (wanted === present) return;
    const old = this.#groups.get(present - 1);
    if (old !== undefined) {
      for (const shelf of old.shelves.values()) {
        shelf.ready.delete(slot);
        shelf.unread.delete(slot);
      }
      this.#count(old, slot, -1);
    }
    this.#setMember(slot, wanted);
    const group = this.#groups.get(wanted - 1);
    if (group !== undefined) this.#count(group, slot, 1);
  }

  #count(group: Group, slot: number, delta: number): void {
    group.live += delta;
    group.inFlight += delta * at(this.#tokens.live.fields.inFlight, slot);
    if (group.ring !== null) group.ring.outdated = true;
  }

  #setMember(slot: number, member: number): void {
    if (slot >= this.#memberOf.length) {
      const grown = new Int32Array(Math.max(slot + 1, this.#memberOf.length * 2));
      grown.set(this.#memberOf);
      this.#memberOf = grown;
    }
    this.#memberOf[slot] = member;
  }

  #group(provider: number, tier: number): Group {
    const key = groupKey(provider, tier);
    let group = this.#groups.get(key);
    if (group === undefined) {
      group = { provider, tier, shelves: new Map(), ring: null, inFlight: 0, live: 0 };
      this.#groups.set(key, group);
      for (const slot of this.#members(group)) {
        this.#setMember(slot, key + 1);
        this.#count(group, slot, 1);
      }
    }
    return group;
  }

  #shelf(group: Group, table: BucketTable, units: number): Shelf {
    const key = `${table.id}:${units}`;
    let shelf = group.shelves.get(key);
    if (shelf === undefined) {
      table.reserve(this.#slots);
      shelf = {
        table,
        units,
        ready: new SlotHeap((a, b) => this.#before(table, a, b)),
        unread: new SlotHeap((a, b) => this.#before(table, a, b)),
      };
      for (const slot of this.#members(group)) this.#place(shelf, slot);
      group.shelves.set(key, shelf);
    }
    return shelf;
  }

  #place(shelf: Shelf, slot: number): void {
    const standing = this.#standing(shelf.table, shelf.units, slot);
    if (standing === 'ready') shelf.ready.put(slot);
    else shelf.ready.delete(slot);
    if (standing === 'unread') shelf.unread.put(slot);
    else shelf.unread.delete(slot);
  }

  #standing(table: BucketTable, units: number, slot: number): 'ready' | 'unread' | 'none' {
    const { maxInFlight, unknownInFlight } = this.#rules();
    const tokens = this.#tokens;
    if (!tokens.isLive(slot) || tokens.isCooling(slot, this.#now)) return 'none';
    const inFlight = at(tokens.live.fields.inFlight, slot);
    if (maxInFlight > 0 && inFlight >= maxInFlight) return 'none';
    if (at(tokens.stored.fields.trial, slot) === 1 && inFlight > 0) return 'none';
    const cell = table.stored.fields;
    if (at(cell.coolUntil, slot) > this.#now) return 'none';
    const open = at(table.live.fields.open, slot);
    if (at(cell.trial, slot) === 1 && open > 0) return 'none';
    switch (table.state(slot)) {
      case 'known':
        return at(cell.free, slot) >= units ? 'ready' : 'none';
      case 'unmetered':
        return 'ready';
      case 'unknown':
        return open < unknownInFlight ? 'unread' : 'none';
    }
  }

  #before(table: BucketTable, a: number, b: number): boolean {
    const { inFlight } = this.#tokens.live.fields;
    const busier = at(inFlight, a) - at(inFlight, b);
    if (busier !== 0) return busier < 0;
    const richer = remaining(table, a) - remaining(table, b);
    if (richer !== 0) return richer > 0;
    const { lastUsedAt } = this.#tokens.stored.fields;
    const later = at(lastUsedAt, a) - at(lastUsedAt, b);
    return later === 0 ? a < b : later < 0;
  }
}

/** For ranking: what is not metered never runs out. */
function remaining(table: BucketTable, slot: number): number {
  const { state, free } = table.stored.fields;
  return at(state, slot) === KNOWN ? at(free, slot) : Number.MAX_SAFE_INTEGER;
}

const groupKey = (provider: number, tier: number): number => provider * 8 + tier;

/** FNV-1a with a final mix, so that near texts land far apart. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** First index whose value is not below `wanted`. */
function lowerBound(sorted: Uint32Array, wanted: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
