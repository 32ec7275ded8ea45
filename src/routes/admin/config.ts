import * as z from 'zod';
import type { AdminRequest } from '../../auth/admin';
import { editSettings, shownSettings } from '../../settings/edit-settings';
import { splitConfig } from '../../settings/split-config';
import { readStoredSettings, type StoredSettings } from '../../store/settings';
import { audit, readBody, reply } from './io';
import { adminPool } from './pool';

/**
 * `GET config` → the groups of settings, secrets masked; `performance`, a group of before that has no effect;
 * `ignored`; `version`.
 */
export async function show(_request: AdminRequest, env: Env): Promise<Response> {
  const stored = await readStoredSettings(env.DB);
  return reply({ performance: stored.ignored['performance'] ?? {}, ...shownSettings(stored) });
}

/** `POST config`: any part of the groups, all of it or nothing → `{ status, message, version }`. */
export async function update(request: AdminRequest, env: Env): Promise<Response> {
  const body = await readBody(request, z.record(z.string(), z.unknown()));
  const { version } = await saveConfig(request, env, body);
  return reply({ status: 'success', message: 'The settings are saved.', version });
}

/** Saves a part of the groups and writes down what changed. @throws as `splitConfig`, `editSettings`. */
export async function saveConfig(
  request: AdminRequest,
  env: Env,
  body: Readonly<Record<string, unknown>>,
): Promise<StoredSettings> {
  const edit = splitConfig(body);
  const saved = await editSettings({ env, pool: adminPool(env), now: Date.now() }, edit);
  const names = Object.entries(edit.patch).flatMap(([group, values]) =>
    Object.keys(values).map((key) => `${group}.${key}`),
  );
  await audit(request, env, 'config.update', `version ${saved.version}`, names.join(', '));
  return saved;
}
