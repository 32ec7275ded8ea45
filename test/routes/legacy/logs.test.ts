import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UsageRecord } from '../../../src/contract/usage';
import { newCallId } from '../../../src/lib/ids';
import { dayAt } from '../../../src/lib/time';
import { writeUsage } from '../../../src/queue/usage-writer';
import { audited } from '../admin/client';
import { emptyPool, type LegacyClient, signInLegacy } from './client';

let client: LegacyClient;
beforeAll(async () => {
  client = await signInLegacy();
});
beforeEach(async () => {
  const tables = ['calls', 'usage_daily', 'usage_hourly', 'usage_refusals', 'usage_batches'];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  await emptyPool(env);
});

const ZONE = { timeZone: null, offsetMinutes: 480 };
const START = Date.now() - 600_000;

function record(index: number, fields: Partial<UsageRecord> = {}): UsageRecord {
  const at = START + index * 1_000;
  return {
    id: newCallId(at),
    at,
    durationMs: 1_234,
    firstPartMs: 10,
    keyId: 'key_a',
    kind: 'chat',
    model: 'grok-4',
    provider: 'grok-web',
    tokenId: null,
    attempts: 1,
    stream: false,
    outcome: 'done',
    error: null,
    status: 200,
    units: 2,
    uncertain: false,
    day: dayAt(at, ZONE),
    charged: null,
    usage: null,
    ...fields,
  };
}

async function store(records: UsageRecord[]): Promise<string[]> {
  const batch = {
    batchId: crypto.randomUUID(),
    pool: 'main',
    records,
    corrections: [],
    refusals: [],
  };
  await writeUsage([batch], { db: env.DB, now: Date.now(), hasBackend: false });
  return records.map(({ id }) => id).toReversed();
}

const ids = async (query: string): Promise<string[]> =>
  (await client.get(`logs${query}`)).body.data.map(({ id }: { id: string }) => id);

const failure = { status: 502, outcome: 'faulty', error: 'upstream_error' } as const;

describe('GET /api/logs', () => {
  it('shows calls in the words of both earlier logs', async () => {
    await client.post('tokens/add', { tokens: ['logged-token-with-a-mask'] });
    const [token] = (await client.get('tokens')).body.data;
    await store([record(0, { ...failure, tokenId: token.id })]);
    expect((await client.get('logs')).body).toEqual({
      success: true,
      total: 1,
      page: 1,
      page_size: 1_000,
      data: [
        {
          id: expect.any(String),
          timestamp: START,
          time: new Date(START).toISOString().slice(0, 19).replace('T', ' '),
          ip: '',
          model: 'grok-4',
          success: false,
          status: 502,
          status_code: 502,
          duration: 1.23,
          response_time: 1.23,
          key_name: '',
          sso: token.token,
          token_suffix: 'mask',
          token_consumed: 2,
          error: 'upstream_error',
          error_message: 'upstream_error',
          proxy_used: '',
          media_urls: [],
        },
      ],
    });
    expect((await client.get('logs?sso=LOGGED')).body.total).toBe(1);
    expect((await client.get('logs?sso=nobody')).body).toMatchObject({ total: 0, data: [] });
  });

  it('goes by pages and narrows by success, model and time', async () => {
    const rows = Array.from({ length: 25 }, (_, index) =>
      record(index, {
        model: index % 2 === 0 ? 'grok-4' : 'DeepSeek-Chat',
        ...(index < 5 ? failure : {}),
      }),
    );
    const all = await store(rows);
    expect(await ids('')).toEqual(all);
    expect(await ids('?limit=4')).toEqual(all.slice(0, 4));
    expect(await ids('?page=2')).toEqual(all.slice(20));
    expect(await ids('?page=3&page_size=10')).toEqual(all.slice(20));
    expect(await ids('?success=false')).toEqual(all.slice(20));
    expect(await ids('?success=1')).toEqual(all.slice(0, 20));
    expect((await client.get('logs?model=deepseek&page_size=2')).body.total).toBe(12);
    expect(await ids(`?start_time=${START + 3_000}&end_time=${START + 4_000}`)).toEqual(
      all.slice(20, 22),
    );
  });

  it('D-57: parameters that are no numbers are a 400', async () => {
    for (const query of [
      'page=x',
      'limit=0',
      'page_size=5001',
      'start_time=soon',
      'success=maybe',
    ]) {
      const { status, body } = await client.get(`logs?${query}`);
      expect([status, body.error.param]).toEqual([400, query.split('=')[0]]);
    }
  });

  it('tells models and figures of what is kept', async () => {
    await store([
      record(0),
      record(1),
      record(2, { ...failure, model: 'a-model', day: '2020-01-01' }),
    ]);
    expect((await client.get('logs/models')).body).toEqual({
      success: true,
      data: ['a-model', 'grok-4'],
    });
    const today = dayAt(START, ZONE) === dayAt(Date.now(), ZONE) ? 2 : 0;
    expect((await client.get('logs/stats')).body).toEqual({
      success: true,
      data: { total: 3, success: 2, failed: 1, success_rate: 66.67, today_total: today },
    });
  });
});

describe('changes of the log', () => {
  it('keeps the newest max_count, or nothing', async () => {
    const all = await store(Array.from({ length: 12 }, (_, index) => record(index)));
    expect((await client.remove('logs?max_count=5')).body).toEqual({
      success: true,
      message: expect.any(String),
      deleted: 7,
    });
    expect(await ids('')).toEqual(all.slice(0, 5));
    expect((await client.remove('logs?max_count=9')).body.deleted).toBe(0);
    expect((await client.remove('logs?max_count=all')).status).toBe(400);
    expect((await client.remove('logs?max_count=0')).body.deleted).toBe(5);
    await store([record(20)]);
    expect((await client.post('logs/clear')).body).toMatchObject({ success: true, deleted: 1 });
    expect(await ids('')).toEqual([]);
  });

  it('writes what a page adds into the audit log', async () => {
    const { body } = await client.post('logs/add', {
      model: 'token.js',
      status: 500,
      error: 'oops',
    });
    expect(body).toEqual({ success: true });
    expect(await audited(client.admin)).toContain('logs.add');
    expect(await ids('')).toEqual([]);
  });
});

describe('GET /api/request-stats', () => {
  it('answers 24 hours, 14 days, models and the sum of a day', async () => {
    const yesterday = { at: START - 26 * 3_600_000, day: dayAt(START - 26 * 3_600_000, ZONE) };
    await store([record(0), record(1, failure), record(2, yesterday)]);
    const { success, data } = (await client.get('request-stats')).body;
    expect(success).toBe(true);
    const hourOf = (at: number): string => `${new Date(at).toISOString().slice(11, 13)}:00`;
    const now = Date.now();
    expect(data.hourly.map(({ hour }: { hour: string }) => hour)).toEqual(
      Array.from({ length: 24 }, (_, index) => hourOf(now - (23 - index) * 3_600_000)),
    );
    const filled = data.hourly.filter((one: { success: number }) => one.success > 0);
    expect(filled).toEqual([{ hour: hourOf(START), success: 1, failed: 1 }]);
    expect(data.daily.map(({ date }: { date: string }) => date)).toEqual(
      Array.from({ length: 14 }, (_, index) => dayAt(now - (13 - index) * 86_400_000, ZONE)),
    );
    const byDate = new Map(data.daily.map((one: { date: string }) => [one.date, one]));
    // 26 hours before is always another day.
    expect(byDate.get(yesterday.day)).toEqual({ date: yesterday.day, success: 1, failed: 0 });
    expect(byDate.get(dayAt(START, ZONE))).toMatchObject({ success: 1, failed: 1 });
    expect(data.daily.reduce((n: number, one: { success: number }) => n + one.success, 0)).toBe(2);
    expect(data.summary).toEqual({ total: 2, success: 1, failed: 1, success_rate: 50 });
    expect(data.models).toEqual([{ model: 'grok-4', count: 3 }]);
  });
});
