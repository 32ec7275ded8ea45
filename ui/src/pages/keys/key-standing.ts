import type { KeyItemWithUsage } from '../../../../src/contract/keys';
import { KEY_KINDS } from '../../api/key-fields';

/** How keys stand, and the filter of an address. */

export type Standing = 'active' | 'inactive' | 'exhausted' | 'expired';

export const STATUSES = ['all', 'active', 'inactive', 'exhausted'] as const;
export type Status = (typeof STATUSES)[number];

/** The status that an address names; `all` for anything else. */
export function statusOf(name: string): Status {
  return STATUSES.find((status) => status === name) ?? 'all';
}

/** Whether any of today's limits has nothing left; a limit of 0 counts, as it has nothing either. */
export function isExhausted(key: KeyItemWithUsage): boolean {
  return KEY_KINDS.some((kind) => key.remaining_today[kind] === 0);
}

/** What keeps the key from being used, the strongest first. @param now Unix ms */
export function standingOf(key: KeyItemWithUsage, now: number): Standing {
  if (key.expires_at !== null && key.expires_at <= now) return 'expired';
  if (isExhausted(key)) return 'exhausted';
  return key.is_active ? 'active' : 'inactive';
}
