import type { AdminRequest } from '../../auth/admin';
import { totalCalls } from '../../store/stats';
import { tokenMetrics } from '../../tokens/token-metrics';
import { requestStats } from '../../usage/usage-stats';
import { reply } from './io';
import { adminPool } from './pool';

/** There is no media cache yet: its two figures are part of the shape older clients read. */
const NO_CACHE = { count: 0, size_bytes: 0, size_mb: 0 };

/** `GET metrics` → `{ tokens, cache, request_stats }` in the shape older clients read. */
export async function show(_request: AdminRequest, env: Env): Promise<Response> {
  const [tokens, calls, stats] = await Promise.all([
    tokenMetrics(adminPool(env)),
    totalCalls(env.DB),
    requestStats(env, Date.now()),
  ]);
  return reply({
    tokens: { ...tokens, total_calls: calls },
    cache: { local_image: NO_CACHE, local_video: NO_CACHE },
    request_stats: stats,
  });
}
