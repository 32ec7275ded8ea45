import type { AdminRequest } from '../../auth/admin';
import { cacheSizes } from '../../media/cache-size';
import { totalCalls } from '../../store/stats';
import { tokenMetrics } from '../../tokens/token-metrics';
import { requestStats } from '../../usage/usage-stats';
import { reply } from './io';
import { adminPool } from './pool';

/** `GET metrics` → `{ tokens, cache, request_stats }` in the shape older clients read. */
export async function show(_request: AdminRequest, env: Env): Promise<Response> {
  const [tokens, calls, stats, { image, video }] = await Promise.all([
    tokenMetrics(adminPool(env)),
    totalCalls(env.DB),
    requestStats(env, Date.now()),
    cacheSizes(env.DB, Date.now()),
  ]);
  return reply({
    tokens: { ...tokens, total_calls: calls },
    cache: { local_image: image, local_video: video },
    request_stats: stats,
  });
}
