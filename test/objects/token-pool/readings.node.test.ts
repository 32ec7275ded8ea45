import { describe, expect, it } from 'vitest';
import { Rig } from './rig';

/** The probe that is due now. */
function probe(rig: Rig) {
  const [first] = rig.alarm().probes;
  if (first === undefined) throw new Error('no probe is due');
  return first;
}
const figure = (
  readingId: string,
  remaining: number | null,
  resetAfterMs: number | null = 7_200_000,
) => ({
  readingId,
  ok: true as const,
  remaining,
  limit: remaining,
  resetAfterMs,
});

describe('a bucket that was never read', () => {
  it('lends one at a time, after every token with known room (D-11)', () => {
    const rig = new Rig();
    rig.tokens(1, 1);
    rig.tokens(2, null);
    const lent = [rig.lease(), rig.lease(), rig.lease()].map((lease) => lease.tokenId);
    expect(lent[0]).toBe('tok_0');
    expect(lent.slice(1).sort()).toEqual(['tok_1', 'tok_2']);
    expect(rig.core.admit(rig.ask(), rig.now)).toMatchObject({
      code: 'pool_exhausted',
      retryAfterMs: 1_000,
    });
  });

  it('asks for a reading at its first use, and lends what the reading leaves', () => {
    const rig = new Rig();
    rig.tokens(1, null);
    rig.lease();
    const { readingId } = probe(rig);
    rig.core.report([figure(readingId, 8)], rig.now);
    expect(rig.bucket()).toMatchObject({ state: 'known', free: 7, reserved: 1, used: 0, limit: 8 });
    const codes = Array.from({ length: 9 }, () => rig.refusal());
    expect(codes.filter((code) => code === 'admitted')).toHaveLength(7);
  });

  it('shows no figure: null, never 0', () => {
    const rig = new Rig();
    rig.tokens(1, null);
    rig.lease();
    expect(rig.bucket()).toMatchObject({ state: 'unknown', limit: null, free: null, used: null });
  });
});

describe('a reading', () => {
  it('leaves out every lease that was open while it was made, ended or not', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const before = rig.lease({ units: 2 });
    const [asked] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    const during = rig.lease({ units: 4 });
    rig.settle(before, 'done');
    rig.settle(during, 'unused');
    rig.lease({ units: 1 });
    rig.core.report([figure(asked?.readingId ?? '', 15)], rig.now);
    expect(rig.bucket()).toMatchObject({ free: 15 - 2 - 4 - 1, reserved: 1 });
  });

  it('is a lower bound when leases were open: another is asked for when the token idles', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const lease = rig.lease();
    const [asked] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.core.report([figure(asked?.readingId ?? '', 15)], rig.now);
    rig.settle(lease, 'done');
    rig.now += 1_000;
    const { readingId } = probe(rig);
    rig.core.report([figure(readingId, 15)], rig.now);
    expect(rig.bucket()).toMatchObject({ free: 15, reserved: 0 });
  });

  it('sends nobody away until the reset while it is a lower bound, and then does', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const lease = rig.lease();
    const [asked] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.core.report([figure(asked?.readingId ?? '', 1)], rig.now);
    const wait = () => rig.core.admit(rig.ask(), rig.now);
    expect(wait()).toMatchObject({ code: 'pool_exhausted', retryAfterMs: 2_000 });
    rig.settle(lease, 'done');
    rig.now += 1_000;
    expect(wait()).toMatchObject({ code: 'pool_exhausted', retryAfterMs: 2_000 });
    const { readingId } = probe(rig);
    rig.core.report([figure(readingId, 0)], rig.now);
    rig.now += 1_000;
    expect(wait()).toMatchObject({ code: 'pool_exhausted', retryAfterMs: 7_199_000 });
  });

  it('drops the give-back of a lease from before it, and marks the bucket stale', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const old = rig.lease({ units: 4 });
    const [asked] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.core.report([figure(asked?.readingId ?? '', 10)], rig.now);
    expect(rig.bucket()).toMatchObject({ free: 6, reserved: 4, limit: 10 });
    rig.settle(old, 'unused');
    expect(rig.bucket()).toMatchObject({ free: 6, reserved: 0, used: 4, limit: 10, stale: true });
  });

  it('is discarded when it was asked for before the last one applied, or before the last 429', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const [slow] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.now += 10;
    const [quick] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.core.report([figure(quick?.readingId ?? '', 5)], rig.now);
    rig.core.report([figure(slow?.readingId ?? '', 20)], rig.now);
    expect(rig.bucket()).toMatchObject({ free: 5 });

    const [early] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.now += 10;
    rig.call('limited');
    rig.core.report([figure(early?.readingId ?? '', 20)], rig.now);
    expect(rig.bucket()).toMatchObject({ free: 0 });
  });

  it('is told apart from what a person entered, and from a refusal, each with its moment', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    expect(rig.bucket()).toMatchObject({ source: 'entered', sourceAt: rig.now });

    rig.now += 10;
    const [asked] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.core.report([figure(asked?.readingId ?? '', 15)], rig.now);
    expect(rig.bucket()).toMatchObject({ source: 'reading', sourceAt: rig.now });

    const readAt = rig.now;
    rig.now += 10;
    rig.call('limited');
    const refused = { source: 'refusal', sourceAt: rig.now, readAt };
    expect(rig.bucket()).toMatchObject(refused);
    rig.core.commit();
    rig.crash();
    expect(rig.bucket()).toMatchObject(refused);

    rig.core.updateTokens(
      [{ id: 'tok_0' }],
      { buckets: [{ name: 'grok-4', remaining: null }] },
      rig.now,
    );
    expect(rig.bucket()).toMatchObject({ state: 'unknown', source: null, sourceAt: null });
  });

  it('of null means that upstream does not meter the bucket', () => {
    const rig = new Rig();
    rig.tokens(1, null);
    const [asked] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.core.report([figure(asked?.readingId ?? '', null)], rig.now);
    expect(rig.bucket()).toMatchObject({ state: 'unmetered' });
    expect(Array.from({ length: 5 }, () => rig.refusal())).toEqual(
      Array.from({ length: 5 }, () => 'admitted'),
    );
  });
});

describe('figures grow old', () => {
  it('a window that resets makes the bucket stale, not full, and asks for a reading (D-54)', () => {
    const rig = new Rig();
    rig.tokens(1, null);
    rig.call('done');
    rig.core.report([figure(probe(rig).readingId, 0, 60_000)], rig.now);
    expect(rig.core.admit(rig.ask(), rig.now)).toMatchObject({
      code: 'pool_exhausted',
      retryAfterMs: 60_000,
    });
    rig.now += 60_000;
    const again = probe(rig);
    expect(rig.bucket()).toMatchObject({ free: 0, stale: true });
    expect(rig.refusal()).toBe('pool_exhausted');
    rig.core.report([figure(again.readingId, 8)], rig.now);
    expect(rig.refusal()).toBe('admitted');
  });

  it.each([600_000, 1_800_000])(
    'a bucket that cannot be read for %d ms becomes unknown, and is tried one at a time',
    (staleMs) => {
      const rig = new Rig({ staleMs });
      rig.tokens(1, 1);
      rig.call('done');
      rig.now += staleMs - 1;
      rig.alarm();
      expect(rig.bucket()).toMatchObject({ state: 'known', stale: true });
      rig.now += 1;
      rig.alarm();
      expect(rig.bucket()).toMatchObject({ state: 'unknown' });
      expect([rig.refusal(), rig.refusal()]).toEqual(['admitted', 'pool_exhausted']);
    },
  );

  it('a 429 asks for one reading of that token', () => {
    const rig = new Rig();
    rig.tokens(1, 20);
    const leases = Array.from({ length: 5 }, () => rig.lease());
    for (const lease of leases) rig.settle(lease, 'limited', { retryAfterMs: 600_000 });
    rig.now += 1_000;
    expect(rig.alarm().probes).toHaveLength(1);
  });

  it('readings under way are bounded, and one without an answer is tried again later (D-51)', () => {
    const rig = new Rig({ probeConcurrency: 2 });
    rig.tokens(5, null);
    for (let n = 0; n < 5; n++) rig.lease();
    expect(rig.alarm().probes).toHaveLength(2);
    expect(rig.alarm().probes).toHaveLength(0);
    rig.now += 30_000;
    expect(rig.alarm().probes).toHaveLength(2);
  });

  it('a reading that shows another tier moves the token there', () => {
    const rig = new Rig();
    rig.tokens(1, null);
    const [asked] = rig.core.beginReadings(['tok_0'], ['grok-4'], rig.now);
    rig.core.report([{ ...figure(asked?.readingId ?? '', 8), tier: 'super' }], rig.now);
    expect(rig.token()).toMatchObject({ tier: 'super' });
    expect([rig.refusal(), rig.refusal({ tiers: ['super'] })]).toEqual([
      'no_credentials',
      'admitted',
    ]);
  });
});
