import { describe, expect, it } from 'vitest';
import { MAX_COLLECTED_CHARS } from '../../src/chat/collect';
import { completeChat } from '../../src/chat/complete-chat';
import type { Call } from '../../src/calls/ports';
import { AppError } from '../../src/errors';
import {
  chatRequest,
  END,
  FakePool,
  FakeProvider,
  hangUntil,
  jobOf,
  refusal,
  runOf,
  text,
  upstreamError,
  USAGE,
} from './fakes';

async function failure(work: Promise<unknown>): Promise<AppError> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw new Error('expected an AppError', { cause: thrown });
  return thrown;
}

describe('a whole answer', () => {
  it('is given and its lease settled once as done', async () => {
    const pool = new FakePool();
    const run = runOf(pool, new FakeProvider([[text('Hel'), text('lo')], END]));
    const completion = await completeChat(run, jobOf());
    expect(completion.choices[0]).toMatchObject({
      message: { role: 'assistant', content: 'Hello', refusal: null },
      finish_reason: 'stop',
    });
    expect(completion.usage).toEqual({
      prompt_tokens: 7,
      completion_tokens: 3,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 2 },
      completion_tokens_details: { reasoning_tokens: 1 },
    });
    expect(pool.settled).toHaveLength(1);
    expect(pool.settled[0]).toMatchObject({
      callId: 'call-1',
      attempt: 1,
      outcome: 'done',
      record: { status: 200, error: null, usage: USAGE },
    });
  });

  it('waits a second for another call to ask the pool for it, then asks by itself', async () => {
    const pool = new FakePool();
    const { promise: hurried, resolve } = Promise.withResolvers<void>();
    pool.hurried = resolve;
    pool.admitHeld = hurried;
    const run = runOf(pool, new FakeProvider([[text('Hello')], END]));
    const startedAt = Date.now();
    const completion = await completeChat(run, jobOf());
    expect(completion.choices[0]?.message.content).toBe('Hello');
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
  });

  it('carries an estimate, and says so, when upstream does not count (D-66)', async () => {
    const pool = new FakePool();
    const run = runOf(
      pool,
      new FakeProvider([[text('12345678你好'), { type: 'finish', usage: null }]]),
    );
    const { usage } = await completeChat(run, jobOf());
    expect(usage).toMatchObject({ completion_tokens: 4, estimated: true });
    expect(pool.settled[0]?.record.usage).toMatchObject({ output: 4, estimated: true });
  });

  it('is tried with other credentials until one serves', async () => {
    const pool = new FakePool();
    const limited = upstreamError('limited', 'pool_exhausted', { retryAfterMs: 5_000 });
    const provider = new FakeProvider(limited, upstreamError('faulty', 'upstream_error'), [
      [text('x'), ...END],
    ]);
    await completeChat(runOf(pool, provider), jobOf());
    expect(provider.secrets).toEqual(['secret-1', 'secret-2', 'secret-3']);
    expect(pool.retried).toMatchObject([
      { attempt: 1, outcome: 'limited', retryAfterMs: 5_000, clientEmpty: true },
      { attempt: 2, outcome: 'faulty', clientEmpty: true },
    ]);
    expect(pool.settled).toMatchObject([{ attempt: 3, outcome: 'done' }]);
  });

  it('is not tried more often than the setting says (D-54)', async () => {
    const pool = new FakePool();
    const faulty = upstreamError('faulty', 'upstream_error');
    const provider = new FakeProvider(faulty, faulty, faulty, [[text('never')]]);
    const error = await failure(completeChat(runOf(pool, provider), jobOf()));
    expect(error).toMatchObject({ code: 'upstream_error', status: 502 });
    // An admitted call that failed says as well where the key's limits stand.
    expect(error.detail.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '59' });
    expect(pool.retried).toHaveLength(2);
    expect(pool.settled).toMatchObject([
      { attempt: 3, outcome: 'faulty', record: { status: 502, error: 'upstream_error' } },
    ]);
  });

  it('keeps the upstream error when no other credential is left (D-55)', async () => {
    const pool = new FakePool();
    pool.retryRefusal = refusal('pool_exhausted', { retryAfterMs: 12_000 });
    const provider = new FakeProvider(upstreamError('faulty', 'upstream_error'));
    expect(await failure(completeChat(runOf(pool, provider), jobOf()))).toMatchObject({
      code: 'upstream_error',
    });
    // The refused retry has ended the call: nothing is left to settle.
    expect(pool.settled).toEqual([]);
  });

  it('limited by upstream is 429 with the time the pool names', async () => {
    const pool = new FakePool();
    pool.retryRefusal = refusal('pool_exhausted', { retryAfterMs: 12_000 });
    const provider = new FakeProvider(
      upstreamError('limited', 'pool_exhausted', { retryAfterMs: 99_000 }),
    );
    const error = await failure(completeChat(runOf(pool, provider), jobOf()));
    expect(error).toMatchObject({
      code: 'pool_exhausted',
      status: 429,
      detail: { retryAfterS: 12 },
    });
  });

  it('refused by upstream is not tried again', async () => {
    const pool = new FakePool();
    const refused = upstreamError('refused', 'upstream_refused', {
      retryable: false,
      counted: true,
    });
    expect(
      await failure(completeChat(runOf(pool, new FakeProvider(refused)), jobOf())),
    ).toMatchObject({ status: 400 });
    expect(pool.retried).toEqual([]);
    expect(pool.settled).toMatchObject([{ outcome: 'refused', counted: true, clientEmpty: true }]);
  });

  it('that breaks off in the middle is an error, charged to the credential and not to the key', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('half')], upstreamError('faulty', 'upstream_cut')]);
    expect(await failure(completeChat(runOf(pool, provider), jobOf()))).toMatchObject({
      code: 'upstream_cut',
    });
    expect(pool.retried).toEqual([]);
    expect(pool.settled).toMatchObject([{ outcome: 'faulty', clientEmpty: true }]);
  });

  it('that ends without its finish is cut', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('half')]]);
    expect(await failure(completeChat(runOf(pool, provider), jobOf()))).toMatchObject({
      code: 'upstream_cut',
      status: 502,
    });
  });

  it('is tried again after a failure behind nothing but the name of the model', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider(
      [[{ type: 'about', model: 'm' }], upstreamError('limited', 'pool_exhausted')],
      [[text('x'), ...END]],
    );
    const completion = await completeChat(runOf(pool, provider), jobOf());
    expect(completion.choices[0]?.message.content).toBe('x');
    expect(pool.retried).toHaveLength(1);
  });
});

describe('a whole answer that is refused', () => {
  it.each([
    ['daily_quota_exceeded', 429],
    ['rpm_exceeded', 429],
    ['concurrency_exceeded', 429],
    ['model_not_allowed', 403],
    ['ip_not_allowed', 403],
    ['key_disabled', 401],
    ['key_expired', 401],
    ['pool_exhausted', 429],
    ['call_ended', 409],
    ['no_credentials', 503],
    ['provider_unavailable', 503],
  ] as const)(
    'by the pool with %s is %i, asks nobody and settles nothing (D-65)',
    async (code, status) => {
      const pool = new FakePool();
      pool.refusal = refusal(code, {
        retryAfterMs: 1_500,
        rates: { rpm: { limit: 5, remaining: 0, resetMs: 1_500 }, day: null },
      });
      const provider = new FakeProvider();
      const error = await failure(completeChat(runOf(pool, provider), jobOf()));
      expect(error).toMatchObject({
        code,
        status,
        detail: { retryAfterS: 2, headers: { 'x-ratelimit-limit-requests': '5' } },
      });
      expect(provider.secrets).toEqual([]);
      expect(pool.settled).toEqual([]);
    },
  );

  it('names the daily limit that is used up, and when to come back', async () => {
    const pool = new FakePool();
    const wait = { limit: 'heavy', retryAfterMs: 15_540_000 } as const;
    pool.refusal = refusal('daily_quota_exceeded', wait);
    const heard = async () =>
      (await failure(completeChat(runOf(pool, new FakeProvider()), jobOf()))).message;
    expect(await heard()).toMatch(/heavy\. Try again in 4 h 19 min\.$/);
    pool.refusal = refusal('daily_quota_exceeded', { limit: 'heavy', retryAfterMs: null });
    expect(await heard()).toMatch(/heavy\.$/);
  });
});

describe('a whole answer under limits', () => {
  it('without a first part in time is 504 and uncertain', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider('hang');
    const error = await failure(
      completeChat(runOf(pool, provider), jobOf({ limits: { firstPartMs: 20 } })),
    );
    expect(error).toMatchObject({ code: 'upstream_timeout', status: 504 });
    expect(provider.signals[0]?.aborted).toBe(true);
    expect(pool.settled).toMatchObject([
      { outcome: 'faulty', clientEmpty: true, record: { status: 504 } },
    ]);
  });

  it('with a silence that is too long is 504 (D-36)', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('half')], 'hang']);
    const error = await failure(
      completeChat(runOf(pool, provider), jobOf({ limits: { idleMs: 20 } })),
    );
    expect(error.code).toBe('upstream_timeout');
    expect(provider.cancelled).toBeGreaterThan(0);
    expect(pool.settled).toMatchObject([{ outcome: 'faulty', reason: 'timeout: idle' }]);
  });

  it('that never ends is not kept beyond its limit, and blames nobody (D-33)', async () => {
    const pool = new FakePool();
    const large = text('x'.repeat(MAX_COLLECTED_CHARS / 4));
    const provider = new FakeProvider(Array.from({ length: 6 }, () => [large]));
    const error = await failure(completeChat(runOf(pool, provider), jobOf()));
    expect(error).toMatchObject({ code: 'upstream_error', status: 502 });
    expect(provider.cancelled).toBeGreaterThan(0);
    expect(pool.settled).toMatchObject([
      { outcome: 'partial', cause: 'refused', clientEmpty: true },
    ]);
  });

  it('of the whole call blames nobody once upstream had begun', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('half')], 'hang']);
    await failure(completeChat(runOf(pool, provider), jobOf({ limits: { totalMs: 20 } })));
    expect(pool.settled).toMatchObject([
      { outcome: 'partial', cause: 'refused', reason: 'timeout: total' },
    ]);
  });
});

describe('a whole answer whose upstream is silent until it has all of it', () => {
  it('is waited for as long as a call may take, and then nobody is blamed', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider('hang');
    const run = runOf(pool, provider, {}, { isSilent: true });
    const error = await failure(
      completeChat(run, jobOf({ limits: { firstPartMs: null, totalMs: 20 } })),
    );
    expect(error).toMatchObject({ code: 'upstream_timeout', status: 504 });
    expect(provider.signals[0]?.aborted).toBe(true);
    expect(pool.settled).toMatchObject([{ outcome: 'refused', counted: true, clientEmpty: true }]);
    // Silence is no answer of upstream's either.
    expect(pool.settled[0]).not.toHaveProperty('reason');
  });
});

describe('a whole answer to a request whose pictures are slow', () => {
  const fetching = (): FakeProvider => {
    const provider = new FakeProvider();
    provider.stream = async ({ fetchImage, signal }) => {
      provider.signals.push(signal);
      await fetchImage('https://images.test/slow', signal);
      throw new Error('never fetched');
    };
    return provider;
  };
  const never = () => new Promise<never>(() => undefined);

  it('is 400 when time runs out while they are fetched: nothing was sent, nobody is blamed (D-09)', async () => {
    const pool = new FakePool();
    const run = runOf(pool, fetching(), { fetchImage: never });
    const error = await failure(completeChat(run, jobOf({ limits: { firstPartMs: 20 } })));
    expect(error).toMatchObject({ code: 'invalid_image', status: 400 });
    expect(pool.settled).toMatchObject([{ outcome: 'refused', clientEmpty: true }]);
    expect(pool.settled[0]).not.toHaveProperty('counted');
  });

  it('believes what upstream says of the credential meanwhile', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider();
    provider.stream = async ({ fetchImage, signal }) => {
      void fetchImage('https://images.test/slow', signal);
      throw upstreamError('revoked', 'upstream_unauthorized', { retryable: false });
    };
    await failure(completeChat(runOf(pool, provider, { fetchImage: never }), jobOf()));
    expect(pool.settled).toMatchObject([{ outcome: 'revoked', clientEmpty: true }]);
  });

  it('costs nothing when the client leaves while they are fetched', async () => {
    const pool = new FakePool();
    const provider = fetching();
    const client = new AbortController();
    const run = runOf(pool, provider, { fetchImage: never }, { caller: client.signal });
    const work = failure(completeChat(run, jobOf()));
    await expect.poll(() => provider.signals.length).toBe(1);
    client.abort();
    await work;
    expect(pool.settled).toMatchObject([{ outcome: 'unused', clientEmpty: true }]);
  });

  it('gives upstream its time once they are there', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('x'), ...END]]);
    const answer = provider.stream.bind(provider);
    provider.stream = async (call) => {
      await call.fetchImage('https://images.test/slow', call.signal);
      await new Promise((resolve) => setTimeout(resolve, 60));
      return answer(call);
    };
    const fetchImage = async () => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return { bytes: new Uint8Array(), mime: 'image/png' };
    };
    const run = runOf(pool, provider, { fetchImage });
    const job = jobOf({ limits: { firstPartMs: 100 } });
    expect((await completeChat(run, job)).choices[0]?.message.content).toBe('x');
  });
});

describe('a client that leaves', () => {
  it('while another credential is looked for does not turn a refusal of upstream into a spent call', async () => {
    const pool = new FakePool();
    const held = Promise.withResolvers<undefined>();
    pool.retryHeld = held.promise;
    const limited = upstreamError('limited', 'pool_exhausted', { retryAfterMs: 5_000 });
    const client = new AbortController();
    const run = runOf(pool, new FakeProvider(limited), {}, { caller: client.signal });
    const work = failure(completeChat(run, jobOf()));
    await expect.poll(() => pool.retried.length).toBe(1);
    client.abort();
    await work;
    held.resolve(undefined);
    expect(pool.settled).toMatchObject([
      { attempt: 2, outcome: 'unused' },
      {
        attempt: 1,
        outcome: 'limited',
        retryAfterMs: 5_000,
        clientEmpty: false,
        record: { status: 499, error: 'client_left' },
      },
    ]);
  });

  it('while upstream is silent cancels it at once and is charged', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider('hang');
    const client = new AbortController();
    const run = runOf(pool, provider, {}, { caller: client.signal });
    const work = failure(completeChat(run, jobOf()));
    await expect.poll(() => provider.signals.length).toBe(1);
    client.abort();
    await work;
    expect(provider.signals[0]?.aborted).toBe(true);
    expect(pool.settled).toMatchObject([
      { outcome: 'aborted', clientEmpty: false, record: { status: 499 } },
    ]);
  });

  it('is heard of by an upstream that goes by the signal of the request alone', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider();
    const client = new AbortController();
    let isAsked = false;
    provider.stream = async ({ callerSignal }) => {
      isAsked = true;
      return hangUntil(callerSignal ?? AbortSignal.abort());
    };
    const begin: Call['begin'] = (attempt) =>
      provider.stream(Object.assign(attempt, { request: chatRequest() }));
    const run = runOf(pool, provider, {}, { caller: client.signal, begin });
    const work = failure(completeChat(run, jobOf()));
    await expect.poll(() => isAsked).toBe(true);
    client.abort();
    await work;
    expect(pool.settled).toMatchObject([
      { outcome: 'aborted', clientEmpty: false, record: { status: 499, error: 'client_left' } },
    ]);
  });

  it('before anything was sent costs nothing', async () => {
    const pool = new FakePool();
    const provider = new FakeProvider([[text('x')]]);
    const client = new AbortController();
    client.abort();
    const run = runOf(pool, provider, {}, { caller: client.signal });
    await failure(completeChat(run, jobOf()));
    expect(provider.secrets).toEqual([]);
    expect(pool.settled).toMatchObject([{ outcome: 'unused', clientEmpty: true }]);
  });
});

describe('a call that goes wrong inside', () => {
  it('gives back what it may have been lent when the pool cannot be reached', async () => {
    const pool = new FakePool();
    pool.admitFailure = new AppError('pool_overloaded', 'Too much.');
    expect(await failure(completeChat(runOf(pool, new FakeProvider()), jobOf()))).toMatchObject({
      status: 503,
    });
    expect(pool.settled).toMatchObject([{ callId: 'call-1', attempt: 1, outcome: 'unused' }]);
  });

  it('settles both attempts when a retry was perhaps heard', async () => {
    const pool = new FakePool();
    pool.retryFailure = new Error('connection lost');
    const provider = new FakeProvider(upstreamError('faulty', 'upstream_error'));
    expect(await failure(completeChat(runOf(pool, provider), jobOf()))).toMatchObject({
      code: 'upstream_error',
    });
    expect(pool.settled).toMatchObject([
      { attempt: 2, outcome: 'unused' },
      { attempt: 1, outcome: 'faulty' },
    ]);
  });

  it('spends nothing when the credential cannot be opened', async () => {
    const pool = new FakePool();
    const run = runOf(pool, new FakeProvider(), {
      openSecret: () => Promise.reject(new Error('damaged')),
    });
    expect(await failure(completeChat(run, jobOf()))).toMatchObject({ code: 'internal' });
    expect(pool.settled).toMatchObject([{ outcome: 'unused' }]);
  });

  it('does not blame a credential for our mistake (D-09)', async () => {
    const pool = new FakePool();
    const run = runOf(pool, new FakeProvider(new TypeError('a bug')));
    expect(await failure(completeChat(run, jobOf()))).toMatchObject({ code: 'internal' });
    expect(pool.settled).toMatchObject([{ outcome: 'refused', counted: true, clientEmpty: true }]);
  });

  it('charges nobody for an image that the request names wrongly (D-09, D-46)', async () => {
    const pool = new FakePool();
    const run = runOf(pool, new FakeProvider(new AppError('invalid_image', 'No image.')));
    expect(await failure(completeChat(run, jobOf()))).toMatchObject({
      code: 'invalid_image',
      status: 400,
    });
    expect(pool.settled[0]).toMatchObject({ outcome: 'refused', clientEmpty: true });
    expect(pool.settled[0]).not.toHaveProperty('counted');
  });
});
