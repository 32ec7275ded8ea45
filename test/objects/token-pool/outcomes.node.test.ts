import { describe, expect, it } from 'vitest';
import type { OutcomeKind } from '../../../src/contract/usage';
import { Rig } from './rig';

/** The outcome table, row by row: what one call of 4 units does to a bucket of 20 and to its key. */
const ROWS: readonly {
  readonly outcome: OutcomeKind;
  readonly free: number;
  readonly uncertain: number;
  readonly charged: number;
}[] = [
  { outcome: 'done', free: 16, uncertain: 0, charged: 1 },
  { outcome: 'partial', free: 16, uncertain: 0, charged: 1 },
  // It left before any word came: upstream may not have counted it.
  { outcome: 'aborted', free: 16, uncertain: 4, charged: 1 },
  { outcome: 'unused', free: 20, uncertain: 0, charged: 0 },
  { outcome: 'limited', free: 0, uncertain: 0, charged: 0 },
  { outcome: 'revoked', free: 20, uncertain: 0, charged: 0 },
  { outcome: 'banned', free: 20, uncertain: 0, charged: 0 },
  { outcome: 'blocked', free: 20, uncertain: 0, charged: 0 },
  { outcome: 'refused', free: 20, uncertain: 0, charged: 0 },
  { outcome: 'faulty', free: 16, uncertain: 4, charged: 0 },
];

describe('the outcome table', () => {
  it.each(ROWS)('$outcome leaves $free of 20 units free and charges the key $charged', (row) => {
    const rig = new Rig();
    rig.tokens(1, 20);
    rig.settle(rig.lease({ units: 4 }), row.outcome);
    const bucket = rig.bucket();
    expect(bucket).toMatchObject({
      free: row.free,
      reserved: 0,
      uncertain: row.uncertain,
      limit: 20,
    });
    expect((bucket.free ?? 0) + bucket.reserved + (bucket.used ?? 0)).toBe(20);
    expect(rig.chats()).toMatchObject({ used: row.charged, reserved: 0 });
    expect(rig.records()).toMatchObject([{ outcome: row.outcome, uncertain: row.uncertain > 0 }]);
  });

  it('lost: a lease nobody settles is spent, uncertain, and charged', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    rig.lease({ units: 4, termMs: 60_000 });
    rig.now += 59_999;
    rig.alarm();
    expect(rig.bucket()).toMatchObject({ free: 16, reserved: 4 });
    rig.now += 1;
    rig.alarm();
    expect(rig.bucket()).toMatchObject({ free: 16, reserved: 0, used: 4, uncertain: 4 });
    expect(rig.chats()).toMatchObject({ used: 1, reserved: 0 });
  });

  it('a late word on a lost call corrects its row and moves no counter', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const lease = rig.lease({ termMs: 1_000 });
    rig.now += 1_000;
    rig.alarm();
    const before = [rig.bucket(), rig.chats()];
    rig.settle(lease, 'unused');
    rig.settle(lease, 'done');
    expect([rig.bucket(), rig.chats()]).toEqual(before);
    const batches = rig.core.drain(rig.now);
    expect(batches.flatMap((batch) => batch.corrections)).toMatchObject([
      { id: lease.callId, outcome: 'unused' },
    ]);
  });

  it('refused is spent when upstream says that it counted the call', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    rig.settle(rig.lease(), 'refused', { counted: true });
    expect(rig.bucket()).toMatchObject({ free: 19 });
  });

  it('spends the units really used, never more than were reserved', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    rig.settle(rig.lease({ units: 4 }), 'done', { units: 1 });
    rig.settle(rig.lease({ units: 4 }), 'done', { units: 9 });
    expect(rig.bucket()).toMatchObject({ free: 15, used: 5 });
  });

  it.each(['unused', 'faulty', 'refused'] as const)(
    '%s charges the key when the client had received something, or had left',
    (outcome) => {
      const rig = new Rig();
      rig.tokens(1, 20);
      rig.settle(rig.lease(), outcome, { clientEmpty: false });
      expect(rig.chats()).toMatchObject({ used: 1 });
    },
  );

  it('settling twice, or for an older attempt, changes nothing', () => {
    const rig = new Rig();
    rig.tokens(2, 20);
    const first = rig.lease();
    const again = rig.core.retry(rig.ended(first, 'unused'), rig.now);
    if (!again.ok) throw new Error('refused');
    rig.settle(first, 'done');
    expect(rig.core.stats(rig.now).openLeases).toBe(1);
    rig.settle(again.lease, 'done');
    rig.settle(again.lease, 'done');
    expect(rig.chats()).toMatchObject({ used: 1 });
    expect(rig.records()).toHaveLength(1);
  });

  it('a retry after the term ends the call: nothing is lent for no time', () => {
    const rig = new Rig();
    rig.tokens(2, 20);
    const lease = rig.lease({ termMs: 1_000 });
    rig.now += 1_000;
    expect(rig.core.retry(rig.ended(lease, 'unused'), rig.now)).toMatchObject({
      code: 'call_ended',
    });
    expect(rig.core.stats(rig.now).openLeases).toBe(0);
    expect(rig.records()).toMatchObject([{ outcome: 'unused' }]);
  });

  it('a settlement that comes before its admission leaves a tombstone for 60 s', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const early = { ...rig.ended({ ...rig.lease(), callId: 'early' }, 'done') };
    rig.core.settle([early], rig.now);
    expect(rig.refusal({ callId: 'early' })).toBe('call_ended');
    rig.core.commit();
    rig.crash();
    rig.now += 59_999;
    expect(rig.refusal({ callId: 'early' })).toBe('call_ended');
    rig.now += 1;
    expect(rig.refusal({ callId: 'early' })).toBe('admitted');
  });
});

describe('health of a credential', () => {
  it('limited: the bucket cools for as long as upstream says, the token never expires', () => {
    const rig = new Rig({ maxRetryAfterMs: 100_000 });
    rig.tokens(1, 20);
    for (let n = 0; n < 10; n++) {
      rig.call('limited', { retryAfterMs: 90_000 });
      expect(rig.token()).toMatchObject({ state: 'active' });
      expect(rig.refusal()).toBe('pool_exhausted');
      rig.core.updateTokens(
        [{ id: 'tok_0' }],
        { clearCooldown: true, buckets: [{ name: 'grok-4', remaining: 20 }] },
        rig.now,
      );
    }
  });

  it('limited: an absurd Retry-After is capped by the setting', () => {
    const rig = new Rig({ maxRetryAfterMs: 100_000 });
    rig.tokens(1, 20);
    rig.call('limited', { retryAfterMs: 1e12 });
    expect(rig.bucket().coolingUntil).toBe(rig.now + 100_000);
  });

  it('revoked: cools for 60 s, and the fifth in a row expires the token', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    for (let n = 1; n <= 4; n++) {
      rig.call('revoked');
      expect(rig.token()).toMatchObject({ state: 'cooling', coolingUntil: rig.now + 60_000 });
      rig.now += 60_000;
    }
    rig.call('revoked');
    expect(rig.token()).toMatchObject({ state: 'expired' });
    expect(rig.refusal()).toBe('no_credentials');
  });

  it('revoked: one probe after the cooldown decides', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    rig.call('revoked');
    rig.now += 59_999;
    expect(rig.alarm().probes).toHaveLength(0);
    rig.now += 1;
    const [probe] = rig.alarm().probes;
    if (probe === undefined) throw new Error('no probe');
    rig.core.report([{ readingId: probe.readingId, ok: false, outcome: 'revoked' }], rig.now);
    expect(rig.token()).toMatchObject({ state: 'expired' });
  });

  it('revoked: one success forgets the first four, and the setting says how many count (D-10)', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    for (const outcome of [
      'revoked',
      'revoked',
      'revoked',
      'revoked',
      'done',
      'revoked',
    ] as const) {
      rig.call(outcome);
      rig.now += 60_000;
    }
    expect(rig.token()).toMatchObject({ state: 'active' });
    const strict = new Rig({ revokedStrikes: 1 });
    strict.tokens(1, 20);
    strict.call('revoked');
    expect(strict.token()).toMatchObject({ state: 'expired' });
  });

  it('revoked: failures of calls at once are each counted, and kept together with what follows from them (D-48)', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const leases = Array.from({ length: 5 }, () => rig.lease());
    rig.core.commit();
    rig.core.settle(
      leases.map((lease) => rig.ended(lease, 'revoked')),
      rig.now,
    );
    expect(rig.token()).toMatchObject({ state: 'expired' });
    rig.crash();
    // Nothing was committed: neither the strikes nor the end that came of them.
    expect(rig.token()).toMatchObject({ state: 'active', failures: 0 });
    rig.core.settle(
      leases.map((lease) => rig.ended(lease, 'revoked')),
      rig.now,
    );
    rig.core.commit();
    rig.crash();
    expect(rig.token()).toMatchObject({ state: 'expired' });
  });

  it('banned: expires at once, with the reason', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    rig.call('banned', { reason: 'blocked user' });
    expect(rig.token()).toMatchObject({ state: 'expired', reason: 'blocked user' });
  });

  it('faulty: cools shortly at the third in a row; one success forgets the first two (D-10)', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    rig.call('faulty');
    rig.call('faulty');
    rig.call('done');
    rig.call('faulty');
    rig.call('faulty');
    expect(rig.token()).toMatchObject({ state: 'active', failures: 2 });
    rig.call('faulty');
    expect(rig.token()).toMatchObject({ state: 'cooling', coolingUntil: rig.now + 30_000 });
  });

  it.each(['blocked', 'refused', 'unused', 'aborted'] as const)(
    '%s never touches the token (D-09)',
    (outcome) => {
      const rig = new Rig();
      rig.tokens(1, 100);
      for (let n = 0; n < 20; n++) rig.call(outcome);
      expect(rig.token()).toMatchObject({ state: 'active', failures: 0 });
    },
  );

  it('blocked marks the way out, which is still used', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    expect(rig.call('blocked').egress.suspect).toBe(false);
    expect(rig.call('done').egress.suspect).toBe(true);
  });

  it('half-open: a cooled token serves one call at a time until one is done', () => {
    const rig = new Rig({ faultyStrikes: 1 });
    rig.tokens(1, 20);
    rig.call('faulty');
    rig.now += 30_000;
    const trial = rig.lease();
    expect(rig.refusal()).toBe('pool_exhausted');
    rig.settle(trial, 'done');
    rig.lease();
    expect(rig.refusal()).toBe('admitted');
  });

  it('a shorter cooldown never cuts a longer one (D-47)', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const [long, short] = [rig.lease(), rig.lease()];
    rig.settle(long, 'limited', { retryAfterMs: 600_000 });
    rig.settle(short, 'limited', { retryAfterMs: 1_000 });
    expect(rig.bucket().coolingUntil).toBe(rig.now + 600_000);
  });

  it('no state without an exit: every one returns to service by time, a reading, or an operator', () => {
    for (const outcome of ['limited', 'revoked', 'banned', 'faulty', 'blocked'] as const) {
      const rig = new Rig({ faultyStrikes: 1, staleMs: 60_000 });
      rig.tokens(1, 20);
      rig.call(outcome);
      if (outcome === 'banned') {
        rig.core.updateTokens([{ id: 'tok_0' }], { clearCooldown: true }, rig.now);
      }
      rig.now += 2 * 86_400_000;
      // Nobody answers any probe: the figures grow stale, then unknown, and the token is tried again.
      rig.alarm();
      rig.now += 120_000;
      rig.alarm();
      expect(`${outcome}: ${rig.refusal()}`).toBe(`${outcome}: admitted`);
    }
  });
});

describe('blame is bounded', () => {
  it('one call costs at most one credential its health, until another call confirms', () => {
    const rig = new Rig({ breakerCredentials: 99, faultyStrikes: 1 });
    rig.tokens(12, 20);
    let lease = rig.lease();
    for (let attempt = 1; attempt < 12; attempt++) {
      const reply = rig.core.retry(rig.ended(lease, 'faulty'), rig.now);
      if (!reply.ok) throw new Error(`refused: ${reply.code}`);
      lease = reply.lease;
    }
    rig.settle(lease, 'faulty');
    expect(rig.supply()).toMatchObject([{ cooling: 1, active: 11 }]);
    // A second call that fails on one of the suspects confirms it.
    rig.call('faulty');
    expect(rig.supply()).toMatchObject([{ cooling: 2, active: 10 }]);
  });

  it('the same failure on three credentials is a shared cause: none is touched, one trial per 5 s', () => {
    const rig = new Rig();
    rig.tokens(10, 20);
    for (let n = 0; n < 3; n++) rig.call('revoked');
    expect(rig.supply()).toMatchObject([{ active: 10, cooling: 0, expired: 0 }]);
    expect(rig.refusal()).toBe('provider_unavailable');
    expect(rig.refusal({ model: 'grok-3' })).toBe('admitted');
    rig.now += 5_000;
    const trial = rig.lease();
    expect(rig.refusal()).toBe('provider_unavailable');
    rig.settle(trial, 'done');
    expect(rig.refusal()).toBe('admitted');
  });

  it.each([
    { breakerWindowMs: 30_000, apartMs: 14_000, opens: true },
    { breakerWindowMs: 28_000, apartMs: 14_000, opens: false },
  ])(
    'failures add up within the window: $breakerWindowMs ms',
    ({ breakerWindowMs, apartMs, opens }) => {
      const rig = new Rig({ breakerWindowMs, faultyStrikes: 99 });
      rig.tokens(10, 20);
      for (let n = 0; n < 3; n++) {
        rig.call('faulty');
        rig.now += n < 2 ? apartMs : 0;
      }
      expect(rig.core.stats(rig.now).breakers).toHaveLength(opens ? 1 : 0);
    },
  );

  it.each([1_000, 20_000])('a trial goes out every %d ms, as set', (breakerTrialMs) => {
    const rig = new Rig({ breakerTrialMs });
    rig.tokens(10, 20);
    for (let n = 0; n < 3; n++) rig.call('faulty');
    const waited = { code: 'provider_unavailable', retryAfterMs: breakerTrialMs };
    expect(rig.core.admit(rig.ask(), rig.now)).toMatchObject(waited);
    rig.now += breakerTrialMs - 1;
    expect(rig.refusal()).toBe('provider_unavailable');
    rig.now += 1;
    expect([rig.refusal(), rig.refusal()]).toEqual(['admitted', 'provider_unavailable']);
  });

  it('an operator ends what a shared failure holds back; the same failure begins it anew', () => {
    const rig = new Rig();
    rig.tokens(10, 20);
    for (let n = 0; n < 3; n++) rig.call('faulty');
    const { breakers } = rig.core.stats(rig.now);
    expect(breakers).toEqual([
      { name: 'grok-web/grok-4', cause: 'faulty', since: rig.now, until: rig.now + 5_000 },
    ]);
    rig.core.updateTokens([{ id: 'tok_0' }], { clearCooldown: true }, rig.now);
    expect(rig.refusal()).toBe('provider_unavailable');

    expect(rig.core.closeBreakers(['grok-web/grok-4', 'grok-web/grok-3'], rig.now)).toBe(1);
    expect(rig.core.closeBreakers(['grok-web/grok-4'], rig.now)).toBe(0);
    for (let n = 0; n < 2; n++) rig.call('faulty');
    expect(rig.refusal()).toBe('admitted');
    rig.call('faulty');
    expect(rig.refusal()).toBe('provider_unavailable');
  });

  it('callers who give up on a silent upstream do not hide that it is down', () => {
    const rig = new Rig();
    rig.tokens(10, 20);
    for (let n = 0; n < 3; n++) {
      rig.call('aborted');
      rig.call('faulty');
    }
    expect(rig.refusal()).toBe('provider_unavailable');
    rig.now += 5_000;
    rig.settle(rig.lease(), 'aborted');
    expect(rig.refusal()).toBe('provider_unavailable');
  });

  it('answers that all break off in the middle are a shared cause', () => {
    const rig = new Rig({ faultyStrikes: 1 });
    rig.tokens(10, 20);
    const cut = { ...rig.ended(rig.lease(), 'partial').record, firstPartMs: 300 };
    for (let n = 0; n < 3; n++) rig.call('partial', { cause: 'faulty', record: cut });
    expect(rig.supply()).toMatchObject([{ active: 10, cooling: 0 }]);
    expect(rig.refusal()).toBe('provider_unavailable');
  });

  it.each([
    ['a rate limit', 'limited', {}],
    ['a refusal by upstream', 'refused', { reason: 'upstream_refused' }],
    ['an answer whose reader left', 'aborted', { firstPartMs: 300 }],
  ] as const)(
    'a trial that gets %s ends the spell',
    (_, outcome, { firstPartMs, ...over }: Shown) => {
      const rig = new Rig();
      rig.tokens(10, 20);
      const early = rig.lease();
      const record = { status: 200, error: null, usage: null, firstPartMs: firstPartMs ?? null };
      for (let n = 0; n < 3; n++) rig.call('faulty');
      rig.now += 5_000;
      const trial = rig.lease();
      // A call from before the spell says nothing of how it goes on.
      rig.settle(early, outcome, { record, ...over });
      expect(rig.refusal()).toBe('provider_unavailable');
      rig.settle(trial, outcome, { record, ...over });
      expect(rig.refusal()).toBe('admitted');
    },
  );

  it('a trial that the gateway itself refused does not end the spell', () => {
    const rig = new Rig();
    rig.tokens(10, 20);
    for (let n = 0; n < 3; n++) rig.call('faulty');
    rig.now += 5_000;
    rig.settle(rig.lease(), 'refused');
    expect(rig.refusal()).toBe('provider_unavailable');
  });
});

interface Shown {
  readonly firstPartMs?: number;
  readonly reason?: string;
}

describe('refused readings', () => {
  /** Reads these tokens' buckets at once; every answer is that the session is over. */
  const refuse = (rig: Rig, ids: readonly string[], buckets = ['grok-4']) => {
    const probes = rig.core.beginReadings(ids, buckets, rig.now);
    const results = probes.map(
      ({ readingId }) => ({ readingId, ok: false, outcome: 'revoked' }) as const,
    );
    rig.core.report(results, rig.now);
    return probes.length;
  };

  it('of one round are one word: the token cools', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    refuse(rig, ['tok_0'], ['grok-4', 'grok-4-heavy']);
    expect(rig.token()).toMatchObject({
      state: 'cooling',
      coolingUntil: rig.now + 60_000,
      failures: 1,
    });
  });

  it('expire a token only when one was asked for after its cooldown', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    refuse(rig, ['tok_0']);
    rig.now += 59_999;
    refuse(rig, ['tok_0']);
    expect(rig.token()).toMatchObject({ state: 'cooling' });
    rig.now += 1;
    expect(rig.alarm().probes).toHaveLength(1);
    refuse(rig, ['tok_0']);
    expect(rig.token()).toMatchObject({ state: 'expired' });
  });

  it('of three tokens have a shared cause: none is touched, however long it lasts', () => {
    const rig = new Rig();
    rig.tokens(10, 20);
    const ids = Array.from({ length: 10 }, (_, n) => `tok_${n}`);
    for (let minute = 0; minute < 5; minute++, rig.now += 60_000) expect(refuse(rig, ids)).toBe(10);
    expect(rig.supply()).toMatchObject([{ active: 10, cooling: 0, expired: 0 }]);
    expect(rig.refusal()).toBe('admitted');
  });

  it('say nothing of a token while calls show that its provider is in trouble', () => {
    const rig = new Rig();
    rig.tokens(10, 20);
    for (let n = 0; n < 3; n++) rig.call('revoked');
    rig.now += 60_000;
    refuse(rig, ['tok_0', 'tok_1']);
    rig.now += 60_000;
    refuse(rig, ['tok_0', 'tok_1']);
    expect(rig.supply()).toMatchObject([{ active: 10, cooling: 0, expired: 0 }]);
  });

  it('count again once a reading came back', () => {
    const rig = new Rig();
    rig.tokens(4, 20);
    refuse(rig, ['tok_0', 'tok_1', 'tok_2']);
    const [fine] = rig.core.beginReadings(['tok_3'], ['grok-4'], rig.now);
    const figure = { ok: true, remaining: 20, limit: 20, resetAfterMs: null } as const;
    rig.core.report([{ readingId: fine?.readingId ?? '', ...figure }], rig.now);
    refuse(rig, ['tok_0']);
    expect(rig.token()).toMatchObject({ state: 'cooling' });
  });
});
