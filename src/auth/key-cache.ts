import type { KeyLimits } from '../pool/key';

/** What an isolate remembers of a key that was presented. */
export interface CachedKey {
  /** The presented text, for forgetting. Never logged. */
  readonly presented: string;
  key: KeyLimits;
  /** Version the pool last named; the pool is the truth, `key` may be behind. */
  version: number;
  /** Unix ms of the read from D1; 0 asks for a new one where freshness matters. */
  readAt: number;
}

const MAX_KEYS = 5_000;
const MAX_UNKNOWN = 5_000;
const UNKNOWN_MS = 10_000;

const known = new Map<string, CachedKey>();
const unknownUntil = new Map<string, number>();

/** The entry of a presented key, if this isolate has met it. */
export function cachedKey(presented: string): CachedKey | undefined {
  return known.get(presented);
}

/** Remembers a key that exists; the oldest goes when there are 5,000. */
export function rememberKey(presented: string, key: KeyLimits, now: number): CachedKey {
  const entry = { presented, key, version: key.version, readAt: now };
  known.delete(presented);
  trim(known, MAX_KEYS);
  known.set(presented, entry);
  unknownUntil.delete(presented);
  return entry;
}

/** Forgets a key that is no longer one. */
export function forgetKey(presented: string): void {
  known.delete(presented);
}

/** Whether storage said less than 10 s ago that there is no such key. */
export function isKnownUnknown(presented: string, now: number): boolean {
  const until = unknownUntil.get(presented);
  if (until === undefined) return false;
  if (until > now) return true;
  unknownUntil.delete(presented);
  return false;
}

/** Remembers for 10 s that there is no such key. */
export function rememberUnknown(presented: string, now: number): void {
  forgetKey(presented);
  trim(unknownUntil, MAX_UNKNOWN);
  unknownUntil.set(presented, now + UNKNOWN_MS);
}

/** Forgets everything. For tests: isolates are never told. */
export function clearKeyCache(): void {
  known.clear();
  unknownUntil.clear();
}

function trim(map: Map<string, unknown>, max: number): void {
  if (map.size < max) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
