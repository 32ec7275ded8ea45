import type { BucketView, TokenState, TokenView } from '../../src/pool/token';
import { at } from './columns';
import type { PoolState } from './state';
import type { TokenRow } from './statements';
import { type BucketTable, EXPIRED, KNOWN, TIERS, UNREAD } from './tables';

/** How a token stands at this moment, whatever it has left. */
export function stateOf({ tokens, now }: PoolState, slot: number): TokenState {
  const { state, disabled } = tokens.stored.fields;
  if (at(disabled, slot) === 1) return 'disabled';
  if (at(state, slot) === EXPIRED) return 'expired';
  return tokens.isCooling(slot, now) ? 'cooling' : 'active';
}

/** A token with every bucket it has ever drawn from. */
export function viewToken(state: PoolState, row: TokenRow): TokenView {
  const { slot } = row;
  const health = state.tokens.stored.fields;
  const cooling = at(health.coolUntil, slot);
  return {
    id: row.id,
    provider: row.provider,
    tier: TIERS[at(health.tier, slot)] ?? 'basic',
    mask: row.mask,
    state: stateOf(state, slot),
    reason: row.reason,
    coolingUntil: cooling > state.now ? cooling : null,
    failures: at(health.strikes, slot) + at(health.faults, slot),
    lastFailureAt: orNull(at(health.lastFailureAt, slot)),
    lastFailure: row.last_failure,
    inFlight: at(state.tokens.live.fields.inFlight, slot),
    useCount: at(health.useCount, slot),
    lastUsedAt: orNull(at(health.lastUsedAt, slot)),
    note: row.note,
    // SAFETY: written by the directory as a JSON array of strings.
    tags: JSON.parse(row.tags) as string[],
    createdAt: row.created_at_ms,
    source: row.source,
    buckets: state
      .bucketNames()
      .map(({ id }) => state.bucketById(id))
      .filter((table) => isTouched(table, slot))
      .map((table) => viewBucket(state, table, slot)),
  };
}

/** Whether a token has ever drawn from a bucket, or been read. */
function isTouched(table: BucketTable, slot: number): boolean {
  const { state, used, epoch, coolUntil } = table.stored.fields;
  return (
    at(state, slot) +
      at(used, slot) +
      at(epoch, slot) +
      at(coolUntil, slot) +
      at(table.live.fields.open, slot) >
    0
  );
}

function viewBucket({ now }: PoolState, table: BucketTable, slot: number): BucketView {
  const cell = table.stored.fields;
  const state = table.state(slot);
  const isKnown = state === 'known';
  const cooling = at(cell.coolUntil, slot);
  return {
    name: table.name,
    state,
    limit: isKnown ? at(cell.limit, slot) : null,
    free: isKnown ? at(cell.free, slot) : null,
    reserved: at(table.live.fields.reserved, slot),
    used: isKnown ? at(cell.used, slot) : null,
    stale: at(cell.stale, slot) === 1,
    resetsAt: orNull(at(cell.resetsAt, slot)),
    readAt: orNull(at(cell.readAt, slot)),
    ...sourceOf(table, slot),
    uncertain: at(cell.uncertain, slot),
    coolingUntil: cooling > now ? cooling : null,
  };
}

/** Whose word the figures go back to; own calls since are counted on top of it. */
function sourceOf(table: BucketTable, slot: number): Pick<BucketView, 'source' | 'sourceAt'> {
  const { state, readAt, limitedAt, entered } = table.stored.fields;
  if (at(state, slot) === UNREAD) return { source: null, sourceAt: null };
  const isRefused = at(state, slot) === KNOWN && at(limitedAt, slot) > at(readAt, slot);
  if (isRefused) return { source: 'refusal', sourceAt: at(limitedAt, slot) };
  return {
    source: at(entered, slot) === 1 ? 'entered' : 'reading',
    sourceAt: orNull(at(readAt, slot)),
  };
}

const orNull = (value: number): number | null => (value === 0 ? null : value);
