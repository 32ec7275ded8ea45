import { describe, expect, it } from 'vitest';
import { NOON, Rig } from './rig';

describe('what survives', () => {
  it('a crash before the commit leaves no trace; one after it loses nothing', () => {
    const rig = new Rig();
    rig.tokens(1, 10);
    rig.core.commit();
    const lost = rig.ask();
    rig.core.admit(lost, rig.now);
    rig.crash();
    expect(rig.bucket()).toBeTruthy();
    expect(rig.core.stats(rig.now).openLeases).toBe(0);
    const kept = rig.lease();
    rig.core.commit();
    rig.crash();
    expect(rig.core.stats(rig.now).openLeases).toBe(1);
    expect(rig.bucket()).toMatchObject({ free: 9, reserved: 1 });
    rig.settle(kept, 'done');
    expect(rig.bucket()).toMatchObject({ free: 9, reserved: 0, used: 1 });
  });

  it('an import and a deletion that change nothing are not held against the storage', () => {
    const rig = new Rig();
    rig.tokens(2, 10);
    rig.core.commit();
    rig.core.importTokens([], rig.now, undefined, 'edit_once_more');
    rig.core.commit();
    expect(rig.core.verify(rig.now).differences).toEqual([]);
    rig.core.deleteTokens([{ id: 'tok_nobody' }], rig.now, undefined, 'edit_of_nothing');
    rig.core.commit();
    expect(rig.core.verify(rig.now).differences).toEqual([]);
  });

  it('a journal that names the fields of its leases and records is read', () => {
    const call = {
      keyId: 'key',
      kind: 'chat',
      model: 'grok-4',
      provider: 'grok-web',
      tokenId: 'tok_0',
      day: '2026-11-20',
      stream: false,
      at: NOON,
      uncertain: false,
    };
    const record = {
      ...call,
      id: 'ended',
      durationMs: 20,
      firstPartMs: 10,
      attempts: 1,
      outcome: 'done',
      error: null,
      status: 200,
      units: 1,
      charged: 1,
      usage: { input: 7, output: 3, cached: 0, reasoning: 0, estimated: false },
    };
    const open = {
      ...call,
      callId: 'open',
      attempt: 1,
      slot: 1,
      bucket: 2,
      units: 1,
      epoch: 1,
      charges: { chat: 1 },
      tiers: ['basic'],
      expiresAt: NOON + 60_000,
      termMs: 60_000,
      tried: [1],
      spent: 0,
      penalised: false,
    };
    const rig = new Rig();
    rig.tokens(1, 10);
    rig.startAfter({ t: NOON, opened: [open], records: [record] });
    expect(rig.core.stats(rig.now)).toMatchObject({ openLeases: 1, outbox: { pending: 1 } });
    expect(rig.bucket()).toMatchObject({ reserved: 1 });
    expect(rig.records()).toEqual([record]);
    rig.core.commit();
    rig.crash();
    expect(rig.core.stats(rig.now)).toMatchObject({ openLeases: 1, outbox: { pending: 0 } });
  });

  it('a long lease outlives many checkpoints', () => {
    const rig = new Rig();
    rig.tokens(70, 10_000);
    const long = rig.lease({ termMs: 3_600_000 });
    for (let n = 0; n < 1_000; n++) {
      rig.call('done');
      rig.core.commit();
      if (n % 250 === 0) rig.crash();
    }
    rig.crash();
    expect(rig.core.stats(rig.now).openLeases).toBe(1);
    expect(rig.core.verify(rig.now).differences).toEqual([]);
    rig.settle(long, 'done');
    expect(rig.chats()).toMatchObject({ used: 1_001, reserved: 0 });
  });

  it('usage is sealed once: a batch that is sent again is the same batch', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    for (let n = 0; n < 3; n++) rig.call('done');
    rig.now += 1_000;
    const [first] = rig.alarm().batches;
    rig.crash();
    const [again] = rig.alarm().batches;
    expect(again).toEqual(first);
    rig.core.ack([first?.batchId ?? ''], rig.now);
    rig.core.commit();
    rig.crash();
    rig.now += 3_600_000;
    expect(rig.alarm().batches).toEqual([]);
  });

  it('a batch fits a queue message, however much there is to say', () => {
    const rig = new Rig({ breakerCredentials: 99 });
    rig.tokens(1, 100_000);
    const leases = Array.from({ length: 300 }, () => rig.lease({ termMs: 1_000 }));
    rig.now += 1_000;
    rig.alarm();
    for (const lease of leases) rig.settle(lease, 'done');
    for (let n = 0; n < 2_000; n++) {
      rig.core.countRefusal(`key_${'x'.repeat(30)}${n}`, 'invalid_request', rig.now);
    }
    const batches = rig.core.drain(rig.now);
    expect(batches.flatMap((batch) => batch.records)).toHaveLength(300);
    expect(batches.flatMap((batch) => batch.corrections)).toHaveLength(300);
    const sizes = batches.map((batch) => JSON.stringify(batch).length);
    expect(Math.max(...sizes)).toBeLessThan(120_000);
  });

  it('a drain hands out again what was sent and not acknowledged', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    rig.call('done');
    const [first] = rig.core.drain(rig.now);
    rig.call('done');
    expect(rig.core.drain(rig.now).map((batch) => batch.batchId)).toEqual(['main:1', 'main:2']);
    rig.core.ack([first?.batchId ?? ''], rig.now);
    expect(rig.core.drain(rig.now).map((batch) => batch.batchId)).toEqual(['main:2']);
  });

  it('an edit of the list whose reply was lost may be said once more, after a crash too', () => {
    const rig = new Rig();
    rig.tokens(2, 100);
    const version = rig.core.listTokens({ limit: 1 }, rig.now).listVersion;
    const refs = [{ id: 'tok_0' }];
    const first = rig.core.deleteTokens(refs, rig.now, version, 'edit 1');
    rig.core.commit();
    rig.crash();
    expect(rig.core.deleteTokens(refs, rig.now, version, 'edit 1')).toEqual(first);
    expect(rig.core.deleteTokens(refs, rig.now, version, 'edit 2')).toMatchObject({ stale: true });
    rig.core.updateTokens([{ id: 'tok_1' }], { note: 'seen' }, rig.now);
    expect(rig.core.deleteTokens(refs, rig.now, version, 'edit 1')).toMatchObject({ stale: true });
  });

  it('looking at a key does not keep it in memory', () => {
    const rig = new Rig();
    rig.tokens(1, 1_000);
    rig.key({ id: 'idle' });
    // Past a checkpoint: the journal knows nothing of it any more.
    for (let n = 0; n < 300; n++) {
      rig.call('done');
      rig.core.commit();
    }
    rig.crash();
    expect(rig.core.keyStatus(['idle'], rig.now)).toMatchObject([{ id: 'idle' }]);
    expect([...rig.core.state.loadedKeys()].map((key) => key.limits.id)).toEqual(['key']);
  });

  it('an alarm that runs twice, or an hour late, ends each lease once', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    for (let n = 0; n < 5; n++) rig.lease({ termMs: 1_000 });
    rig.now += 3_600_000;
    rig.alarm();
    rig.alarm();
    expect(rig.bucket()).toMatchObject({ free: 95, used: 5, uncertain: 5 });
  });

  it('refusals are counted by key, code and minute, without a row each', () => {
    const rig = new Rig();
    rig.chatsPerDay(0);
    for (let n = 0; n < 7; n++) rig.refusal();
    rig.core.countRefusal('key', 'invalid_request', rig.now);
    expect(rig.core.drain(rig.now)).toMatchObject([
      {
        refusals: [
          { code: 'daily_quota_exceeded', count: 7 },
          { code: 'invalid_request', count: 1 },
        ],
      },
    ]);
  });

  it('extend lengthens an open lease and nothing else', () => {
    const rig = new Rig();
    rig.tokens(1, 100);
    const lease = rig.lease({ termMs: 1_000 });
    expect(rig.core.extend(lease.callId, 1, 5_000, rig.now)).toBe(true);
    expect(rig.core.extend(lease.callId, 2, 5_000, rig.now)).toBe(false);
    rig.core.commit();
    rig.crash();
    rig.now += 5_999;
    rig.alarm();
    expect(rig.core.stats(rig.now).openLeases).toBe(1);
    rig.now += 1;
    rig.alarm();
    expect(rig.core.stats(rig.now).openLeases).toBe(0);
  });
});

describe('an edit of a list that has moved on', () => {
  it('changes nothing and says so (D-12)', () => {
    const rig = new Rig();
    rig.tokens(2, 10);
    const { listVersion } = rig.core.listTokens({ limit: 10 }, rig.now);
    rig.tokens(1, 10);
    expect(rig.core.deleteTokens([{ id: 'tok_0' }], rig.now, listVersion)).toMatchObject({
      found: 0,
      stale: true,
    });
    expect(rig.core.importTokens([], rig.now, listVersion)).toMatchObject({
      added: 0,
      stale: true,
    });
    expect(rig.core.summary(rig.now).tokens).toBe(3);
    expect(rig.core.deleteTokens([{ id: 'tok_0' }], rig.now, listVersion + 1)).toMatchObject({
      found: 1,
    });
  });
});
