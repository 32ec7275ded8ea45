import type { BucketOverview, FigureOverview } from '../../src/pool/rpc';
import { at } from './columns';
import { MainFigures } from './main-figures';
import type { PoolState } from './state';
import { type BucketTable, TIERS } from './tables';
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

function sumBucket(state: PoolState, table: BucketTable): Sum[] {
  const { provider, tier } = state.tokens.stored.fields;
  const sums = new Map<number, Sum>();
  for (let slot = 1; slot < state.sequences.slot; slot++) {
    const cell = table.state(slot);
    if (cell === 'unmetered' || !state.tokens.isLive(slot)) continue;
    const isRead = cell === 'known';
    // A bucket that a token was never lent from and never read is not one of its buckets.
    if (!isRead && at(table.live.fields.open, slot) === 0) continue;
    const group = at(provider, slot) * TIERS.length + at(tier, slot);
    let sum = sums.get(group);
    if (sum === undefined) {
      sum = newSum(state, table, slot);
      sums.set(group, sum);
    }
    if (isRead) addKnown(sum, state, table, slot);
    else sum.unknown++;
  }
  return [...sums.values()];
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

function addKnown(sum: Sum, { now }: PoolState, table: BucketTable, slot: number): void {
  const cell = table.stored.fields;
  sum.known++;
  sum.free += at(cell.free, slot);
  sum.limit += at(cell.limit, slot);
  if (at(cell.free, slot) > 0) return;
  sum.spent++;
  const returnsAt = Math.max(at(cell.resetsAt, slot), at(cell.coolUntil, slot));
  if (returnsAt > now) sum.returnsAt = Math.min(sum.returnsAt ?? returnsAt, returnsAt);
}
