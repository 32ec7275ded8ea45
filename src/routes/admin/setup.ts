import { clientAddress, refuseForeignOrigin, sessionCookie, startSession } from '../../auth/admin';
import { makeFirstAdmin, setupState } from '../../auth/setup';
import { SetupRequest } from '../../contract/sessions';
import { createKey } from '../../keys/edit-keys';
import { insertAudit } from '../../store/audit';
import { readBody, reply } from './io';
import { adminPool } from './pool';

/** `GET setup` → `{ needed, missing }`: whether the first admin is to be made, and which secrets lack. */
export async function show(_request: Request, env: Env): Promise<Response> {
  return reply(await setupState(env));
}

/**
 * `POST setup {code, username, password}` → the first session (as `login`) and the first API key,
 * shown this once.
 */
export async function perform(request: Request, env: Env): Promise<Response> {
  refuseForeignOrigin(request);
  const ask = await readBody(request, SetupRequest);
  const now = Date.now();
  const adminId = await makeFirstAdmin(env, ask, now);
  const session = await startSession(env.DB, adminId, request, now);
  const deps = { db: env.DB, pool: adminPool(env), now };
  const { row, key } = await createKey(deps, { name: ask.key_name ?? 'first' });
  await insertAudit(env.DB, {
    at: now,
    admin: 'setup',
    ip: clientAddress(request),
    action: 'setup',
    target: adminId,
    detail: `admin ${ask.username}, key ${row.id}`,
  });
  const body = {
    status: 'success',
    username: ask.username,
    role: 'admin',
    api_key: session.token,
    expires_at: session.expiresAt,
    key: { id: row.id, name: row.name, key, display_key: row.display },
  };
  return reply(body, { headers: { 'set-cookie': sessionCookie(session.token) } });
}
