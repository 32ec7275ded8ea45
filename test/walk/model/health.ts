import type { OutcomeKind } from '../../../src/contract/usage';
import type { Ask, Settlement } from '../../../src/pool/call';
import { OUTCOMES } from './outcomes';
import type { CallRow, State, TokenRow } from './state';

/**
 * Tokens whose health the pool decides over in this step, with the reasons why the model does not.
 * A reason that names a scope and an outcome is a breaker that opened.
 */
export type Doubts = Map<string, Set<string>>;

export function doubt(doubts: Doubts, tokenId: string, why: string): void {
  const reasons = doubts.get(tokenId);
  if (reasons === undefined) doubts.set(tokenId, new Set([why]));
  else reasons.add(why);
}

export const scopeOf = (ask: Pick<Ask, 'provider' | 'model'>): string =>
  `${ask.provider}/${ask.model}`;

/** Applies an ended attempt to its token's health. Where the order of events is open, it only doubts. */
export function judge(
  state: State,
  call: CallRow,
  token: TokenRow | undefined,
  settlement: Settlement,
  cause: OutcomeKind,
  doubts: Doubts,
): void {
  const scope = scopeOf(call.ask);
  if (settlement.outcome === 'done') served(state, scope);
  else if (isAnswer(settlement, cause)) answered(state, scope, call.admittedAt);
  if (settlement.outcome === 'done' && token !== undefined) recover(token, call);
  if (OUTCOMES[cause].blames !== 'token') return;
  if (state.openBreakers.has(scope)) return;
  if (isShared(state, scope, cause, call.tokenId, doubts)) return;
  blame(state, call, token, scope, cause, doubts);
}

/** Notes a failure. @returns whether it has a shared cause: its breaker opens, and nobody is touched. */
function isShared(
  state: State,
  scope: string,
  cause: OutcomeKind,
  tokenId: string,
  doubts: Doubts,
): boolean {
  const { breakerWindowMs, breakerCredentials, breakerTrialMs } = state.settings;
  const since = state.clock - breakerWindowMs;
  state.evidence = state.evidence.filter((row) => row.scope !== scope || row.at > since);
  state.evidence.push({ scope, outcome: cause, tokenId, at: state.clock });
  const alike = alikeIn(state, scope, cause);
  if (alike.length < breakerCredentials) return false;
  state.openBreakers.set(scope, { openedAt: state.clock, trialAt: state.clock + breakerTrialMs });
  state.evidence = state.evidence.filter((row) => row.scope !== scope);
  for (const id of alike) {
    doubt(doubts, id, `${scope} ${cause}`);
    const undone = state.tokens.get(id);
    if (undone !== undefined) undone.strikes.certain = false;
  }
  return true;
}

const readingsOf = (provider: string): string => `${provider}/readings`;

/** A reading that came back: the provider reads its credentials, so earlier refusals had another cause. */
export function readingServed(state: State, token: TokenRow): void {
  served(state, readingsOf(token.provider));
}

/**
 * A reading that says its credential is refused. While the provider is known to be in trouble, it is no
 * word on the credential; the same from several credentials is a shared cause, like that of calls.
 * A first refusal cools; one of a reading asked for after that cooldown expires.
 */
export function judgeReading(
  state: State,
  token: TokenRow,
  askedAt: number,
  cause: 'revoked' | 'banned',
  doubts: Doubts,
): void {
  const inTrouble = [...state.openBreakers.keys()].some((scope) =>
    scope.startsWith(`${token.provider}/`),
  );
  if (inTrouble) return;
  const scope = readingsOf(token.provider);
  if (isShared(state, scope, cause, token.id, doubts)) return;
  const by = `${scope} ${cause}`;
  if (cause === 'banned') {
    expire(token, by);
    return;
  }
  if (!token.strikes.certain) {
    doubt(doubts, token.id, 'its strikes are in doubt');
    return;
  }
  if (token.strikes.revoked === 0) penalise(state, token, by, 'revoked');
  else if (token.coolingUntil === null || askedAt >= token.coolingUntil) expire(token, by);
}

/** One call penalises one token; on others it leaves a suspicion that a second call confirms. */
function blame(
  state: State,
  call: CallRow,
  token: TokenRow | undefined,
  scope: string,
  cause: OutcomeKind,
  doubts: Doubts,
): void {
  if (token === undefined) {
    call.blamed ??= call.tokenId;
    return;
  }
  const { suspect } = token;
  const other = suspect !== null && suspect.callId !== call.ask.callId && suspect.cause === cause;
  if (call.blamed !== null && !other) {
    token.suspect = { callId: call.ask.callId, cause };
    return;
  }
  if (call.blamed !== null) {
    doubt(doubts, token.id, 'a suspicion may be confirmed');
    return;
  }
  call.blamed = token.id;
  if (token.strikes.certain) penalise(state, token, `${scope} ${cause}`, cause);
  else doubt(doubts, token.id, 'its strikes are in doubt');
}

/** An operator says that the trouble is over. @returns whether there was any */
export function closeBreaker(state: State, scope: string): boolean {
  return state.openBreakers.delete(scope);
}

/** Upstream has served somebody: what failed before had another cause. */
function served(state: State, scope: string): void {
  state.evidence = state.evidence.filter((row) => row.scope !== scope);
  state.openBreakers.delete(scope);
}

/** A trial was answered, with what was asked or with a no: one request is enough. */
function answered(state: State, scope: string, admittedAt: number): void {
  const breaker = state.openBreakers.get(scope);
  if (breaker !== undefined && admittedAt > breaker.openedAt) state.openBreakers.delete(scope);
}

/**
 * Upstream spoke: a rate limit, a refusal for a reason, or an answer that began. Not an answer that
 * failed as breakers count it, and not silence that a caller grew tired of.
 */
function isAnswer(settlement: Settlement, cause: OutcomeKind): boolean {
  const { outcome, reason, record } = settlement;
  if (outcome === 'limited') return true;
  if (outcome === 'refused') return reason !== undefined;
  if (outcome === 'aborted') return record.firstPartMs !== null;
  const hasBegun = outcome === 'partial' && record.firstPartMs !== null;
  return hasBegun && OUTCOMES[cause].blames !== 'token';
}

function recover(token: TokenRow, call: CallRow): void {
  token.strikes = { revoked: 0, faulty: 0, certain: true };
  token.halfOpen = token.halfOpen === 'no' || call.lentAt > token.halfOpenSince ? 'no' : 'maybe';
  const bucket = token.buckets.get(call.ask.bucket);
  if (bucket !== undefined && bucket.halfOpen !== 'no') {
    bucket.halfOpen = call.lentAt > bucket.limitedAt ? 'no' : 'maybe';
  }
}

function penalise(state: State, token: TokenRow, by: string, cause: OutcomeKind): void {
  const { settings, clock } = state;
  if (cause === 'banned') expire(token, by);
  if (cause === 'revoked') {
    token.strikes.revoked += 1;
    if (token.strikes.revoked >= settings.revokedStrikes) expire(token, by);
    else cool(token, clock + settings.revokedMs, by);
  }
  if (cause === 'faulty') {
    token.strikes.faulty += 1;
    if (token.strikes.faulty >= settings.faultyStrikes) cool(token, clock + settings.faultyMs, by);
  }
}

function expire(token: TokenRow, by: string): void {
  if (token.expired) return;
  token.expired = true;
  token.expiredBy = by;
}

/** A later, shorter cooldown never cuts an earlier one. */
function cool(token: TokenRow, until: number, by: string): void {
  token.halfOpen = 'yes';
  token.halfOpenSince = Math.max(token.halfOpenSince, until);
  if (token.coolingUntil !== null && token.coolingUntil > until) return;
  token.coolingUntil = until;
  token.coolingBy = by;
}

/** Tokens that failed alike in the scope within the breaker's window. */
function alikeIn(state: State, scope: string, outcome: string): string[] {
  const rows = state.evidence.filter((row) => row.scope === scope && row.outcome === outcome);
  return [...new Set(rows.map((row) => row.tokenId))];
}
