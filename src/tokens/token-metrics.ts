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
export async function tokenMetrics(pool: Pick<TokenPoolRpc, 'summary'>): Promise<TokenMetrics> {
  const { supply } = await pool.summary();
  type Figure = 'active' | 'cooling' | 'expired' | 'disabled' | 'exhausted' | 'chatFree';
  const count = (of: Figure): number => supply.reduce((sum, row) => sum + row[of], 0);
  const [active, exhausted, chatQuota] = [count('active'), count('exhausted'), count('chatFree')];
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
