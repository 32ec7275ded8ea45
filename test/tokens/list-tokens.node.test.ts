import { describe, expect, it } from 'vitest';
import { TokenListQuery } from '../../src/contract/tokens';
import type { TokenPage, TokenQuery } from '../../src/pool/token';
import { listTokens, walkTokens } from '../../src/tokens/list-tokens';

/** A pool that writes down what it is asked. */
function poolOf(pages: readonly (readonly string[])[] = [[]]) {
  const asked: TokenQuery[] = [];
  return {
    asked,
    listTokens: async (query: TokenQuery): Promise<TokenPage> => {
      asked.push(query);
      const index = Number(query.after ?? 0);
      return {
        // Only the id is looked at here.
        tokens: (pages[index] ?? []).map((id) => ({ id })) as unknown as TokenPage['tokens'],
        next: index + 1 < pages.length ? String(index + 1) : null,
        total: pages.flat().length,
        listVersion: 1,
      };
    },
  };
}

async function asks(query: Readonly<Record<string, string>>): Promise<TokenQuery | undefined> {
  const pool = poolOf();
  await listTokens(pool, TokenListQuery.parse(query));
  return pool.asked[0];
}

describe('listTokens', () => {
  it('asks the pool for nothing in particular when no filter is given', async () => {
    expect(await asks({})).toEqual({ limit: 500 });
    expect(await asks({ type: 'all', state: '', after: '', search: '' })).toEqual({ limit: 500 });
  });

  it('means both higher tiers by ssoSuper, and any of several types', async () => {
    const grok = (tier: string) => ({ provider: 'grok-web', tier });
    expect(await asks({ type: 'ssoSuper' })).toMatchObject({
      kinds: [grok('super'), grok('heavy')],
    });
    expect(await asks({ type: 'sso,heavy,moonshot' })).toMatchObject({
      kinds: [grok('basic'), grok('heavy'), { provider: 'moonshot' }],
    });
  });

  it('takes invalid for the older word for expired, and any of several states', async () => {
    expect(await asks({ state: 'invalid,exhausted' })).toMatchObject({
      standings: ['expired', 'exhausted'],
    });
  });

  it.each([{ type: 'constructor' }, { type: 'sso,odd' }])('refuses the type %o', (query) => {
    const run = () => listTokens(poolOf(), TokenListQuery.parse(query));
    expect(run).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  it('refuses a state that does not exist', () => {
    const query = TokenListQuery.parse({ state: 'odd' });
    expect(() => listTokens(poolOf(), query)).toThrow(
      expect.objectContaining({ code: 'invalid_request', detail: { param: 'state' } }),
    );
  });
});

describe('walkTokens', () => {
  it('goes through all pages, those without tokens too', async () => {
    const seen: string[] = [];
    for await (const tokens of walkTokens(poolOf([['a', 'b'], [], ['c']]), {}, 2)) {
      seen.push(...tokens.map(({ id }) => id));
    }
    expect(seen).toEqual(['a', 'b', 'c']);
  });
});
