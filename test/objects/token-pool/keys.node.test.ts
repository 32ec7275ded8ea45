import { describe, expect, it } from 'vitest';
import { NOON, Rig } from './rig';

const HOUR_MS = 3_600_000;

describe('a key and its limits', () => {
  it('is unknown until it is put', () => {
    const rig = new Rig();
    expect(rig.core.admit(rig.ask({ keyId: 'other' }), rig.now)).toEqual({
      ok: false,
      code: 'unknown_key',
    });
  });

  it('a limit of 50 lets 50 of 400 calls at once through', () => {
    const rig = new Rig();
    rig.tokens(10, 1_000);
    rig.chatsPerDay(50);
    const codes = Array.from({ length: 400 }, () => rig.refusal());
    expect(codes.filter((code) => code === 'admitted')).toHaveLength(50);
    expect(codes.filter((code) => code === 'daily_quota_exceeded')).toHaveLength(350);
  });

  it('a limit of 0 lets nothing through, for heavy as for chat (D-04)', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.key({ version: 2, perDay: { chat: null, heavy: 0, image: null, video: null } });
    expect(rig.refusal({ charges: { chat: 1, heavy: 1 } })).toBe('daily_quota_exceeded');
    expect(rig.refusal()).toBe('admitted');
    rig.chatsPerDay(0, 3);
    expect(rig.refusal()).toBe('daily_quota_exceeded');
  });

  it('a heavy call takes from both limits, and from neither when one is short', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.key({ version: 2, perDay: { chat: 10, heavy: 1, image: null, video: null } });
    const both = { charges: { chat: 1, heavy: 1 } };
    expect([rig.refusal(both), rig.refusal(both)]).toEqual(['admitted', 'daily_quota_exceeded']);
    expect(rig.chats()).toMatchObject({ used: 0, reserved: 1, remaining: 9 });
  });

  it('a refusal by one limit leaves every other counter as it was', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.key({
      version: 2,
      rpm: 5,
      concurrency: 1,
      perDay: { chat: 9, heavy: null, image: null, video: null },
    });
    rig.lease();
    const before = rig.core.keyStatus(['key'], rig.now);
    expect(rig.refusal()).toBe('concurrency_exceeded');
    expect(rig.core.keyStatus(['key'], rig.now)).toEqual(before);
    expect(rig.bucket()).toMatchObject({ free: 99, reserved: 1 });
  });

  it('an empty pool refuses without charging the key (D-46)', () => {
    const rig = new Rig();
    rig.chatsPerDay(5);
    expect(rig.refusal()).toBe('no_credentials');
    expect(rig.chats()).toMatchObject({ used: 0, reserved: 0, remaining: 5 });
  });

  it('RPM counts admissions in the minute, is never given back, and says when the minute ends', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.key({ version: 2, rpm: 2 });
    rig.now = NOON + 15_000;
    rig.call('unused');
    rig.call('unused');
    expect(rig.core.admit(rig.ask(), rig.now)).toMatchObject({
      code: 'rpm_exceeded',
      retryAfterMs: 45_000,
    });
    rig.now = NOON + 60_000;
    expect(rig.refusal()).toBe('admitted');
  });

  it('a retry is the same call: it counts once for RPM, concurrency and the day', () => {
    const rig = new Rig();
    rig.tokens(3, 100);
    rig.key({
      version: 2,
      rpm: 1,
      concurrency: 1,
      perDay: { chat: 1, heavy: null, image: null, video: null },
    });
    const again = rig.core.retry(rig.ended(rig.lease(), 'limited'), rig.now);
    expect(again).toMatchObject({ ok: true, lease: { attempt: 2 } });
    expect(rig.core.keyStatus(['key'], rig.now)).toMatchObject([
      { perDay: { chat: { reserved: 1 } }, rpm: { used: 1 }, concurrency: { reserved: 1 } },
    ]);
  });

  it('concurrency comes back at the end of each call', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.key({ version: 2, concurrency: 1 });
    const lease = rig.lease();
    expect(rig.refusal()).toBe('concurrency_exceeded');
    rig.settle(lease, 'faulty');
    expect(rig.refusal()).toBe('admitted');
  });

  it.each([
    ['disabled', { enabled: false }, 'key_disabled'],
    ['deleted', { deleted: true }, 'invalid_api_key'],
    ['expired', { expiresAt: NOON }, 'key_expired'],
    ['not for the model', { models: ['grok-3'] }, 'model_not_allowed'],
    ['not for the address', { ips: ['10.0.0.0/8', '2001:db8::/32'] }, 'ip_not_allowed'],
  ] as const)('%s: refused by name', (_, limits, code) => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.key({ version: 2, ...limits });
    expect(rig.refusal({ ip: '192.0.2.1' })).toBe(code);
  });

  it.each(['10.1.2.3', '::ffff:10.1.2.3', '2001:db8:1::9'])(
    'lets the listed address %s in',
    (ip) => {
      const rig = new Rig();
      rig.tokens(1, 100);
      rig.key({ version: 2, ips: ['10.0.0.0/8', '2001:db8::/32'] });
      expect(rig.refusal({ ip })).toBe('admitted');
    },
  );

  it('the day ends at local midnight, and a give-back goes to the day of its admission', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.chatsPerDay(1);
    rig.now = NOON + 4 * HOUR_MS - 1_000;
    const lease = rig.lease({ termMs: 600_000 });
    expect(rig.core.admit(rig.ask(), rig.now)).toMatchObject({
      code: 'daily_quota_exceeded',
      retryAfterMs: 1_000,
    });
    rig.now += 1_000;
    expect(rig.chats()).toMatchObject({ used: 0, reserved: 0 });
    rig.lease();
    rig.settle(lease, 'unused');
    expect(rig.chats()).toMatchObject({ used: 0, reserved: 1, remaining: 0 });
  });

  it('an IANA zone wins over the offset, through a change of its clocks', () => {
    const rig = new Rig({ timeZone: 'America/New_York', version: 2 });
    rig.now = Date.UTC(2027, 10, 7, 4, 30);
    expect(rig.core.keyStatus(['key'], rig.now)).toMatchObject([
      // 25 hours long: the clocks went back.
      { day: '2027-11-07', perDay: { chat: { resetsAt: Date.UTC(2027, 10, 8, 5) } } },
    ]);
  });

  it('an older edit never overwrites a newer one, and an edit keeps the counters', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.chatsPerDay(5, 7);
    rig.call('done');
    expect(rig.core.putKey({ ...keyOf(9), version: 6 }, rig.now)).toEqual({
      version: 7,
      applied: false,
    });
    expect(rig.chats()).toMatchObject({ limit: 5, used: 1 });
    expect(rig.core.putKey({ ...keyOf(9), version: 8 }, rig.now)).toEqual({
      version: 8,
      applied: true,
    });
    expect(rig.chats()).toMatchObject({ limit: 9, used: 1 });
  });

  it('time never runs backwards', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.key({ version: 2, rpm: 1 });
    rig.call('done');
    rig.now -= 120_000;
    expect(rig.refusal()).toBe('rpm_exceeded');
  });
});

function keyOf(chat: number) {
  return {
    id: 'key',
    version: 1,
    enabled: true,
    deleted: false,
    expiresAt: null,
    models: null,
    ips: null,
    rpm: null,
    concurrency: null,
    perDay: { chat, heavy: null, image: null, video: null },
  };
}
