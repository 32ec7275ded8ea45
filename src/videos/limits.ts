import type { WatchLimits } from '../calls/watch';
import { watchLimits } from '../config';
import type { Settings } from '../contract/settings';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../lib/time';

/** An alarm may run for 15 minutes: what takes longer is looked for by later ones. */
const MAX_ALARM_MS = 12 * MINUTE_MS;
/** Pause between two looks for a video that was submitted earlier. */
export const LOOK_PAUSE_MS = 5 * SECOND_MS;
/** One look may take this long. */
export const LOOK_TIMEOUT_MS = 20 * SECOND_MS;
/** Upstream hung up before the end: the video is looked for this long. */
export const LOOK_AFTER_CUT_MS = 2 * MINUTE_MS;
/** After a restart a video is looked for at least this long, its deadline notwithstanding. */
export const LEAST_LOOK_MS = 15 * SECOND_MS;
/** Pause before the pool or the database is told again. */
export const REPEAT_MS = 2 * SECOND_MS;
/** A job, and its video's address, are kept this long after their end. */
export const KEEP_MS = 30 * DAY_MS;

/** The waits of a job's call: it runs within one alarm. */
export function jobWatchLimits(settings: Settings): WatchLimits {
  const limits = watchLimits(settings, false, 'video');
  return { ...limits, totalMs: Math.min(limits.totalMs, MAX_ALARM_MS) };
}
