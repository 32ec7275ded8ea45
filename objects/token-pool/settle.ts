import type { OutcomeKind, UsageRecord } from '../../src/contract/usage';
import type { AdmitReply, Settlement } from '../../src/pool/call';
import { admission, lendAgain, retryAfter } from './admit';
import { scopeOf } from './blame';
import { addUncertain, endUnits, spendUntil } from './buckets';
import { at } from './columns';
import type { Pool } from './core';
import { resetHealth } from './health';
import { ratesOf, release } from './keys';
import type { Charges, OpenLease } from './leases';
import { TOMBSTONE_MS } from './state';
import { chargesSpent, healthEffect, isUncertain, shownOf, unitsSpent } from './outcomes';

/** Upstream needs a moment before its figures follow its refusal. */
const READ_AFTER_LIMIT_MS = 1_000;
/** How long a late word on a lost call can still correct its row. */
const LOST_MS = 3_600_000;

/** Ends a call. Settling twice, late, or for an older attempt moves no counter. */
export function settle(pool: Pool, ended: Settlement): void {
  const { state } = pool;
  const lease = state.leases.get(ended.callId);
  if (lease === undefined) {
    if (!correct(pool, ended) && !state.ended.has(ended.callId, state.now)) {
      const until = state.now + TOMBSTONE_MS;
      state.tombstones.add(ended.callId, until);
      // A repeated word goes to the end: they are read back in the order of their times.
      state.work.tombstones.delete(ended.callId);
      state.work.tombstones.set(ended.callId, until);
    }
    return;
  }
  if (ended.attempt !== lease.attempt) return;
  endAttempt(pool, lease, ended);
  endCall(pool, lease, ended);
}

/** Ends attempt n and lends n+1. A refusal has ended the call. */
export function retry(pool: Pool, ended: Settlement): AdmitReply {
  const { state } = pool;
  const lease = state.leases.get(ended.callId);
  const key = lease === undefined ? null : state.key(lease.keyId);
  if (lease === undefined || key === null) {
    correct(pool, ended);
    return overAlready(pool);
  }
  if (ended.attempt < lease.attempt) return admission(pool, lease, key);
  if (ended.attempt > lease.attempt) return overAlready(pool);
  endAttempt(pool, lease, ended);
  // Its term is over: nothing is lent for no time.
  if (lease.expiresAt <= state.now) {
    endCall(pool, lease, ended);
    return overAlready(pool);
  }
  const again = lendAgain(pool, lease);
  if (again !== null) return again;
  const wait = pool.blame.waitMs(scopeOf(lease), state.now);
  const retryAfterMs = wait > 0 ? wait : retryAfter(pool, lease);
  endCall(pool, lease, ended);
  return {
    ok: false,
    code: wait > 0 ? 'provider_unavailable' : 'pool_exhausted',
    retryAfterMs,
    limit: null,
    versions: { settings: state.settings.version, key: key.limits.version },
    rates: ratesOf(key, lease.charges, state.calendar, state.now),
  };
}

/** Gives up leases whose term is over: the Worker that held them is dead. */
export function expireLeases(pool: Pool): void {
  const { state } = pool;
  if (state.now < state.earliestExpiry) return;
  state.earliestExpiry = Number.POSITIVE_INFINITY;
  for (const lease of state.leases.values()) {
    if (lease.expiresAt > state.now) {
      state.earliestExpiry = Math.min(state.earliestExpiry, lease.expiresAt);
      continue;
    }
    const lost: Settlement = {
      callId: lease.callId,
      attempt: lease.attempt,
      outcome: 'lost',
      clientEmpty: false,
      record: { status: 0, error: 'lost', firstPartMs: null, usage: null },
    };
    endAttempt(pool, lease, lost);
    endCall(pool, lease, lost);
    const call = { callId: lease.callId, at: lease.at, until: state.now + LOST_MS };
    state.lost.set(lease.callId, call);
    state.work.lost.set(lease.callId, call);
  }
  for (const call of state.lost.values()) {
    if (call.until <= state.now) state.lost.delete(call.callId);
  }
}

/** The credential's side of an attempt; what it spent is added to the lease. */
function endAttempt(pool: Pool, lease: OpenLease, ended: Settlement): void {
  const { state } = pool;
  const table = state.bucketById(lease.bucket);
  const { slot } = lease;
  const spent = unitsSpent(ended, lease.units);
  const wasStale = at(table.stored.fields.stale, slot) === 1;
  endUnits(table, slot, lease, spent, state.now);
  // A stale figure is believed for so long: that moment must come by itself.
  if (!wasStale && at(table.stored.fields.stale, slot) === 1) state.wakeCell(table, slot);
  if (isUncertain(ended)) {
    addUncertain(table, slot, spent);
    lease.uncertain = true;
  }
  lease.spent += spent;
  state.shelves.addInFlight(slot, -1);
  applyHealth(pool, lease, ended);
  pool.readings.leaseEnded(table, slot, lease.units);
  state.touchCell(table, slot);
}

function applyHealth(pool: Pool, lease: OpenLease, ended: Settlement): void {
  const { state, blame } = pool;
  const table = state.bucketById(lease.bucket);
  const { slot } = lease;
  const effect = healthEffect(ended);
  const shown = shownOf(ended);
  if (shown === 'serves') blame.succeeded(scopeOf(lease));
  if (shown === 'answers') blame.answered(scopeOf(lease), lease.at);
  switch (effect) {
    case null:
      return;
    case 'reset':
      blame.forgive(slot);
      resetHealth(state, slot);
      table.stored.fields.trial[slot] = 0;
      return;
    case 'limited': {
      const { limitedMs, maxRetryAfterMs } = state.settings;
      const coolMs = Math.min(Math.max(0, ended.retryAfterMs ?? limitedMs), maxRetryAfterMs);
      spendUntil(table, slot, state.now + coolMs, state.now);
      state.wakeCell(table, slot);
      pool.readings.want(table, slot, state.now + READ_AFTER_LIMIT_MS);
      return;
    }
    case 'blocked':
      // What was never sent because the client left is nobody's failure, and names no reason.
      if (ended.outcome === 'blocked' || ended.reason !== undefined) pool.egress.blame(state.now);
      return;
    case 'revoked':
    case 'banned':
    case 'faulty':
      blame.failed(state, lease, effect, ended.reason ?? effect);
      // One probe, after the cooldown, decides whether a refused session is really over.
      if (effect === 'revoked') {
        const cooledAt = at(state.tokens.stored.fields.coolUntil, slot);
        pool.readings.want(table, slot, Math.max(state.now + READ_AFTER_LIMIT_MS, cooledAt));
      }
  }
}

/** The key's side of a call, and its one usage record. */
function endCall(pool: Pool, lease: OpenLease, ended: Settlement): void {
  const { state } = pool;
  const key = state.key(lease.keyId);
  const charged = chargesSpent(ended, lease.charges);
  if (key !== null) {
    release(key, lease.charges, lease.day, charged);
    state.work.keys.add(lease.keyId);
  }
  state.leases.delete(lease.callId);
  state.work.opened.delete(lease.callId);
  state.work.closed.add(lease.callId);
  state.ended.add(lease.callId, state.now + TOMBSTONE_MS, state.now);
  const record = recordOf(lease, ended, charged, state.now);
  state.pendingRecords.push(record);
  state.work.records.push(record);
  pool.outbox.added();
}

function recordOf(lease: OpenLease, ended: Settlement, charged: Charges, now: number): UsageRecord {
  return {
    id: lease.callId,
    at: lease.at,
    durationMs: now - lease.at,
    firstPartMs: ended.record.firstPartMs,
    keyId: lease.keyId,
    kind: lease.kind,
    model: lease.model,
    provider: lease.provider,
    tokenId: lease.tokenId,
    attempts: lease.attempt,
    stream: lease.stream,
    outcome: ended.outcome,
    error: ended.record.error,
    status: ended.record.status,
    units: lease.spent,
    uncertain: lease.uncertain,
    day: lease.day,
    charged: charged[lease.kind] ?? 0,
    usage: ended.record.usage,
  };
}

/** A late word on a lost call: corrects its row, moves no counter. */
function correct(pool: Pool, ended: Settlement): boolean {
  const { state } = pool;
  const call = state.lost.get(ended.callId);
  if (call === undefined) return false;
  const outcome: OutcomeKind = ended.outcome;
  const { status, error, firstPartMs, usage } = ended.record;
  const correction = {
    id: call.callId,
    outcome,
    error,
    status,
    durationMs: state.now - call.at,
    firstPartMs,
    usage,
  };
  state.pendingCorrections.push(correction);
  state.work.corrections.push(correction);
  state.lost.delete(call.callId);
  state.work.found.add(call.callId);
  pool.outbox.added();
  return true;
}

function overAlready({ state }: Pool): AdmitReply {
  return {
    ok: false,
    code: 'call_ended',
    retryAfterMs: null,
    limit: null,
    versions: { settings: state.settings.version, key: 0 },
    rates: null,
  };
}
