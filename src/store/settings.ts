import * as z from 'zod';
import { DEFAULT_SETTINGS, type Settings } from '../contract/settings';
import { parseSettings } from './settings-read';

/** Values of older contracts' keys without meaning here, by group and key. */
export type IgnoredSettings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The one row of settings. Version 0 means that nothing was ever saved. */
export interface StoredSettings {
  readonly version: number;
  readonly settings: Settings;
  readonly ignored: IgnoredSettings;
}

const Ignored = z.record(z.string(), z.record(z.string(), z.unknown()));

/** Reads the whole row, what is ignored included; the defaults when nothing was saved. */
export async function readStoredSettings(db: D1Database): Promise<StoredSettings> {
  const row = await db
    .prepare('SELECT version, value, ignored FROM settings WHERE id = 1')
    .first<{ version: number; value: string; ignored: string }>();
  if (row === null) return { version: 0, settings: DEFAULT_SETTINGS, ignored: {} };
  return {
    version: row.version,
    settings: parseSettings(row.value),
    ignored: Ignored.parse(JSON.parse(row.ignored)),
  };
}

/**
 * Saves the settings as `next`, if the row still has the version before it.
 * @returns false when another edit came first.
 */
export async function writeSettings(
  db: D1Database,
  next: StoredSettings,
  now: number,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO settings (id, version, value, ignored, updated_at)
       VALUES (1, ?1, ?2, ?3, ?4)
       ON CONFLICT (id) DO UPDATE
          SET version = excluded.version, value = excluded.value,
              ignored = excluded.ignored, updated_at = excluded.updated_at
        WHERE settings.version = excluded.version - 1`,
    )
    .bind(next.version, JSON.stringify(next.settings), JSON.stringify(next.ignored), now)
    .run();
  return meta.changes > 0;
}
