import { describe, expect, it } from 'vitest';
import type { TokenPage, TokenQuery } from '../../../src/pool/token';
import { Rig } from './rig';

describe('what is left', () => {
  it('is summed by provider, tier and bucket, spent tokens with when they come back', () => {
    const rig = new Rig();
    rig.tokens(2, 5);
    rig.tokens(1, 3, { tier: 'super', buckets: [{ name: 'grok-4', remaining: 3 }] });
    const limited = rig.lease();
    rig.settle(limited, 'limited', { retryAfterMs: 600_000 });
    rig.lease();
    expect(rig.core.summary(rig.now).buckets).toEqual([
      {
        provider: 'grok-web',
        tier: 'basic',
        bucket: 'grok-4',
        known: 2,
        spent: 1,
        unknown: 0,
        blocked: 1,
        free: 4,
        limit: 10,
        returnsAt: rig.now + 600_000,
      },
      expect.objectContaining({ tier: 'super', known: 1, spent: 0, free: 3, returnsAt: null }),
    ]);
  });

  it('counts tokens that were lent and never read, and none that are disabled', () => {
    const rig = new Rig();
    rig.tokens(1, null);
    rig.tokens(1, 7, { disabled: true, buckets: [{ name: 'grok-4', remaining: 7 }] });
    rig.lease();
    expect(rig.core.summary(rig.now).buckets).toMatchObject([{ known: 0, unknown: 1, free: 0 }]);
  });

  it('is looked at anew every five seconds at the most', () => {
    const rig = new Rig();
    rig.tokens(1, 5);
    const before = rig.core.summary(rig.now).buckets;
    rig.lease();
    expect(rig.core.summary(rig.now + 4_999).buckets).toBe(before);
    expect(rig.core.summary(rig.now + 5_000).buckets).toMatchObject([{ free: 4 }]);
  });
});

describe('the sums over all tokens', () => {
  it('are taken anew at once when the list of tokens has changed', () => {
    const rig = new Rig();
    rig.tokens(1, 5);
    expect(rig.core.summary(rig.now)).toMatchObject({ tokens: 1, supply: [{ active: 1 }] });
    rig.core.updateTokens([{ id: 'tok_0' }], { disabled: true }, rig.now);
    expect(rig.core.summary(rig.now)).toMatchObject({
      tokens: 1,
      supply: [{ active: 0, live: 0, disabled: 1 }],
      buckets: [],
    });
  });

  it('count of the active tokens those that one bucket cannot lend', () => {
    const rig = new Rig();
    rig.tokens(3, 1);
    rig.lease();
    rig.settle(rig.lease(), 'limited', { retryAfterMs: 60_000 });
    expect(rig.core.summary(rig.now).buckets).toMatchObject([{ known: 3, spent: 2, blocked: 2 }]);
  });
});

describe('a long list', () => {
  const listed = (rig: Rig, query: Omit<TokenQuery, 'limit'>, limit = 2) =>
    rig.core.listTokens({ limit, ...query }, rig.now);
  const ids = (page: TokenPage) => page.tokens.map(({ id }) => id);

  it('gives the tokens of a tag by pages that are full, and none whose tag was taken away', () => {
    const rig = new Rig();
    for (let n = 0; n < 9; n++) rig.tokens(1, 1, { tags: n % 2 === 0 ? ['even', 'any'] : ['any'] });
    rig.core.commit();
    const first = listed(rig, { tag: 'even' });
    expect(ids(first)).toEqual(['tok_0', 'tok_2']);
    expect(ids(listed(rig, { tag: 'even', after: first.next ?? '' }))).toEqual(['tok_4', 'tok_6']);
    rig.core.updateTokens([{ id: 'tok_0' }], { removeTags: ['even'] }, rig.now);
    rig.core.updateTokens([{ id: 'tok_1' }], { addTags: ['even'] }, rig.now);
    rig.core.deleteTokens([{ id: 'tok_2' }], rig.now);
    rig.core.commit();
    expect(listed(rig, { tag: 'even' }, 10)).toMatchObject({ next: null });
    expect(ids(listed(rig, { tag: 'even' }, 10))).toEqual(['tok_1', 'tok_4', 'tok_6', 'tok_8']);
    expect(ids(listed(rig, { tag: 'even', search: 'mask 6' }))).toEqual(['tok_6']);
    expect(ids(listed(rig, { tag: 'nobody' }))).toEqual([]);
    expect(rig.core.tags()).toEqual(['any', 'even']);
    rig.crash();
    expect(ids(listed(rig, { tag: 'even' }, 10))).toEqual(['tok_1', 'tok_4', 'tok_6', 'tok_8']);
  });

  it('says how many there are without looking at each', () => {
    const rig = new Rig();
    rig.tokens(3, 5);
    rig.tokens(2, 0);
    rig.tokens(2, null, { tier: 'super' });
    rig.tokens(1, 5, { disabled: true });
    const total = (query: Omit<TokenQuery, 'limit'>) => listed(rig, query).total;
    expect(total({})).toBe(8);
    expect(total({ standings: ['exhausted'] })).toBe(2);
    expect(total({ standings: ['active'] })).toBe(5);
    expect(total({ standings: ['active'], isUnread: true })).toBe(2);
    expect(total({ state: 'active' })).toBe(7);
    expect(total({ state: 'active', standings: ['disabled', 'exhausted'] })).toBe(2);
    expect(total({ tier: 'super' })).toBe(2);
    expect(total({ kinds: [{ provider: 'grok-web', tier: 'basic' }] })).toBe(6);
    expect(total({ provider: 'deepseek' })).toBe(0);
  });

  it('counts those of a tag where it is asked by number, the newest first', () => {
    const rig = new Rig();
    for (let n = 0; n < 7; n++) rig.tokens(1, 1, { tags: n === 3 ? [] : ['some'] });
    rig.core.commit();
    const page = listed(rig, { tag: 'some', newest: { skip: 2 } });
    expect(ids(page)).toEqual(['tok_4', 'tok_2']);
    expect(page.total).toBe(6);
  });

  it('is found in steps, between which others are served', () => {
    const rig = new Rig();
    rig.tokens(9_000, 1, { tags: ['many'] });
    rig.core.commit();
    const steps = rig.core.listSteps({ limit: 5, search: 'mask 8999' }, rig.now);
    const durations: number[] = [];
    for (let isDone = false; !isDone;) {
      const startedAt = performance.now();
      isDone = steps.next().done === true;
      durations.push(performance.now() - startedAt);
      rig.core.admit(rig.ask(), rig.now);
    }
    expect(durations.length).toBeGreaterThan(3);
  });
});

describe('credentials lent for their own media', () => {
  it('cost nothing, are bounded each, and come back by themselves', () => {
    const rig = new Rig({ mediaInFlight: 2 });
    rig.tokens(1, 1);
    const lend = (loan: string) => rig.core.lendForMedia('tok_0', loan, 60_000, rig.now);
    expect(lend('a')).toMatchObject({ ok: true, sealedSecret: 'sealed 0' });
    expect(lend('b').ok).toBe(true);
    expect(lend('c')).toEqual({ ok: false, code: 'busy' });
    expect(lend('a').ok).toBe(true);
    rig.core.returnMedia(['b', 'never lent']);
    expect(lend('c').ok).toBe(true);
    rig.now += 60_000;
    expect(lend('d').ok).toBe(true);
    expect(rig.core.summary(rig.now).buckets).toMatchObject([{ free: 1 }]);
  });

  it('are never all taken by videos: some are kept for pictures', () => {
    const rig = new Rig({ mediaInFlight: 8 });
    rig.tokens(1, 1);
    const lend = (loan: string, isLong: boolean) =>
      rig.core.lendForMedia('tok_0', loan, 60_000, rig.now, isLong).ok;
    const films = Array.from({ length: 8 }, (_, n) => lend(`film${n}`, true));
    expect(films.filter(Boolean)).toHaveLength(6);
    expect([lend('a', false), lend('b', false), lend('c', false)]).toEqual([true, true, false]);
    rig.core.returnMedia(['film0', 'a']);
    expect([lend('film8', true), lend('film9', true), lend('d', false)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('serve a video where a single read is allowed', () => {
    const rig = new Rig({ mediaInFlight: 1 });
    rig.tokens(1, 1);
    expect(rig.core.lendForMedia('tok_0', 'film', 60_000, rig.now, true).ok).toBe(true);
  });

  it('are refused once the token is gone', () => {
    const rig = new Rig();
    rig.tokens(1, 1, { disabled: true });
    expect(rig.core.lendForMedia('tok_0', 'a', 1_000, rig.now)).toEqual({
      ok: false,
      code: 'gone',
    });
    expect(rig.core.lendForMedia('nobody', 'a', 1_000, rig.now).ok).toBe(false);
  });
});

describe('a call that got fewer pictures than it asked for', () => {
  it('is charged for what came, on the key and on the credential', () => {
    const rig = new Rig();
    rig.key({ version: 2, perDay: { chat: null, heavy: null, image: 5, video: null } });
    rig.tokens(1, 20);
    const lease = rig.lease({ kind: 'image', units: 8, charges: { image: 4 } });
    rig.settle(lease, 'done', { units: 4, charges: { image: 2 } });
    const [status] = rig.core.keyStatus(['key'], rig.now);
    expect(status?.perDay.image).toMatchObject({ used: 2, reserved: 0, remaining: 3 });
    expect(rig.core.summary(rig.now).buckets).toMatchObject([{ free: 16 }]);
  });

  it('is never charged for more than it had reserved', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const lease = rig.lease({ kind: 'image', units: 4, charges: { image: 1 } });
    rig.settle(lease, 'done', { units: 99, charges: { image: 9, video: 3 } });
    const [status] = rig.core.keyStatus(['key'], rig.now);
    expect(status?.perDay).toMatchObject({ image: { used: 1 }, video: { used: 0 } });
  });
});

describe('a dear call', () => {
  it('finds the one token with room for it behind fuller and idler ones', () => {
    const rig = new Rig();
    rig.tokens(20, 10);
    rig.tokens(1, 20, { buckets: [{ name: 'grok-4', remaining: 20 }] });
    rig.lease({ units: 1 });
    expect(rig.lease({ units: 16 }).tokenId).toBe('tok_20');
    expect(rig.core.admit(rig.ask({ units: 16 }), rig.now)).toMatchObject({
      code: 'pool_exhausted',
    });
  });
});

describe('a search', () => {
  it('finds what ids, masks and notes hold, whatever its letters mean to a database', () => {
    const rig = new Rig();
    rig.tokens(120, 1);
    rig.tokens(1, 1, { note: "100% of O'Neill's_budget" });
    rig.core.commit();
    const found = (search: string) => rig.core.listTokens({ limit: 10, search }, rig.now);
    expect(found("o'neill's_B").tokens.map(({ id }) => id)).toEqual(['tok_120']);
    expect(found('0%').tokens).toHaveLength(1);
    expect(found('%').tokens).toHaveLength(1);
    expect(found('tok_7').tokens).toHaveLength(10);
    expect(
      found('nowhere to be found, however long the text may be that is looked for'),
    ).toMatchObject({ tokens: [], next: null });
    const first = found('mask');
    const second = rig.core.listTokens(
      { limit: 10, search: 'mask', after: first.next ?? '' },
      rig.now,
    );
    expect(second.tokens[0]?.id).toBe('tok_10');
  });
});
