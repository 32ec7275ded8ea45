import type { AdminRequest } from '../../auth/admin';
import { legacyRemaining, legacyStats } from '../../tokens/legacy-stats';
import { requestStats } from '../../usage/usage-stats';
import { adminPool } from '../admin/pool';
import { done } from './io';

/** `GET /api/stats` → `{ success, data: { normal, super, total, video } }`: counts of tokens. */
export async function show(_request: AdminRequest, env: Env): Promise<Response> {
  const { supply } = await adminPool(env).summary();
  return done({ data: legacyStats(supply) });
}

/** `GET /api/stats/remaining` → `{ success, data }`: what active tokens are known to have left. */
export async function remaining(_request: AdminRequest, env: Env): Promise<Response> {
  const { supply } = await adminPool(env).summary();
  return done({ data: legacyRemaining(supply) });
}

/** `GET /api/request-stats` → `{ success, data: { hourly, daily, models, summary } }`. */
export async function requests(_request: AdminRequest, env: Env): Promise<Response> {
  return done({ data: await requestStats(env, Date.now()) });
}
