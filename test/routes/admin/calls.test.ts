import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UsageBatch, UsageRecord } from '../../../src/contract/usage';
import { newCallId } from '../../../src/lib/ids';
import { dayAt, dayStartAt } from '../../../src/lib/time';
import { poolStub } from '../../../src/pool/stub';
import { writeUsage } from '../../../src/queue/usage-writer';
import { askOf } from '../../pool/ask';
import { audited, type Client, signIn } from './client';

let admin: Client;
beforeAll(async () => {
  admin = await signIn();
});

beforeEach(async () => {
  await env.DB.batch(
    ['calls', 'usage_daily', 'usage_hourly', 'usage_refusals', 'usage_batches'].map((table) =>
      env.DB.prepare(`DELETE FROM ${table}`),
    ),
  );
});

const HEARD = { status: 200, error: null, firstPartMs: 5, usage: null };
const ZONE = { timeZone: null, offsetMinutes: 480 };

function record(fields: Partial<UsageRecord> = {}): UsageRecord {
  const at = fields.at ?? Date.now();
  return {
    id: newCallId(at),
    at,
    durationMs: 100,
    firstPartMs: 10,
    keyId: 'key_a',
    kind: 'chat',
    model: 'grok-4',
    provider: 'grok-web',
    tokenId: 'tok_a',
    attempts: 1,
    stream: false,
    outcome: 'done',
    error: null,
    status: 200,
    units: 1,
    uncertain: false,
    day: dayAt(at, ZONE),
    charged: null,
    usage: { input: 10, output: 20, cached: 0, reasoning: 0, estimated: false },
    ...fields,
  };
}

async function store(records: UsageRecord[], refusals: UsageBatch['refusals'] = []): Promise<void> {
  const batch: UsageBatch = {
    batchId: crypto.randomUUID(),
    pool: 'main',
    records,
    corrections: [],
    refusals,
  };
  await writeUsage([batch], { db: env.DB, now: Date.now(), hasBackend: false });
}

const ids = async (query: string): Promise<string[]> =>
  (await admin.get(`calls${query}`)).body.calls.map((row: { id: string }) => row.id);

describe('calls', () => {
  it('lists the newest first, by keyset, each call once', async () => {
    const start = Date.now() - 100_000;
    const records = Array.from({ length: 25 }, (_, index) => record({ at: start + index * 1_000 }));
    await store(records);
    const seen: string[] = [];
    for (let after = ''; ;) {
      const { body } = await admin.get(`calls?limit=10${after}`);
      seen.push(...body.calls.map((row: { id: string }) => row.id));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(seen).toEqual(records.map((row) => row.id).toReversed());
  });

  it('filters by key, model, token, status, outcome, time and text', async () => {
    const old = record({
      at: Date.now() - 3_600_000,
      keyId: 'key_b',
      model: 'glm-5',
      tokenId: 'tok_b',
    });
    const limited = record({ status: 429, outcome: 'limited', error: 'pool_exhausted' });
    const failed = record({ status: 502, outcome: 'faulty', error: 'upstream_error' });
    await store([old, limited, failed]);
    expect(await ids('?key=key_b')).toEqual([old.id]);
    expect(await ids('?model=glm-5')).toEqual([old.id]);
    expect(await ids('?token=tok_b')).toEqual([old.id]);
    expect(await ids('?status=4xx')).toEqual([limited.id]);
    expect(await ids('?status=502')).toEqual([failed.id]);
    expect(await ids('?outcome=limited')).toEqual([limited.id]);
    expect(await ids(`?to=${Date.now() - 1_800_000}`)).toEqual([old.id]);
    expect(new Set(await ids(`?from=${Date.now() - 1_800_000}`))).toEqual(
      new Set([limited.id, failed.id]),
    );
    expect(await ids('?text=EXHAUSTED')).toEqual([limited.id]);
    expect(await ids('?text=%25')).toEqual([]);
  });

  it.each([
    'limit=abc',
    'limit=501',
    'from=yesterday',
    'status=9xx',
    'status=teapot',
    'outcome=odd',
  ])('D-57: answers 400 to %s', async (query) => {
    const { status, body } = await admin.get(`calls?${query}`);
    expect(status).toBe(400);
    expect(body.error.param).toBe(query.split('=')[0]);
  });

  it('shows one call whole, and 404 for another', async () => {
    const row = record({ tokenId: null });
    await store([row]);
    expect((await admin.get(`calls/${row.id}`)).body).toMatchObject({
      id: row.id,
      stream: false,
      uncertain: false,
      estimated: false,
      input_tokens: 10,
      token: null,
      key_name: null,
    });
    expect((await admin.get('calls/nothing')).status).toBe(404);
  });

  it('clears the log and keeps the sums', async () => {
    await store([record(), record()]);
    expect((await admin.post('calls/clear')).body).toEqual({ status: 'success', deleted: 2 });
    expect(await ids('')).toEqual([]);
    expect((await admin.get('stats')).body.data.totals.calls).toBe(2);
    expect(await audited(admin)).toContain('calls.clear');
  });
});

describe('stats', () => {
  it('D-56: sums calls in all, per day, model and key, the last day by hour, and refusals', async () => {
    const minute = Date.now() - (Date.now() % 60_000);
    await store(
      [
        record(),
        record({
          model: 'glm-5',
          keyId: 'key_b',
          status: 502,
          outcome: 'faulty',
          error: 'upstream_error',
        }),
      ],
      [{ minute, keyId: 'key_a', code: 'rpm_exceeded', count: 4 }],
    );
    const { data } = (await admin.get('stats?days=7')).body;
    expect(data.totals).toMatchObject({ calls: 2, failed: 1, input_tokens: 20, output_tokens: 40 });
    expect(data.per_day).toHaveLength(7);
    expect(data.per_day.at(-1)).toMatchObject({ day: dayAt(Date.now(), ZONE), calls: 2 });
    expect(data.per_day[0]).toMatchObject({ calls: 0 });
    expect(data.per_model.map((row: { model: string }) => row.model).toSorted()).toEqual([
      'glm-5',
      'grok-4',
    ]);
    expect(data.per_key.map((row: { key_id: string }) => row.key_id).toSorted()).toEqual([
      'key_a',
      'key_b',
    ]);
    expect(data.hourly).toHaveLength(24);
    const lastHour = {
      success: 1,
      failed: 1,
      input_tokens: 20,
      output_tokens: 40,
      duration_ms: 200,
    };
    expect(data.hourly.at(-1)).toMatchObject(lastHour);
    expect(data.refusals).toEqual([{ code: 'rpm_exceeded', count: 4 }]);
    expect(data.refusal_days).toBe(7);
    expect((await admin.get('stats?days=lots')).status).toBe(400);
  });

  it('draws the last day whatever the call log still holds, a caller who left not as a failure', async () => {
    await store([
      record({ status: 499, outcome: 'aborted', error: 'client_closed' }),
      record({ status: 200, outcome: 'partial', error: 'upstream_cut' }),
    ]);
    await admin.post('calls/clear');
    const { data } = (await admin.get('stats?days=1')).body;
    expect(data.hourly.at(-1)).toMatchObject({ success: 1, failed: 1 });
    expect(data.totals).toMatchObject({ calls: 2, failed: 1 });
  });

  it('counts refusals of the same days as everything else, and says how many of them are kept', async () => {
    const today = dayStartAt(dayAt(Date.now(), ZONE), ZONE);
    const refusal = (minute: number, count: number) => ({
      minute,
      keyId: 'key_a',
      code: 'rpm_exceeded',
      count,
    });
    await store([], [refusal(today, 2), refusal(today - 60_000, 5)]);
    const of = async (days: number) => (await admin.get(`stats/refusals?days=${days}`)).body.data;
    expect(await of(1)).toEqual({ days: 1, refusals: [{ code: 'rpm_exceeded', count: 2 }] });
    expect(await of(90)).toEqual({ days: 30, refusals: [{ code: 'rpm_exceeded', count: 7 }] });
  });

  it('answers metrics in the old shape; D-64: a used-up token is not active', async () => {
    await store([record(), record({ status: 500, outcome: 'faulty', error: 'upstream_error' })]);
    await admin.post('tokens', {
      ssoBasic: [
        { token: 'metric-token-1', quota: 0 },
        { token: 'metric-token-2', quota: 9 },
      ],
    });
    const { body } = await admin.get('metrics');
    expect(body.tokens).toMatchObject({
      total: 2,
      active: 1,
      exhausted: 1,
      cooling: 0,
      expired: 0,
      disabled: 0,
      chat_quota: 9,
      image_quota: 4,
      total_calls: 2,
    });
    expect(body.cache.local_image).toEqual({ count: 0, size_bytes: 0, size_mb: 0 });
    const { request_stats: stats } = body;
    expect(stats.summary).toEqual({ total: 2, success: 1, failed: 1, success_rate: 50 });
    expect(stats.hourly).toHaveLength(24);
    expect(stats.hourly.at(-1).hour).toMatch(/^\d\d:00$/);
    expect(stats.daily).toHaveLength(14);
    expect(stats.daily.at(-1)).toMatchObject({ success: 1, failed: 1 });
    expect(stats.models).toEqual([{ model: 'grok-4', count: 2 }]);
  });

  it('tails the log in the old shape', async () => {
    const row = record({ status: 429, error: 'pool_exhausted', outcome: 'limited' });
    await store([row, record({ at: row.at - 5_000 })]);
    expect((await admin.get('logs/files')).body.files).toEqual([
      { name: 'request_logs', size_bytes: 0, mtime_ms: row.at, lines: 2 },
    ]);
    const { body } = await admin.get('logs/tail?file=request_logs&lines=50');
    expect(body.lines).toHaveLength(2);
    expect(body.lines[0]).toBe(
      `${new Date(row.at).toISOString()} | 429 | grok-4 | limited | key_a | pool_exhausted`,
    );
    expect((await admin.get('logs/tail?file=../etc/passwd')).status).toBe(404);
    expect((await admin.get('logs/tail?lines=x')).status).toBe(400);
  });

  it('says where lists are kept', async () => {
    expect((await admin.get('storage')).body).toEqual({ type: 'd1' });
  });
});

describe('verify', () => {
  /** One call through the pool, to its end. */
  async function callOnce(keyId: string): Promise<void> {
    const pool = poolStub(env);
    const callId = newCallId();
    const [reply] = await pool.admit([askOf({ callId, keyId })], []);
    expect(reply?.ok).toBe(true);
    await pool.settle([{ callId, attempt: 1, outcome: 'done', clientEmpty: false, record: HEARD }]);
  }

  it('finds the pool equal to its storage, and after a drain the keys’ counters equal to D1', async () => {
    await admin.post('tokens', { ssoBasic: [{ token: 'verify-token-1', quota: 50 }] });
    const { id } = (await admin.post('keys', { name: 'v' })).body.data;
    await callOnce(id);
    await callOnce(id);
    expect((await admin.get('verify')).body).toMatchObject({ ok: true, differences: [] });
    const { body } = await admin.get('verify?drain=1');
    expect(body).toMatchObject({ ok: true, usage: { comparable: true, differences: [] } });
    expect(await ids(`?key=${id}`)).toHaveLength(2);
    expect((await poolStub(env).stats()).outbox).toEqual({ pending: 0, sealed: 0 });
  });

  it('names the counter when D1 has lost a call, and compares nothing with a log that was cleared', async () => {
    const { id } = (await admin.post('keys', { name: 'v2' })).body.data;
    await callOnce(id);
    await admin.get('verify?drain=1');
    // As if the call had never been stored.
    await env.DB.batch([
      env.DB.prepare('DELETE FROM calls WHERE key_id = ?').bind(id),
      env.DB.prepare('DELETE FROM usage_daily WHERE key_id = ?').bind(id),
    ]);
    const { body } = await admin.get('verify?drain=1');
    expect(body.ok).toBe(false);
    expect(body.usage.differences).toContainEqual({
      counter: `key ${id} chat`,
      memory: 1,
      stored: 0,
    });
    await store([record()]);
    await admin.post('calls/clear');
    const cleared = await admin.get('verify?drain=1');
    expect(cleared.body.usage).toMatchObject({ comparable: false, differences: [] });
  });
});
