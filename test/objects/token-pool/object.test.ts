import { env } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import type { AdmitReply, Ask, Settlement } from '../../../src/pool/call';
import type { KeyLimits } from '../../../src/pool/key';
import type { NewToken } from '../../../src/pool/token';
import { askOf } from '../../pool/ask';

const pool = (name: string) => env.TOKEN_POOL.get(env.TOKEN_POOL.idFromName(name));

const key: KeyLimits = {
  id: 'key_1',
  version: 1,
  enabled: true,
  deleted: false,
  expiresAt: null,
  models: null,
  ips: null,
  rpm: null,
  concurrency: null,
  perDay: { chat: null, heavy: null, image: null, video: null },
};

const tokens = (count: number, remaining: number): NewToken[] =>
  Array.from({ length: count }, (_, n) => ({
    id: `tok_${n}`,
    provider: 'grok-web',
    tier: 'basic',
    sealedSecret: `sealed ${n}`,
    fingerprint: `fingerprint ${n}`,
    mask: 'mask',
    buckets: [{ name: 'grok-4', remaining }],
  }));

const ask = (callId: string): Ask => askOf({ callId, keyId: key.id, termMs: 600_000 });

async function admit(stub: ReturnType<typeof pool>, callId: string): Promise<AdmitReply> {
  const [reply] = await stub.admit([ask(callId)], []);
  if (reply === undefined) throw new Error('no reply');
  return reply;
}

const done = (callId: string): Settlement => ({
  callId,
  attempt: 1,
  outcome: 'done',
  clientEmpty: false,
  record: { status: 200, error: null, firstPartMs: 10, usage: null },
});

describe('the TokenPool object', () => {
  it('admits 80 of 400 calls at once on ten tokens of eight units, and none beyond eight on any', async () => {
    const stub = pool('herd');
    await stub.putKey(key);
    await stub.importTokens(tokens(10, 8));
    const replies = await Promise.all(
      Array.from({ length: 400 }, (_, n) => admit(stub, `call ${n}`)),
    );
    const leases = replies.flatMap((reply) => (reply.ok ? [reply.lease] : []));
    expect(leases).toHaveLength(80);
    const perToken = Map.groupBy(leases, (lease) => lease.tokenId);
    expect([...perToken.values()].map((lent) => lent.length)).toEqual(
      Array.from({ length: 10 }, () => 8),
    );
    const codes = new Set(replies.flatMap((reply) => (reply.ok ? [] : [reply.code])));
    expect([...codes]).toEqual(['pool_exhausted']);
    expect((await stub.verify()).differences).toEqual([]);
  });

  it('replies to calls that come together in their order, each by itself', async () => {
    const stub = pool('together');
    await stub.putKey(key);
    await stub.importTokens(tokens(2, 1));
    const replies = await stub.admit(['a', 'b', 'c', 'a'].map(ask), []);
    expect(replies.map((reply) => (reply.ok ? reply.lease.callId : reply.code))).toEqual([
      'a',
      'b',
      'pool_exhausted',
      'a',
    ]);
    expect((await stub.verify()).differences).toEqual([]);
  });

  it('remembers every lease over an eviction, and returns the same lease to the same call', async () => {
    const stub = pool('evicted');
    await stub.putKey(key);
    await stub.importTokens(tokens(2, 8));
    const first = await admit(stub, 'held');
    await evictDurableObject(stub);
    const again = await admit(pool('evicted'), 'held');
    expect(again.ok && first.ok && again.lease.tokenId === first.lease.tokenId).toBe(true);
    expect((await pool('evicted').stats()).openLeases).toBe(1);
    expect((await pool('evicted').verify()).differences).toEqual([]);
  });

  it('writes few rows a chat when calls come together', async () => {
    const stub = pool('rows');
    await stub.putKey(key);
    await stub.importTokens(tokens(100, 1_000));
    const before = (await stub.stats()).rowsWritten;
    for (let round = 0; round < 10; round++) {
      const ids = Array.from({ length: 64 }, (_, n) => `call ${round} ${n}`);
      await Promise.all(ids.map((id) => admit(stub, id)));
      await stub.settle(ids.map(done));
    }
    const rows = (await stub.stats()).rowsWritten - before;
    expect(rows / 640).toBeLessThan(1.6);
    // Full batches have been sealed among these rows; they may have been acknowledged by now.
    expect((await stub.stats()).outbox.pending).toBeLessThan(640);
  });

  it('sends usage to the queue and forgets it when it is acknowledged', async () => {
    const stub = pool('main');
    await stub.putKey(key);
    await stub.importTokens(tokens(1, 8));
    await admit(stub, 'counted');
    await stub.settle([done('counted')]);
    const [batch] = await stub.drain();
    expect(batch?.records.map((record) => record.id)).toEqual(['counted']);
    await stub.ack(batch === undefined ? [] : [batch.batchId]);
    expect((await stub.stats()).outbox).toEqual({ pending: 0, sealed: 0 });
  });

  it('arms its alarm when something waits, and the alarm sends it', async () => {
    const stub = pool('alarmed');
    await stub.putKey(key);
    await stub.importTokens(tokens(1, 8));
    await admit(stub, 'waits');
    await stub.settle([done('waits')]);
    const armed = await runInDurableObject(stub, (_, state) => state.storage.getAlarm());
    expect(armed).not.toBeNull();
    await expect
      .poll(async () => {
        await runDurableObjectAlarm(stub);
        return env.DB.prepare("SELECT id FROM calls WHERE id = 'waits'").first('id');
      })
      .toBe('waits');
  });

  it('takes the quota day from the var, without any settings stored', async () => {
    const stub = pool('day');
    await stub.putKey(key);
    const [status] = await stub.keyStatus([key.id]);
    const resetsAt = status?.perDay.chat.resetsAt ?? 0;
    const offsetMs = Number(env.CACHE_RESET_TZ_OFFSET_MINUTES) * 60_000;
    expect((resetsAt + offsetMs) % 86_400_000).toBe(0);
  });
});
