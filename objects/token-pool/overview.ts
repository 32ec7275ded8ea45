import type { BucketOverview, FigureOverview } from '../../src/pool/rpc';
import { at } from './columns';
import { MainFigures } from './main-figures';
import type { PoolState } from './state';
import { type BucketTable, LIVE, TIERS, UNMETERED, UNREAD } from './tables';
import { stateOf } from './views';

/** What live tokens have left, summed by provider, tier and bucket. Reads memory only. */
export function bucketOverview(state: PoolState): BucketOverview[] {
  return state.bucketNames().flatMap(({ id }) => sumBucket(state, state.bucketById(id)));
}

/** What active tokens have left by the figures that lists show. Reads memory only. */
export function figureOverview(state: PoolState): FigureOverview[] {
  const { provider, tier } = state.tokens.stored.fields;
  const figures = new MainFigures(state);
  const sums = new Map<number, { -readonly [K in keyof FigureOverview]: FigureOverview[K] }>();
  for (let slot = 1; slot < state.sequences.slot; slot++) {
    if (!state.tokens.isLive(slot) || stateOf(state, slot) !== 'active') continue;
    const group = at(provider, slot) * TIERS.length + at(tier, slot);
    let sum = sums.get(group);
    if (sum === undefined) {
      sum = {
        provider: state.nameOf(at(provider, slot)),
        tier: TIERS[at(tier, slot)] ?? 'basic',
        exhausted: 0,
        unread: 0,
        chatFree: 0,
      };
      sums.set(group, sum);
    }
    sum.chatFree += Math.max(0, figures.chatFree(slot) ?? 0);
    if (figures.isSpent(slot)) sum.exhausted++;
    else if (figures.isUnread(slot)) sum.unread++;
  }
  return [...sums.values()];
}

type Sum = { -readonly [K in keyof BucketOverview]: BucketOverview[K] };

/** One pass over typed arrays: a panel that looks on must not hold the pool. */
function sumBucket(state: PoolState, table: BucketTable): Sum[] {
  const tokens = state.tokens.stored.fields;
  const cells = table.stored.fields;
  const { open } = table.live.fields;
  const sums: (Sum | undefined)[] = [];
  for (let slot = 1; slot < state.sequences.slot; slot++) {
    if (tokens.state[slot] !== LIVE || tokens.disabled[slot] === 1) continue;
    const cell = cells.state[slot] ?? UNREAD;
    // A bucket that a token was never lent from and never read is not one of its buckets.
    const isLent = table.metered && (open[slot] ?? 0) > 0;
    if (cell === UNMETERED || (cell === UNREAD && !isLent)) continue;
    const group = (tokens.provider[slot] ?? 0) * TIERS.length + (tokens.tier[slot] ?? 0);
    const sum = (sums[group] ??= newSum(state, table, slot));
    if (cell === UNREAD) {
      sum.unknown++;
      continue;
    }
    const free = cells.free[slot] ?? 0;
    sum.known++;
    sum.free += free;
    sum.limit += cells.limit[slot] ?? 0;
    if (free > 0) continue;
    sum.spent++;
    const returnsAt = Math.max(cells.resetsAt[slot] ?? 0, cells.coolUntil[slot] ?? 0);
    if (returnsAt > state.now) sum.returnsAt = Math.min(sum.returnsAt ?? returnsAt, returnsAt);
  }
  return sums.filter((sum) => sum !== undefined);
}

function newSum(state: PoolState, table: BucketTable, slot: number): Sum {
  const { provider, tier } = state.tokens.stored.fields;
  return {
    provider: state.nameOf(at(provider, slot)),
    tier: TIERS[at(tier, slot)] ?? 'basic',
    bucket: table.name,
    known: 0,
    unknown: 0,
    spent: 0,
    free: 0,
    limit: 0,
    returnsAt: null,
  };
}
