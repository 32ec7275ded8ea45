import { type DayZone, dayEndAt } from '../lib/time';
import { MIN_LIFE_MS } from './limits';

/**
 * When an object stored now is forgotten: at the next local midnight, or at the one after when that is
 * too near for KV to take it. Unix ms.
 */
export function mediaExpiry(now: number, zone: DayZone, minLifeMs: number = MIN_LIFE_MS): number {
  const midnight = dayEndAt(now, zone);
  return midnight - now >= minLifeMs ? midnight : dayEndAt(midnight, zone);
}
