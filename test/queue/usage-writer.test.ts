import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import type { UsageBatch } from '../../src/contract/usage';
import { UNLIMITED } from '../../src/keys/key-limits';
import { newCallId } from '../../src/lib/ids';
import { writeUsage } from '../../src/queue/usage-writer';
import { insertKeys, noteKeyUse } from '../../src/store/api-keys';
import { lateWord, lostRecord, record, usageBatch } from './usage-fixtures';

const NOW = 1_790_000_100_000;
const write = (batches: readonly UsageBatch[], hasBackend = false) =>
  writeUsage(batches, { db: env.DB, now: NOW, hasBackend });

async function all(sql: string) {
  return (await env.DB.prepare(sql).all<Record<string, unknown>>()).results;
}
const calls = () => all('SELECT * FROM calls ORDER BY id');
const rollups = () => all('SELECT * FROM usage_daily ORDER BY day, key_id, model');
/** The rollups as they must be: computed from the rows. */
const expectedRollups = () =>
  all(`SELECT day, key_id, model, max(provider) AS provider, count(*) AS calls,
    sum(outcome NOT IN ('done', 'aborted')) AS failed, sum(units) AS units,
    sum(coalesce(input_tokens, 0)) AS input_tokens, sum(coalesce(output_tokens, 0)) AS output_tokens,
    sum(coalesce(cached_tokens, 0)) AS cached_tokens,
    sum(coalesce(reasoning_tokens, 0)) AS reasoning_tokens,
    sum(coalesce(estimated, 0)) AS estimated, sum(duration_ms) AS duration_ms
  FROM calls GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`);

const hours = () => all('SELECT * FROM usage_hourly ORDER BY hour');
const expectedHours = () =>
  all(`SELECT at - at % 3600000 AS hour, count(*) AS calls,
    sum(outcome NOT IN ('done', 'aborted')) AS failed,
    sum(coalesce(input_tokens, 0)) AS input_tokens, sum(coalesce(output_tokens, 0)) AS output_tokens,
    sum(duration_ms) AS duration_ms
  FROM calls GROUP BY 1 ORDER BY 1`);

/** Sums of days and of hours are what the rows say. */
async function expectSums(): Promise<void> {
  expect(await rollups()).toEqual(await expectedRollups());
  expect(await hours()).toEqual(await expectedHours());
}

beforeEach(async () => {
  const tables = ['calls', 'usage_daily', 'usage_refusals', 'usage_batches', 'usage_corrections'];
  await env.DB.batch(
    [...tables, 'usage_hourly', 'settlements'].map((table) =>
      env.DB.prepare(`DELETE FROM ${table}`),
    ),
  );
});

describe('writing usage', () => {
  it('stores every field of a call', async () => {
    await write([usageBatch('o:1', { records: [record('c1'), lostRecord('c2')] })]);
    expect(await calls()).toEqual([
      {
        id: 'c1',
        at: 1_790_000_000_000,
        duration_ms: 900,
        first_part_ms: 120,
        key_id: 'key_1',
        kind: 'chat',
        model: 'deepseek-chat',
        provider: 'deepseek',
        token_id: 'tok_1',
        attempts: 1,
        stream: 1,
        outcome: 'done',
        error: null,
        status: 200,
        units: 1,
        uncertain: 0,
        day: '2026-09-21',
        charged: null,
        input_tokens: 10,
        output_tokens: 20,
        cached_tokens: 4,
        reasoning_tokens: 2,
        estimated: 0,
      },
      expect.objectContaining({ id: 'c2', uncertain: 1, first_part_ms: null, input_tokens: null }),
    ]);
  });

  it('keeps daily sums equal to the rows, over batches, keys, days and models', async () => {
    await write([
      usageBatch('o:1', {
        records: [record('c1'), record('c2', { keyId: 'key_2', outcome: 'partial' })],
      }),
      usageBatch('o:2', { records: [record('c3', { day: '2026-09-22' }), lostRecord('c4')] }),
    ]);
    await write([
      usageBatch('o:3', {
        records: [
          record('c5', { model: 'glm-5', outcome: 'aborted' }),
          record('c6', { at: 1_790_000_000_000 - 3_600_000 }),
        ],
      }),
    ]);
    expect(await hours()).toHaveLength(2);
    await expectSums();
    expect(await rollups()).toContainEqual(
      expect.objectContaining({ key_id: 'key_1', model: 'deepseek-chat', calls: 3, failed: 1 }),
    );
  });

  it('stores one row each of a thousand calls in the same millisecond (D-01)', async () => {
    const records = Array.from({ length: 1_000 }, () => record(newCallId(NOW), { at: NOW }));
    const { failed } = await write([
      usageBatch('o:1', { records: records.slice(0, 500) }),
      usageBatch('o:2', { records: records.slice(500) }),
    ]);
    expect(failed.size).toBe(0);
    expect((await calls()).map((row) => row['id'])).toEqual(records.map(({ id }) => id).sort());
    await expectSums();
  });

  it('changes nothing when a batch comes again, alone or beside new ones', async () => {
    const first = usageBatch('o:1', {
      records: [record('c1')],
      refusals: [{ minute: 60_000, keyId: 'key_1', code: 'rpm_exceeded', count: 3 }],
    });
    await write([first]);
    const again = await write([first, first, usageBatch('o:2', { records: [record('c2')] })]);
    expect([...again.stored].sort()).toEqual(['o:1', 'o:2']);
    expect(again.fresh.map((batch) => batch.batchId)).toEqual(['o:2']);
    await expectSums();
    expect(await all('SELECT count FROM usage_refusals')).toEqual([{ count: 3 }]);
  });

  it('counts a batch once when deliveries of it run at the same moment', async () => {
    const batches = Array.from({ length: 8 }, (_, n) =>
      usageBatch(`o:${n}`, {
        records: [record(`c${n}`)],
        refusals: [{ minute: 60_000, keyId: 'key_1', code: 'rpm_exceeded', count: 1 }],
      }),
    );
    const results = await Promise.all([write(batches), write(batches), write(batches.slice(2, 5))]);
    for (const result of results) expect(result.failed.size).toBe(0);
    expect(await calls()).toHaveLength(8);
    await expectSums();
    expect(await all('SELECT count FROM usage_refusals')).toEqual([{ count: 8 }]);
    expect(results.flatMap((result) => result.fresh)).toHaveLength(8);
  });

  it('does not count a call again that comes under another batch id', async () => {
    await write([usageBatch('o:1', { records: [record('c1')] })]);
    await write([usageBatch('o:2', { records: [record('c1'), record('c2')] })]);
    expect(await calls()).toHaveLength(2);
    await expectSums();
  });

  it('stores the other batches of a delivery when one cannot be stored', async () => {
    // `stream` is checked by the table; the type is broken on purpose, as a wrong sender would.
    const bad = { ...record('bad'), units: 'many' };
    const result = await write([
      usageBatch('o:1', { records: [record('c1')] }),
      // SAFETY: a record that the schema would refuse, to make D1 fail.
      usageBatch('o:2', { records: [bad as unknown as ReturnType<typeof record>] }),
      usageBatch('o:3', { records: [record('c3')] }),
    ]);
    expect([...result.stored].sort()).toEqual(['o:1', 'o:3']);
    expect([...result.failed.keys()]).toEqual(['o:2']);
    expect((await calls()).map((row) => row['id'])).toEqual(['c1', 'c3']);
    expect(await all('SELECT batch_id FROM usage_batches ORDER BY 1')).toEqual([
      { batch_id: 'o:1' },
      { batch_id: 'o:3' },
    ]);
  });

  it('adds refusals up by key, code and minute', async () => {
    const refusal = (count: number, code = 'rpm_exceeded') => ({
      minute: 60_000,
      keyId: 'k',
      code,
      count,
    });
    await write([
      usageBatch('o:1', { refusals: [refusal(2), refusal(1, 'daily_quota_exceeded')] }),
      usageBatch('o:2', { refusals: [refusal(5)] }),
    ]);
    await write([usageBatch('o:3', { refusals: [refusal(1)] })]);
    expect(await all('SELECT code, count FROM usage_refusals ORDER BY code')).toEqual([
      { code: 'daily_quota_exceeded', count: 1 },
      { code: 'rpm_exceeded', count: 8 },
    ]);
  });

  it('writes at most two rows a call at 100 keys and one model', async () => {
    let rows = 0;
    const batch = env.DB.batch.bind(env.DB);
    const counting = new Proxy(env.DB, {
      get(target, name) {
        if (name === 'batch') {
          return async (statements: D1PreparedStatement[]) => {
            const results = await batch(statements);
            for (const { meta } of results) rows += meta.rows_written;
            return results;
          };
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    // The dearest case under load: each full batch is a delivery of its own, keys are at random.
    let seed = 7;
    const draw = () => (seed = (seed * 48_271) % 2_147_483_647) % 100;
    for (let n = 0; n < 10; n++) {
      const records = Array.from({ length: 50 }, (_, i) =>
        record(`c${n}-${i}`, { keyId: `key_${draw()}` }),
      );
      await writeUsage([usageBatch(`o:${n}`, { records })], {
        db: counting,
        now: NOW,
        hasBackend: false,
      });
    }
    expect(rows).toBeGreaterThan(500);
    expect(rows / 500).toBeLessThanOrEqual(2);
  });
});

describe('corrections', () => {
  it('replace the word on a lost call, and move the sums with it', async () => {
    await write([
      usageBatch('o:1', { records: [lostRecord('c1'), lostRecord('c2'), record('c3')] }),
    ]);
    await write([usageBatch('o:2', { corrections: [lateWord('c1')] })]);
    expect((await calls())[0]).toEqual(
      expect.objectContaining({
        outcome: 'done',
        error: null,
        status: 200,
        uncertain: 0,
        units: 1,
        duration_ms: 1_500,
        first_part_ms: 300,
        input_tokens: 7,
        estimated: 1,
      }),
    );
    await expectSums();
    expect(await all('SELECT * FROM usage_corrections')).toEqual([]);
  });

  it('wait for a call that arrives after them', async () => {
    await write([usageBatch('o:2', { corrections: [lateWord('c1')] })]);
    expect(await all('SELECT id FROM usage_corrections')).toEqual([{ id: 'c1' }]);
    await write([usageBatch('o:1', { records: [lostRecord('c1')] })]);
    expect((await calls())[0]).toEqual(expect.objectContaining({ outcome: 'done' }));
    await expectSums();
    expect(await all('SELECT id FROM usage_corrections')).toEqual([]);
  });

  it('apply when they come in one delivery with their call, whatever the order', async () => {
    await write([
      usageBatch('o:2', { corrections: [lateWord('c1')] }),
      usageBatch('o:1', { records: [lostRecord('c1')] }),
    ]);
    expect((await calls())[0]).toEqual(expect.objectContaining({ outcome: 'done' }));
    await expectSums();
  });

  it('leave a call alone that was never lost, and a second word has no effect', async () => {
    await write([
      usageBatch('o:1', { records: [record('c1', { outcome: 'aborted' }), lostRecord('c2')] }),
    ]);
    await write([usageBatch('o:2', { corrections: [lateWord('c1'), lateWord('c2')] })]);
    await write([usageBatch('o:3', { corrections: [{ ...lateWord('c2'), outcome: 'aborted' }] })]);
    expect((await calls()).map((row) => row['outcome'])).toEqual(['aborted', 'done']);
    await expectSums();
  });
});

describe('when a key was last used', () => {
  const HOUR_MS = 3_600_000;
  const AT = 1_790_000_000_000;
  const lastUsed = async () =>
    Object.fromEntries(
      (await all('SELECT id, last_used_at FROM api_keys')).map((row) => [
        row['id'],
        row['last_used_at'],
      ]),
    );

  beforeEach(async () => {
    await env.DB.prepare('DELETE FROM api_keys').run();
    const row = (id: string) => ({
      id,
      hash: id,
      name: id,
      display: id,
      version: 1,
      enabled: true,
      limits: UNLIMITED,
      createdAt: AT,
      updatedAt: AT,
      lastUsedAt: null,
    });
    await insertKeys(env.DB, [row('key_1'), row('key_2')]);
  });

  it('is the latest call of a batch, for each key that has one', async () => {
    await write([
      usageBatch('o:1', { records: [record('c1', { at: AT + 5 }), record('c2', { at: AT })] }),
      usageBatch('o:2', {
        records: [record('c3', { at: AT + 3 }), record('c4', { keyId: 'gone' })],
      }),
    ]);
    expect(await lastUsed()).toEqual({ key_1: AT + 5, key_2: null });
  });

  it('is written once an hour however busy the key is, and never moves back', async () => {
    const use = (batchId: string, at: number) =>
      write([usageBatch(batchId, { records: [record(batchId, { at })] })]);
    await use('o:1', AT);
    await use('o:2', AT + HOUR_MS - 1);
    await use('o:3', AT - 2 * HOUR_MS);
    expect(await lastUsed()).toEqual({ key_1: AT, key_2: null });
    await use('o:4', AT + HOUR_MS);
    expect(await lastUsed()).toEqual({ key_1: AT + HOUR_MS, key_2: null });
  });

  it('costs no row within the hour', async () => {
    const uses = [{ id: 'key_1', at: AT }];
    const first = await noteKeyUse(env.DB, uses, HOUR_MS).run();
    const second = await noteKeyUse(env.DB, [{ id: 'key_1', at: AT + 9 }], HOUR_MS).run();
    expect([first.meta.rows_written, second.meta.rows_written]).toEqual([1, 0]);
  });
});
