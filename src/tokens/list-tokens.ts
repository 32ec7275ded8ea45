import type { TokenListQuery } from '../contract/tokens';
import { ProviderName } from '../contract/tokens';
import { AppError } from '../errors';
import type { TokenPoolRpc } from '../pool/rpc';
import type { TokenPage, TokenQuery, TokenStanding } from '../pool/token';

type Kind = NonNullable<TokenQuery['kinds']>[number];
/** What a list is narrowed to, as a request says it and as the pool understands it. */
export type TokenFilter = Omit<TokenListQuery, 'after' | 'limit'>;
export type PoolFilter = Omit<TokenQuery, 'after' | 'limit'>;

/**
 * One page of tokens. A page may hold fewer than asked for and still have a `next`.
 * @throws AppError `invalid_request` for a type or state that does not exist.
 */
export function listTokens(
  pool: Pick<TokenPoolRpc, 'listTokens'>,
  query: TokenListQuery,
): Promise<TokenPage> {
  const { after, limit } = query;
  return pool.listTokens({
    ...poolFilter(query),
    limit,
    ...(after === undefined || after === '' ? {} : { after }),
  });
}

/** All tokens that a filter lets through, a page at a time. */
export async function* walkTokens(
  pool: Pick<TokenPoolRpc, 'listTokens'>,
  filter: PoolFilter,
  limit: number,
): AsyncGenerator<TokenPage['tokens']> {
  let after: string | null = '';
  while (after !== null) {
    const page: TokenPage = await pool.listTokens({
      ...filter,
      limit,
      ...(after === '' ? {} : { after }),
    });
    yield page.tokens;
    after = page.next;
  }
}

/** @throws AppError `invalid_request` for a type or state that does not exist. */
export function poolFilter({ type, state, tag, search }: TokenFilter): PoolFilter {
  const kinds = words(type).map(kindsOf).flat();
  const standings = words(state).map(standingOf);
  return {
    ...(kinds.length === 0 ? {} : { kinds }),
    ...(standings.length === 0 ? {} : { standings }),
    ...(tag === undefined || tag === '' ? {} : { tag }),
    ...(search === undefined || search === '' ? {} : { search }),
  };
}

function words(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word !== 'all');
}

function kindsOf(type: string): Kind[] {
  const grok = (tier: NonNullable<Kind['tier']>): Kind => ({ provider: 'grok-web', tier });
  switch (type) {
    case 'sso':
    case 'ssoNormal':
    case 'ssoBasic':
      return [grok('basic')];
    case 'ssoSuper':
      return [grok('super'), grok('heavy')];
    case 'super':
    case 'heavy':
      return [grok(type)];
    default: {
      const provider = ProviderName.safeParse(type);
      if (provider.success) return [{ provider: provider.data }];
      throw new AppError('invalid_request', 'There is no token type like that.', { param: 'type' });
    }
  }
}

/** `invalid` is the older word for `expired`. */
function standingOf(state: string): TokenStanding {
  switch (state) {
    case 'invalid':
      return 'expired';
    case 'active':
    case 'cooling':
    case 'exhausted':
    case 'expired':
    case 'disabled':
      return state;
    default:
      throw new AppError('invalid_request', 'There is no token state like that.', {
        param: 'state',
      });
  }
}
