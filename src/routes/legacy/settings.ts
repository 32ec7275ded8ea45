import type { AdminRequest } from '../../auth/admin';
import { LegacySettings } from '../../contract/legacy';
import { groupsOf, legacyView } from '../../settings/legacy-settings';
import { readStoredSettings } from '../../store/settings';
import { saveConfig } from '../admin/config';
import { readBody } from '../admin/io';
import { done } from './io';

/** `GET /api/settings` → `{ success, data: { global, grok, … } }`, secrets as masks. */
export async function show(_request: AdminRequest, env: Env): Promise<Response> {
  return done({ data: legacyView(await readStoredSettings(env.DB)) });
}

/** `POST /api/settings {global_config?, grok_config?}` → `{ success, message }`; all of it or nothing. */
export async function update(request: AdminRequest, env: Env): Promise<Response> {
  await saveConfig(request, env, groupsOf(await readBody(request, LegacySettings)));
  return done({ message: 'The settings are saved.' });
}

/** `GET /api/storage/mode` → `{ success, data: { mode } }`. */
export function storageMode(): Response {
  return done({ data: { mode: 'D1' } });
}
