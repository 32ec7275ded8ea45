import { PART_BYTES } from '../../src/media/limits';
import { DAY_MS, MINUTE_MS, type Stored } from './purge-world';

/** What a night finds: what has expired with it, what is above the cap, and what stays. */

export const NIGHT_OBJECTS = 10_000;
/** Of the cache, one in eight in R2; what is in KV has expired there as well. */
const EXPIRED = 8_000;
const EXPIRED_FILES = 1_000;
/** Of those above the cap: several values of KV each. */
const LARGE = 50;
const KEPT = 200;
const MEBI = 1_048_576;
/** What stays fills it. */
export const NIGHT_LIMIT_MB = KEPT;

const isInR2 = (n: number): boolean => n % 8 === 7;
const nameOf = (n: number, mark = ''): string =>
  `${isInR2(n) ? 'video' : 'image'}/p_${mark}${String(n).padStart(6, '0')}`;

/** What goes at this midnight (Unix ms): cached objects and files that expire, then the least recently read. */
export function goingAt(midnight: number): Stored[] {
  return Array.from({ length: NIGHT_OBJECTS }, (_, n): Stored => {
    const isExpired = n < EXPIRED + EXPIRED_FILES;
    const isFile = n >= EXPIRED && isExpired;
    return {
      name: isFile ? `file-${n}` : nameOf(n),
      isFile,
      place: isInR2(n) ? 'r2' : 'kv',
      sizeBytes: n >= NIGHT_OBJECTS - LARGE ? 3 * PART_BYTES : MEBI,
      readAt: 1,
      expiresAt: isExpired ? midnight : midnight + DAY_MS,
      hasBytes: isInR2(n) || !isExpired,
    };
  });
}

/** What fills the cache up to its limit, and as many files beside it. */
export function stayingAt(midnight: number): Stored[] {
  return Array.from({ length: 2 * KEPT }, (_, n) => ({
    name: n < KEPT ? nameOf(n, 'kept') : `file-kept${n}`,
    isFile: n >= KEPT,
    place: isInR2(n) ? 'r2' : 'kv',
    sizeBytes: MEBI,
    readAt: midnight,
    expiresAt: midnight + DAY_MS,
    hasBytes: true,
  }));
}

/** Calls of KV that these cost: what has expired there is gone by itself. */
export function kvCallsAt(midnight: number): number {
  return goingAt(midnight)
    .filter(({ place, hasBytes }) => place === 'kv' && hasBytes)
    .reduce((sum, { sizeBytes }) => sum + Math.ceil(sizeBytes / PART_BYTES), 0);
}

/** Minutes east of UTC where it is midnight at this whole minute (Unix ms). */
export function offsetOf(midnight: number): number {
  const minutes = -(midnight % DAY_MS) / MINUTE_MS;
  return minutes < -720 ? minutes + 1_440 : minutes;
}
