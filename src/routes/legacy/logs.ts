import type { AdminRequest } from '../../auth/admin';
import { LegacyLogAdd, LegacyLogClear, LegacyLogQuery } from '../../contract/legacy';
import { dayAt } from '../../lib/time';
import { calledModels, keepNewestCalls, sumCallLog } from '../../store/calls-log';
import { clearCalls } from '../../store/calls-read';
import { legacyLog } from '../../usage/legacy-log';
import { dayZone } from '../../usage/usage-stats';
import { audit, readBody, readQuery } from '../admin/io';
import { adminPool } from '../admin/pool';
import { done } from './io';

/** `GET /api/logs?page&page_size|limit&sso&success&model&start_time&end_time` → `{ success, data, total, page, page_size }`. */
export async function list(request: AdminRequest, env: Env): Promise<Response> {
  const query = readQuery(request, LegacyLogQuery);
  return done(await legacyLog({ db: env.DB, pool: adminPool(env) }, query));
}

/** `GET /api/logs/models` → `{ success, data }`, sorted. */
export async function models(_request: AdminRequest, env: Env): Promise<Response> {
  return done({ data: await calledModels(env.DB) });
}

/** `GET /api/logs/stats` → `{ success, data: { total, success, failed, success_rate, today_total } }`, over what is kept. */
export async function stats(_request: AdminRequest, env: Env): Promise<Response> {
  const today = dayAt(Date.now(), await dayZone(env));
  const { total, success, today: todayTotal } = await sumCallLog(env.DB, today);
  const rate = total === 0 ? 0 : Math.round((success / total) * 10_000) / 100;
  const sums = { total, success, failed: total - success, success_rate: rate };
  return done({ data: { ...sums, today_total: todayTotal } });
}

/** `DELETE /api/logs?max_count=` → `{ success, message, deleted }`: so many of the newest stay. */
export async function trim(request: AdminRequest, env: Env): Promise<Response> {
  const { max_count: rows } = readQuery(request, LegacyLogClear);
  const deleted = rows === 0 ? await clearCalls(env.DB) : await keepNewestCalls(env.DB, rows);
  await audit(request, env, 'calls.clear', `${deleted} calls`, rows === 0 ? '' : `${rows} kept`);
  return done({ message: `${deleted} calls are deleted.`, deleted });
}

/** `POST /api/logs/clear` → `{ success, message, deleted }`. */
export async function clear(request: AdminRequest, env: Env): Promise<Response> {
  const deleted = await clearCalls(env.DB);
  await audit(request, env, 'calls.clear', `${deleted} calls`);
  return done({ message: 'The log is empty.', deleted });
}

/** `POST /api/logs/add {model, status, error}` → `{ success }`: a row of the audit log, not a call. */
export async function add(request: AdminRequest, env: Env): Promise<Response> {
  const { model, status, error } = await readBody(request, LegacyLogAdd);
  await audit(request, env, 'logs.add', model, [status, error ?? ''].join(' ').trim());
  return done();
}
