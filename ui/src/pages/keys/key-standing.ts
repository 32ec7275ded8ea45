import type { KeyItemWithUsage } from '../../../../src/contract/keys';
import { KEY_KINDS } from '../../api/key-fields';

/** How keys stand, and which of them a filter shows. */

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

export interface KeyCounts {
  readonly total: number;
  readonly active: number;
  readonly inactive: number;
  readonly exhausted: number;
}

export function countKeys(keys: readonly KeyItemWithUsage[]): KeyCounts {
  const active = keys.filter((key) => key.is_active).length;
  return {
    total: keys.length,
    active,
    inactive: keys.length - active,
    exhausted: keys.filter(isExhausted).length,
  };
}

/** @param search looked for in the name, the masked key and the id, whatever the case */
export function filterKeys(
  keys: readonly KeyItemWithUsage[],
  search: string,
  status: Status,
): readonly KeyItemWithUsage[] {
  const text = search.toLowerCase();
  return keys.filter(
    (key) =>
      hasStatus(key, status) &&
      [key.name, key.display_key, key.id].some((field) => field.toLowerCase().includes(text)),
  );
}

function hasStatus(key: KeyItemWithUsage, status: Status): boolean {
  switch (status) {
    case 'all':
      return true;
    case 'active':
      return key.is_active;
    case 'inactive':
      return !key.is_active;
    case 'exhausted':
      return isExhausted(key);
  }
}
