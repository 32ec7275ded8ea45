import { describe, expect, it } from 'vitest';
import { streamChat } from '../../src/chat/stream-chat';
import type { CallRun } from '../../src/calls/run-call';
import { AppError } from '../../src/errors';
import type { Part, Provider } from '../../src/providers/provider';
import { END, FakePool, FakeProvider, jobOf, refusal, runOf, text, upstreamError } from './fakes';

/** Streams to the end. @returns the response's head, its text, and its events as JSON. */
async function streamed(run: CallRun, job = jobOf()) {
  const { response: head, work } = streamChat(run, job);
  const response = await head;
  const body = await response.text();
  await work;
  const events = body
    .split('\n\n')
    .filter((event) => event.startsWith('data: ') && event !== 'data: [DONE]')
    .map((event) => JSON.parse(event.slice(6)));
  return { response, body, events };
}

describe('a streamed answer', () => {
  it('is events, each valid JSON, then [DONE], and its lease is settled once', async () => {
    const pool = new FakePool();
    const { response, body, events } = await streamed(
      runOf(pool, new FakeProvider([[text('Hel')], [text('lo')], END])),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('60');
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(events.map((event) => event.choices[0].delta)).toEqual([
      { role: 'assistant', content: 'Hel' },
      { content: 'lo' },
      {},
    ]);
    expect(events.map((event) => event.choices[0].finish_reason)).toEqual([null, null, 'stop']);
    for (const event of events) expect(event).not.toHaveProperty('usage');
    expect(pool.settled).toMatchObject([{ outcome: 'done', record: { status: 200, error: null } }]);
  });

  it('ends with usage and no choices when the client asked (D-66)', async () => {
    const job = jobOf({ request: { stream: true, stream_options: { include_usage: true } } });
    const { events } = await streamed(
      runOf(new FakePool(), new FakeProvider([[text('x'), ...END]])),
      job,
    );
    expect(events.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 7, total_tokens: 10 },
    });
    expect(events.slice(0, -1).map((event) => event.usage)).toEqual([null, null]);
  });

  it('fails with its HTTP status while the head has not left', async () => {
    const pool = new FakePool();
    pool.refusal = refusal('daily_quota_exceeded', { retryAfterMs: 3_600_000 });
    const { response, work } = streamChat(
      runOf(pool, new FakeProvider()),
      jobOf({ limits: { headMs: 5_000 } }),
    );
    await expect(response).rejects.toMatchObject({ code: 'daily_quota_exceeded', status: 429 });
    await work;
    const broken = streamChat(
      runOf(
        new FakePool(),
        new FakeProvider(upstreamError('refused', 'upstream_refused', { retryable: false })),
      ),
      jobOf({ limits: { headMs: 5_000 } }),
    );
    const failed = await broken.response.catch((thrown: unknown) => thrown);
    if (!(failed instanceof AppError)) throw new Error('expected an AppError', { cause: failed });
    expect(failed.detail.headers).toMatchObject({ 'x-ratelimit-limit-requests': '60' });
    await broken.work;
  });

  it('waits with its head for a pool that takes long, so that both its words are heard', async () => {
    const job = jobOf({ limits: { headMs: 0 } });
    const slow = (): FakePool => {
      const pool = new FakePool();
      pool.admitHeld = scheduler.wait(30);
      return pool;
    };
    const refusing = slow();
    refusing.refusal = refusal('daily_quota_exceeded', { retryAfterMs: 3_600_000 });
    const { response, work } = streamChat(runOf(refusing, new FakeProvider()), job);
    await expect(response).rejects.toMatchObject({ code: 'daily_quota_exceeded', status: 429 });
    await work;
    const served = await streamed(runOf(slow(), new FakeProvider([[text('x'), ...END]])), job);
    expect(served.response.headers.get('x-ratelimit-limit-requests')).toBe('60');
  });

  it('fails as an event with the envelope once the head has left, and never as text (D-36, D-67)', async () => {
    const pool = new FakePool();
    const job = jobOf({ limits: { headMs: 0, firstPartMs: 30 } });
    const { response, body, events } = await streamed(runOf(pool, new FakeProvider('hang')), job);
    expect(response.status).toBe(200);
    expect(body.startsWith(': ok\n\n')).toBe(true);
    expect(events).toEqual([
      {
        error: {
          message: expect.any(String),
          type: 'server_error',
          code: 'upstream_timeout',
          param: null,
          status: 504,
        },
      },
    ]);
    expect(body).not.toContain('[DONE]');
    expect(pool.settled).toMatchObject([
      { outcome: 'faulty', clientEmpty: true, record: { status: 200, error: 'upstream_timeout' } },
    ]);
  });

  it('that breaks off ends with an error event, without finish_reason and without [DONE] (D-36, D-67)', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([
      [text('half'), { type: 'choice-end', choice: 0, reason: 'stop' }],
      upstreamError('limited', 'pool_exhausted', { retryAfterMs: 9_000 }),
    ]);
    const { body, events } = await streamed(runOf(pool, provider));
    expect(events.at(-1)).toMatchObject({ error: { code: 'pool_exhausted', status: 429 } });
    expect(body).not.toContain('"finish_reason":"stop"');
    expect(body).not.toContain('[DONE]');
    expect(pool.retried).toEqual([]);
    expect(pool.settled).toMatchObject([
      {
        outcome: 'partial',
        cause: 'limited',
        clientEmpty: false,
        record: { usage: { output: 1, estimated: true } },
      },
    ]);
  });

  it('closes an open think tag when the answer ends while thinking (D-38)', async () => {
    const thinking: Part[] = [
      { type: 'reasoning-delta', text: 'hm' },
      { type: 'finish', usage: null },
    ];
    const { events } = await streamed(
      runOf(new FakePool(), new FakeProvider([thinking])),
      jobOf({ style: 'tags' }),
    );
    const content = events.map((event) => event.choices[0].delta.content ?? '').join('');
    expect(content).toBe('<think>\nhm\n</think>\n');
  });

  it('closes an open think tag before the error event of an answer that breaks off (D-38)', async () => {
    const provider = new FakeProvider([
      [{ type: 'reasoning-delta', text: 'hm' }],
      upstreamError('faulty', 'upstream_cut'),
    ]);
    const { events } = await streamed(runOf(new FakePool(), provider), jobOf({ style: 'tags' }));
    expect(events.slice(0, -1).map((event) => event.choices[0])).toMatchObject([
      { delta: { content: '<think>\nhm' }, finish_reason: null },
      { delta: { content: '\n</think>\n' }, finish_reason: null },
    ]);
    expect(events.at(-1)).toHaveProperty('error');
  });

  it('sends heartbeats in silence', async () => {
    const job = jobOf({ limits: { headMs: 5, beatMs: 10 } });
    const { response, work } = streamChat(runOf(new FakePool(), new FakeProvider('hang')), job);
    const reader = (await response).body?.pipeThrough(new TextDecoderStream()).getReader();
    const beats: string[] = [];
    while (beats.length < 3) {
      const { value = '', done = true } = (await reader?.read()) ?? {};
      if (done) break;
      beats.push(...(value.match(/^: beat$/gm) ?? []));
    }
    expect(beats.length).toBeGreaterThanOrEqual(3);
    await reader?.cancel();
    await work;
  });

  it('is tried again behind a head that has left', async () => {
    const pool = new FakePool();
    pool.suspect = true;
    const provider = new FakeProvider(upstreamError('blocked', 'upstream_blocked'), [
      [text('x'), ...END],
    ]);
    const wait = () => scheduler.wait(30);
    const { body, events } = await streamed(
      runOf(pool, provider, { wait }),
      jobOf({ limits: { headMs: 0 } }),
    );
    expect(body.startsWith(': ok\n\n')).toBe(true);
    expect(events[0].choices[0].delta.content).toBe('x');
    expect(pool.retried).toMatchObject([{ outcome: 'blocked' }]);
  });
});

describe('a client that leaves a stream', () => {
  it('by closing its body is noticed at the next heartbeat: upstream is cancelled and the lease settled with what was counted (D-34)', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('12345678')], 'hang']);
    const { response, work } = streamChat(runOf(pool, provider), jobOf({ limits: { beatMs: 20 } }));
    const reader = (await response).body?.getReader();
    await reader?.read();
    expect(provider.cancelled).toBe(0);
    await reader?.cancel();
    await work;
    expect(provider.cancelled).toBeGreaterThan(0);
    expect(pool.settled).toMatchObject([
      {
        outcome: 'aborted',
        clientEmpty: false,
        record: { status: 200, error: 'client_left', usage: { output: 2 } },
      },
    ]);
  });

  it('by the signal of its request (D-34)', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('x')], 'hang']);
    const client = new AbortController();
    const run = runOf(pool, provider, {}, { caller: client.signal });
    const { response, work } = streamChat(run, jobOf());
    const reader = (await response).body?.getReader();
    await reader?.read();
    client.abort();
    await work;
    expect(provider.signals[0]?.aborted).toBe(true);
    expect(pool.settled).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('or is slow is read ahead of by a little only: then upstream waits for it (D-34)', async () => {
    const pool = new FakePool();
    const long = 'x'.repeat(1_024);
    let reads = 0;
    const provider: Provider = {
      id: 'deepseek',
      metered: false,
      stream: () =>
        Promise.resolve({
          read: () => {
            reads += 1;
            return Promise.resolve(reads > 200 ? END : [text(long)]);
          },
          cancel: () => undefined,
        }),
    };
    const { response, work } = streamChat(runOf(pool, provider), jobOf());
    const reader = (await response).body?.getReader();
    await reader?.read();
    // 16 KiB may wait, beside the one that was read and the one that goes over the mark.
    await expect.poll(() => reads).toBeGreaterThan(10);
    await scheduler.wait(20);
    expect(reads).toBeLessThanOrEqual(18);
    await reader?.cancel();
    await work;
  });

  it('that reads nothing more does not hold its lease beyond the whole call’s limit', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('x')], [text('y')], 'hang']);
    const { response, work } = streamChat(
      runOf(pool, provider),
      jobOf({ limits: { totalMs: 40 } }),
    );
    await response;
    await expect.poll(() => pool.settled.length).toBe(1);
    expect(pool.settled).toMatchObject([{ outcome: 'partial', cause: 'refused' }]);
    await (await response).body?.cancel();
    await work;
  });
});
