import type { AdminRequest } from '../../auth/admin';
import { LegacyTokenName } from '../../contract/legacy';
import { findNamed, nameTokens } from '../../tokens/name-tokens';
import { refreshProgress, startRefreshAll, stepRefreshAll } from '../../tokens/refresh-all';
import { testToken } from '../../tokens/refresh-tokens';
import { logError } from '../../lib/log';
import { audit, readBody, reply } from '../admin/io';
import { adminPool } from '../admin/pool';
import { refreshDeps } from '../admin/token-readings';
import { done, failed } from './io';

/** `POST /api/tokens/test {token}` → `{ success, message, data }`, always 200: what upstream says now. */
export async function test(request: AdminRequest, env: Env): Promise<Response> {
  const names = await nameTokens(env, await readBody(request, LegacyTokenName));
  const [token] = (await findNamed(adminPool(env), names.slice(0, 1))).values();
  if (token === undefined) {
    const data = { valid: false, error_type: 'unknown', error_code: 'not_found' };
    return failed('There is no such token.', { data });
  }
  const result = await testToken(await refreshDeps(env), token);
  if (result.success) return reply(result);
  const { retry_after_s: wait, ...data } = result.data;
  const cooling = wait === null ? {} : { cooldown_remaining: wait };
  return failed(result.message, { data: { ...data, ...cooling } });
}

/**
 * `POST /api/tokens/refresh-all` → `{ success, message, data: { started: true } }`; while a run is under way
 * 200 `{ success: false, message, data: <progress> }`.
 */
export async function refreshAll(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const deps = { db: env.DB, pool: adminPool(env) };
  if (!(await startRefreshAll(deps, Date.now()))) {
    goOn(env, ctx);
    return failed('The tokens are being refreshed.', { data: await refreshProgress(env.DB) });
  }
  await audit(request, env, 'tokens.refresh-all', 'all tokens');
  goOn(env, ctx);
  return done({ message: 'The refresh has begun.', data: { started: true } });
}

/** `GET /api/tokens/refresh-progress` → `{ success, data }`; whoever asks also makes the next step. */
export async function progress(
  _request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const data = await refreshProgress(env.DB);
  if (data.running) goOn(env, ctx);
  return done({ data });
}

/** Makes one step behind the answer: should it be cut short, its lease ends and the next goes on. */
function goOn(env: Env, ctx: ExecutionContext): void {
  const step = stepRefreshAll({
    db: env.DB,
    pool: adminPool(env),
    refresh: () => refreshDeps(env),
    now: () => Date.now(),
  });
  ctx.waitUntil(step.catch((error: unknown) => logError('refresh_step_failed', { error })));
}
