import type { AdminRequest } from '../../auth/admin';
import {
  KeyBatch,
  KeyCreate,
  KeyFilter,
  KeyListQuery,
  KeySelection,
  KeyUpdate,
} from '../../contract/keys';
import { createKeys, removeKeys, switchKeys } from '../../keys/batch-keys';
import { createKey, editKey, type KeyDeps, removeKey } from '../../keys/edit-keys';
import { keyCounts, type KeyListDeps, listKeysWithUsage, listNames } from '../../keys/list-keys';
import { keyItem } from '../../keys/view-key';
import { audit, readBody, readQuery, reply } from './io';
import { adminPool } from './pool';

/** `GET keys?after&limit&order&search&status` → `{ success, data, next, total }`, with today's counters of the pool. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  const page = await listKeysWithUsage(deps(env), readQuery(request, KeyListQuery));
  return reply({ success: true, ...page });
}

/** `GET keys/names?search&status` → `{ success, data: [{ id, name }] }`, the newest first. */
export async function names(request: AdminRequest, env: Env): Promise<Response> {
  const data = await listNames(deps(env), readQuery(request, KeyFilter));
  return reply({ success: true, data });
}

/** `GET keys/counts` → `{ success, data: KeyCounts }`. */
export async function counts(_request: AdminRequest, env: Env): Promise<Response> {
  return reply({ success: true, data: await keyCounts(deps(env)) });
}

/** `POST keys` → `{ success, data }`; `data.key` is shown this once. */
export async function create(request: AdminRequest, env: Env): Promise<Response> {
  const { row, key } = await createKey(deps(env), await readBody(request, KeyCreate));
  await audit(request, env, 'keys.create', row.id, row.name);
  return reply({ success: true, data: { ...keyItem(row), key } });
}

/** `POST keys/update {id|key, …}`: what is absent stays → `{ success, data }`. */
export async function update(request: AdminRequest, env: Env): Promise<Response> {
  const body = await readBody(request, KeyUpdate);
  const row = await editKey(deps(env), body);
  const changed = Object.keys(body).filter((name) => name !== 'id' && name !== 'key');
  await audit(request, env, 'keys.update', row.id, changed.join(', '));
  return reply({ success: true, data: keyItem(row) });
}

/** `POST keys/delete {id|key}` → `{ success }`. */
export async function remove(request: AdminRequest, env: Env): Promise<Response> {
  const row = await removeKey(deps(env), await readBody(request, KeySelection));
  await audit(request, env, 'keys.delete', row.id, row.name);
  return reply({ success: true });
}

/**
 * `POST keys/batch {action, ids}` → `{ success, data: { count, missing } }`;
 * `{action: 'create', count, name_prefix}` → `{ success, data: [{ …, key }] }`. At most 1,000 keys.
 */
export async function batch(request: AdminRequest, env: Env): Promise<Response> {
  const body = await readBody(request, KeyBatch);
  if (body.action === 'create') {
    const made = await createKeys(deps(env), body);
    await audit(request, env, 'keys.create', `${made.length} keys`, body.name_prefix);
    return reply({ success: true, data: made.map(({ row, key }) => ({ ...keyItem(row), key })) });
  }
  const result =
    body.action === 'delete'
      ? await removeKeys(deps(env), body.ids)
      : await switchKeys(deps(env), body.ids, body.action === 'enable');
  await audit(request, env, `keys.${body.action}`, `${result.count} keys`);
  return reply({ success: true, data: result });
}

function deps(env: Env): KeyDeps & KeyListDeps {
  return { db: env.DB, pool: adminPool(env), now: Date.now() };
}
