import { DEFAULT_SETTINGS, Settings } from '../contract/settings';
import { logError } from '../lib/log';

/** Settings with the version they were stored under; 0 while nobody has stored any. */
export interface VersionedSettings {
  readonly version: number;
  readonly settings: Settings;
}

const GROUPS = Object.keys(Settings.shape);

/** Reads the one row of settings. Groups that a row lacks, or that no longer parse, have their defaults. */
export async function readSettings(db: D1Database): Promise<VersionedSettings> {
  const row = await db
    .prepare('SELECT version, value FROM settings WHERE id = 1')
    .first<{ readonly version: number; readonly value: string }>();
  if (row === null) return { version: 0, settings: DEFAULT_SETTINGS };
  return { version: row.version, settings: parseSettings(row.value) };
}

/** Groups that no longer parse have their defaults. */
export function parseSettings(text: string): Settings {
  const stored: unknown = JSON.parse(text);
  const whole = Settings.safeParse(withGroups(stored, {}));
  if (whole.success) return whole.data;
  // An older build's value: keep the groups that still hold, and say which did not.
  let kept: Record<string, unknown> = {};
  for (const group of GROUPS) {
    const next = { ...kept, [group]: groupOf(stored, group) };
    if (Settings.safeParse(withGroups(next, {})).success) kept = next;
    else logError('settings_group_invalid', { group });
  }
  return Settings.parse(withGroups(kept, {}));
}

function withGroups(value: unknown, empty: object): Record<string, unknown> {
  return Object.fromEntries(GROUPS.map((group) => [group, groupOf(value, group) ?? empty]));
}

function groupOf(value: unknown, group: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, group)?.value;
}
