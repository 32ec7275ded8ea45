import {
  type LegacyToken,
  type LegacyTokenQuery,
  MAX_LEGACY_ITEMS,
  type TokenLabel,
} from '../contract/legacy';
import { AppError } from '../errors';
import type { TokenPoolRpc } from '../pool/rpc';
import type { TokenQuery, TokenView } from '../pool/token';
import { labelNamed, legacyToken } from './legacy-token';
import { poolFilter } from './list-tokens';

type Pool = Pick<TokenPoolRpc, 'listTokens'>;

export interface LegacyTokenPage {
  readonly data: readonly LegacyToken[];
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
}

const CHUNK = 500;
const PROVIDER = 'grok-web';

/**
 * A page by number, newest first. @throws AppError `invalid_request` for a status that does not exist.
 */
export async function listLegacyTokens(
  pool: Pool,
  query: LegacyTokenQuery,
  now: number,
): Promise<LegacyTokenPage> {
  const { page } = query;
  const size = Math.min(MAX_LEGACY_ITEMS, query.page_size ?? query.limit ?? MAX_LEGACY_ITEMS);
  const skip = (page - 1) * size;
  const { tokens, total } = await find(pool, query, skip, size);
  return {
    data: tokens.map((token) => legacyToken(token, now)),
    total,
    page,
    page_size: size,
  };
}

/** A page of the accounts: older clients know no credentials of official APIs. */
async function find(
  pool: Pool,
  query: LegacyTokenQuery,
  skip: number,
  size: number,
): Promise<{ readonly tokens: TokenView[]; readonly total: number }> {
  const label = wanted(query.status);
  const filter = {
    kinds: [{ provider: PROVIDER }],
    ...poolFilter({ type: query.token_type, tag: query.tag }),
    ...(label === null ? {} : LABELLED[label]),
  };
  return pageOf(pool, filter, skip, size);
}

async function pageOf(
  pool: Pool,
  filter: ReturnType<typeof poolFilter>,
  skip: number,
  size: number,
): Promise<{ readonly tokens: TokenView[]; readonly total: number }> {
  const tokens: TokenView[] = [];
  for (;;) {
    const limit = Math.min(CHUNK, size - tokens.length);
    const newest = { skip: skip + tokens.length };
    const page = await pool.listTokens({ ...filter, newest, limit });
    tokens.push(...page.tokens);
    if (page.tokens.length < limit || tokens.length >= size) return { tokens, total: page.total };
  }
}

/** Where the pool has the tokens of a label. */
const LABELLED: Readonly<Record<TokenLabel, Pick<TokenQuery, 'standings' | 'isUnread'>>> = {
  expired: { standings: ['expired', 'disabled'] },
  cooling: { standings: ['cooling'] },
  unused: { standings: ['active'], isUnread: true },
  exhausted: { standings: ['exhausted'] },
  active: { standings: ['active'], isUnread: false },
};

function wanted(status = ''): TokenLabel | null {
  if (status === '' || status === 'all') return null;
  const label = labelNamed(status);
  if (label !== null) return label;
  throw new AppError('invalid_request', 'There is no token status like that.', { param: 'status' });
}
