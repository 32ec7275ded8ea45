import type { AdminRequest } from '../../auth/admin';
import type { KeySelection } from '../../contract/keys';
import {
  LegacyKeyAdd,
  LegacyKeyBatchAdd,
  LegacyKeyName,
  LegacyKeyNames,
  LegacyKeyRename,
  LegacyKeyStatus,
  LegacyKeyStatuses,
} from '../../contract/legacy';
import { createKeys, removeKeys, switchKeys } from '../../keys/batch-keys';
import { createKey, editKey, type KeyDeps, removeKey } from '../../keys/edit-keys';
import { idsOf, isKeyId } from '../../keys/name-keys';
import { keyItem } from '../../keys/view-key';
import { type ApiKey, listKeys } from '../../store/api-keys';
import { audit, readBody } from '../admin/io';
import { adminPool } from '../admin/pool';
import { done, failed, softly } from './io';

const PAGE = 500;
/** 5,000 keys: more are listed by `/api/v1/admin/keys`. */
const MAX_PAGES = 10;

/** `GET /api/keys` → `{ success, data, global_key_set: false, total }`. `key` is the id: texts are shown once. */
export async function list(_request: AdminRequest, env: Env): Promise<Response> {
  const data: object[] = [];
  let total = 0;
  let after: string | null = '';
  for (let pages = 0; after !== null && pages < MAX_PAGES; pages++) {
    const page: Awaited<ReturnType<typeof listKeys>> = await listKeys(env.DB, {
      after,
      limit: PAGE,
      search: '',
    });
    data.push(...page.keys.map((row) => item(row, row.id)));
    ({ next: after, total } = page);
  }
  return done({ data, total, global_key_set: false });
}

/** `POST /api/keys/add {name}` → `{ success, data, message }`; `data.key` is shown this once. */
export async function add(request: AdminRequest, env: Env): Promise<Response> {
  const { name } = await readBody(request, LegacyKeyAdd);
  if (name === '') return failed('Give the key a name.');
  const { row, key } = await createKey(deps(env), { name });
  await audit(request, env, 'keys.create', row.id, row.name);
  return done({ data: item(row, key), message: 'The key is made.' });
}

/** `POST /api/keys/batch-add {name_prefix, count}` → `{ success, data, message }`, without limits. */
export async function batchAdd(request: AdminRequest, env: Env): Promise<Response> {
  const body = await readBody(request, LegacyKeyBatchAdd);
  const made = await createKeys(deps(env), { action: 'create', ...body });
  await audit(request, env, 'keys.create', `${made.length} keys`, body.name_prefix);
  const data = made.map(({ row, key }) => item(row, key));
  return done({ data, message: `${made.length} keys are made.` });
}

/** `POST /api/keys/delete {key}` → `{ success, message }`. */
export function remove(request: AdminRequest, env: Env): Promise<Response> {
  return softly(['not_found'], async () => {
    const { key } = await readBody(request, LegacyKeyName);
    const row = await removeKey(deps(env), selection(key));
    await audit(request, env, 'keys.delete', row.id, row.name);
    return done({ message: 'The key is deleted.' });
  });
}

/** `POST /api/keys/batch-delete {keys}` → `{ success, message, count }`. */
export async function batchRemove(request: AdminRequest, env: Env): Promise<Response> {
  const { keys } = await readBody(request, LegacyKeyNames);
  const { count } = await removeKeys(deps(env), await idsOf(env.DB, keys));
  await audit(request, env, 'keys.delete', `${count} keys`);
  return done({ message: `${count} keys are deleted.`, count });
}

/** `POST /api/keys/status {key, is_active}` → `{ success, message }`. */
export function setStatus(request: AdminRequest, env: Env): Promise<Response> {
  return softly(['not_found'], async () => {
    const { key, is_active: isActive } = await readBody(request, LegacyKeyStatus);
    const row = await editKey(deps(env), { ...selection(key), is_active: isActive });
    await audit(request, env, isActive ? 'keys.enable' : 'keys.disable', row.id);
    return done({ message: isActive ? 'The key is enabled.' : 'The key is disabled.' });
  });
}

/** `POST /api/keys/batch-status {keys, is_active}` → `{ success, message, count }`. */
export async function batchStatus(request: AdminRequest, env: Env): Promise<Response> {
  const { keys, is_active: isActive } = await readBody(request, LegacyKeyStatuses);
  const { count } = await switchKeys(deps(env), await idsOf(env.DB, keys), isActive);
  await audit(request, env, isActive ? 'keys.enable' : 'keys.disable', `${count} keys`);
  return done({ message: `${count} keys are ${isActive ? 'enabled' : 'disabled'}.`, count });
}

/** `POST /api/keys/name {key, name}` → `{ success, message }`. */
export function rename(request: AdminRequest, env: Env): Promise<Response> {
  return softly(['not_found'], async () => {
    const { key, name } = await readBody(request, LegacyKeyRename);
    if (name === '') return failed('Give the key a name.');
    const row = await editKey(deps(env), { ...selection(key), name });
    await audit(request, env, 'keys.update', row.id, 'name');
    return done({ message: 'The key is renamed.' });
  });
}

/** A key as the older list shows it: 0 and 1, no counters. */
function item(row: ApiKey, key: string): object {
  const { is_active: isActive, ...fields } = keyItem(row);
  return { ...fields, key, is_active: isActive ? 1 : 0 };
}

function selection(key: string): KeySelection {
  return isKeyId(key) ? { id: key } : { key };
}

function deps(env: Env): KeyDeps {
  return { db: env.DB, pool: adminPool(env), now: Date.now() };
}
