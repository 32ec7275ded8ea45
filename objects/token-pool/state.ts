import type {
  RefusalCount,
  UsageBatch,
  UsageCorrection,
  UsageRecord,
} from '../../src/contract/usage';
import type { PoolSettings } from '../../src/pool/settings';
import { at } from './columns';
import { Calendar } from './clock';
import { TimeQueue } from './heaps';
import { EndedIds } from './ended-ids';
import { type KeyCounters, type KeyState, newKeyState } from './keys';
import type { LostCall, OpenLease } from './leases';
import type { PoolPorts } from './ports';
import { RecentIds } from './recent-ids';
import { DEFAULT_POOL_SETTINGS } from './settings';
import { Shelves } from './shelves';
import {
  type KeyRow,
  type NameRow,
  type Statements,
  statements,
  type TokenRow,
} from './statements';
import { BucketTable, TokenTable } from './tables';
import { type Sequences, Work } from './work';

/** A batch on its way: when it was last handed out, how often, and itself while it is fresh. */
export interface Sealed {
  readonly sentAt: number | null;
  readonly tries: number;
  readonly fresh?: UsageBatch;
}

/** A word that comes too early or too late is recognised for this long. */
export const TOMBSTONE_MS = 60_000;

/** A cell of a bucket; bucket 0 is the token itself. */
export interface Cell {
  readonly slot: number;
  readonly bucket: number;
}

/**
 * All that the pool holds in memory: numbers, and what is on its way. Keys and buckets are read from
 * storage when first asked for. Every change also goes into `work`, which the next commit writes.
 */
export class PoolState {
  readonly stmt: Statements;
  readonly tokens = new TokenTable();
  readonly shelves: Shelves;
  readonly leases = new Map<string, OpenLease>();
  /** Calls whose settlement came before their admission: until when they are refused. */
  readonly tombstones = new RecentIds();
  /** The same for calls that have ended, in case an admission was delivered twice. Not carried over a checkpoint. */
  readonly ended = new EndedIds(TOMBSTONE_MS);
  readonly lost = new Map<string, LostCall>();
  readonly sequences: Sequences = { batch: 0, list: 0, slot: 1, edit: '' };
  /** Usage that waits for sealing. */
  pendingRecords: UsageRecord[] = [];
  pendingCorrections: UsageCorrection[] = [];
  /** In memory only until sealed: a statistic, not a counter. By `minute|key|code`. */
  readonly refusals = new Map<string, RefusalCount>();
  /** Sealed batches without an acknowledgement: when each was last handed out; null = not yet. */
  readonly batches = new Map<number, Sealed>();
  /** Cooldowns that end, windows that reset. */
  readonly wakes = new TimeQueue<Cell>();
  /** Lower bound of the next lease's expiry. */
  earliestExpiry = Number.POSITIVE_INFINITY;
  work = new Work();
  settings: PoolSettings = DEFAULT_POOL_SETTINGS;
  calendar = new Calendar(DEFAULT_POOL_SETTINGS);
  now = 0;

  readonly #keys = new Map<string, KeyState>();
  readonly #names = new Map<string, NameRow>();
  readonly #namesById = new Map<number, NameRow>();
  readonly #buckets = new Map<number, BucketTable>();

  constructor(readonly ports: PoolPorts) {
    this.stmt = statements(ports.sql);
    this.shelves = new Shelves(this.tokens, () => this.settings);
  }

  /** Begins a step. The pool's time never runs backwards. */
  advance(now: number): void {
    this.now = Math.max(this.now, now);
    this.shelves.advance(this.now, this.sequences.slot);
    this.tombstones.advance(this.now);
  }

  // Names.

  /** The number of a provider. A new one is stored with the next commit. */
  provider(name: string): number {
    return this.#name('provider', name, false).id;
  }

  /** The table of a bucket, read from storage when first asked for. */
  bucket(name: string, metered: boolean): BucketTable {
    return this.bucketById(this.#name('bucket', name, metered).id);
  }

  /** @throws Error when no bucket has that number: a bug. */
  bucketById(id: number): BucketTable {
    const loaded = this.#buckets.get(id);
    if (loaded !== undefined) return loaded;
    const row = this.#namesById.get(id);
    if (row === undefined) throw new Error(`no bucket ${id}`);
    const table = new BucketTable(id, row.name, row.metered === 1);
    table.reserve(this.sequences.slot);
    for (const { page, body } of this.stmt.pages(id)) table.stored.unpackPage(page, body);
    this.#buckets.set(id, table);
    this.wakeCells(table);
    return table;
  }

  bucketNames(): readonly NameRow[] {
    return [...this.#namesById.values()].filter((row) => row.kind === 'bucket');
  }

  /** The number of a provider that has tokens; null otherwise. */
  findProvider(name: string): number | null {
    return this.#names.get(`provider ${name}`)?.id ?? null;
  }

  nameOf(id: number): string {
    return this.#namesById.get(id)?.name ?? '';
  }

  addName(row: NameRow): void {
    this.#names.set(`${row.kind} ${row.name}`, row);
    this.#namesById.set(row.id, row);
  }

  loadedBuckets(): Iterable<BucketTable> {
    return this.#buckets.values();
  }

  #name(kind: NameRow['kind'], name: string, metered: boolean): NameRow {
    const known = this.#names.get(`${kind} ${name}`);
    if (known !== undefined) return known;
    const row: NameRow = { id: this.#namesById.size + 1, kind, name, metered: metered ? 1 : 0 };
    this.addName(row);
    this.work.names.push(row);
    return row;
  }

  // Keys.

  key(id: string): KeyState | null {
    const key = this.peekKey(id);
    if (key !== null) this.#keys.set(id, key);
    return key;
  }

  /** The same for a look at it: a key that nobody uses is not kept in memory. Not to be changed. */
  peekKey(id: string): KeyState | null {
    const loaded = this.#keys.get(id);
    if (loaded !== undefined) return loaded;
    const row = this.stmt.key(id);
    return row === null ? null : this.keyOf(row);
  }

  /** The key of a stored row, as it is in memory when it has been met. A look alone does not keep it there. */
  keyOf(row: KeyRow): KeyState {
    const loaded = this.#keys.get(row.id);
    if (loaded !== undefined) return loaded;
    // SAFETY: both texts were written by this object, from these types.
    return newKeyState(JSON.parse(row.limits), JSON.parse(row.counters) as KeyCounters);
  }

  addKey(key: KeyState): void {
    this.#keys.set(key.limits.id, key);
  }

  loadedKeys(): Iterable<KeyState> {
    return this.#keys.values();
  }

  // Tokens.

  /** The texts of a token, with what is not committed yet; null when it is gone. */
  tokenRow(slot: number): TokenRow | null {
    const pending = this.work.tokenRows.get(slot);
    return pending === undefined ? this.stmt.tokenBySlot(slot) : pending;
  }

  putTokenRow(row: TokenRow): void {
    this.work.tokenRows.set(row.slot, row);
  }

  /** A token's numbers have changed. */
  touchToken(slot: number): void {
    this.work.tokens.add(slot);
    this.shelves.refresh(slot);
  }

  /** A cell has changed. */
  touchCell(table: BucketTable, slot: number): void {
    this.work.cell(table.id, slot);
    this.shelves.refresh(slot);
  }

  setSettings(settings: PoolSettings): void {
    this.settings = settings;
    this.calendar = new Calendar(settings);
    this.shelves.forget();
  }

  /** A table that was just read: what in it ends by itself must be woken. */
  wakeCells(table: BucketTable): void {
    for (let slot = 1; slot < this.sequences.slot; slot++) this.wakeCell(table, slot);
  }

  /** Plans the next moment at which a cell changes by itself. */
  wakeCell(table: BucketTable, slot: number): void {
    const { coolUntil, resetsAt, stale, staleAt } = table.stored.fields;
    const cell = { slot, bucket: table.id };
    if (at(coolUntil, slot) > this.now) this.wakes.push(at(coolUntil, slot), cell);
    if (at(stale, slot) === 1) {
      this.wakes.push(this.now, cell);
      this.wakes.push(at(staleAt, slot) + this.settings.staleMs, cell);
    } else if (at(resetsAt, slot) > 0) this.wakes.push(at(resetsAt, slot), cell);
  }

  wakeToken(slot: number): void {
    const until = at(this.tokens.stored.fields.coolUntil, slot);
    if (until > this.now) this.wakes.push(until, { slot, bucket: 0 });
  }
}
