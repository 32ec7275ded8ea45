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
