import type { PoolSettings } from '../../src/pool/settings';

/** What a pool goes by until it is configured. */
export const DEFAULT_POOL_SETTINGS: PoolSettings = {
  version: 0,
  timeZone: null,
  dayOffsetMinutes: 480,
  maxInFlight: 0,
  unknownInFlight: 1,
  limitedMs: 3_600_000,
  maxRetryAfterMs: 86_400_000,
  revokedMs: 60_000,
  revokedStrikes: 5,
  faultyStrikes: 3,
  faultyMs: 30_000,
  breakerCredentials: 3,
  breakerWindowMs: 30_000,
  breakerTrialMs: 5_000,
  staleMs: 1_800_000,
  probeConcurrency: 5,
  mediaInFlight: 8,
};
