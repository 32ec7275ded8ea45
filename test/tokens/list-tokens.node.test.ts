import { describe, expect, it } from 'vitest';
import { TokenListQuery } from '../../src/contract/tokens';
import type { TokenPage, TokenQuery } from '../../src/pool/rpc';
import { listTokens } from '../../src/tokens/list-tokens';

/** A pool of ids only, paged as the real one is. */
function poolOf(ids: Readonly<Record<string, readonly string[]>>) {
  return {
    listTokens: async (query: TokenQuery): Promise<TokenPage> => {
      const all = ids[query.tier ?? 'any'] ?? [];
      const start = Number(query.after ?? 0);
      const part = all.slice(start, start + query.limit);
      const end = start + part.length;
      return {
        // Only the id is looked at here.
        tokens: part.map((id) => ({ id })) as unknown as TokenPage['tokens'],
        next: end < all.length ? String(end) : null,
        total: all.length,
        listVersion: 1,
      };
    },
  };
}

async function walk(pool: ReturnType<typeof poolOf>, limit: number): Promise<string[]> {
  const seen: string[] = [];
  let after: string | null = '';
  for (let pages = 0; after !== null && pages < 20; pages++) {
    const query = TokenListQuery.parse({ type: 'ssoSuper', limit, after });
    const page = await listTokens(pool, query);
    expect(page.tokens.length).toBeLessThanOrEqual(limit);
    expect(page.total).toBe(5);
    seen.push(...page.tokens.map((token) => token.id));
    after = page.next;
  }
  return seen;
}

describe('listTokens', () => {
  it.each([1, 2, 3, 4, 5, 500])(
    'lists both higher tiers as ssoSuper, each token once, %i a page',
    async (limit) => {
      const pool = poolOf({ super: ['s1', 's2', 's3'], heavy: ['h1', 'h2'] });
      expect(await walk(pool, limit)).toEqual(['s1', 's2', 's3', 'h1', 'h2']);
    },
  );

  it('ends when the second tier is empty, and begins it when the first is', async () => {
    const superOnly = poolOf({ super: ['a', 'b', 'c', 'd', 'e'], heavy: [] });
    const heavyOnly = poolOf({ super: [], heavy: ['a', 'b', 'c', 'd', 'e'] });
    expect(await walk(superOnly, 5)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await walk(heavyOnly, 2)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('refuses a type that does not exist', async () => {
    const query = TokenListQuery.parse({ type: 'constructor' });
    await expect(listTokens(poolOf({}), query)).rejects.toMatchObject({ code: 'invalid_request' });
  });
});
