import type { TokenPage, TokenQuery, TokenView } from '../../src/pool/token';
import { at } from './columns';
import { MainFigures } from './main-figures';
import type { PoolState } from './state';
import type { TokenRow } from './statements';
import { ABSENT, tierNumber } from './tables';
import { stateOf, viewToken } from './views';

/** How far one step looks: slots in memory, slots of a tag, texts of tokens. Each is about a millisecond. */
const STEP_SLOTS = 10_000;
const STEP_TAGGED = 5_000;
const STEP_TEXTS = 2_000;

/** A page; `total` only where finding the page has counted all. */
export type Listed = Omit<TokenPage, 'total'> & { readonly total?: number };

type Fits = (slot: number) => boolean;

/**
 * A page of tokens, oldest first, found in steps: between two of them the object may serve others. A
 * step never holds on to an array of the columns, which grow.
 */
export function* listTokens(state: PoolState, query: TokenQuery): Generator<undefined, Listed> {
  const limit = Math.min(500, Math.max(1, query.limit));
  const fits = numericFilter(state, query);
  if (query.newest !== undefined) {
    return yield* newestTokens(state, query, fits, { skip: query.newest.skip, limit });
  }
  const found: number[] = [];
  for (const slots of matching(state, query, fits, limit + 1)) {
    found.push(...slots);
    if (found.length > limit) break;
    yield;
  }
  const shown = found.slice(0, limit);
  return {
    tokens: viewsOf(state, shown, query),
    next: found.length > limit ? String(shown.at(-1)) : null,
    listVersion: state.sequences.list,
  };
}

/** A page by number. Slots grow with time, so that those to pass by are counted in memory. */
function* newestTokens(
  state: PoolState,
  query: TokenQuery,
  fits: Fits,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): Generator<undefined, Listed> {
  const listed = (slots: readonly number[], total: { readonly total?: number }): Listed => {
    const tokens = viewsOf(state, slots, query);
    return { tokens, next: null, listVersion: state.sequences.list, ...total };
  };
  const found: number[] = [];
  if (query.tag !== undefined) {
    for (const slots of taggedSlots(state, query.tag, 0, fits)) {
      found.push(...slots);
      yield;
    }
    const page = found.toReversed().slice(skip, skip + limit);
    return listed(page, { total: found.length });
  }
  let left = skip;
  for (let slot = state.sequences.slot - 1; slot > 0 && found.length < limit; slot--) {
    if (slot % STEP_SLOTS === 0) yield;
    if (fits(slot) && left-- <= 0) found.push(slot);
  }
  return listed(found, {});
}

/** Slots that the whole query lets through, in their order, piece by piece. */
function* matching(
  state: PoolState,
  query: TokenQuery,
  fits: Fits,
  wanted: number,
): Generator<readonly number[]> {
  const after = Number(query.after ?? 0);
  const text = (query.search ?? '').toLowerCase();
  const most = text === '' ? wanted : STEP_TEXTS;
  const pieces =
    query.tag === undefined
      ? slotsAfter(state, after, fits, most)
      : taggedSlots(state, query.tag, after, fits);
  for (const slots of pieces) {
    if (text === '') yield slots;
    else yield* holding(state, slots, text, wanted);
  }
}

/** Fitting slots in memory: so many a piece, or as many as one step comes by. */
function* slotsAfter(
  state: PoolState,
  after: number,
  fits: Fits,
  most: number,
): Generator<readonly number[]> {
  let slots: number[] = [];
  for (let slot = after + 1; slot < state.sequences.slot; slot++) {
    if (fits(slot)) slots.push(slot);
    if (slots.length < most && slot % STEP_SLOTS !== 0) continue;
    yield slots;
    slots = [];
  }
  yield slots;
}

/** Fitting slots of a tag. */
function* taggedSlots(
  { stmt }: PoolState,
  tag: string,
  after: number,
  fits: Fits,
): Generator<readonly number[]> {
  for (let from = after; ;) {
    const slots = stmt.taggedSlots(tag, from, STEP_TAGGED);
    yield slots.filter(fits);
    const last = slots.at(-1);
    if (last === undefined || slots.length < STEP_TAGGED) return;
    from = last;
  }
}

/** Of these slots those whose token holds a text (lower case): the database looks. */
function* holding(
  { stmt }: PoolState,
  slots: readonly number[],
  text: string,
  wanted: number,
): Generator<readonly number[]> {
  for (let first = 0; first < slots.length; first += STEP_TEXTS) {
    const piece = slots.slice(first, first + STEP_TEXTS);
    yield stmt.slotsHolding(JSON.stringify(piece), text, wanted);
  }
}

/** The tokens of these slots, in this order. What has changed since the slots were found is left out. */
function viewsOf(state: PoolState, slots: readonly number[], query: TokenQuery): TokenView[] {
  const { stmt, work } = state;
  const stored = new Map(stmt.tokensAt(JSON.stringify(slots)).map((row) => [row.slot, row]));
  return slots
    .map((slot) => {
      const pending = work.tokenRows.get(slot);
      return (pending === undefined ? stored.get(slot) : pending) ?? null;
    })
    .filter((row) => row !== null)
    .filter((row) => textFits(row, query))
    .map((row) => viewToken(state, row));
}

function numericFilter(state: PoolState, query: TokenQuery): Fits {
  const { tokens } = state;
  const wantedProvider = query.provider === undefined ? null : state.findProvider(query.provider);
  const kinds = query.kinds?.map((kind) => ({
    provider: state.findProvider(kind.provider),
    tier: kind.tier === undefined ? null : tierNumber(kind.tier),
  }));
  const figures = new MainFigures(state);
  const isKind = (slot: number): boolean => {
    if (kinds === undefined) return true;
    const { provider, tier } = tokens.stored.fields;
    return kinds.some(
      (kind) =>
        kind.provider === at(provider, slot) && (kind.tier ?? at(tier, slot)) === at(tier, slot),
    );
  };
  const stands = (slot: number): boolean => {
    if (query.standings === undefined) return true;
    const word = stateOf(state, slot);
    return query.standings.includes(
      word === 'active' && figures.isSpent(slot) ? 'exhausted' : word,
    );
  };
  return (slot) =>
    at(tokens.stored.fields.state, slot) !== ABSENT &&
    isKind(slot) &&
    (query.provider === undefined || at(tokens.stored.fields.provider, slot) === wantedProvider) &&
    (query.tier === undefined || at(tokens.stored.fields.tier, slot) === tierNumber(query.tier)) &&
    (query.state === undefined || stateOf(state, slot) === query.state) &&
    stands(slot) &&
    (query.isUnread === undefined || figures.isUnread(slot) === query.isUnread);
}

function textFits(row: TokenRow, { tag, search, newest }: TokenQuery): boolean {
  // SAFETY: written by the directory as a JSON array of strings.
  if (tag !== undefined && !(JSON.parse(row.tags) as string[]).includes(tag)) return false;
  if (search === undefined || search === '' || newest !== undefined) return true;
  const wanted = search.toLowerCase();
  return [row.id, row.mask, row.note].some((text) => text.toLowerCase().includes(wanted));
}
