import * as z from 'zod';
import type { AdminRequest } from '../../auth/admin';
import { verifyUsage } from '../../usage/verify-usage';
import { readQuery, reply } from './io';
import { adminPool } from './pool';

const Query = z.object({ drain: z.optional(z.enum(['0', '1'])) });

/**
 * `GET verify` → `{ ok, counters, differences }`: the pool rebuilt from storage against its memory.
 * `?drain=1` also sends out what is pending and compares today's counters of the keys with their calls in D1.
 */
export async function show(request: AdminRequest, env: Env): Promise<Response> {
  const { drain } = readQuery(request, Query);
  const pool = adminPool(env);
  const { counters, differences } = await pool.verify();
  if (drain !== '1') return reply({ ok: differences.length === 0, counters, differences });
  const usage = await verifyUsage({ env, pool, now: Date.now() });
  const ok = differences.length === 0 && usage.differences.length === 0;
  return reply({ ok, counters, differences, usage });
}
