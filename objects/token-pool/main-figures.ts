import { CHAT_BUCKETS, HEAVY_BUCKETS, isForChat } from '../../src/models/main-buckets';
import { at } from './columns';
import type { PoolState } from './state';
import { type BucketTable, tierNumber } from './tables';

/**
 * The two figures that lists show of a token, read from memory for many tokens at once: the same rule
 * as `src/tokens/view-token` has for one.
 */
export class MainFigures {
  readonly #state: PoolState;
  readonly #chats: readonly BucketTable[];
  readonly #others: readonly BucketTable[];
  readonly #heavies: readonly BucketTable[];
  readonly #forChats: readonly BucketTable[];

  constructor(state: PoolState) {
    const tables = state.bucketNames().map(({ id }) => state.bucketById(id));
    const named = (names: readonly string[]): BucketTable[] =>
      names.flatMap((name) => tables.filter((table) => table.name === name));
    this.#state = state;
    this.#chats = named(CHAT_BUCKETS);
    this.#heavies = named(HEAVY_BUCKETS);
    this.#others = tables.filter(({ name }) => isForChat(name) && !CHAT_BUCKETS.includes(name));
    this.#forChats = [...this.#chats, ...this.#others];
  }

  /** Units left for chats; null when nobody knows, or upstream does not meter. */
  chatFree(slot: number): number | null {
    return freeOf(this.#chats, slot) ?? freeOfKnown(this.#others, slot);
  }

  /** Whether no figure was ever read: neither that for chats, nor of a higher tier that for heavy ones. */
  isUnread(slot: number): boolean {
    if (isKnown(this.#forChats, slot)) return false;
    const { tier } = this.#state.tokens.stored.fields;
    return at(tier, slot) === tierNumber('basic') || !isKnown(this.#heavies, slot);
  }

  /** Whether a figure is known to be used up: that for chats, or of a higher tier that for heavy ones. */
  isSpent(slot: number): boolean {
    if ((this.chatFree(slot) ?? 1) <= 0) return true;
    const { tier } = this.#state.tokens.stored.fields;
    if (at(tier, slot) === tierNumber('basic')) return false;
    return (freeOf(this.#heavies, slot) ?? 1) <= 0;
  }
}

function isKnown(tables: readonly BucketTable[], slot: number): boolean {
  for (const table of tables) if (table.state(slot) !== 'unknown') return true;
  return false;
}

/** Of the first bucket about which something is known, even if only that it is not metered. */
function freeOf(tables: readonly BucketTable[], slot: number): number | null {
  for (const table of tables) {
    const state = table.state(slot);
    if (state === 'known') return at(table.stored.fields.free, slot);
    if (state === 'unmetered') return null;
  }
  return null;
}

function freeOfKnown(tables: readonly BucketTable[], slot: number): number | null {
  for (const table of tables) {
    if (table.state(slot) === 'known') return at(table.stored.fields.free, slot);
  }
  return null;
}
