import type { AdminRequest } from '../../auth/admin';
import type { PoolOverview } from '../../contract/overview';
import { reply } from './io';
import { adminPool } from './pool';

/** `GET overview` → the pool at this moment: tokens by tier, what is left, what is under way. */
export async function show(_request: AdminRequest, env: Env): Promise<Response> {
  const pool = adminPool(env);
  const [stats, buckets] = await Promise.all([pool.stats(), pool.buckets()]);
  const body: PoolOverview = {
    open_calls: stats.openLeases,
    tokens: stats.tokens,
    supply: stats.supply,
    breakers: stats.breakers,
    buckets: buckets.map(({ returnsAt, ...bucket }) => ({ ...bucket, returns_at: returnsAt })),
  };
  return reply(body);
}
