import { call } from './call';

/** The settings. */

export interface StoredSettings {
  readonly version: number;
  /** Values by path; those of secrets are `ShownSecret`. */
  readonly values: ReadonlyMap<string, unknown>;
}

export async function readSettings(signal?: AbortSignal): Promise<StoredSettings> {
  const options = signal === undefined ? {} : { signal };
  const reply = await call<Readonly<Record<string, unknown>>>('GET', 'config', options);
  const values = new Map<string, unknown>();
  for (const [group, part] of Object.entries(reply)) {
    if (typeof part !== 'object' || part === null) continue;
    for (const [key, value] of Object.entries(part)) values.set(`${group}.${key}`, value);
  }
  return { version: Number(reply['version']), values };
}

/**
 * Saves these values, all or nothing, if the settings still have this version.
 * @throws ApiError `stale_version`; `invalid_request` with the path as its param.
 */
export async function saveSettings(
  version: number,
  values: ReadonlyMap<string, unknown>,
): Promise<void> {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const [path, value] of values) {
    const [group = '', key = ''] = path.split('.');
    (groups[group] ??= {})[key] = value;
  }
  await call('POST', 'config', { body: { ...groups, version } });
}
