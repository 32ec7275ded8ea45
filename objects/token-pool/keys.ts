import { QUOTA_KINDS, type QuotaKind } from '../../src/models/model-spec';
import type { Ask, KeyRates, RefusalCode } from '../../src/pool/call';
import type { KeyLimits, KeyStatus, Standing } from '../../src/pool/key';
import { addressMatcher } from '../../src/lib/addresses';
import { MINUTE_MS } from '../../src/lib/time';
import { type Calendar, minuteOf } from './clock';
import type { Charges } from './leases';

type ByKind = Record<QuotaKind, number>;
const none = (): ByKind => ({ chat: 0, heavy: 0, image: 0, video: 0 });

/** What storage keeps of a key's counters. `reserved` and `open` follow from the open leases. */
export interface KeyCounters {
  /** Minute (Unix ms / 60,000) that `rpmUsed` counts. */
  minute: number;
  rpmUsed: number;
  /** Used by day and kind. */
  days: Record<string, ByKind>;
}

export interface KeyState {
  limits: KeyLimits;
  allowsIp: (ip: string | null) => boolean;
  counters: KeyCounters;
  /** Open calls, and what they hold by day. */
  open: number;
  reserved: Map<string, ByKind>;
}

/** Days kept besides today: an open call may still give back to yesterday. */
const KEPT_DAYS = 3;

export function newKeyState(limits: KeyLimits, counters?: KeyCounters): KeyState {
  return {
    limits,
    allowsIp: limits.ips === null ? () => true : addressMatcher(limits.ips),
    counters: counters ?? { minute: 0, rpmUsed: 0, days: {} },
    open: 0,
    reserved: new Map(),
  };
}

/** An edit keeps the counters. */
export function replaceLimits(key: KeyState, limits: KeyLimits): void {
  key.limits = limits;
  key.allowsIp = limits.ips === null ? () => true : addressMatcher(limits.ips);
}

export interface KeyRefusal {
  readonly code: RefusalCode;
  readonly retryAfterMs: number | null;
  readonly limit: string | null;
}

/** Whether the key allows the call now: the first limit that does not, or null. Takes nothing. */
export function refusalOf(
  key: KeyState,
  ask: Ask,
  calendar: Calendar,
  now: number,
): KeyRefusal | null {
  const { limits } = key;
  const barred = barredRefusal(key, ask.ip, now);
  if (barred !== null) return barred;
  if (limits.models !== null && !limits.models.includes(ask.model)) {
    return refuse('model_not_allowed');
  }
  const tooOften = rpmRefusal(key, now);
  if (tooOften !== null) return tooOften;
  if (limits.concurrency !== null && key.open >= limits.concurrency) {
    return refuse('concurrency_exceeded', 'concurrency', limits.concurrency === 0 ? null : 1_000);
  }
  const day = calendar.day(now);
  for (const kind of QUOTA_KINDS) {
    const charge = ask.charges[kind] ?? 0;
    const limit = limits.perDay[kind];
    if (charge > 0 && limit !== null && taken(key, day, kind) + charge > limit) {
      // A limit below one call's charge never lets it through: no time to come back at.
      return refuse(
        'daily_quota_exceeded',
        kind,
        charge > limit ? null : calendar.dayEnd(now) - now,
      );
    }
  }
  return null;
}

/** Whether the key allows a request that asks nothing of a provider: the first limit that does not, or null. */
export function requestRefusal(key: KeyState, ip: string | null, now: number): KeyRefusal | null {
  return barredRefusal(key, ip, now) ?? rpmRefusal(key, now);
}

function barredRefusal(key: KeyState, ip: string | null, now: number): KeyRefusal | null {
  const { limits } = key;
  if (limits.deleted) return refuse('invalid_api_key');
  if (!limits.enabled) return refuse('key_disabled');
  if (limits.expiresAt !== null && limits.expiresAt <= now) return refuse('key_expired');
  return key.allowsIp(ip) ? null : refuse('ip_not_allowed');
}

function rpmRefusal(key: KeyState, now: number): KeyRefusal | null {
  const { rpm } = key.limits;
  if (rpm === null || rpmUsed(key, now) < rpm) return null;
  return refuse('rpm_exceeded', 'rpm', rpm === 0 ? null : (minuteOf(now) + 1) * MINUTE_MS - now);
}

function refuse(
  code: RefusalCode,
  limit: string | null = null,
  retryAfterMs: number | null = null,
): KeyRefusal {
  return { code, limit, retryAfterMs };
}

/** Takes what `refusalOf` allowed. RPM is spent at once; the day's units are held until the call ends. */
export function take(key: KeyState, charges: Charges, day: string, now: number): void {
  takeRequest(key, now);
  hold(key, charges, day);
}

/** Takes what `requestRefusal` allowed. */
export function takeRequest(key: KeyState, now: number): void {
  const minute = minuteOf(now);
  if (key.counters.minute !== minute) key.counters = { ...key.counters, minute, rpmUsed: 0 };
  key.counters.rpmUsed++;
}

/** Holds what an open call holds: at admission, and again when leases are found at a start. */
export function hold(key: KeyState, charges: Charges, day: string): void {
  key.open++;
  const reserved = key.reserved.get(day) ?? none();
  for (const kind of QUOTA_KINDS) reserved[kind] += charges[kind] ?? 0;
  key.reserved.set(day, reserved);
}

/**
 * Ends a call: its units are spent on the day of its admission, or go back to it.
 * @param spent what is spent of each, at most what was held.
 */
export function release(key: KeyState, charges: Charges, day: string, spent: Charges): void {
  key.open--;
  const reserved = key.reserved.get(day) ?? none();
  const used = (key.counters.days[day] ??= none());
  for (const kind of QUOTA_KINDS) {
    const charge = charges[kind] ?? 0;
    reserved[kind] -= charge;
    used[kind] += spent[kind] ?? 0;
  }
  if (QUOTA_KINDS.every((kind) => reserved[kind] === 0)) key.reserved.delete(day);
}

/** Forgets days that no open call can give back to. @returns whether anything changed. */
export function pruneDays(key: KeyState, today: string): boolean {
  const old = Object.keys(key.counters.days)
    .filter((day) => day < today && !key.reserved.has(day))
    .sort()
    .slice(0, -KEPT_DAYS);
  for (const day of old) delete key.counters.days[day];
  return old.length > 0;
}

const rpmUsed = (key: KeyState, now: number): number =>
  key.counters.minute === minuteOf(now) ? key.counters.rpmUsed : 0;

const taken = (key: KeyState, day: string, kind: QuotaKind): number =>
  (key.counters.days[day]?.[kind] ?? 0) + (key.reserved.get(day)?.[kind] ?? 0);

/** The figures of `x-ratelimit-*`: the minute, and the tightest of the day's limits. */
export function ratesOf(
  key: KeyState,
  charges: Charges,
  calendar: Calendar,
  now: number,
): KeyRates {
  const { rpm, perDay } = key.limits;
  let day: KeyRates['day'] = null;
  for (const kind of QUOTA_KINDS) {
    const limit = perDay[kind];
    if (limit === null || (charges[kind] ?? 0) === 0) continue;
    const remaining = Math.max(0, limit - taken(key, calendar.day(now), kind));
    if (day === null || remaining < day.remaining) {
      day = { limit, remaining, resetMs: calendar.dayEnd(now) - now };
    }
  }
  return {
    rpm:
      rpm === null
        ? null
        : {
            limit: rpm,
            remaining: Math.max(0, rpm - rpmUsed(key, now)),
            resetMs: (minuteOf(now) + 1) * MINUTE_MS - now,
          },
    day,
  };
}

/** Whether nothing is left of one of today's limits; of a limit of 0 there never is. */
export function isExhausted(key: KeyState, calendar: Calendar, now: number): boolean {
  const { deleted, perDay } = key.limits;
  const day = calendar.day(now);
  return (
    !deleted &&
    QUOTA_KINDS.some((kind) => {
      const limit = perDay[kind];
      return limit !== null && taken(key, day, kind) >= limit;
    })
  );
}

/** Every limit of a key as it stands: limit = used + reserved + remaining, unless a limit was lowered below its use. */
export function statusOf(key: KeyState, calendar: Calendar, now: number): KeyStatus {
  const day = calendar.day(now);
  const { limits } = key;
  const standing = (
    limit: number | null,
    used: number,
    reserved: number,
    resetsAt: number | null,
  ): Standing => ({
    limit,
    used,
    reserved,
    remaining: limit === null ? null : Math.max(0, limit - used - reserved),
    resetsAt,
  });
  const kind = (name: QuotaKind) =>
    standing(
      limits.perDay[name],
      key.counters.days[day]?.[name] ?? 0,
      key.reserved.get(day)?.[name] ?? 0,
      calendar.dayEnd(now),
    );
  return {
    id: limits.id,
    version: limits.version,
    limits,
    day,
    perDay: {
      chat: kind('chat'),
      heavy: kind('heavy'),
      image: kind('image'),
      video: kind('video'),
    },
    rpm: standing(limits.rpm, rpmUsed(key, now), 0, (minuteOf(now) + 1) * MINUTE_MS),
    concurrency: standing(limits.concurrency, 0, key.open, null),
  };
}
