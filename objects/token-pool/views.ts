import type { BucketView, TokenPage, TokenQuery, TokenState, TokenView } from '../../src/pool/rpc';
import { at } from './columns';
import { MainFigures } from './main-figures';
import type { PoolState } from './state';
import type { TokenRow } from './statements';
import { ABSENT, type BucketTable, EXPIRED, TIERS, tierNumber } from './tables';

/** Rows that one call reads at the most, and slots that it searches, so that it does not hold the object. */
const MAX_ROWS_READ = 2_000;
const MAX_SLOTS_SEARCHED = 10_000;
/** Rows of one statement, also for the last few of a page. */
const MIN_BATCH = 50;

export function stateOf({ tokens, now }: PoolState, slot: number): TokenState {
  const { state, disabled } = tokens.stored.fields;
  if (at(disabled, slot) === 1) return 'disabled';
  if (at(state, slot) === EXPIRED) return 'expired';
  return tokens.isCooling(slot, now) ? 'cooling' : 'active';
}

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
    uncertain: at(cell.uncertain, slot),
    coolingUntil: cooling > now ? cooling : null,
  };
}

const orNull = (value: number): number | null => (value === 0 ? null : value);

/**
 * A page of tokens, oldest first. A page may hold fewer tokens than asked for and still have a
 * `next`: a search reads a bounded number of rows a call.
 */
export function listTokens(state: PoolState, query: TokenQuery): TokenPage {
  const fits = numericFilter(state, query);
  let total = 0;
  for (let slot = 1; slot < state.sequences.slot; slot++) if (fits(slot)) total++;

  const limit = Math.min(500, Math.max(1, query.limit));
  if (query.newest !== undefined) {
    return newestTokens(state, fits, { skip: query.newest.skip, limit, total });
  }
  if (query.search !== undefined && query.search !== '') {
    return searchTokens(state, fits, query, { limit, total });
  }
  const found: TokenView[] = [];
  let left = MAX_ROWS_READ;
  // Rows are read only from where one can fit: few among many are found without reading the many.
  const beforeNext = (slot: number): number => nextFit(state, fits, slot) - 1;
  let after = beforeNext(Number(query.after ?? 0));
  const end = state.sequences.slot - 1;
  while (found.length < limit && left > 0 && after < end) {
    // Where one stands alone, it alone is read; where the next fits too, many at once.
    const isRun = after + 2 <= end && fits(after + 2);
    const size = isRun ? Math.max(MIN_BATCH, limit) : 1;
    const rows = state.stmt.tokensAfter(after, Math.min(left, size));
    if (rows.length === 0) after = end;
    for (const stored of rows) {
      left--;
      after = stored.slot;
      const row = state.tokenRow(stored.slot);
      if (row === null || !fits(row.slot) || !textFits(row, query)) continue;
      found.push(viewToken(state, row));
      if (found.length === limit) break;
    }
    after = beforeNext(after);
  }
  return {
    tokens: found,
    next: after >= end ? null : String(after),
    total,
    listVersion: state.sequences.list,
  };
}

/** A page of what a text is found in: the database looks, so that only what fits becomes a row here. */
function searchTokens(
  state: PoolState,
  fits: (slot: number) => boolean,
  query: TokenQuery,
  { limit, total }: { limit: number; total: number },
): TokenPage {
  const found: TokenView[] = [];
  const text = (query.search ?? '').toLowerCase();
  const end = state.sequences.slot - 1;
  let after = Number(query.after ?? 0);
  const upTo = lastToSearch(state, fits, after);
  while (found.length < limit && after < upTo) {
    const wanted = limit - found.length;
    const rows = state.stmt.tokensHolding(after, upTo, text, wanted);
    for (const { slot } of rows) {
      const row = state.tokenRow(slot);
      if (row !== null && fits(slot) && textFits(row, query)) found.push(viewToken(state, row));
    }
    after = rows.length < wanted ? upTo : (rows.at(-1)?.slot ?? upTo);
  }
  return {
    tokens: found,
    next: after >= end ? null : String(after),
    total,
    listVersion: state.sequences.list,
  };
}

/** A page by number. Slots grow with time, so that those to pass by are counted in memory. */
function newestTokens(
  state: PoolState,
  fits: (slot: number) => boolean,
  { skip, limit, total }: { skip: number; limit: number; total: number },
): TokenPage {
  const found: TokenView[] = [];
  let left = skip;
  for (let slot = state.sequences.slot - 1; slot > 0 && found.length < limit; slot--) {
    if (!fits(slot) || left-- > 0) continue;
    const row = state.tokenRow(slot);
    if (row !== null) found.push(viewToken(state, row));
  }
  return { tokens: found, next: null, total, listVersion: state.sequences.list };
}

/** How far one call searches: slots of deleted tokens, and of those that do not fit, cost nothing. */
function lastToSearch(
  { sequences }: PoolState,
  fits: (slot: number) => boolean,
  after: number,
): number {
  let slot = after;
  for (let left = MAX_SLOTS_SEARCHED; left > 0 && slot < sequences.slot - 1;) {
    slot++;
    if (fits(slot)) left--;
  }
  return slot;
}

/** The first slot after this one that fits; the one after all when none does. */
function nextFit({ sequences }: PoolState, fits: (slot: number) => boolean, after: number): number {
  let slot = after + 1;
  while (slot < sequences.slot && !fits(slot)) slot++;
  return slot;
}

function numericFilter(state: PoolState, query: TokenQuery): (slot: number) => boolean {
  const { state: standing, provider, tier } = state.tokens.stored.fields;
  const wantedProvider = query.provider === undefined ? null : state.findProvider(query.provider);
  const kinds = query.kinds?.map((kind) => ({
    provider: state.findProvider(kind.provider),
    tier: kind.tier === undefined ? null : tierNumber(kind.tier),
  }));
  const figures = new MainFigures(state);
  const isKind = (slot: number): boolean =>
    kinds?.some(
      (kind) =>
        kind.provider === at(provider, slot) && (kind.tier ?? at(tier, slot)) === at(tier, slot),
    ) ?? true;
  const stands = (slot: number): boolean => {
    if (query.standings === undefined) return true;
    const word = stateOf(state, slot);
    return query.standings.includes(
      word === 'active' && figures.isSpent(slot) ? 'exhausted' : word,
    );
  };
  return (slot) =>
    at(standing, slot) !== ABSENT &&
    isKind(slot) &&
    stands(slot) &&
    (query.provider === undefined || at(provider, slot) === wantedProvider) &&
    (query.tier === undefined || at(tier, slot) === tierNumber(query.tier)) &&
    (query.state === undefined || stateOf(state, slot) === query.state);
}

function textFits(row: TokenRow, { tag, search }: TokenQuery): boolean {
  // SAFETY: written by the directory as a JSON array of strings.
  if (tag !== undefined && !(JSON.parse(row.tags) as string[]).includes(tag)) return false;
  if (search === undefined || search === '') return true;
  const wanted = search.toLowerCase();
  return [row.id, row.mask, row.note].some((text) => text.toLowerCase().includes(wanted));
}
