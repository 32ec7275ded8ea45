import type { Admission, AdmitReply, Ask, KeyRates, Refusal } from '../../../src/pool/call';
import { type Fit, comesBefore, fit, liveTokens } from './choose';
import { dayOf, isDayEnd, minuteEnd } from './day';
import { scopeOf } from './health';
import { type KeyVerdict, chargeKey, judgeKey, minuteCount } from './keys';
import { bucketOf, take } from './ledger';
import {
  type CallRow,
  type KeyRow,
  QUOTA_KINDS,
  type State,
  TOMBSTONE_MS,
  dayRow,
  expectSame,
  fail,
} from './state';

/** The pool may remember for this long when the next credential comes back. */
const WAIT_MEMORY_MS = 1_000;
/** Shortest wait it names. */
const MIN_WAIT_MS = 1_000;

/** Checks the pool's answer to an ask, and books it. @throws WalkFailure */
export function judgeAdmit(state: State, ask: Ask, reply: AdmitReply): void {
  const name = `admit ${ask.callId}`;
  const open = state.calls.get(ask.callId);
  if (open !== undefined) {
    expectSameLease(name, reply, open);
    return;
  }
  const key = state.keys.get(ask.keyId);
  if (key === undefined) {
    expectSame(name, codeOf(reply), 'unknown_key');
    return;
  }
  const tombstone = state.tombstones.get(ask.callId);
  if (tombstone !== undefined) {
    if (!reply.ok && reply.code === 'call_ended') return;
    if (state.clock - tombstone.at < TOMBSTONE_MS) {
      fail(name, `answered ${codeOf(reply)} after its end`);
    }
    state.tombstones.delete(ask.callId);
  }
  const verdict = judgeKey(state, key, ask);
  if (verdict !== null) {
    expectKeyRefusal(name, state, ask, reply, verdict);
    return;
  }
  if (!reply.ok) {
    if (reply.code === 'unknown_key') fail(name, 'the pool has lost the key');
    judgeRefusal(name, state, ask, reply, []);
    return;
  }
  expectVersions(name, state, key, reply);
  const call = newCall(state, ask);
  lend(name, state, call, reply);
  chargeKey(key, ask, call.day, state.clock);
  state.calls.set(ask.callId, call);
  expectRates(name, state, key, ask, reply.rates);
}

/** What `x-ratelimit-*` says: the minute, and the tightest of the day's limits the call draws on. */
function expectRates(name: string, state: State, key: KeyRow, ask: Ask, rates: KeyRates): void {
  const { rpm, perDay } = key.limits;
  const minute = rpm === null ? null : Math.max(0, rpm - minuteCount(key, state.clock));
  expectSame(`${name} rates.rpm`, rates.rpm?.remaining ?? null, minute);
  const row = dayRow(key, dayOf(state.settings, state.clock));
  const left = QUOTA_KINDS.flatMap((kind) => {
    const limit = perDay[kind];
    if (limit === null || (ask.charges[kind] ?? 0) === 0) return [];
    return [Math.max(0, limit - row.used[kind] - row.reserved[kind])];
  });
  expectSame(
    `${name} rates.day`,
    rates.day?.remaining ?? null,
    left.length === 0 ? null : Math.min(...left),
  );
}

export function codeOf(reply: AdmitReply): string {
  return reply.ok ? `a lease on ${reply.lease.tokenId}` : reply.code;
}

/** The same call asked again gets the same lease. */
export function expectSameLease(name: string, reply: AdmitReply, open: CallRow): void {
  if (!reply.ok) fail(name, `the call is open, answered ${reply.code}`);
  expectSame(`${name} again: token`, reply.lease.tokenId, open.tokenId);
  expectSame(`${name} again: attempt`, reply.lease.attempt, open.attempt);
}

function newCall(state: State, ask: Ask): CallRow {
  return {
    ask,
    admittedAt: state.clock,
    day: dayOf(state.settings, state.clock),
    attempt: 0,
    tokenId: '',
    holds: false,
    epoch: 0,
    lentAt: 0,
    expiresAt: state.clock + ask.termMs,
    tried: [],
    blamed: null,
    spent: 0,
    uncertain: false,
  };
}

/** Checks the token that the pool chose for the call's next attempt, and takes its units. */
export function lend(name: string, state: State, call: CallRow, reply: Admission): void {
  const { ask } = call;
  const { lease } = reply;
  const breaker = state.openBreakers.get(scopeOf(ask));
  if (breaker !== undefined) {
    if (breaker.trialAt > state.clock) fail(name, 'lent behind an open breaker');
    breaker.trialAt = state.clock + state.settings.breakerTrialMs;
  }
  const fits = liveTokens(state, ask).map((token) => fit(state, token, ask, call.tried));
  const chosen = fits.find((one) => one.token.id === lease.tokenId);
  if (chosen === undefined) fail(name, `lent ${lease.tokenId}, which is not live for this ask`);
  if (chosen.may === 'no') fail(name, `lent ${lease.tokenId}: ${chosen.why}`);
  const better = fits.find((one) => one.may === 'yes' && comesBefore(one, chosen, ask));
  if (better !== undefined) fail(name, `lent ${brief(chosen)} before ${brief(better)}`);
  call.attempt += 1;
  expectSame(`${name} attempt`, lease.attempt, call.attempt);
  expectSame(`${name} callId`, lease.callId, ask.callId);
  expectSame(`${name} secret`, lease.sealedSecret, chosen.token.sealedSecret);
  const bucket = bucketOf(chosen.token, ask.bucket, ask.metered);
  take(bucket, ask.units, state.clock);
  call.tokenId = lease.tokenId;
  call.holds = true;
  call.epoch = bucket.epoch;
  call.lentAt = state.clock;
  expectSame(`${name} term`, lease.termMs, call.expiresAt - state.clock);
  if (!call.tried.includes(lease.tokenId)) call.tried.push(lease.tokenId);
}

const brief = ({ token, tier, known, inFlight, free }: Fit): string =>
  `${token.id} (tier ${tier}, ${known ? 'known' : 'unread'}, ${inFlight} in flight, ${free} free)`;

/** Checks a refusal that the key's limits do not explain. @throws WalkFailure when it is false. */
export function judgeRefusal(
  name: string,
  state: State,
  ask: Ask,
  reply: Refusal,
  tried: readonly string[],
): void {
  const live = liveTokens(state, ask);
  const any = isBoundElsewhere(state, ask)
    ? []
    : liveTokens(state, { provider: ask.provider, tiers: ask.tiers });
  const fits = live.map((token) => fit(state, token, ask, tried));
  if (reply.code === 'provider_unavailable') {
    const trialAt = state.openBreakers.get(scopeOf(ask))?.trialAt;
    if (trialAt === undefined) fail(name, 'refused by a breaker that is closed');
    if (trialAt <= state.clock) fail(name, 'refused although a trial is due');
    expectSame(`${name} wait`, reply.retryAfterMs, trialAt - state.clock);
  } else if (reply.code === 'no_credentials') {
    if (any.length > 0) fail(name, `no_credentials, but ${any[0]?.id} is live`);
  } else if (reply.code === 'pool_exhausted') {
    if (any.length === 0 && tried.length === 0) fail(name, 'pool_exhausted without a live one');
    const able = fits.find((one) => one.may === 'yes');
    if (able !== undefined) fail(name, `pool_exhausted, but ${able.token.id} fits`);
    expectWait(name, state, reply, fits);
  } else {
    fail(name, `refused ${reply.code} without cause`);
  }
}

/** A call bound to a token of another provider or tier is served by none, whatever else is live. */
function isBoundElsewhere(state: State, { tokenId, provider, tiers }: Ask): boolean {
  const token = tokenId === undefined ? undefined : state.tokens.get(tokenId);
  if (token === undefined) return false;
  return token.provider !== provider || !tiers.some((tier) => tier === token.tier);
}

/** `retryAfterMs` is never later than the moment at which time alone makes a credential fit. */
function expectWait(name: string, state: State, reply: Refusal, fits: readonly Fit[]): void {
  const settled = fits.filter((one) => state.clock - one.token.changedAt > WAIT_MEMORY_MS);
  const moments = settled.flatMap((one) => (one.fitsAt === null ? [] : [one.fitsAt]));
  if (moments.length === 0) return;
  const wait = Math.max(MIN_WAIT_MS, Math.min(...moments) - state.clock);
  if (reply.retryAfterMs === null || reply.retryAfterMs > wait || reply.retryAfterMs <= 0) {
    const first = settled.find((one) => one.fitsAt === Math.min(...moments));
    fail(`${name} retryAfterMs`, `pool ${reply.retryAfterMs}, ${first?.token.id} fits in ${wait}`);
  }
}

function expectKeyRefusal(
  name: string,
  state: State,
  ask: Ask,
  reply: AdmitReply,
  verdict: KeyVerdict,
): void {
  if (reply.ok || reply.code === 'unknown_key') {
    fail(name, `${codeOf(reply)}, the key says ${verdict.code}`);
  }
  expectSame(`${name} code`, reply.code, verdict.code);
  const key = state.keys.get(ask.keyId);
  const now = state.clock;
  const wait = reply.retryAfterMs;
  if (verdict.code === 'rpm_exceeded') {
    expectSame(`${name} wait`, wait, key?.limits.rpm === 0 ? null : minuteEnd(now) - now);
  }
  if (verdict.kinds !== null) {
    const kind = verdict.kinds.find((one) => one === reply.limit);
    if (kind === undefined) fail(name, `daily limit ${reply.limit} does not refuse`);
    const never = (ask.charges[kind] ?? 0) > (key?.limits.perDay[kind] ?? 0);
    if (never ? wait !== null : wait === null || !isDayEnd(state.settings, now, now + wait)) {
      fail(`${name} wait`, `pool ${wait} is not the end of the day`);
    }
  }
}

function expectVersions(name: string, state: State, key: KeyRow, reply: Admission): void {
  expectSame(`${name} key version`, reply.versions.key, key.limits.version);
  expectSame(`${name} settings version`, reply.versions.settings, state.settings.version);
}
