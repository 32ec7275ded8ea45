import { Settings } from '../contract/settings';
import { AppError } from '../errors';
import { check } from '../http/body';
import { mask } from '../lib/seal';
import { isTimeZone } from '../lib/time';
import type { TokenPoolRpc } from '../pool/rpc';
import { readStoredSettings, type StoredSettings, writeSettings } from '../store/settings';
import { adoptSettings } from '../store/settings-cache';
import { poolSettingsOf } from './pool-settings';
import { type Groups, SECRET_SETTINGS, type SplitConfig } from './split-config';

export interface SettingsDeps {
  readonly env: Pick<Env, 'DB' | 'CACHE_RESET_TZ_OFFSET_MINUTES'>;
  readonly pool: Pick<TokenPoolRpc, 'configure'>;
  /** Unix ms. */
  readonly now: number;
}

const MAX_TRIES = 5;

/**
 * Merges an edit into the settings, all of it or nothing, and tells the pool. Edits made at once are
 * both kept; with the version that was read, the later one is refused instead.
 * @throws AppError `invalid_request` with the path, `stale_version`.
 */
export async function editSettings(deps: SettingsDeps, edit: SplitConfig): Promise<StoredSettings> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await readStoredSettings(deps.env.DB);
    if (edit.version !== null && edit.version !== stored.version) throw stale();
    const next = merge(stored, edit);
    if (await writeSettings(deps.env.DB, next, deps.now)) {
      adoptSettings({ version: next.version, settings: next.settings });
      await deps.pool.configure(poolSettingsOf(next.settings, deps.env, next.version));
      return next;
    }
  }
  throw stale();
}

function merge(stored: StoredSettings, edit: SplitConfig): StoredSettings {
  const settings = check(Settings, mergeGroups(stored.settings, edit.patch));
  if (settings.app.time_zone !== '' && !isTimeZone(settings.app.time_zone)) {
    throw new AppError('invalid_request', 'There is no time zone of this name.', {
      param: 'app.time_zone',
    });
  }
  return {
    version: stored.version + 1,
    settings,
    ignored: mergeGroups(stored.ignored, edit.ignored),
  };
}

function mergeGroups(old: Groups, patch: Groups): Groups {
  const merged: Record<string, Readonly<Record<string, unknown>>> = { ...old };
  for (const [group, values] of Object.entries(patch)) merged[group] = { ...old[group], ...values };
  return merged;
}

/** The settings as they are shown: secrets as `{ set, mask }`. */
export function shownSettings({ settings, ignored, version }: StoredSettings): Groups & {
  readonly version: number;
} {
  const groups = Object.entries(settings).map(([group, values]) => [
    group,
    Object.fromEntries(
      Object.entries(values).map(([key, value]: [string, unknown]) => [
        key,
        SECRET_SETTINGS.has(`${group}.${key}`) ? shownSecret(String(value)) : value,
      ]),
    ),
  ]);
  return { ...Object.fromEntries(groups), ignored, version };
}

function shownSecret(value: string): { readonly set: boolean; readonly mask: string } {
  return { set: value !== '', mask: value === '' ? '' : mask(value) };
}

function stale(): AppError {
  return new AppError(
    'stale_version',
    'The settings have changed since they were read. Read them again.',
    { param: 'version' },
  );
}
