import type {
  Admission,
  AdmitReply,
  Ask,
  Lease,
  Refusal,
  RefusalCode,
  RequestAsk,
  RequestReply,
} from '../../src/pool/call';
import { takeUnits } from './buckets';
import { scopeOf } from './blame';
import { at } from './columns';
import type { Pool } from './core';
import { type KeyState, ratesOf, refusalOf, requestRefusal, take, takeRequest } from './keys';
import { openLease, type OpenLease } from './leases';
import { type BucketTable, KNOWN, tierNumber } from './tables';

/** Shortest wait a refusal names, and what it names when nothing tells the time. */
const MIN_RETRY_MS = 1_000;
const UNKNOWN_RETRY_MS = 30_000;
/** A figure that is lower than it may be is read again a second after the token idles. */
const READ_AGAIN_MS = 2_000;

/** Checks and takes, all or nothing. A refusal has changed nothing. */
export function admit(pool: Pool, ask: Ask): AdmitReply {
  const { state } = pool;
  const key = state.key(ask.keyId);
  if (key === null) return { ok: false, code: 'unknown_key' };
  const open = state.leases.get(ask.callId);
  if (open !== undefined && open.keyId === ask.keyId) return admission(pool, open, key);
  const refuse = (code: RefusalCode, retryAfterMs: number | null, limit: string | null = null) =>
    refusal(pool, ask, key, code, retryAfterMs, limit);
  const isOver = state.tombstones.has(ask.callId) || state.ended.has(ask.callId, state.now);
  if (open !== undefined || isOver) return refuse('call_ended', null);

  const limited = refusalOf(key, ask, state.calendar, state.now);
  if (limited !== null) return refuse(limited.code, limited.retryAfterMs, limited.limit);
  const trialWait = pool.blame.waitMs(scopeOf(ask), state.now);
  if (trialWait > 0) return refuse('provider_unavailable', trialWait);

  const lease = openLease(ask, bucketOf(pool, ask).id, state.calendar.day(state.now), state.now);
  const slot = pick(pool, lease, ask);
  if (slot === null) {
    const hasAny = canEverServe(pool, ask);
    if (!hasAny) return refuse('no_credentials', null);
    return refuse('pool_exhausted', retryAfter(pool, lease));
  }
  take(key, ask.charges, lease.day, state.now);
  lend(pool, lease, slot);
  state.leases.set(lease.callId, lease);
  state.earliestExpiry = Math.min(state.earliestExpiry, lease.expiresAt);
  state.work.keys.add(key.limits.id);
  pool.blame.passed(scopeOf(lease), state.now, state.settings.breakerTrialMs);
  return admission(pool, lease, key);
}

/** Counts a request that asks nothing of a provider, such as an upload, against the key's minute. */
export function takeOne(pool: Pool, { keyId, ip }: RequestAsk): RequestReply {
  const { state } = pool;
  const key = state.key(keyId);
  if (key === null) return { ok: false, code: 'unknown_key' };
  const limited = requestRefusal(key, ip, state.now);
  if (limited === null) {
    takeRequest(key, state.now);
    state.work.keys.add(keyId);
  }
  const versions = { settings: state.settings.version, key: key.limits.version };
  const rates = ratesOf(key, {}, state.calendar, state.now);
  return limited === null
    ? { ok: true, versions, rates }
    : { ok: false, ...limited, versions, rates };
}

/** Lends another credential to a call whose attempt has just ended; null when there is none. */
export function lendAgain(pool: Pool, lease: OpenLease): Admission | null {
  const { state } = pool;
  const key = state.key(lease.keyId);
  if (key === null || pool.blame.waitMs(scopeOf(lease), state.now) > 0) return null;
  const slot = pick(pool, lease, lease.boundTo === undefined ? {} : { tokenId: lease.boundTo });
  if (slot === null) return null;
  lease.attempt++;
  lend(pool, lease, slot);
  pool.blame.passed(scopeOf(lease), state.now, state.settings.breakerTrialMs);
  return admission(pool, lease, key);
}

/** Whether time alone can bring a credential that serves this. */
function canEverServe(pool: Pool, ask: Ask): boolean {
  const { state, directory } = pool;
  const bound = ask.tokenId === undefined ? null : directory.slotOf({ id: ask.tokenId });
  if (bound !== null && !isOfKind(pool, bound, ask)) return false;
  return ask.tiers.some((tier) => state.shelves.liveCount(state.provider(ask.provider), tier) > 0);
}

/** Whether a token is of the provider and of a tier that serve a model: a call may be bound to any token. */
function isOfKind(
  { state }: Pool,
  slot: number,
  { provider, tiers }: Pick<Ask, 'provider' | 'tiers'>,
): boolean {
  const { fields } = state.tokens.stored;
  return (
    at(fields.provider, slot) === state.provider(provider) &&
    tiers.some((tier) => tierNumber(tier) === at(fields.tier, slot))
  );
}

const bucketOf = ({ state }: Pool, ask: Ask): BucketTable => state.bucket(ask.bucket, ask.metered);

function pick(
  pool: Pool,
  lease: OpenLease,
  ask: { readonly affinity?: string; readonly tokenId?: string },
): number | null {
  const { state } = pool;
  const table = state.bucketById(lease.bucket);
  if (ask.tokenId !== undefined) {
    const slot = pool.directory.slotOf({ id: ask.tokenId });
    const isFit = slot !== null && isOfKind(pool, slot, lease);
    return isFit && state.shelves.canServe(slot, table, lease.units) ? slot : null;
  }
  return state.shelves.pick(
    state.provider(lease.provider),
    lease.tiers,
    table,
    lease.units,
    ask.affinity,
    lease.tried,
  );
}

/** Takes units and a place of the token, in memory; the next commit makes it true. */
function lend(pool: Pool, lease: OpenLease, slot: number): void {
  const { state } = pool;
  const table = state.bucketById(lease.bucket);
  const wasUnknown = table.state(slot) === 'unknown';
  lease.slot = slot;
  lease.tokenId = pool.directory.textOf(slot).id;
  lease.tried.push(slot);
  lease.epoch = takeUnits(table, slot, lease.units);
  state.shelves.addInFlight(slot, 1);
  const { useCount, lastUsedAt } = state.tokens.stored.fields;
  useCount[slot] = at(useCount, slot) + 1;
  lastUsedAt[slot] = state.now;
  // Of a cell without a figure nothing changes that is stored.
  if (at(table.stored.fields.state, slot) === KNOWN) state.touchCell(table, slot);
  state.touchToken(slot);
  state.work.opened.add(lease.callId);
  if (wasUnknown) pool.readings.want(table, slot, state.now);
  else pool.readings.wantIfSpent(table, slot);
}

/** The lease of an open call, as its holder gets it. */
export function admission(pool: Pool, lease: OpenLease, key: KeyState): Admission {
  const { state } = pool;
  const lent: Lease = {
    callId: lease.callId,
    attempt: lease.attempt,
    tokenId: lease.tokenId,
    sealedSecret: pool.directory.textOf(lease.slot).sealed,
    egress: pool.egress.ref(state.now),
    termMs: lease.expiresAt - state.now,
  };
  return {
    ok: true,
    lease: lent,
    versions: { settings: state.settings.version, key: key.limits.version },
    rates: ratesOf(key, lease.charges, state.calendar, state.now),
  };
}

function refusal(
  { state }: Pool,
  ask: Ask,
  key: KeyState,
  code: RefusalCode,
  retryAfterMs: number | null,
  limit: string | null,
): Refusal {
  return {
    ok: false,
    code,
    retryAfterMs,
    limit,
    versions: { settings: state.settings.version, key: key.limits.version },
    rates: ratesOf(key, ask.charges, state.calendar, state.now),
  };
}

/** Ms until the first fitting credential can serve again, as far as can be told. */
export function retryAfter(pool: Pool, lease: OpenLease): number {
  const { state } = pool;
  const table = state.bucketById(lease.bucket);
  const { boundTo } = lease;
  // Of this list of tokens: after an import the wait may be over.
  const list = state.sequences.list;
  const name = `${list}|${lease.provider}|${lease.bucket}|${lease.units}|${boundTo ?? lease.tiers.join()}`;
  return pool.waits.of(name, state.now, () => {
    if (boundTo !== undefined) {
      const slot = pool.directory.slotOf({ id: boundTo });
      const isLive = slot !== null && state.tokens.isLive(slot);
      return isLive ? servesAt(pool, table, lease.units, slot) : Number.POSITIVE_INFINITY;
    }
    const provider = state.provider(lease.provider);
    const tiers = new Set(lease.tiers.map(tierNumber));
    const health = state.tokens.stored.fields;
    let earliest = Number.POSITIVE_INFINITY;
    for (let slot = 1; slot < state.sequences.slot; slot++) {
      if (at(health.provider, slot) !== provider || !tiers.has(at(health.tier, slot))) continue;
      if (state.tokens.isLive(slot)) {
        earliest = Math.min(earliest, servesAt(pool, table, lease.units, slot));
      }
    }
    return earliest;
  });
}

/** Unix ms at which a token can serve again, judging by what ends by itself. */
function servesAt({ state }: Pool, table: BucketTable, units: number, slot: number): number {
  const { now } = state;
  const cell = table.stored.fields;
  const cooled = Math.max(
    at(state.tokens.stored.fields.coolUntil, slot),
    at(cell.coolUntil, slot),
    now,
  );
  const isShort = at(cell.state, slot) === KNOWN && at(cell.free, slot) < units;
  if (!isShort) return Math.max(cooled, now + MIN_RETRY_MS);
  const resets = at(cell.resetsAt, slot);
  if (resets <= now) return Math.max(cooled, now + UNKNOWN_RETRY_MS);
  const isTooLow = at(cell.stale, slot) + at(cell.lowerBound, slot) > 0;
  return Math.max(cooled, isTooLow ? Math.min(resets, now + READ_AGAIN_MS) : resets);
}

/** Waits by name, computed at most once a second: a refused herd must not scan every token each time. */
export class Waits {
  readonly #known = new Map<string, { readonly at: number; readonly until: number }>();

  of(name: string, now: number, compute: () => number): number {
    let known = this.#known.get(name);
    if (known === undefined || now - known.at >= MIN_RETRY_MS || now < known.at) {
      known = { at: now, until: compute() };
      if (this.#known.size > 1_000) this.#known.clear();
      this.#known.set(name, known);
    }
    const wait = Number.isFinite(known.until) ? known.until - now : UNKNOWN_RETRY_MS;
    return Math.max(MIN_RETRY_MS, wait);
  }
}
