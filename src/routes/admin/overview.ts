import type { AdminRequest } from '../../auth/admin';
import type { PoolOverview } from '../../contract/overview';
import type { SupplyOverview } from '../../pool/rpc';
import { reply } from './io';
import { adminPool } from './pool';

/** `GET overview` → the pool at this moment: tokens by tier, what is left, what is under way. */
export async function show(_request: AdminRequest, env: Env): Promise<Response> {
  const { openLeases, tokens, supply, breakers, buckets } = await adminPool(env).summary();
  const body: PoolOverview = {
    open_calls: openLeases,
    tokens,
    supply: supply.map(supplyRow),
    breakers,
    buckets: buckets.map(({ returnsAt, ...bucket }) => ({ ...bucket, returns_at: returnsAt })),
  };
  return reply(body);
}

/** The pool calls a used-up token active: it may still serve what its main figures do not count. */
function supplyRow({ unread: _unread, chatFree, ...row }: SupplyOverview) {
  return { ...row, active: row.active - row.exhausted, chat_free: chatFree };
}
