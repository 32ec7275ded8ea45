import type { QuotaKind } from '../../../src/models/model-spec';
import type { Ask, RefusalCode } from '../../../src/pool/call';
import type { KeyLimits } from '../../../src/pool/key';
import { dayOf, minuteOf } from './day';
import { type KeyRow, QUOTA_KINDS, type State, dayRow } from './state';

/** Stores an edit unless a newer one is there. @returns the version held afterwards. */
export function putKey(state: State, limits: KeyLimits): number {
  const key = state.keys.get(limits.id);
  if (key === undefined) {
    state.keys.set(limits.id, { limits, minute: -1, minuteCount: 0, open: 0, days: new Map() });
    return limits.version;
  }
  if (limits.version > key.limits.version) key.limits = limits;
  return key.limits.version;
}

export interface KeyVerdict {
  readonly code: RefusalCode;
  /** Kinds whose daily limit refuses; null for other codes. */
  readonly kinds: readonly QuotaKind[] | null;
}

/** The first limit of the key that refuses; null when it would let the call through. */
export function judgeKey(state: State, key: KeyRow, ask: Ask): KeyVerdict | null {
  const { limits } = key;
  const now = state.clock;
  const refuse = (code: RefusalCode): KeyVerdict => ({ code, kinds: null });
  if (limits.deleted) return refuse('invalid_api_key');
  if (!limits.enabled) return refuse('key_disabled');
  if (limits.expiresAt !== null && limits.expiresAt <= now) return refuse('key_expired');
  if (limits.ips !== null && (ask.ip === null || !limits.ips.includes(ask.ip))) {
    return refuse('ip_not_allowed');
  }
  if (limits.models !== null && !limits.models.includes(ask.model)) {
    return refuse('model_not_allowed');
  }
  if (limits.rpm !== null && minuteCount(key, now) + 1 > limits.rpm) return refuse('rpm_exceeded');
  if (limits.concurrency !== null && key.open + 1 > limits.concurrency) {
    return refuse('concurrency_exceeded');
  }
  const day = key.days.get(dayOf(state.settings, now));
  const kinds = QUOTA_KINDS.filter((kind) => {
    const charge = ask.charges[kind] ?? 0;
    const limit = limits.perDay[kind];
    if (charge === 0 || limit === null) return false;
    return (day?.used[kind] ?? 0) + (day?.reserved[kind] ?? 0) + charge > limit;
  });
  return kinds.length > 0 ? { code: 'daily_quota_exceeded', kinds } : null;
}

export function minuteCount(key: KeyRow, now: number): number {
  return key.minute === minuteOf(now) ? key.minuteCount : 0;
}

/** Takes what an admitted call takes of its key. */
export function chargeKey(key: KeyRow, ask: Ask, day: string, now: number): void {
  key.minuteCount = minuteCount(key, now) + 1;
  key.minute = minuteOf(now);
  key.open += 1;
  const row = dayRow(key, day);
  for (const kind of QUOTA_KINDS) row.reserved[kind] += ask.charges[kind] ?? 0;
}

/** Ends a call on its key: its daily units are spent or given back, in the day they were taken from. */
export function releaseKey(
  key: KeyRow,
  ask: Ask,
  day: string,
  spent: (kind: QuotaKind) => number,
): void {
  key.open -= 1;
  const row = dayRow(key, day);
  for (const kind of QUOTA_KINDS) {
    row.reserved[kind] -= ask.charges[kind] ?? 0;
    row.used[kind] += spent(kind);
  }
}
