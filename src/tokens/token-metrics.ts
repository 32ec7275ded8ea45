import type { TokenPoolRpc, TokenView } from '../pool/rpc';
import { chatBucket, isExhausted } from './view-token';

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
  /** False when there are more tokens than were looked at: the sums are then too low. */
  readonly complete: boolean;
}

const PAGE = 500;
/** 10,000 tokens: enough for a figure on a page, without walking a huge pool for it. */
const MAX_PAGES = 20;

/** Counts the tokens, a page at a time. */
export async function tokenMetrics(pool: Pick<TokenPoolRpc, 'listTokens'>): Promise<TokenMetrics> {
  const counts = { active: 0, cooling: 0, exhausted: 0, expired: 0, disabled: 0 };
  let chatQuota = 0;
  let total = 0;
  let after: string | null = '';
  for (let pages = 0; after !== null && pages < MAX_PAGES; pages++) {
    const page: Awaited<ReturnType<TokenPoolRpc['listTokens']>> = await pool.listTokens({
      limit: PAGE,
      ...(after === '' ? {} : { after }),
    });
    total = page.total;
    for (const token of page.tokens) {
      const place = placeOf(token);
      counts[place]++;
      if (token.state === 'active') chatQuota += Math.max(0, chatBucket(token.buckets)?.free ?? 0);
    }
    after = page.next;
  }
  return {
    total,
    ...counts,
    chat_quota: chatQuota,
    image_quota: Math.floor(chatQuota / 2),
    complete: after === null,
  };
}

/** An active token that is known to have nothing left is used up, not active. */
function placeOf(token: TokenView): 'active' | 'cooling' | 'exhausted' | 'expired' | 'disabled' {
  return isExhausted(token) ? 'exhausted' : token.state;
}
