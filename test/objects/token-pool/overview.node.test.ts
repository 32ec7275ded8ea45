import { describe, expect, it } from 'vitest';
import { Rig } from './rig';

describe('what is left', () => {
  it('is summed by provider, tier and bucket, spent tokens with when they come back', () => {
    const rig = new Rig();
    rig.tokens(2, 5);
    rig.tokens(1, 3, { tier: 'super', buckets: [{ name: 'grok-4', remaining: 3 }] });
    const limited = rig.lease();
    rig.settle(limited, 'limited', { retryAfterMs: 600_000 });
    rig.lease();
    expect(rig.core.buckets(rig.now)).toEqual([
      {
        provider: 'grok-web',
        tier: 'basic',
        bucket: 'grok-4',
        known: 2,
        spent: 1,
        unknown: 0,
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
    expect(rig.core.buckets(rig.now)).toMatchObject([{ known: 0, unknown: 1, free: 0 }]);
  });

  it('is looked at anew every five seconds at the most', () => {
    const rig = new Rig();
    rig.tokens(1, 5);
    const before = rig.core.buckets(rig.now);
    rig.lease();
    expect(rig.core.buckets(rig.now + 4_999)).toBe(before);
    expect(rig.core.buckets(rig.now + 5_000)).toMatchObject([{ free: 4 }]);
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
    expect(rig.core.buckets(rig.now)).toMatchObject([{ free: 1 }]);
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
    expect(rig.core.buckets(rig.now)).toMatchObject([{ free: 16 }]);
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
