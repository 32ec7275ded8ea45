import { describe, expect, it } from 'vitest';
import type { Egress } from '../../../../src/egress/egress';
import { openSocket } from '../../../egress/no-socket';
import { draw } from '../../../../src/providers/grok-web/media/draw';
import type { DrawTask } from '../../../../src/providers/provider';
import { bodyOf, drain } from '../fakes';
import {
  drawCall,
  drawing,
  LEGACY,
  lines,
  message,
  partsOf,
  pathOf,
  picturesOf,
  rowOf,
  urlOf,
} from './support';

type Answer = () => Response | Promise<Response>;

/** Upstream answers its n-th call with the n-th of these, the last one for ever. */
function upstream(...answers: readonly Answer[]) {
  const bodies: Record<string, unknown>[] = [];
  let underWay = 0;
  let most = 0;
  const egress: Egress = {
    openSocket,
    fetch: async (_url, init) => {
      const answer = answers[Math.min(bodies.length, answers.length - 1)];
      bodies.push(JSON.parse(typeof init.body === 'string' ? init.body : '{}'));
      underWay += 1;
      most = Math.max(most, underWay);
      await Promise.resolve();
      underWay -= 1;
      if (answer === undefined) throw new Error('no answer');
      return answer();
    },
  };
  return { egress, bodies, most: () => most };
}

const two =
  (one: string, other: string): Answer =>
  () =>
    lines(
      drawing(pathOf(one), 0, 100),
      drawing(pathOf(other), 1, 100),
      message(pathOf(one), pathOf(other)),
    );
const refusal = (status: number, body: object) => () => Response.json(body, { status });

async function run(answers: readonly Answer[], task: Partial<DrawTask> = {}) {
  const site = upstream(...answers);
  const stream = await draw(drawCall(LEGACY, site.egress, task));
  return { ...(await drain(stream)), ...site, units: stream.unitsSpent?.() };
}

describe('draw in conversations', () => {
  it('asks ceil(n/2) times and keeps the order', async () => {
    const { parts, failure, bodies, units } = await run([two('a', 'b'), two('c', 'd')], { n: 3 });
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual(['a', 'b', 'c'].map(urlOf));
    expect(parts.at(-1)).toEqual({ type: 'finish', usage: null });
    expect(units).toBe(8);
    expect(bodies).toHaveLength(2);
    expect(bodies[0]).toMatchObject({
      message: 'Image Generation: a red kite',
      modelName: 'grok-3',
      modelMode: 'MODEL_MODE_FAST',
      imageGenerationCount: 2,
    });
  });

  it('asks in the words of the second generation, one picture a turn', async () => {
    const site = upstream(two('a', 'b'), two('c', 'd'));
    const model = rowOf('grok-imagine-image-lite', 'g2');
    const { parts } = await drain(await draw(drawCall(model, site.egress, { n: 2 })));
    expect(picturesOf(parts)).toEqual([urlOf('a'), urlOf('c')]);
    expect(site.bodies).toMatchObject([
      { modeId: 'fast', message: 'Drawing: a red kite' },
      { modeId: 'fast', message: 'Drawing: a red kite' },
    ]);
  });

  it('gives the one picture that came, wherever upstream put it (D-39)', async () => {
    const answer = () => lines(drawing(pathOf('b'), 1, 50), drawing(pathOf('b'), 1, 100));
    const { parts, failure } = await run([answer]);
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([urlOf('b')]);
    expect(partsOf(parts, 'image-progress')).toMatchObject([
      { index: 0, progress: 50 },
      { index: 0, progress: 100 },
    ]);
  });

  it('lets a picture too many stand in for a missing one', async () => {
    const answers = [() => lines(message(pathOf('a'))), two('b', 'c')];
    const { parts, failure } = await run(answers, { n: 3 });
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([urlOf('a'), urlOf('c'), urlOf('b')]);
    expect(partsOf(parts, 'image-failed')).toEqual([]);
  });

  it('says which pictures did not come instead of inventing them (D-40)', async () => {
    const { parts, failure } = await run([two('a', 'b'), two('a', 'b')], { n: 4 });
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([urlOf('a'), urlOf('b')]);
    expect(partsOf(parts, 'image-failed')).toEqual([
      { type: 'image-failed', index: 2, code: 'upstream_error' },
      { type: 'image-failed', index: 3, code: 'upstream_error' },
    ]);
  });

  it('keeps the pictures of the other calls when one fails (D-70)', async () => {
    const answers = [refusal(500, {}), two('c', 'd')];
    const { parts, failure, units } = await run(answers, { n: 4, concurrency: 2 });
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([undefined, undefined, urlOf('c'), urlOf('d')]);
    expect(partsOf(parts, 'image-failed').map(({ index }) => index)).toEqual([0, 1]);
    expect(units).toBe(8);
  });

  it('keeps to the concurrency it was given', async () => {
    const answers = ['a', 'b', 'c', 'd', 'e'].map((id) => two(`${id}1`, `${id}2`));
    const { parts, most } = await run(answers, { n: 10, concurrency: 3 });
    expect(partsOf(parts, 'image')).toHaveLength(10);
    expect(most()).toBe(3);
  });

  it('throws what failed when nothing came, and gives back what upstream did not count', async () => {
    const limited = await run([refusal(429, { code: 8, message: 'Too many requests' })], { n: 4 });
    expect(limited.parts).toEqual([]);
    expect(limited.failure).toMatchObject({ outcome: 'limited' });
    expect(limited.units).toBe(0);
    // The next call would have met the same.
    expect(limited.bodies).toHaveLength(1);
  });

  it('hands out what came, then throws what it says of the credential', async () => {
    const answers = [two('a', 'b'), refusal(429, { code: 8 })];
    const { parts, failure, units } = await run(answers, { n: 4 });
    expect(picturesOf(parts)).toEqual([urlOf('a'), urlOf('b')]);
    expect(partsOf(parts, 'image-failed').map(({ code }) => code)).toEqual([
      'pool_exhausted',
      'pool_exhausted',
    ]);
    expect(failure).toMatchObject({ outcome: 'limited' });
    expect(units).toBe(4);
  });

  it('calls withheld pictures a violation of the content policy, counted', async () => {
    const answer = () =>
      lines(drawing(pathOf('a'), 0, 100, { moderated: true }), message(pathOf('a')));
    const { failure, units } = await run([answer]);
    expect(failure).toMatchObject({
      outcome: 'refused',
      code: 'content_policy_violation',
      detail: { counted: true, retryable: false },
    });
    expect(units).toBe(4);
    const one = () =>
      lines(drawing(pathOf('a'), 0, 100, { moderated: true }), message(pathOf('a'), pathOf('b')));
    const { parts } = await run([one], { n: 2 });
    expect(partsOf(parts, 'image-failed')).toMatchObject([{ code: 'content_policy_violation' }]);
  });

  it('does not ask another credential for a turn that brought no picture', async () => {
    const { failure } = await run([() => lines(message())]);
    expect(failure).toMatchObject({ code: 'upstream_error', detail: { retryable: false } });
  });

  it('keeps what was finished ahead of a cut', async () => {
    const answer = () => {
      const frame = JSON.stringify(drawing(pathOf('a'), 0, 100));
      return new Response(bodyOf([`${frame}\n`, '{"result"'], 'error').body);
    };
    const { parts, failure } = await run([answer], { n: 2 });
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([urlOf('a')]);
    expect(partsOf(parts, 'image-failed')).toMatchObject([{ index: 1, code: 'upstream_cut' }]);
  });

  it('spends a call that failed after it had begun', async () => {
    const answer = () => lines(drawing(pathOf('a-part-0'), 0, 30), { error: { code: 8 } });
    const { failure, units } = await run([answer]);
    expect(failure).toMatchObject({ outcome: 'limited' });
    expect(units).toBe(4);
  });

  it('ends every upstream call when it is cancelled', async () => {
    const { body, state } = bodyOf([`${JSON.stringify(drawing(pathOf('a'), 0, 30))}\n`], 'open');
    const signals: (AbortSignal | null | undefined)[] = [];
    const egress: Egress = {
      openSocket,
      fetch: (_url, init) => {
        signals.push(init.signal);
        return Promise.resolve(new Response(body));
      },
    };
    const stream = await draw(drawCall(LEGACY, egress));
    expect(await stream.read()).toMatchObject([{ type: 'image-progress', progress: 30 }]);
    stream.cancel();
    stream.cancel();
    expect(await stream.read()).toBeNull();
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    expect(state.isCancelled).toBe(true);
  });

  it('hands an abort back as it is', async () => {
    const controller = new AbortController();
    const egress: Egress = {
      openSocket,
      fetch: (_url, { signal }) => {
        const { promise, reject } = Promise.withResolvers<Response>();
        signal?.addEventListener('abort', () => reject(signal.reason));
        return promise;
      },
    };
    const stream = await draw(drawCall(LEGACY, egress, {}, { signal: controller.signal }));
    const reason = new Error('client left');
    controller.abort(reason);
    await expect(stream.read()).rejects.toBe(reason);
    expect(stream.unitsSpent?.()).toBe(4);
  });
});
