import type { KeyStatus, Standing } from '../../../src/pool/key';
import type { BucketView, TokenView } from '../../../src/pool/token';
import { dayOf, isDayEnd, minuteEnd } from './day';
import type { Doubts } from './health';
import { minuteCount } from './keys';
import { checkBucket, limitOf } from './ledger';
import {
  type KeyRow,
  QUOTA_KINDS,
  type State,
  type TokenRow,
  emptyBucket,
  expectSame,
  fail,
  tokenState,
} from './state';

/** Holds the pool's views against the model, counter by counter. @throws WalkFailure */

export function compareToken(state: State, token: TokenRow, view: TokenView, doubts: Doubts): void {
  const name = `token ${token.id}`;
  const open = [...state.calls.values()].filter((call) => call.tokenId === token.id);
  expectSame(`${name} provider`, view.provider, token.provider);
  expectSame(`${name} tier`, view.tier, token.tier);
  expectSame(`${name} inFlight`, view.inFlight, open.length);
  if (doubts.has(token.id)) adoptHealth(state, token, view, doubts);
  expectSame(`${name} state`, view.state, tokenState(token, state.clock));
  if (view.state === 'cooling') {
    expectSame(`${name} coolingUntil`, view.coolingUntil, token.coolingUntil);
  }
  const names = new Set([...token.buckets.keys(), ...view.buckets.map((bucket) => bucket.name)]);
  for (const bucket of names) {
    const seen = view.buckets.find((one) => one.name === bucket);
    compareBucket(name, state, token, bucket, seen);
  }
}

function compareBucket(
  owner: string,
  state: State,
  token: TokenRow,
  bucketName: string,
  view: BucketView | undefined,
): void {
  const row = token.buckets.get(bucketName) ?? emptyBucket(bucketName, view?.state ?? 'unknown');
  const name = `${owner}/${bucketName}`;
  checkBucket(owner, state, token, row);
  if (view === undefined) {
    if (row.reserved > 0 || row.state === 'known') fail(name, 'missing in the view');
    return;
  }
  expectSame(`${name} state`, view.state, row.state);
  expectSame(`${name} reserved`, view.reserved, row.reserved);
  expectSame(`${name} uncertain`, view.uncertain, row.uncertain);
  const cooling = row.coolingUntil !== null && row.coolingUntil > state.clock;
  const seenCooling = view.coolingUntil !== null && view.coolingUntil > state.clock;
  expectSame(
    `${name} cooling`,
    seenCooling ? view.coolingUntil : null,
    cooling ? row.coolingUntil : null,
  );
  if (view.state !== 'known') {
    expectSame(`${name} limit`, view.limit, null);
    expectSame(`${name} free`, view.free, null);
    return;
  }
  const { limit, free, reserved, used } = view;
  if (limit === null || free === null || used === null || limit !== free + reserved + used) {
    fail(name, `not conserved: limit ${limit}, free ${free}, reserved ${reserved}, used ${used}`);
  }
  expectSame(`${name} free`, free, row.free);
  expectSame(`${name} used`, used, row.used);
  expectSame(`${name} limit`, limit, limitOf(row));
  expectSame(`${name} stale`, view.stale, row.stale);
}

/** Where the model leaves the choice to the pool: its view decides, within bounds. */
function adoptHealth(state: State, token: TokenRow, view: TokenView, doubts: Doubts): void {
  const name = `token ${token.id}`;
  const { settings, clock } = state;
  const longest = Math.max(settings.revokedMs, settings.faultyMs, settings.maxRetryAfterMs);
  if (view.coolingUntil !== null && view.coolingUntil > clock + longest) {
    fail(name, `cools until ${view.coolingUntil}, longer than any setting`);
  }
  if (view.state === 'cooling' && view.coolingUntil === null) fail(name, 'cools without an end');
  const reasons = doubts.get(token.id) ?? new Set<string>();
  const breakers = [...reasons].filter((reason) => reason.includes('/'));
  const cooling = token.coolingUntil !== null && token.coolingUntil > clock;
  const foreign = (by: string | null): boolean =>
    breakers.length > 0 && by !== null && !breakers.includes(by);
  if (token.expired && foreign(token.expiredBy) && ['active', 'cooling'].includes(view.state)) {
    fail(
      name,
      `was expired by ${token.expiredBy}, and revived by the breaker of ${breakers.join()}`,
    );
  }
  if (cooling && foreign(token.coolingBy) && view.state === 'active') {
    fail(name, `cooled by ${token.coolingBy}, and woken by the breaker of ${breakers.join()}`);
  }
  token.expired = view.state === 'expired' || (view.state === 'disabled' && token.expired);
  token.coolingUntil = view.coolingUntil;
  token.expiredBy = null;
  token.coolingBy = null;
  token.halfOpen = 'maybe';
  token.strikes.certain = false;
}

export function compareKey(state: State, key: KeyRow, view: KeyStatus): void {
  const name = `key ${key.limits.id}`;
  const now = state.clock;
  const today = dayOf(state.settings, now);
  expectSame(`${name} version`, view.version, key.limits.version);
  expectSame(`${name} day`, view.day, today);
  const row = key.days.get(today);
  for (const kind of QUOTA_KINDS) {
    const standing = view.perDay[kind];
    const limit = key.limits.perDay[kind];
    compareStanding(
      `${name} ${kind}`,
      standing,
      limit,
      row?.used[kind] ?? 0,
      row?.reserved[kind] ?? 0,
    );
    if (standing.resetsAt === null || !isDayEnd(state.settings, now, standing.resetsAt)) {
      fail(`${name} ${kind} resetsAt`, `${standing.resetsAt} is not the end of ${today}`);
    }
  }
  compareStanding(`${name} rpm`, view.rpm, key.limits.rpm, minuteCount(key, now), 0);
  expectSame(`${name} rpm resetsAt`, view.rpm.resetsAt, minuteEnd(now));
  compareStanding(`${name} concurrency`, view.concurrency, key.limits.concurrency, 0, key.open);
}

function compareStanding(
  name: string,
  view: Standing,
  limit: number | null,
  used: number,
  reserved: number,
): void {
  expectSame(`${name} limit`, view.limit, limit);
  expectSame(`${name} used`, view.used, used);
  expectSame(`${name} reserved`, view.reserved, reserved);
  const remaining = limit === null ? null : Math.max(0, limit - used - reserved);
  expectSame(`${name} remaining`, view.remaining, remaining);
}
