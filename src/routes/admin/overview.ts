import type { AdminRequest } from '../../auth/admin';
import { BreakersClose, type BreakersClosed, type PoolOverview } from '../../contract/overview';
import type { SupplyOverview } from '../../pool/figures';
import { audit, readBody, reply } from './io';
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

/** `POST breakers/close {names}` → `BreakersClosed`. What fails again alike opens them again. */
export async function closeBreakers(request: AdminRequest, env: Env): Promise<Response> {
  const { names } = await readBody(request, BreakersClose);
  const closed = await adminPool(env).closeBreakers(names);
  await audit(request, env, 'breakers.close', names.join(', ').slice(0, 200), `${closed} closed`);
  const body: BreakersClosed = { status: 'success', closed };
  return reply(body);
}

/** The pool calls a used-up token active: it may still serve what its main figures do not count. */
function supplyRow({ unread: _unread, chatFree, ...row }: SupplyOverview) {
  return { ...row, active: row.active - row.exhausted, chat_free: chatFree };
}
