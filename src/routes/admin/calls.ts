import type { AdminRequest } from '../../auth/admin';
import {
  CallExportQuery,
  CallFilter,
  type CallList,
  CallListQuery,
  type ListedCall,
} from '../../contract/calls';
import { AppError } from '../../errors';
import { clearCalls, findCall, listCalls } from '../../store/calls-read';
import { callStats } from '../../usage/call-stats';
import { exportCallLines, exportCallTable } from '../../usage/export-calls';
import { TokenMasks } from '../../usage/mask-calls';
import { audit, readQuery, reply, streamed } from './io';
import { adminPool } from './pool';

/** `GET calls?after&limit&key&model&token&status&outcome&from&to&text` → `CallList`, newest first. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  const { calls, next } = await listCalls(env.DB, readQuery(request, CallListQuery));
  const body: CallList = { calls: await masksOf(env).addTo(calls), next };
  return reply(body);
}

/** `GET calls/:id` → `ListedCall`. */
export async function show(request: AdminRequest, env: Env): Promise<Response> {
  const call = await findCall(env.DB, request.params['id'] ?? '');
  const [listed] = call === null ? [] : await masksOf(env).addTo([call]);
  if (listed === undefined) throw new AppError('not_found', 'There is no such call in the log.');
  const body: ListedCall = listed;
  return reply(body);
}

/** `GET calls/stats`, with the filters of the list → `{ success, data: CallStats }`. */
export async function stats(request: AdminRequest, env: Env): Promise<Response> {
  const filter = readQuery(request, CallFilter);
  return reply({ success: true, data: await callStats(env, filter, Date.now()) });
}

/** `GET calls/export?format=csv|ndjson`, with the filters of the list → all that match, newest first. */
export async function exportMatching(request: AdminRequest, env: Env): Promise<Response> {
  const { format, ...filter } = readQuery(request, CallExportQuery);
  await audit(request, env, 'calls.export', format, describe(filter));
  const deps = { db: env.DB, masks: masksOf(env) };
  const isTable = format === 'csv';
  const lines = isTable ? exportCallTable(deps, filter) : exportCallLines(deps, filter);
  return new Response(streamed(lines), {
    headers: {
      'content-type': `${isTable ? 'text/csv' : 'application/x-ndjson'}; charset=utf-8`,
      'content-disposition': `attachment; filename="calls.${format}"`,
      'cache-control': 'no-store',
    },
  });
}

/** `POST calls/clear` → `{ status, deleted }`; the daily sums stay. */
export async function clear(request: AdminRequest, env: Env): Promise<Response> {
  const deleted = await clearCalls(env.DB);
  await audit(request, env, 'calls.clear', `${deleted} calls`);
  return reply({ status: 'success', deleted });
}

const masksOf = (env: Env): TokenMasks => new TokenMasks(adminPool(env));

/** For the audit log: which filter. */
function describe(filter: CallFilter): string {
  const words = Object.entries(filter).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? 'all calls' : words.join(' ').slice(0, 200);
}
