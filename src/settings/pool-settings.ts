import type { Settings } from '../contract/settings';
import { SECOND_MS } from '../lib/time';
import type { PoolSettings } from '../pool/settings';

const MAX_OFFSET_MINUTES = 14 * 60;

/** The part of the settings that the pool acts on, in its units. */
export function poolSettingsOf(
  settings: Settings,
  env: Pick<Env, 'CACHE_RESET_TZ_OFFSET_MINUTES'>,
  version: number,
): PoolSettings {
  const { token } = settings;
  return {
    version,
    timeZone: settings.app.time_zone === '' ? null : settings.app.time_zone,
    dayOffsetMinutes: dayOffsetMinutes(env),
    maxInFlight: token.max_in_flight,
    unknownInFlight: token.unknown_in_flight,
    limitedMs: token.limited_s * SECOND_MS,
    maxRetryAfterMs: token.max_retry_after_s * SECOND_MS,
    revokedMs: token.revoked_s * SECOND_MS,
    revokedStrikes: token.fail_threshold,
    faultyStrikes: token.faulty_strikes,
    faultyMs: token.faulty_s * SECOND_MS,
    breakerCredentials: token.breaker_credentials,
    breakerWindowMs: token.breaker_window_s * SECOND_MS,
    breakerTrialMs: token.breaker_trial_s * SECOND_MS,
    staleMs: token.stale_s * SECOND_MS,
    probeConcurrency: token.probe_concurrency,
    mediaInFlight: settings.media.reads_per_token,
  };
}

/** Minutes east of UTC where the day begins; a value that is no whole number counts as UTC. */
export function dayOffsetMinutes(env: Pick<Env, 'CACHE_RESET_TZ_OFFSET_MINUTES'>): number {
  const minutes = Number(env.CACHE_RESET_TZ_OFFSET_MINUTES);
  if (!Number.isInteger(minutes)) return 0;
  return Math.max(-MAX_OFFSET_MINUTES, Math.min(MAX_OFFSET_MINUTES, minutes));
}
