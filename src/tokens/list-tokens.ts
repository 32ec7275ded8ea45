import type { TokenListQuery } from '../contract/tokens';
import { ProviderName } from '../contract/tokens';
import { AppError } from '../errors';
import type { Tier } from '../models/model-spec';
import type { TokenPage, TokenPoolRpc, TokenQuery, TokenState } from '../pool/rpc';

type ListPool = Pick<TokenPoolRpc, 'listTokens'>;
type Filter = Omit<TokenQuery, 'after' | 'limit' | 'tier'>;

/** Marks a cursor that stands in the second of two tiers. */
const SECOND = '2~';

/**
 * One page of tokens. `ssoSuper` means two tiers of the pool, which are listed one after the other.
 * @throws AppError `invalid_request` for a type that does not exist.
 */
export async function listTokens(pool: ListPool, query: TokenListQuery): Promise<TokenPage> {
  const [provider, tiers] = poolsOfType(query.type);
  const filter: Filter = {
    ...(provider === null ? {} : { provider }),
    ...(query.state === undefined ? {} : { state: poolState(query.state) }),
    ...(query.tag === undefined ? {} : { tag: query.tag }),
    ...(query.search === undefined || query.search === '' ? {} : { search: query.search }),
  };
  const [first, second] = tiers;
  if (second === undefined) return page(pool, filter, first, query.after, query.limit);
  if (query.after?.startsWith(SECOND) === true) {
    const [rest, before] = await Promise.all([
      page(pool, filter, second, query.after.slice(SECOND.length), query.limit),
      page(pool, filter, first, undefined, 1),
    ]);
    return { ...rest, next: inSecond(rest.next), total: rest.total + before.total };
  }
  return bothTiers(pool, filter, [first, second], query);
}

/** The first tier; once it ends, the page is filled from the second. */
async function bothTiers(
  pool: ListPool,
  filter: Filter,
  [first, second]: readonly [Tier | undefined, Tier],
  query: TokenListQuery,
): Promise<TokenPage> {
  const head = await page(pool, filter, first, query.after, query.limit);
  const room = head.next === null ? query.limit - head.tokens.length : 0;
  const tail = await page(pool, filter, second, undefined, Math.max(1, room));
  const total = head.total + tail.total;
  if (head.next !== null) return { ...head, total };
  if (room === 0) {
    // The page is full, but the second tier has not been begun: an empty cursor begins it.
    return { ...head, next: tail.tokens.length > 0 ? SECOND : null, total };
  }
  return { ...tail, tokens: [...head.tokens, ...tail.tokens], next: inSecond(tail.next), total };
}

function page(
  pool: ListPool,
  filter: Filter,
  tier: Tier | undefined,
  after: string | undefined,
  limit: number,
): Promise<TokenPage> {
  return pool.listTokens({
    ...filter,
    limit,
    ...(tier === undefined ? {} : { tier }),
    ...(after === undefined || after === '' ? {} : { after }),
  });
}

function inSecond(next: string | null): string | null {
  return next === null ? null : SECOND + next;
}

/** `invalid` is the older word for `expired`. */
function poolState(state: NonNullable<TokenListQuery['state']>): TokenState {
  return state === 'invalid' ? 'expired' : state;
}

function poolsOfType(type: string | undefined): readonly [string | null, readonly Tier[]] {
  if (type === undefined || type === '' || type === 'all') return [null, []];
  if (type === 'sso' || type === 'ssoNormal' || type === 'ssoBasic') return ['grok-web', ['basic']];
  if (type === 'ssoSuper') return ['grok-web', ['super', 'heavy']];
  const provider = ProviderName.safeParse(type);
  if (provider.success) return [provider.data, []];
  throw new AppError('invalid_request', `There is no token type like that.`, { param: 'type' });
}
