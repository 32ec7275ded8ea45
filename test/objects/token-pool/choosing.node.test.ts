import { describe, expect, it } from 'vitest';
import { Rig } from './rig';

describe('choosing a credential', () => {
  it('serves the lowest sufficient tier first, then the next (D-11)', () => {
    const rig = new Rig();
    rig.tokens(1, 1, { tier: 'super' });
    rig.tokens(1, 1, { tier: 'basic' });
    const tiers = ['basic', 'super'] as const;
    expect([rig.lease({ tiers }), rig.lease({ tiers })].map((lease) => lease.tokenId)).toEqual([
      'tok_1',
      'tok_0',
    ]);
  });

  it('spreads calls: least in flight, then most remaining (D-11)', () => {
    const rig = new Rig();
    rig.tokens(3, 10);
    rig.core.updateTokens(
      [{ id: 'tok_2' }],
      { buckets: [{ name: 'grok-4', remaining: 50 }] },
      rig.now,
    );
    const lent = Array.from({ length: 6 }, () => rig.lease().tokenId);
    expect(lent[0]).toBe('tok_2');
    expect(new Set(lent.slice(0, 3)).size).toBe(3);
    expect(new Set(lent.slice(3)).size).toBe(3);
  });

  it('a call of 4 units never gets a token with 3', () => {
    const rig = new Rig();
    rig.tokens(2, 3);
    expect(rig.refusal({ units: 4 })).toBe('pool_exhausted');
    rig.tokens(1, 4);
    expect(rig.lease({ units: 4 }).tokenId).toBe('tok_2');
  });

  it('a retry never returns to a credential this call has tried', () => {
    const rig = new Rig({ breakerCredentials: 99 });
    rig.tokens(3, 100);
    let lease = rig.lease();
    const tried = [lease.tokenId];
    for (let n = 0; n < 2; n++) {
      const reply = rig.core.retry(rig.ended(lease, 'unused'), rig.now);
      if (!reply.ok) throw new Error('refused');
      lease = reply.lease;
      tried.push(lease.tokenId);
    }
    expect(new Set(tried).size).toBe(3);
    expect(rig.core.retry(rig.ended(lease, 'unused'), rig.now)).toMatchObject({
      ok: false,
      code: 'pool_exhausted',
    });
    expect(rig.core.stats(rig.now).openLeases).toBe(0);
    expect(rig.chats()).toMatchObject({ used: 0, reserved: 0 });
  });

  it('a retry asked twice returns the same second lease', () => {
    const rig = new Rig();
    rig.tokens(3, 100);
    const ended = rig.ended(rig.lease(), 'unused');
    expect(rig.core.retry(ended, rig.now)).toEqual(rig.core.retry(ended, rig.now));
  });

  it('caps the calls in flight of one credential', () => {
    const rig = new Rig({ maxInFlight: 2 });
    rig.tokens(1, 100);
    expect(Array.from({ length: 3 }, () => rig.refusal())).toEqual([
      'admitted',
      'admitted',
      'pool_exhausted',
    ]);
  });

  it('affinity keeps a conversation on one credential, inside 1.25 times the mean load', () => {
    const rig = new Rig();
    rig.tokens(8, 1_000);
    const seen = new Set<string>();
    for (let n = 0; n < 20; n++) {
      const lease = rig.lease({ affinity: 'conversation 1' });
      seen.add(lease.tokenId);
      rig.settle(lease, 'done');
    }
    expect(seen.size).toBe(1);
    const herd = Array.from(
      { length: 80 },
      () => rig.lease({ affinity: 'conversation 1' }).tokenId,
    );
    const most = Math.max(
      ...[...Map.groupBy(herd, (id) => id).values()].map((lent) => lent.length),
    );
    expect(most).toBeLessThanOrEqual(Math.ceil(1.25 * 10));
  });

  it('affinity gives way when its credential has no room', () => {
    const rig = new Rig();
    rig.tokens(2, 1);
    const lent = [rig.lease({ affinity: 'a' }), rig.lease({ affinity: 'a' })];
    expect(new Set(lent.map((lease) => lease.tokenId)).size).toBe(2);
  });

  it('a continuation is served by its own credential and no other', () => {
    const rig = new Rig();
    rig.tokens(3, 1);
    expect(rig.lease({ tokenId: 'tok_1' }).tokenId).toBe('tok_1');
    expect(rig.refusal({ tokenId: 'tok_1' })).toBe('pool_exhausted');
  });

  it('a continuation is refused when its credential is of no tier that serves the model', () => {
    const rig = new Rig();
    rig.tokens(2, 1);
    expect(rig.refusal({ tokenId: 'tok_1', tiers: ['heavy'] })).toBe('no_credentials');
    expect(rig.lease({ tokenId: 'tok_1' }).tokenId).toBe('tok_1');
  });

  it.each([
    ['deleted', (rig: Rig) => rig.core.deleteTokens([{ id: 'tok_0' }], rig.now)],
    [
      'disabled',
      (rig: Rig) => rig.core.updateTokens([{ id: 'tok_0' }], { disabled: true }, rig.now),
    ],
  ])('a %s token is lent no more; its open lease ends as ever', (_, change) => {
    const rig = new Rig();
    rig.tokens(1, 10);
    const lease = rig.lease();
    change(rig);
    expect(rig.refusal()).toBe('no_credentials');
    rig.settle(lease, 'done');
    expect(rig.records()).toMatchObject([{ outcome: 'done', tokenId: 'tok_0' }]);
    rig.core.commit();
    expect(rig.core.verify(rig.now).differences).toEqual([]);
  });

  it('importing a token again keeps its counters, tags and note (D-53)', () => {
    const rig = new Rig();
    rig.tokens(1, 10, { note: 'mine', tags: ['a'] });
    rig.call('done');
    rig.core.importTokens(
      [
        {
          id: 'tok_new',
          provider: 'grok-web',
          tier: 'basic',
          sealedSecret: 'other seal',
          fingerprint: 'fingerprint 0',
          mask: 'mask 0',
          buckets: [{ name: 'grok-4', remaining: 99 }],
        },
      ],
      rig.now,
    );
    expect(rig.token()).toMatchObject({ note: 'mine', tags: ['a'], useCount: 1 });
    expect(rig.bucket()).toMatchObject({ free: 9, used: 1 });
  });
});
