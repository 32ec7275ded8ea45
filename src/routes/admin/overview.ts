import type { AdminRequest } from '../../auth/admin';
import type { PoolOverview } from '../../contract/overview';
import type { FigureOverview, Supply } from '../../pool/rpc';
import { reply } from './io';
import { adminPool } from './pool';

/** `GET overview` → the pool at this moment: tokens by tier, what is left, what is under way. */
export async function show(_request: AdminRequest, env: Env): Promise<Response> {
  const pool = adminPool(env);
  const [stats, figures, buckets] = await Promise.all([
    pool.stats(),
    pool.figures(),
    pool.buckets(),
  ]);
  const body: PoolOverview = {
    open_calls: stats.openLeases,
    tokens: stats.tokens,
    supply: stats.supply.map((row) => withFigures(row, figures)),
    breakers: stats.breakers,
    buckets: buckets.map(({ returnsAt, ...bucket }) => ({ ...bucket, returns_at: returnsAt })),
  };
  return reply(body);
}

/** The pool calls a used-up token active: it may still serve what its main figures do not count. */
function withFigures(
  row: Supply,
  figures: readonly FigureOverview[],
): PoolOverview['supply'][number] {
  const own = figures.find(({ provider, tier }) => provider === row.provider && tier === row.tier);
  const exhausted = Math.min(row.active, own?.exhausted ?? 0);
  return { ...row, active: row.active - exhausted, exhausted, chat_free: own?.chatFree ?? 0 };
}
