import { createExecutionContext, createMessageBatch } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import { runCron } from '../../src/cron/dispatch';
import { newCallId } from '../../src/lib/ids';
import type { Ask } from '../../src/pool/call';
import type { KeyLimits } from '../../src/pool/key';
import { poolStub } from '../../src/pool/stub';
import { consumeQueue } from '../../src/queue/dispatch';
import { poolSettingsOf } from '../../src/settings/pool-settings';
import { askOf } from '../pool/ask';

const KEY: KeyLimits = {
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
const chat = (callId: string): Ask =>
  askOf({
    callId,
    keyId: KEY.id,
    model: 'deepseek-chat',
    provider: 'deepseek',
    bucket: 'api',
    metered: false,
  });

/** Calls through a real pool object of its own name. @returns its stub and the calls' ids */
async function poolWithCalls(name: string, count: number) {
  const pool = poolStub(env, name);
  await pool.configure(poolSettingsOf(DEFAULT_SETTINGS, env, 1));
  await pool.putKey(KEY);
  const secret = { sealedSecret: 'x', fingerprint: 'f', mask: 'm' };
  await pool.importTokens([{ id: 'tok_1', provider: 'deepseek', tier: 'basic', ...secret }]);
  const ids = Array.from({ length: count }, () => newCallId());
  const record = { status: 200, error: null, firstPartMs: 5, usage: null };
  for (const callId of ids) {
    expect(await pool.admit([chat(callId)], [])).toMatchObject([{ ok: true }]);
    await pool.settle([{ callId, attempt: 1, outcome: 'done', clientEmpty: false, record }]);
  }
  return { pool, ids };
}

async function deliver(to: Env, bodies: readonly unknown[]) {
  const messages = bodies.map((body, n) => ({
    id: `m${n}`,
    timestamp: new Date(),
    attempts: 1,
    body,
  }));
  const batch = createMessageBatch('grok2api-usage', messages);
  await consumeQueue(batch, to, createExecutionContext());
}

async function simulator(path: string, body?: object) {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await env.EGRESS?.fetch(`http://simulator.local${path}`, init);
  return response?.json<{ count: number; posts: { path: string; body: unknown }[] }>();
}

beforeEach(async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  await simulator('/reset', {});
  return () => vi.restoreAllMocks();
});

describe('usage from a pool to D1 and the backend', () => {
  it('empties the outbox once the rows are stored, one row a call', async () => {
    const { pool, ids } = await poolWithCalls('usage-1', 7);
    const batches = await pool.drain();
    expect(batches.flatMap((batch) => batch.records)).toHaveLength(7);
    await deliver(env, batches);
    const { results } = await env.DB.prepare('SELECT id FROM calls ORDER BY id').all<{
      id: string;
    }>();
    expect(results.map((row) => row.id)).toEqual(expect.arrayContaining(ids.toSorted()));
    expect((await pool.stats()).outbox).toEqual({ pending: 0, sealed: 0 });
    expect(await pool.drain()).toEqual([]);
  });

  it('reaches the backend when it is up again, once', async () => {
    const to = { ...env, BACKEND_URL: 'https://backend.test', INTERNAL_SECRET: 'between-us' };
    await simulator('/backend/fail', { count: 1 });
    const { pool, ids } = await poolWithCalls('usage-2', 3);
    await deliver(to, await pool.drain());
    await env.DB.prepare('UPDATE settlements SET next_at = 0').run();
    const controller = { scheduledTime: Date.now(), cron: '*/5 * * * *', noRetry() {} };
    await runCron(controller, to, createExecutionContext());
    await runCron(controller, to, createExecutionContext());
    const posts = (await simulator('/backend'))?.posts ?? [];
    expect(posts.map((post) => post.path)).toEqual(['/internal/usage', '/internal/usage']);
    for (const id of ids) expect(JSON.stringify(posts[1]?.body)).toContain(id);
    expect(await env.DB.prepare('SELECT count(*) AS n FROM settlements').first('n')).toBe(0);
  });
});
