import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { UsageBatch, UsageRecord } from '../../src/contract/usage';
import { newKeyState, statusOf } from '../../objects/token-pool/keys';
import { Calendar } from '../../objects/token-pool/clock';
import type { KeyStatus } from '../../src/pool/key';
import { writeUsage } from '../../src/queue/usage-writer';
import { verifyUsage } from '../../src/usage/verify-usage';
import { record, usageBatch } from '../queue/usage-fixtures';

const NOW = 1_790_000_000_000;
const DAY = '2026-09-21';

/** The key as the pool counts it: so many chats and heavy ones used. */
function status(chat: number, heavy = 0): KeyStatus {
  const key = newKeyState({
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
  });
  key.counters.days[DAY] = { chat, heavy, image: 0, video: 0 };
  return statusOf(key, new Calendar({ timeZone: null, dayOffsetMinutes: 480 }), NOW);
}

/** A pool that holds these records, and stands at each of these figures in turn. */
function poolWith(records: readonly UsageRecord[], standings: readonly KeyStatus[]) {
  const left = [...standings];
  let batches: UsageBatch[] = [usageBatch('main:1', { records })];
  return {
    drain: async () => batches,
    async ack(ids: readonly string[]) {
      batches = batches.filter((batch) => !ids.includes(batch.batchId));
    },
    async keyStatus() {
      const next = left.length > 1 ? left.shift() : left[0];
      return next === undefined ? [] : [next];
    },
  };
}

const check = (records: readonly UsageRecord[], ...standings: KeyStatus[]) =>
  verifyUsage({ env, pool: poolWith(records, standings), now: NOW });

beforeEach(async () => {
  const tables = ['calls', 'usage_daily', 'usage_batches', 'api_keys'];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  await env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
     VALUES ('key_1', 'hash', 'k', 'd', 1, 1, ?1, 0, 0)`,
  )
    .bind(JSON.stringify(status(0).limits))
    .run();
});

describe('a key’s counters and its calls', () => {
  it('are equal by what each call was charged, whatever its end', async () => {
    const records = [
      record('c1', { charged: 1 }),
      // A lost call that was heard of late: the row says what became of it, the counter stays.
      record('c2', { outcome: 'faulty', charged: 1 }),
      // A whole answer that failed in its middle: nothing of it reached its caller.
      record('c3', { outcome: 'partial', charged: 0 }),
      record('c4', { model: 'grok-4-heavy', provider: 'grok-web', charged: 1 }),
    ];
    expect(await check(records, status(3, 1))).toMatchObject({ comparable: true, differences: [] });
  });

  it('of rows without a charge go by their end', async () => {
    const records = [record('c1'), record('c2', { outcome: 'faulty' })];
    expect((await check(records, status(1))).differences).toEqual([]);
  });

  it('may differ by calls that end while they are compared, and by no others', async () => {
    const records = ['c1', 'c2', 'c3'].map((id) => record(id, { charged: 1 }));
    expect((await check(records, status(2), status(5))).differences).toEqual([]);
    await env.DB.prepare('DELETE FROM usage_batches').run();
    const wrong = [{ counter: 'key key_1 chat', memory: 2, stored: 3 }];
    expect((await check([], status(2), status(2))).differences).toEqual(wrong);
    expect((await check([], status(4), status(5))).differences).toEqual([
      { counter: 'key key_1 chat', memory: 5, stored: 3 },
    ]);
  });

  it('are not compared when the pool still holds what D1 does not take', async () => {
    await writeUsage([usageBatch('main:0', { records: [record('c1', { charged: 1 })] })], {
      db: env.DB,
      now: NOW,
      hasBackend: false,
    });
    const broken = record('c2', { charged: 1 });
    // SAFETY: as a bug might write it; the column takes no null.
    const pool = poolWith([{ ...broken, keyId: null as unknown as string }], [status(2)]);
    expect(await verifyUsage({ env, pool, now: NOW })).toMatchObject({
      comparable: false,
      differences: [],
    });
  });
});
