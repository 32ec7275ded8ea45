import type { LegacySettings } from '../contract/legacy';
import { isMask } from '../lib/seal';
import type { StoredSettings } from '../store/settings';
import { shownSettings } from './edit-settings';
import { type Groups, SECRET_SETTINGS } from './split-config';

/**
 * The older clients' form of the settings: two groups, `global` and `grok`, whose keys are partly named
 * otherwise. Here are names only; what a value may be is the settings' own affair.
 */

type Values = Readonly<Record<string, unknown>>;
type Place = readonly [group: string, key: string];

/** What older clients call a setting of another name, by `group.key`. */
const OLDER: ReadonlyMap<string, Place> = new Map([
  ['global.base_url', ['app', 'app_url']],
  ['global.image_mode', ['app', 'image_format']],
  ['global.admin_password', ['app', 'app_key']],
  ['global.log_max_count', ['app', 'call_retention_rows']],
  ['grok.api_key', ['app', 'api_key']],
  ['grok.show_thinking', ['grok', 'thinking']],
  ['grok.stream_total_timeout', ['stream', 'total_s']],
  ['grok.stream_first_response_timeout', ['stream', 'first_part_s']],
  ['grok.stream_chunk_timeout', ['stream', 'idle_s']],
  ['grok.max_retry', ['retry', 'max_attempts']],
  ['grok.video_poster_preview', ['video', 'poster_preview']],
]);

/** A posted form as `splitConfig` reads it. */
export function groupsOf({ global_config: global, grok_config: grok }: LegacySettings): Groups {
  const groups: Record<string, Record<string, unknown>> = {};
  const put = (group: string, values: Values): void => {
    for (const [key, value] of Object.entries(values)) {
      const [into, name] = OLDER.get(`${group}.${key}`) ?? [
        group === 'global' ? 'app' : group,
        key,
      ];
      // A mask is what was shown: it leaves the secret as it is.
      const isShown = typeof value === 'string' && isMask(value);
      if (isShown && SECRET_SETTINGS.has(`${into}.${name}`)) continue;
      (groups[into] ??= {})[name] = plain(name, value);
    }
  };
  put('global', global ?? {});
  put('grok', grok ?? {});
  return groups;
}

/** The settings as older clients read them: `global`, `grok`, and every other group under its own name. */
export function legacyView(stored: StoredSettings): Readonly<Record<string, unknown>> {
  const { version: _version, ignored: _ignored, ...groups } = shownSettings(stored);
  const shown: Readonly<Record<string, unknown>> = groups;
  const { app, grok, ...others } = Object.fromEntries(
    [...new Set([...Object.keys(shown), ...Object.keys(stored.ignored)])].map((name) => [
      name,
      { ...stored.ignored[name], ...recordOf(shown[name]) },
    ]),
  );
  const older = (group: string): Values =>
    Object.fromEntries(
      [...OLDER].flatMap(([path, [from, key]]) => {
        const [owner, name = ''] = path.split('.');
        const value = recordOf(shown[from])[key];
        return owner === group && value !== undefined ? [[name, value]] : [];
      }),
    );
  return {
    ...others,
    global: { ...app, ...older('global') },
    grok: Object.fromEntries(
      Object.entries({ ...grok, ...older('grok') }).map(([name, value]) => [name, flat(value)]),
    ),
  };
}

/** Lists were once written with commas between. */
function plain(name: string, value: unknown): unknown {
  if (name !== 'filter_tags' || typeof value !== 'string') return value;
  return value
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** A secret is shown as its mask alone: older forms hold text. */
function flat(value: unknown): unknown {
  const { set, mask } = recordOf(value);
  return typeof set === 'boolean' ? mask : value;
}

function recordOf(value: unknown): Values {
  // SAFETY: an object that is no list is read by name only.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Values)
    : {};
}
