import { Settings } from '../contract/settings';
import { AppError } from '../errors';
import { isMask } from '../lib/seal';

/** Values by group and key. */
export type Groups = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A posted configuration, sorted: what has an effect, and what older contracts had. */
export interface SplitConfig {
  readonly patch: Groups;
  readonly ignored: Groups;
  /** The version the caller read; null when not said. */
  readonly version: number | null;
}

/** Settings that are listed as masks; a mask posted back leaves them unchanged. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set([
  'grok.x_statsig_id',
  'grok.cf_clearance',
]);

/** Older names of settings that have an effect. */
const RENAMED: ReadonlyMap<string, readonly [group: string, key: string]> = new Map([
  ['grok.timeout', ['stream', 'total_s']],
  ['grok.stream_total_timeout', ['stream', 'total_s']],
  ['grok.stream_first_response_timeout', ['stream', 'first_part_s']],
  ['grok.stream_chunk_timeout', ['stream', 'idle_s']],
  ['grok.max_retry', ['retry', 'max_attempts']],
  ['grok.video_poster_preview', ['video', 'poster_preview']],
]);

/** Keys of older contracts without meaning here: accepted, stored, returned under `ignored`. */
const OLD_KEYS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    app: [
      'admin_username',
      'video_format',
      'log_level',
      'image_cache_max_size_mb',
      'video_cache_max_size_mb',
      'max_upload_concurrency',
      'max_request_concurrency',
      'batch_save_interval',
      'batch_save_threshold',
      'token_refresh_interval',
      'token_refresh_scope',
      'token_zero_expire_threshold',
      'assumed_chat_quota_per_token',
      'debug_request_log',
      'debug_request_log_dir',
      'debug_request_log_max_total_bytes',
      'debug_request_log_base64_keep',
    ],
    grok: [
      'stream',
      'dynamic_statsig',
      'base_proxy_url',
      'asset_proxy_url',
      'cache_proxy_url',
      'proxy_url',
      'proxy_urls',
      'proxy_pool_url',
      'proxy_pool_interval',
      'max_tls_retries',
      'retry_status_codes',
    ],
    token: [
      'auto_refresh',
      'refresh_interval_hours',
      'save_delay_ms',
      'reload_interval_sec',
      'nsfw_refresh_concurrency',
      'nsfw_refresh_retries',
    ],
    cache: ['keep_base64_cache'],
    performance: [
      'assets_max_concurrent',
      'media_max_concurrent',
      'usage_max_concurrent',
      'assets_delete_batch_size',
      'admin_assets_batch_size',
    ],
    register: [
      'worker_domain',
      'email_domain',
      'solver_url',
      'solver_browser_type',
      'solver_threads',
      'register_threads',
      'default_count',
      'auto_start_solver',
      'solver_debug',
      'max_errors',
      'max_runtime_minutes',
    ],
  }).map(([group, keys]) => [group, new Set(keys)]),
);

/** Secrets that older contracts kept here. Blank is what their forms send; a value has its own route. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['app.api_key', 'Make keys under keys; there is no global key.'],
  ['app.app_key', 'Change the password under password.'],
  ['register.admin_password', 'Accounts are not registered here.'],
  ['register.yescaptcha_key', 'Accounts are not registered here.'],
]);

const KNOWN: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(Settings.shape).map(([group, shape]) => [
    group,
    new Set(Object.keys(shape.shape)),
  ]),
);

/** Parts of what `GET config` answers that are not settings: posted back whole, they say nothing. */
const NOT_GROUPS: ReadonlySet<string> = new Set(['version', 'ignored', 'status', 'message']);

const MAX_IGNORED_CHARS = 2_000;

/** @throws AppError `invalid_request` with the path of what is not known. */
export function splitConfig(body: Readonly<Record<string, unknown>>): SplitConfig {
  const patch: Record<string, Record<string, unknown>> = {};
  const ignored: Record<string, Record<string, unknown>> = {};
  for (const [group, values] of Object.entries(body)) {
    if (NOT_GROUPS.has(group)) continue;
    if (!KNOWN.has(group) && !OLD_KEYS.has(group)) throw unknownName(group);
    if (!isRecord(values)) throw invalid(group, 'must be an object');
    for (const [key, value] of Object.entries(values)) {
      const place = placeOf(group, key, value);
      if (place === null) continue;
      const into = place.ignored ? ignored : patch;
      (into[place.group] ??= {})[place.key] = place.ignored ? harmless(group, key, value) : value;
    }
  }
  return { patch, ignored, version: readVersion(body['version']) };
}

interface Place {
  readonly group: string;
  readonly key: string;
  readonly ignored: boolean;
}

/** Where a value belongs; null when it says nothing. */
function placeOf(group: string, key: string, value: unknown): Place | null {
  const path = `${group}.${key}`;
  if (KNOWN.get(group)?.has(key) === true) {
    return SECRET_SETTINGS.has(path) && isShown(value) ? null : { group, key, ignored: false };
  }
  const renamed = RENAMED.get(path);
  if (renamed !== undefined) return { group: renamed[0], key: renamed[1], ignored: false };
  const elsewhere = ELSEWHERE.get(path);
  if (elsewhere !== undefined) {
    if (value === '' || value === null || isRecord(value)) return null;
    throw new AppError('invalid_request', `'${path}' is not kept in the settings. ${elsewhere}`, {
      param: path,
    });
  }
  if (OLD_KEYS.get(group)?.has(key) === true) return { group, key, ignored: true };
  throw unknownName(path);
}

/** A secret as it was shown, whole or its mask alone: posted back, it says nothing. */
function isShown(value: unknown): boolean {
  return isRecord(value) || (typeof value === 'string' && isMask(value));
}

/** Ignored values are kept as they came, but small, flat, and without the credentials of a URL. */
function harmless(group: string, key: string, value: unknown): unknown {
  const isFlat =
    value === null ||
    ['string', 'number', 'boolean'].includes(typeof value) ||
    (Array.isArray(value) && value.every((item) => ['string', 'number'].includes(typeof item)));
  if (!isFlat || JSON.stringify(value).length > MAX_IGNORED_CHARS) {
    throw invalid(`${group}.${key}`, 'must be short and plain');
  }
  return Array.isArray(value) ? value.map(withoutCredentials) : withoutCredentials(value);
}

function withoutCredentials(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^(\w+:\/\/)[^/]*@/, '$1') : value;
}

function readVersion(version: unknown): number | null {
  if (version === undefined || version === null) return null;
  if (typeof version === 'number' && Number.isInteger(version) && version >= 0) return version;
  throw invalid('version', 'must be the number that GET config answered');
}

function unknownName(path: string): AppError {
  return new AppError('invalid_request', 'There is no setting of this name.', { param: path });
}

function invalid(path: string, why: string): AppError {
  return new AppError('invalid_request', `'${path}' ${why}.`, { param: path });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
