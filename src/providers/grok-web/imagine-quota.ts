import type { QuotaReading } from '../provider';
import { number, record, text, type Json } from './narrow';

export const IMAGINE_PREFIX = 'imagine:';

/** Keys of the answer by bucket. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['imagine:image_pro', 'imagePro'],
  ['imagine:image_edit', 'imageEdit'],
  ['imagine:video', 'video'],
  ['imagine:video_720p', 'video720p'],
]);

/** An answer that lacks one of these is of a shape that nobody has seen. */
const ALL_KEYS = ['image', ...KEYS.values()];

const DEFAULT_WINDOW_S = 86_400;

/**
 * One bucket's figures in the answer of `POST /rest/media/imagine/quota_info`, which tells of all; null
 * when it cannot be read. Upstream says what is left and never the total. A bucket that is null there is
 * not metered. `now` is Unix ms.
 */
export function imagineReading(bucket: string, reply: Json, now: number): QuotaReading | null {
  const key = KEYS.get(bucket);
  if (key === undefined || ALL_KEYS.some((one) => reply[one] === undefined)) return null;
  if (reply[key] === null) return { remaining: null, limit: null, resetAfterMs: null };
  const quota = record(reply[key]);
  const isAvailable = quota?.['available'];
  if (quota === null || typeof isAvailable !== 'boolean') return null;
  const left = isAvailable ? number(quota['remainingQueries']) : 0;
  const windowS = number(quota['windowSizeSeconds']) ?? (isAvailable ? null : DEFAULT_WINDOW_S);
  if (left === null || windowS === null || windowS <= 0) return null;
  return {
    remaining: Math.max(0, Math.floor(left)),
    limit: null,
    resetAfterMs: untilNext(quota, now) ?? Math.ceil(windowS * 1_000),
  };
}

/** Ms until upstream's own date; null when it names none. */
function untilNext(quota: Json, now: number): number | null {
  const at = Date.parse(text(quota['nextAvailableAt']));
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}
