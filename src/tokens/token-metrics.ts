import type { TokenPoolRpc } from '../pool/rpc';

/** Counts of the pool in the words older clients read. */
export interface TokenMetrics {
  readonly total: number;
  /** Can serve a chat now: neither cooling, expired, disabled nor used up. */
  readonly active: number;
  readonly cooling: number;
  readonly exhausted: number;
  readonly expired: number;
  readonly disabled: number;
  /** Sum of what active tokens are known to have left; images cost two. */
  readonly chat_quota: number;
  readonly image_quota: number;
}

/** Counts the tokens, by sums that the pool reads from its memory. */
export async function tokenMetrics(
  pool: Pick<TokenPoolRpc, 'stats' | 'figures'>,
): Promise<TokenMetrics> {
  const [{ supply }, figures] = await Promise.all([pool.stats(), pool.figures()]);
  const count = (of: 'active' | 'cooling' | 'expired' | 'disabled'): number =>
    supply.reduce((sum, row) => sum + row[of], 0);
  const exhausted = figures.reduce((sum, row) => sum + row.exhausted, 0);
  const chatQuota = figures.reduce((sum, row) => sum + row.chatFree, 0);
  const active = count('active');
  const [cooling, expired, disabled] = [count('cooling'), count('expired'), count('disabled')];
  return {
    total: active + cooling + expired + disabled,
    active: Math.max(0, active - exhausted),
    cooling,
    exhausted,
    expired,
    disabled,
    chat_quota: chatQuota,
    image_quota: Math.floor(chatQuota / 2),
  };
}
