import { describe, expect, it } from 'vitest';
import { TokenImport } from '../../src/contract/tokens';
import { cleanTags, parseImport, parseTextImport } from '../../src/tokens/parse-import';

const parse = (body: object) => parseImport(TokenImport.parse(body));

describe('parseImport', () => {
  it('reads the old shape: pools by name, strings and objects, sso= prefixes', () => {
    const { tokens, pools, total } = parse({
      ssoBasic: ['sso=basic-token-1', { token: 'basic-token-2', quota: 7, note: ' mine ' }],
      ssoSuper: [{ token: 'super-token-1', quota: 5, heavy_quota: 2, tags: [' a ', '', 'a'] }],
    });
    expect(total).toBe(3);
    expect(pools).toEqual([
      { provider: 'grok-web', tier: 'basic' },
      { provider: 'grok-web', tier: 'super' },
    ]);
    expect(tokens).toEqual([
      {
        provider: 'grok-web',
        tier: 'basic',
        secret: 'basic-token-1',
        disabled: false,
        quota: null,
        heavyQuota: null,
      },
      {
        provider: 'grok-web',
        tier: 'basic',
        secret: 'basic-token-2',
        note: 'mine',
        disabled: false,
        quota: 7,
        heavyQuota: null,
      },
      {
        provider: 'grok-web',
        tier: 'super',
        secret: 'super-token-1',
        tags: ['a'],
        disabled: false,
        quota: 5,
        heavyQuota: 2,
      },
    ]);
  });

  it('D-12: a plain string, a missing quota, null and -1 are unknown, never zero', () => {
    const { tokens } = parse({
      ssoBasic: [
        'token-number-1',
        { token: 'token-number-2' },
        { token: 'token-number-3', quota: -1 },
        { token: 'token-number-4', quota: null },
        { token: 'token-number-5', quota: 0 },
      ],
    });
    expect(tokens.map((token) => token.quota)).toEqual([null, null, null, null, 0]);
  });

  it('takes one list for a provider and tier', () => {
    const { tokens } = parse({ tokens: ['sk-moonshot-1'], provider: 'moonshot' });
    expect(tokens).toMatchObject([
      { provider: 'moonshot', tier: 'basic', secret: 'sk-moonshot-1' },
    ]);
    expect(parse({ tokens: ['token-number-1'], tier: 'heavy' }).tokens[0]?.tier).toBe('heavy');
    expect(parse({ tokens: ['token-number-1'], token_type: 'ssoSuper' }).tokens[0]?.tier).toBe(
      'super',
    );
  });

  it('counts duplicates once and says which lines are no credentials', () => {
    const parsed = parse({ ssoBasic: ['token-number-1', 'x', 'sso=token-number-1', ''] });
    expect(parsed.tokens).toHaveLength(1);
    expect(parsed.duplicates).toBe(1);
    expect(parsed.invalid).toEqual([{ line: 2, reason: expect.any(String) }]);
  });

  it('refuses a mask as masked_identifier: a mask is not a credential', () => {
    expect(() => parse({ ssoBasic: ['abcdef****wxyz'] })).toThrow(
      expect.objectContaining({ code: 'masked_identifier' }),
    );
  });

  it('refuses more than 10,000 credentials over all lists', () => {
    const list = (from: number) =>
      Array.from({ length: 6_000 }, (_, i) => `token-number-${from + i}`);
    expect(() => parse({ ssoBasic: list(0), ssoSuper: list(6_000) })).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('takes only "disabled" from a status: the rest is the gateway’s own finding', () => {
    const { tokens } = parse({
      ssoBasic: [
        { token: 'token-number-1', status: 'cooling' },
        { token: 'token-number-2', status: 'invalid' },
        { token: 'token-number-3', status: 'disabled' },
      ],
    });
    expect(tokens.map((token) => token.disabled)).toEqual([false, false, true]);
  });
});

describe('parseTextImport', () => {
  it('reads one a line, numbers lines as they stand, ignores blank ones', () => {
    const text = 'sso=token-number-1\r\n\n  \na=b; sso=token-number-2; c=d\nbad\n';
    const parsed = parseTextImport(text, {});
    expect(parsed.tokens.map((token) => token.secret)).toEqual([
      'token-number-1',
      'token-number-2',
    ]);
    expect(parsed.invalid).toEqual([{ line: 5, reason: expect.any(String) }]);
    expect(parsed.total).toBe(3);
  });

  it('puts the lines where the query says', () => {
    expect(parseTextImport('sk-deepseek-1', { provider: 'deepseek' }).tokens[0]?.provider).toBe(
      'deepseek',
    );
  });
});

describe('cleanTags', () => {
  it('trims, drops blanks and repeats', () => {
    expect(cleanTags([' a', 'b ', '', ' ', 'a'])).toEqual(['a', 'b']);
  });
});
