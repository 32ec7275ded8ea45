import type { RefusalStats, UsageStats } from '../../../src/contract/calls';
import type { BreakersClosed, PoolOverview } from '../../../src/contract/overview';
import { call } from './call';

/** Figures of the whole gateway. */

export function readOverview(signal?: AbortSignal): Promise<PoolOverview> {
  return call('GET', 'overview', signal === undefined ? {} : { signal });
}

/** Lets calls through again that a shared failure holds back. */
export function closeBreakers(names: readonly string[]): Promise<BreakersClosed> {
  return call('POST', 'breakers/close', { body: { names } });
}

/** @param days 1–366, today included */
export async function readStats(days: number, signal?: AbortSignal): Promise<UsageStats> {
  const options = { query: { days }, ...(signal === undefined ? {} : { signal }) };
  const reply = await call<{ readonly data: UsageStats }>('GET', 'stats', options);
  return reply.data;
}

/** What was refused in the last days, by reason. @param days 1–366; at most 30 are kept */
export async function readRefusals(days: number, signal?: AbortSignal): Promise<RefusalStats> {
  const options = { query: { days }, ...(signal === undefined ? {} : { signal }) };
  return (await call<{ readonly data: RefusalStats }>('GET', 'stats/refusals', options)).data;
}
