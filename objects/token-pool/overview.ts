import type { BucketOverview, PoolSums, SupplyOverview } from '../../src/pool/figures';
import { at } from './columns';
import { MainFigures } from './main-figures';
import type { PoolState } from './state';
import { ABSENT, type BucketTable, LIVE, TIERS, UNMETERED, UNREAD } from './tables';
import { stateOf } from './views';

/** Slots that one step sums: between two steps the object may serve others. */
const STEP_SLOTS = 10_000;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** How many tokens there are and what they have left, by provider and tier. Reads memory only. */
export function* sumPool(state: PoolState): Generator<undefined, PoolSums> {
  const supply: (Writable<SupplyOverview> | undefined)[] = [];
  for (const [from, to] of stretches(state)) {
    sumTokens(state, supply, from, to);
    yield;
  }
  const buckets: BucketOverview[] = [];
  for (const { id } of state.bucketNames()) {
    const sums: (Writable<BucketOverview> | undefined)[] = [];
    for (const [from, to] of stretches(state)) {
      sumBucket(state, state.bucketById(id), sums, from, to);
      yield;
    }
    buckets.push(...sums.filter((sum) => sum !== undefined));
  }
  return { supply: supply.filter((sum) => sum !== undefined), buckets };
}

/** All slots, a stretch at a time: `[from, to)`. */
function* stretches({ sequences }: PoolState): Generator<readonly [number, number]> {
  for (let from = 1; from < sequences.slot; from += STEP_SLOTS) {
    yield [from, Math.min(from + STEP_SLOTS, sequences.slot)];
  }
}

function sumTokens(
  state: PoolState,
  sums: (Writable<SupplyOverview> | undefined)[],
  from: number,
  to: number,
): void {
  const { fields } = state.tokens.stored;
  const figures = new MainFigures(state);
  for (let slot = from; slot < to; slot++) {
    if (fields.state[slot] === ABSENT) continue;
    const group = (fields.provider[slot] ?? 0) * TIERS.length + (fields.tier[slot] ?? 0);
    const sum = (sums[group] ??= newSupply(state, slot));
    const standing = stateOf(state, slot);
    sum[standing]++;
    if (standing === 'active' || standing === 'cooling') sum.live++;
    if (standing !== 'active') continue;
    sum.chatFree += Math.max(0, figures.chatFree(slot) ?? 0);
    if (figures.isSpent(slot)) sum.exhausted++;
    else if (figures.isUnread(slot)) sum.unread++;
  }
}

function sumBucket(
  state: PoolState,
  table: BucketTable,
  sums: (Writable<BucketOverview> | undefined)[],
  from: number,
  to: number,
): void {
  const tokens = state.tokens.stored.fields;
  const cells = table.stored.fields;
  const { open } = table.live.fields;
  const { now } = state;
  for (let slot = from; slot < to; slot++) {
    if (tokens.state[slot] !== LIVE || tokens.disabled[slot] === 1) continue;
    const cell = cells.state[slot] ?? UNREAD;
    const cooling = (cells.coolUntil[slot] ?? 0) > now;
    // A bucket that a token was never lent from and never read is not one of its buckets.
    const isLent = table.metered && (open[slot] ?? 0) > 0;
    const isKnown = cell !== UNMETERED && cell !== UNREAD;
    if (!isKnown && !cooling && (cell === UNMETERED || !isLent)) continue;
    const group = (tokens.provider[slot] ?? 0) * TIERS.length + (tokens.tier[slot] ?? 0);
    const sum = (sums[group] ??= newBucket(state, table, slot));
    const free = cells.free[slot] ?? 0;
    const isSpent = isKnown && free <= 0;
    const returnsAt = Math.max(cells.resetsAt[slot] ?? 0, cells.coolUntil[slot] ?? 0);
    if ((isSpent || cooling) && returnsAt > now) {
      sum.returnsAt = Math.min(sum.returnsAt ?? returnsAt, returnsAt);
    }
    if ((isSpent || cooling) && (tokens.coolUntil[slot] ?? 0) <= now) sum.blocked++;
    if (isSpent) sum.spent++;
    if (!isKnown) {
      if (isLent && cell !== UNMETERED) sum.unknown++;
      continue;
    }
    sum.known++;
    sum.free += free;
    sum.limit += cells.limit[slot] ?? 0;
  }
}

function newSupply(state: PoolState, slot: number): Writable<SupplyOverview> {
  return {
    ...groupOf(state, slot),
    live: 0,
    active: 0,
    cooling: 0,
    expired: 0,
    disabled: 0,
    exhausted: 0,
    unread: 0,
    chatFree: 0,
  };
}

function newBucket(state: PoolState, table: BucketTable, slot: number): Writable<BucketOverview> {
  return {
    ...groupOf(state, slot),
    bucket: table.name,
    known: 0,
    unknown: 0,
    spent: 0,
    blocked: 0,
    free: 0,
    limit: 0,
    returnsAt: null,
  };
}

function groupOf(state: PoolState, slot: number) {
  const { provider, tier } = state.tokens.stored.fields;
  return {
    provider: state.nameOf(at(provider, slot)),
    tier: TIERS[at(tier, slot)] ?? ('basic' as const),
  };
}
