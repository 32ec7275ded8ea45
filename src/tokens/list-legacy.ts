import {
  type LegacyToken,
  type LegacyTokenQuery,
  MAX_LEGACY_ITEMS,
  type TokenLabel,
} from '../contract/legacy';
import { AppError } from '../errors';
import type { TokenPoolRpc, TokenStanding, TokenView } from '../pool/rpc';
import { labelNamed, labelOf, legacyToken } from './legacy-token';
import { poolFilter, walkTokens } from './list-tokens';

type Pool = Pick<TokenPoolRpc, 'listTokens'>;

export interface LegacyTokenPage {
  readonly data: readonly LegacyToken[];
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
}

const CHUNK = 500;

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

/** The pool counts what it holds in memory; a tag or a label of our own making is looked for here. */
async function find(
  pool: Pool,
  query: LegacyTokenQuery,
  skip: number,
  size: number,
): Promise<{ readonly tokens: TokenView[]; readonly total: number }> {
  const label = wanted(query.status);
  const tag = query.tag ?? '';
  const filter = {
    ...poolFilter({ type: query.token_type, tag }),
    ...(label === null ? {} : { standings: STANDINGS[label] }),
  };
  const isCounted = tag === '' && label !== 'unused' && label !== 'active';
  if (isCounted) return pageOf(pool, filter, skip, size);
  const all: TokenView[] = [];
  for await (const tokens of walkTokens(pool, filter, CHUNK)) {
    all.push(...tokens.filter((token) => label === null || labelOf(token) === label));
  }
  return { tokens: all.toReversed().slice(skip, skip + size), total: all.length };
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
const STANDINGS: Readonly<Record<TokenLabel, readonly TokenStanding[]>> = {
  expired: ['expired', 'disabled'],
  cooling: ['cooling'],
  unused: ['active'],
  exhausted: ['exhausted'],
  active: ['active'],
};

function wanted(status = ''): TokenLabel | null {
  if (status === '' || status === 'all') return null;
  const label = labelNamed(status);
  if (label !== null) return label;
  throw new AppError('invalid_request', 'There is no token status like that.', { param: 'status' });
}
