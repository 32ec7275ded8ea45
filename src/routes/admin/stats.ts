import type { AdminRequest } from '../../auth/admin';
import { StatsQuery } from '../../contract/calls';
import { readQuery, reply } from './io';
import { usageStats } from '../../usage/usage-stats';

/** `GET stats?days` → sums in all, per day, model and key; the last 24 hours; refusals by code. */
export async function show(request: AdminRequest, env: Env): Promise<Response> {
  const { days } = readQuery(request, StatsQuery);
  return reply({ success: true, data: await usageStats(env, days, Date.now()) });
}
