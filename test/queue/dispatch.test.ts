import { createExecutionContext, createMessageBatch, getQueueResult } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runCron } from '../../src/cron/dispatch';
import { consumeQueue } from '../../src/queue/dispatch';
import { lateWord, record, usageBatch } from './usage-fixtures';

interface Sent {
  readonly url: string;
  readonly authorization: string | null;
  readonly idempotencyKey: string | null;
  readonly body: Record<string, unknown>;
}

/** The Worker's env with a pool that remembers acknowledgements and a backend that obeys. */
function world(backendUrl = 'https://backend.test/') {
  const acked: (readonly [pool: string, batchIds: readonly string[]])[] = [];
  const sent: Sent[] = [];
  const state = { acked, sent, backendStatus: 200, isPoolDown: false };
  const pools = {
    idFromName: (name: string) => name,
    get: (name: string) => ({
      async ack(batchIds: readonly string[]) {
        if (state.isPoolDown) throw new Error('the pool is away');
        acked.push([name, batchIds]);
      },
      async tick() {},
      keyStatus: async () => [],
    }),
  };
  const backend = {
    async fetch(url: string, init: RequestInit) {
      const request = new Request(url, init);
      sent.push({
        url,
        authorization: request.headers.get('authorization'),
        idempotencyKey: request.headers.get('idempotency-key'),
        body: await request.json(),
      });
      return new Response('ok', { status: state.backendStatus });
    },
  };
  // SAFETY: the fakes have what the consumer and the cron use of these bindings.
  const fakes = { TOKEN_POOL: pools, EGRESS: backend } as unknown as Pick<
    Env,
    'TOKEN_POOL' | 'EGRESS'
  >;
  const vars = { BACKEND_URL: backendUrl, INTERNAL_SECRET: 'between-us' };
  return { ...state, state, env: { ...env, ...fakes, ...vars } satisfies Env };
}

async function deliver(to: Env, bodies: readonly unknown[], queue = 'grok2api-usage') {
  const batch = createMessageBatch(
    queue,
    bodies.map((body, n) => ({ id: `m${n}`, timestamp: new Date(), attempts: 1, body })),
  );
  const ctx = createExecutionContext();
  await consumeQueue(batch, to, ctx);
  return getQueueResult(batch, ctx);
}

async function cron(to: Env, scheduledTime = 1_790_000_000_000) {
  await runCron({ scheduledTime, cron: '*/5 * * * *', noRetry() {} }, to, createExecutionContext());
}

const count = async (table: string) =>
  env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n');

beforeEach(async () => {
  const tables = ['calls', 'usage_daily', 'usage_refusals', 'usage_batches', 'usage_corrections'];
  await env.DB.batch(
    [...tables, 'settlements'].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  return () => vi.restoreAllMocks();
});

describe('the usage queue', () => {
  it('sends the secret to no backend in clear: what is settled waits', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    for (const url of ['http://backend.test', 'not an address']) {
      const { env: to, sent } = world(url);
      await deliver(to, [usageBatch(`${url}:1`, { records: [record(url)] })]);
      expect(sent).toEqual([]);
    }
    expect(await count('settlements')).toBe(2);
    expect(errors.mock.calls.flat().join()).toContain('settlement_impossible');
    const { env: local, sent } = world('http://127.0.0.1:9000');
    await deliver(local, [usageBatch('local:1', { records: [record('local')] })]);
    expect(sent).toHaveLength(1);
  });

  it('stores a delivery, acknowledges to each pool by name, and lets the messages go', async () => {
    const { env: to, acked } = world('');
    const result = await deliver(to, [
      usageBatch('a:1', { records: [record('c1')] }),
      usageBatch('b:1', { records: [record('c2')], pool: 'second' }),
      usageBatch('a:2', { records: [record('c3')] }),
    ]);
    expect(result.explicitAcks).toEqual(['m0', 'm1', 'm2']);
    expect(acked).toEqual([
      ['main', ['a:1', 'a:2']],
      ['second', ['b:1']],
    ]);
    expect(await count('calls')).toBe(3);
  });

  it('acknowledges a batch that comes again and writes nothing', async () => {
    const { env: to, acked } = world('');
    await deliver(to, [usageBatch('a:1', { records: [record('c1')] })]);
    const result = await deliver(to, [usageBatch('a:1', { records: [record('c1')] })]);
    expect(result.explicitAcks).toEqual(['m0']);
    expect(acked).toEqual([
      ['main', ['a:1']],
      ['main', ['a:1']],
    ]);
    expect(await count('calls')).toBe(1);
  });

  it('lets a malformed message go, logged, and stores the others', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { env: to } = world('');
    const result = await deliver(to, [
      { batchId: 'x', records: 'none' },
      null,
      usageBatch('a:1', { records: [record('c1')] }),
    ]);
    expect(result.explicitAcks).toEqual(['m0', 'm1', 'm2']);
    expect(await count('calls')).toBe(1);
    expect(errors.mock.calls.flat().join()).toContain('usage_message_malformed');
  });

  it('sends a malformed batch to the dead letters, once: its pool is told to let it go', async () => {
    const buried: unknown[] = [];
    const { env: to, acked } = world('');
    // SAFETY: all that the consumer does with a queue.
    const dead = { send: async (body: unknown) => void buried.push(body) } as unknown as Queue;
    const broken = { ...usageBatch('a:1', {}), records: 'none' };
    const result = await deliver({ ...to, USAGE_DEAD_LETTERS: dead }, [broken]);
    expect(result.explicitAcks).toEqual(['m0']);
    expect(buried).toEqual([broken]);
    expect(acked).toEqual([['main', ['a:1']]]);
  });

  it('sends a batch with a malformed row to the dead letters, and stores the others', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    const buried: unknown[] = [];
    const { env: to, acked } = world('');
    // SAFETY: all that the consumer does with a queue.
    const dead = { send: async (body: unknown) => void buried.push(body) } as unknown as Queue;
    const whole = record('c1');
    const broken = [
      { ...usageBatch('a:1', {}), records: [null] },
      { ...usageBatch('a:2', {}), records: [{ ...record('c2'), at: undefined }] },
    ];
    const result = await deliver({ ...to, USAGE_DEAD_LETTERS: dead }, [
      ...broken,
      usageBatch('a:3', { records: [whole] }),
    ]);
    expect(result.explicitAcks).toEqual(['m0', 'm1', 'm2']);
    expect(buried).toEqual(broken);
    expect(acked.flat(2)).toEqual(expect.arrayContaining(['a:1', 'a:2', 'a:3']));
    expect(await count('calls')).toBe(1);
    expect(errors.mock.calls.flat().join()).toContain('usage_message_malformed');
  });

  it('keeps a malformed batch that the dead letters do not take', async () => {
    const { env: to, acked } = world('');
    const full = { send: () => Promise.reject(new Error('full')) } as unknown as Queue; // SAFETY: as above.
    const broken = { ...usageBatch('a:1', {}), records: 'none' };
    const result = await deliver({ ...to, USAGE_DEAD_LETTERS: full }, [broken]);
    expect(result.retryMessages.map((message) => message.msgId)).toEqual(['m0']);
    expect(acked).toEqual([]);
  });

  it('lets the messages go when the pool does not answer: it sends unacknowledged batches again', async () => {
    const { env: to, state } = world('');
    state.isPoolDown = true;
    const result = await deliver(to, [usageBatch('a:1', { records: [record('c1')] })]);
    expect(result.explicitAcks).toEqual(['m0']);
    expect(await count('calls')).toBe(1);
  });

  it('asks for a delivery again when D1 fails, and acknowledges nothing', async () => {
    const { env: to, acked } = world('');
    const down = {
      prepare: () => {
        throw new Error('D1 is away');
      },
    };
    // SAFETY: a database that fails at the first touch needs no more.
    const result = await deliver({ ...to, DB: down as unknown as D1Database }, [
      usageBatch('a:1', { records: [record('c1')] }),
    ]);
    expect(result.explicitAcks).toEqual([]);
    expect(result.retryMessages.map((message) => message.msgId)).toEqual(['m0']);
    expect(acked).toEqual([]);
  });

  it('keeps messages of a queue it does not know', async () => {
    const result = await deliver(world('').env, [{}], 'another');
    expect(result.retryBatch.retry).toBe(true);
  });
});

describe('the settlement backend', () => {
  it('receives each batch once, with the shared secret and the batch id as idempotency key', async () => {
    const { env: to, sent } = world();
    await deliver(to, [
      usageBatch('a:1', { records: [record('c1')], corrections: [lateWord('c0')] }),
      usageBatch('a:2', { refusals: [{ minute: 0, keyId: 'k', code: 'rpm_exceeded', count: 1 }] }),
    ]);
    expect(sent).toEqual([
      {
        url: 'https://backend.test/internal/usage',
        authorization: 'Bearer between-us',
        idempotencyKey: 'a:1',
        body: {
          batch_id: 'a:1',
          records: [
            expect.objectContaining({
              id: 'c1',
              key_id: 'key_1',
              model: 'deepseek-chat',
              outcome: 'done',
              status: 200,
              usage: {
                input_tokens: 10,
                output_tokens: 20,
                cached_tokens: 4,
                reasoning_tokens: 2,
                estimated: false,
              },
            }),
          ],
          corrections: [expect.objectContaining({ id: 'c0', outcome: 'done' })],
        },
      },
    ]);
    expect(JSON.stringify(sent)).not.toContain('tok_1');
    expect(await count('settlements')).toBe(0);
  });

  it('is asked again by cron after a failure, with the same id, and D1 is not written twice', async () => {
    const { env: to, state, sent, acked } = world();
    state.backendStatus = 500;
    const result = await deliver(to, [
      usageBatch('a:1', { records: [record('c1')] }),
      usageBatch('a:2', { records: [record('c2')] }),
    ]);
    expect(result.explicitAcks).toEqual(['m0', 'm1']);
    expect(acked).toEqual([['main', ['a:1', 'a:2']]]);
    expect(sent.map((one) => one.idempotencyKey)).toEqual(['a:1']);
    expect(await count('settlements')).toBe(2);

    await env.DB.prepare('UPDATE settlements SET next_at = 0').run();
    await cron(to);
    expect(await count('settlements')).toBe(2);
    state.backendStatus = 202;
    await env.DB.prepare('UPDATE settlements SET next_at = 0').run();
    await cron(to);
    expect(await count('settlements')).toBe(0);
    expect(sent.map((one) => one.idempotencyKey)).toEqual(['a:1', 'a:1', 'a:1', 'a:2']);
    expect(sent[3]?.body).toEqual(expect.objectContaining({ batch_id: 'a:2' }));
    const calls = 'SELECT sum(calls) AS n FROM usage_daily';
    expect(await env.DB.prepare(calls).first<number>('n')).toBe(2);
  });

  it('is left in peace by cron until the time of the next try', async () => {
    const { env: to, state, sent } = world();
    state.backendStatus = 500;
    await deliver(to, [usageBatch('a:1', { records: [record('c1')] })]);
    await cron(to);
    expect(sent).toHaveLength(1);
  });

  it('gets what was stored while the shared secret was missing', async () => {
    const { env: to, sent } = world();
    await deliver({ ...to, INTERNAL_SECRET: '' }, [usageBatch('a:1', { records: [record('c1')] })]);
    expect(sent).toEqual([]);
    await env.DB.prepare('UPDATE settlements SET next_at = 0').run();
    await cron(to);
    expect(sent.map((one) => one.idempotencyKey)).toEqual(['a:1']);
  });
});
