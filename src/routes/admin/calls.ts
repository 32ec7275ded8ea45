import type { AdminRequest } from '../../auth/admin';
import { CallListQuery } from '../../contract/calls';
import { AppError } from '../../errors';
import { clearCalls, findCall, listCalls } from '../../store/calls-read';
import { audit, readQuery, reply } from './io';
import { adminPool } from './pool';

/** `GET calls?after&limit&key&model&token&status&outcome&from&to&text` → `{ calls, next }`, newest first. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  return reply(await listCalls(env.DB, readQuery(request, CallListQuery)));
}

/** `GET calls/:id` → one call, with the mask of its credential while that is in the pool. */
export async function show(request: AdminRequest, env: Env): Promise<Response> {
  const call = await findCall(env.DB, request.params['id'] ?? '');
  if (call === null) throw new AppError('not_found', 'There is no such call in the log.');
  const [token] =
    call.token_id === null ? [] : await adminPool(env).findTokens([{ id: call.token_id }]);
  return reply({ ...call, token: token?.mask ?? null });
}

/** `POST calls/clear` → `{ status, deleted }`; the daily sums stay. */
export async function clear(request: AdminRequest, env: Env): Promise<Response> {
  const deleted = await clearCalls(env.DB);
  await audit(request, env, 'calls.clear', `${deleted} calls`);
  return reply({ status: 'success', deleted });
}
