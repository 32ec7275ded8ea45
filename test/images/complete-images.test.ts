import { describe, expect, it } from 'vitest';
import type { ImagesAnswer } from '../../src/contract/images';
import { AppError } from '../../src/errors';
import { completeImages } from '../../src/images/complete-images';
import type { DrawJob } from '../../src/images/draw';
import { FakePool, FakeProvider, refusal, runOf, type Script, upstreamError } from '../chat/fakes';
import { drawJob, failed, FINISH, picture, progress } from './fakes';

const NOW = 1_795_000_000_500;

/** Answers a job whose first call upstream answers so, and whose second, if it is made, so. */
function answering(fields: Partial<DrawJob>, ...scripts: Script[]) {
  const pool = new FakePool();
  const answer = completeImages(
    drawJob([runOf(pool, new FakeProvider(...scripts), { now: () => NOW })], fields),
    () => NOW,
  );
  return { pool, answer };
}

async function failure(work: Promise<ImagesAnswer>): Promise<AppError> {
  const thrown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof AppError)) throw new Error('expected an AppError', { cause: thrown });
  return thrown;
}

describe('pictures, whole', () => {
  it('come in their order, each once, no more than were asked for (D-70)', async () => {
    const { pool, answer } = answering({ n: 3 }, [
      [progress(0, 10), progress(2, 10)],
      [picture('c', 2), picture('a', 0)],
      [picture('a', 0), picture('b', 1), picture('d', 3)],
      [FINISH],
    ]);
    expect(await answer).toEqual({
      created: 1_795_000_000,
      data: ['a', 'b', 'c'].map((name) => ({
        url: `https://gw.test/images/${name}.jpg?t=token-1`,
      })),
      usage: expect.objectContaining({ estimated: true }),
    });
    expect(pool.settled).toMatchObject([
      { outcome: 'done', charges: { image: 3 }, record: { status: 200, error: null } },
    ]);
  });

  it('of one call that gives two: the one that comes is the answer (D-39)', async () => {
    for (const index of [0, 1]) {
      const { answer } = answering({}, [[picture('only', index)], [FINISH]]);
      expect((await answer).data).toHaveLength(1);
    }
  });

  it('are base64 where that was asked for, sent along or fetched', async () => {
    const script: Script = [[picture('a', 0, 'AAAA'), picture('b', 1)], [FINISH]];
    for (const format of ['b64_json', 'base64'] as const) {
      const { answer } = answering({ n: 2, format }, script);
      expect((await answer).data).toEqual([{ [format]: 'AAAA' }, { [format]: 'bytes-of-b.jpg' }]);
    }
  });

  it('have a usage that is estimated and says so (D-66)', async () => {
    const { answer } = answering({ n: 2 }, [[picture('a'), picture('b')], [FINISH]]);
    const { usage } = await answer;
    expect(usage).toMatchObject({ estimated: true, input_tokens_details: { image_tokens: 0 } });
    expect(usage.input_tokens).toBe(3);
    expect(usage.total_tokens).toBe(usage.input_tokens + usage.output_tokens);
    const counted = answering({}, [
      [picture('a')],
      [
        {
          type: 'finish',
          usage: { input: 9, output: 5, cached: 0, reasoning: 0, estimated: false },
        },
      ],
    ]);
    expect((await counted.answer).usage).toEqual({
      total_tokens: 14,
      input_tokens: 9,
      output_tokens: 5,
      input_tokens_details: { text_tokens: 9, image_tokens: 0 },
    });
  });
});

describe('an upstream with work ahead of its question', () => {
  it('is waited for anew with each step of that', async () => {
    const limits = { firstPartMs: 150, idleMs: 150, totalMs: 60_000, headMs: null, beatMs: null };
    const answered: Script = [[picture('a')], [FINISH]];
    const uploading = (steps: number): FakeProvider => {
      const provider = new FakeProvider(answered);
      const stream = provider.stream.bind(provider);
      provider.stream = async (call) => {
        for (let step = 0; step < steps; step++) {
          await scheduler.wait(100);
          call.onStep?.();
        }
        return stream(call);
      };
      return provider;
    };
    const run = runOf(new FakePool(), uploading(3));
    const answer = await completeImages(drawJob([run], { limits: () => limits }), () => NOW);
    expect(answer.data).toHaveLength(1);
  });
});

describe('fewer pictures than were asked for', () => {
  it('are what came, said to be so, and charged for what came (D-40)', async () => {
    const { pool, answer } = answering({ n: 4 }, [
      [picture('b', 1), failed(0, 'content_policy_violation')],
      [failed(2, 'content_policy_violation'), failed(3, 'upstream_timeout'), FINISH],
    ]);
    const body = await answer;
    expect(body.data).toHaveLength(1);
    expect(body.incomplete).toEqual({
      requested: 4,
      delivered: 1,
      reasons: ['content_policy_violation', 'upstream_timeout'],
    });
    expect(JSON.stringify(body.data)).not.toContain('error');
    expect(pool.settled).toMatchObject([{ outcome: 'done', charges: { image: 1 } }]);
  });

  it('are kept when upstream breaks off after them, and the credential bears the cause (D-70)', async () => {
    const { pool, answer } = answering({ n: 2 }, [
      [picture('a', 0)],
      upstreamError('limited', 'pool_exhausted'),
    ]);
    const { data, incomplete } = await answer;
    expect(data).toHaveLength(1);
    expect(incomplete).toEqual({ requested: 2, delivered: 1, reasons: ['pool_exhausted'] });
    expect(pool.settled).toMatchObject([
      {
        outcome: 'partial',
        cause: 'limited',
        clientEmpty: false,
        charges: { image: 1 },
        record: { status: 200, error: 'pool_exhausted' },
      },
    ]);
  });

  it('are the others when one cannot be fetched', async () => {
    const { pool, answer } = answering({ n: 2, format: 'b64_json' }, [
      [picture('lost'), picture('b')],
      [FINISH],
    ]);
    expect(await answer).toMatchObject({
      data: [{ b64_json: 'bytes-of-b.jpg' }],
      incomplete: { requested: 2, delivered: 1 },
    });
    expect(pool.settled).toMatchObject([{ charges: { image: 1 } }]);
  });
});

describe('no picture', () => {
  it('because none that was drawn can be read blames nobody, and counts for the credential', async () => {
    const { pool, answer } = answering({ format: 'b64_json' }, [[picture('lost')], [FINISH]]);
    const error = await failure(answer);
    expect(error).toMatchObject({ code: 'upstream_error', status: 502 });
    expect(error.message).toContain('drawn');
    expect(pool.settled).toMatchObject([
      { outcome: 'partial', cause: 'refused', clientEmpty: true, charges: { image: 0 } },
    ]);
  });

  it('because none that was drawn can be read is not drawn once more in another way', async () => {
    const pool = new FakePool();
    const run = runOf(pool, new FakeProvider([[picture('lost')], [FINISH]]));
    const other = runOf(pool, new FakeProvider([[picture('b')], [FINISH]]));
    await failure(completeImages(drawJob([run, other], { format: 'b64_json' }), () => NOW));
    expect(pool.settled).toHaveLength(1);
  });

  it('because upstream withheld them is 400 content_policy_violation, and nothing is charged', async () => {
    const { pool, answer } = answering({ n: 2 }, [
      [failed(0, 'content_policy_violation'), failed(1, 'content_policy_violation'), FINISH],
    ]);
    expect(await failure(answer)).toMatchObject({ code: 'content_policy_violation', status: 400 });
    expect(pool.settled).toMatchObject([{ clientEmpty: true, record: { status: 400 } }]);
    expect(pool.settled[0]?.outcome).not.toBe('done');
  });

  it('although upstream says that all is well is 502', async () => {
    expect(await failure(answering({}, [[FINISH]]).answer)).toMatchObject({
      code: 'upstream_error',
      status: 502,
    });
  });

  it('for a client that left: who leaves pays for what was asked', async () => {
    const client = new AbortController();
    const pool = new FakePool();
    const provider = new FakeProvider([[picture('a')], 'hang']);
    const run = runOf(pool, provider, {}, { caller: client.signal });
    const answer = completeImages(drawJob([run], { n: 2 }), () => NOW);
    await Promise.resolve();
    setTimeout(() => client.abort(), 5);
    await failure(answer);
    expect(pool.settled).toMatchObject([{ outcome: 'aborted', record: { status: 499 } }]);
    expect(pool.settled[0]).not.toHaveProperty('charges');
  });
});

describe('another way of drawing', () => {
  const legacy: Script = [[picture('legacy')], [FINISH]];
  const both = (first: FakePool, script: Script, fields: Partial<DrawJob> = {}) => {
    const second = new FakePool();
    const runs = [
      runOf(first, new FakeProvider(script), { settings: oneAttempt }),
      runOf(second, new FakeProvider(legacy)),
    ] as const;
    return { second, answer: completeImages(drawJob(runs, fields), () => NOW) };
  };
  const oneAttempt = () => ({
    provider: {
      baseUrl: '',
      assetsUrl: '',
      statsigId: '',
      clearance: '',
      userAgent: '',
      temporary: false,
      filterTags: [],
    },
    maxAttempts: 1,
  });

  it('takes over when the first fails before any picture, settled as a call of its own', async () => {
    const scripts: Script[] = [
      upstreamError('faulty', 'upstream_error'),
      [[progress(0, 10)], upstreamError('faulty', 'upstream_cut')],
      [[progress(0, 10)], [failed(0, 'upstream_timeout'), FINISH]],
    ];
    for (const script of scripts) {
      const first = new FakePool();
      const { second, answer } = both(first, script);
      expect((await answer).data).toMatchObject([{ url: expect.stringContaining('legacy') }]);
      expect(first.settled).toMatchObject([{ clientEmpty: true }]);
      expect(second.settled).toMatchObject([{ outcome: 'done', charges: { image: 1 } }]);
    }
  });

  it('takes over when the first has no room', async () => {
    const first = new FakePool();
    first.refusal = refusal('pool_exhausted');
    const { answer } = both(first, []);
    expect((await answer).data).toHaveLength(1);
    expect(first.settled).toEqual([]);
  });

  it('does not when some have come, when they are forbidden, or when the key may not', async () => {
    const some = both(new FakePool(), [[picture('a')], upstreamError('faulty', 'upstream_cut')], {
      n: 2,
    });
    expect(await some.answer).toMatchObject({ incomplete: { delivered: 1 } });
    expect(some.second.asks).toEqual([]);

    const forbidden = both(new FakePool(), [[failed(0, 'content_policy_violation'), FINISH]]);
    expect(await failure(forbidden.answer)).toMatchObject({ code: 'content_policy_violation' });
    expect(forbidden.second.asks).toEqual([]);

    const spent = new FakePool();
    spent.refusal = refusal('daily_quota_exceeded');
    const refused = both(spent, []);
    expect(await failure(refused.answer)).toMatchObject({ code: 'daily_quota_exceeded' });
    expect(refused.second.asks).toEqual([]);
  });
});
