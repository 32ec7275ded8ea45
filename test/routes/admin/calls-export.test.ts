import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UsageRecord } from '../../../src/contract/usage';
import { newCallId } from '../../../src/lib/ids';
import { dayAt } from '../../../src/lib/time';
import { insertCalls } from '../../../src/store/calls';
import { audited, type Client, signIn } from './client';

let admin: Client;
beforeAll(async () => {
  admin = await signIn();
});
beforeEach(async () => {
  await env.DB.prepare('DELETE FROM calls').run();
});

const HOUR_MS = 3_600_000;

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
    tokenId: null,
    attempts: 1,
    stream: false,
    outcome: 'done',
    error: null,
    status: 200,
    units: 1,
    uncertain: false,
    day: dayAt(at, { timeZone: null, offsetMinutes: 480 }),
    charged: null,
    usage: { input: 10, output: 20, cached: 0, reasoning: 0, estimated: false },
    ...fields,
  };
}

async function store(records: readonly UsageRecord[]): Promise<void> {
  for (let start = 0; start < records.length; start += 1_000) {
    await insertCalls(env.DB, records.slice(start, start + 1_000)).run();
  }
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');

describe('the masks of listed calls', () => {
  it('come from the pool, and are null for credentials that are gone', async () => {
    await admin.post('tokens', { ssoBasic: [{ token: 'a-credential-of-the-call-log' }] });
    const { ssoBasic } = (await admin.get('tokens')).body;
    const { id, token: mask } = ssoBasic.at(-1);
    const now = Date.now();
    const [known, gone, none] = [id, 'tok_gone', null].map((tokenId, index) =>
      record({ at: now - index, tokenId }),
    );
    if (known === undefined || gone === undefined || none === undefined) throw new Error('three');
    await store([known, gone, none]);
    const { calls } = (await admin.get('calls')).body;
    expect(calls.map((call: { token: string | null }) => call.token)).toEqual([mask, null, null]);
    expect((await admin.get(`calls/${known.id}`)).body.token).toBe(mask);
    expect(JSON.stringify(calls)).not.toContain('a-credential-of-the-call-log');
  });
});

describe('the export of the call log', () => {
  it('holds 5,000 calls, each once and newest first, in both formats', async () => {
    const start = Date.now() - 5_000_000;
    const records = Array.from({ length: 5_000 }, (_, index) =>
      record({ at: start + index * 1_000 }),
    );
    await store(records);
    const newest = records.map(({ id }) => id).toReversed();

    const ndjson = await admin.get('calls/export?format=ndjson');
    expect(ndjson.headers.get('content-type')).toContain('application/x-ndjson');
    expect(linesOf(ndjson.body).map((line) => JSON.parse(line).id)).toEqual(newest);

    const csv = await admin.get('calls/export?format=csv');
    expect(csv.headers.get('content-disposition')).toContain('calls.csv');
    const [heading, ...rows] = csv.body.trimEnd().split('\r\n');
    expect(heading).toMatch(/^time,id,status,/);
    expect(rows.map((row: string) => row.split(',')[1])).toEqual(newest);
    expect(await audited(admin)).toContain('calls.export');
  });

  it('keeps formulas from running', async () => {
    await store([record({ model: '=HYPERLINK("http://evil.test")', error: '@sum,"x"' })]);
    const response = await admin.get('calls/export?format=csv');
    // The decoder of the test's client takes the mark away.
    const row = response.body.split('\r\n')[1];
    expect(row).toContain(`,"'=HYPERLINK(""http://evil.test"")",`);
    expect(row).toContain(`,"'@sum,""x""",`);
  });

  it('goes by the filters of the list, which it checks', async () => {
    const failed = record({ status: 502, outcome: 'faulty', error: 'upstream_error' });
    await store([record(), failed]);
    const { body } = await admin.get('calls/export?status=5xx');
    expect(linesOf(body).map((line) => JSON.parse(line).id)).toEqual([failed.id]);
    expect((await admin.get('calls/export?format=xlsx')).status).toBe(400);
    expect((await admin.get('calls/export?status=odd')).status).toBe(400);
  });

  it('is open to viewers: the log holds no secret', async () => {
    const viewer = await signIn('viewer');
    expect((await viewer.get('calls/export')).status).toBe(200);
    expect((await viewer.post('calls/clear')).status).toBe(403);
  });
});

describe('the figures of the call log', () => {
  it('D-56: are sums of the range, by hour', async () => {
    const now = Date.now();
    await store([
      record({ at: now - 1_000 }),
      record({ at: now - 1_000, outcome: 'faulty', status: 502 }),
      record({ at: now - 3 * HOUR_MS, model: 'glm-5' }),
      record({ at: now - 50 * HOUR_MS }),
    ]);
    const { data } = (await admin.get(`calls/stats?from=${now - 5 * HOUR_MS}`)).body;
    expect(data).toMatchObject({ total: 3, success: 2, failed: 1, units: 3, output_tokens: 60 });
    expect(data.chart.step).toBe('hour');
    const { points } = data.chart;
    expect(points).toHaveLength(6);
    expect(points.reduce((sum: number, point: { failed: number }) => sum + point.failed, 0)).toBe(
      1,
    );
    const one = (await admin.get('calls/stats?model=glm-5')).body.data;
    expect(one).toMatchObject({ total: 1, success: 1, failed: 0 });
  });

  it('are drawn by day over a longer range, with the days between', async () => {
    const now = Date.now();
    await store([record({ at: now - 10 * 24 * HOUR_MS }), record({ at: now })]);
    const { data } = (await admin.get('calls/stats')).body;
    expect(data).toMatchObject({ total: 2, today: 1, chart: { step: 'day' } });
    expect(data.chart.points).toHaveLength(11);
    expect(data.chart.points[5]).toMatchObject({ success: 0, failed: 0 });
  });

  it('are zeros for an empty log', async () => {
    const { data } = (await admin.get('calls/stats?text=nothing')).body;
    expect(data).toMatchObject({ total: 0, success: 0, failed: 0, today: 0 });
  });
});
