import type { AdminRequest } from '../../auth/admin';
import { StatsQuery } from '../../contract/calls';
import { readRefusals, usageStats } from '../../usage/usage-stats';
import { readQuery, reply } from './io';

/** `GET stats?days` → sums in all, per day, model and key; the last 24 hours; refusals by code. */
export async function show(request: AdminRequest, env: Env): Promise<Response> {
  const { days } = readQuery(request, StatsQuery);
  return reply({ success: true, data: await usageStats(env, days, Date.now()) });
}

/** `GET stats/refusals?days` → `{ success, data: RefusalStats }`. */
export async function refusals(request: AdminRequest, env: Env): Promise<Response> {
  const { days } = readQuery(request, StatsQuery);
  return reply({ success: true, data: await readRefusals(env, days, Date.now()) });
}
