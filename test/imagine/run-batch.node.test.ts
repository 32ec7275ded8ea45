import { describe, expect, it } from 'vitest';
import { runBatch } from '../../src/imagine/run-batch';
import type { Part } from '../../src/providers/provider';
import { FakePool, FakeProvider, refusal, runOf, type Script, upstreamError } from '../chat/fakes';

const picture = (index: number): Part => ({
  type: 'image',
  url: `https://up.test/${index}`,
  index,
});
const FINISH: readonly Part[] = [{ type: 'finish', usage: null }];
const LIMITS = { firstPartMs: 60_000, idleMs: 60_000, totalMs: 60_000, headMs: null, beatMs: null };

function batch(pool: FakePool, scripts: readonly Script[], isWanted = true) {
  const run = runOf(pool, new FakeProvider(...scripts));
  const urls: string[] = [];
  const missing: string[] = [];
  const end = runBatch(
    run,
    {
      picture: async ({ url }) => {
        urls.push(url);
        return isWanted;
      },
      preview: () => undefined,
      missing: (code) => missing.push(code),
    },
    { limits: () => LIMITS, charges: (image) => ({ image }) },
  );
  return { run, urls, missing, end };
}

describe('a batch', () => {
  it('is charged with the pictures that were delivered', async () => {
    const pool = new FakePool();
    const lost: Part = { type: 'image-failed', index: 1, code: 'content_policy_violation' };
    const { urls, missing, end } = batch(pool, [[[picture(0)], [lost], [picture(2)], FINISH]]);
    expect(await end).toEqual({ delivered: 2, failure: null });
    expect(urls).toHaveLength(2);
    expect(missing).toEqual(['content_policy_violation']);
    expect(pool.settled).toMatchObject([{ outcome: 'done', charges: { image: 2 } }]);
  });

  it('that breaks off keeps its pictures and gives the others back', async () => {
    const pool = new FakePool();
    const cut = upstreamError('faulty', 'upstream_cut');
    const { end } = batch(pool, [[[picture(0)], cut]]);
    expect(await end).toMatchObject({ delivered: 1, failure: { code: 'upstream_cut' } });
    expect(pool.settled).toMatchObject([
      { outcome: 'partial', cause: 'faulty', clientEmpty: false, charges: { image: 1 } },
    ]);
  });

  it('that is stopped is aborted at once, charged with what was delivered', async () => {
    const pool = new FakePool();
    const { run, urls, end } = batch(pool, [[[picture(0)], 'hang']]);
    await expect.poll(() => urls.length).toBe(1);
    run.interruption.clientLeft();
    expect(await end).toMatchObject({ delivered: 1 });
    expect(pool.settled).toMatchObject([{ outcome: 'aborted', charges: { image: 1 } }]);
  });

  it('of pictures that nobody takes is not charged', async () => {
    const pool = new FakePool();
    const { end } = batch(pool, [[[picture(0)], FINISH]], false);
    expect(await end).toEqual({ delivered: 0, failure: null });
    expect(pool.settled).toMatchObject([{ charges: { image: 0 } }]);
  });

  it('goes on when one of its pictures cannot be kept', async () => {
    const pool = new FakePool();
    const run = runOf(pool, new FakeProvider([[picture(0)], [picture(1)], FINISH]));
    const missing: string[] = [];
    const end = runBatch(
      run,
      {
        picture: async ({ index }) => {
          if (index === 0) throw new Error('its address is not on the list');
          return true;
        },
        preview: () => undefined,
        missing: (code) => missing.push(code),
      },
      { limits: () => LIMITS, charges: (image) => ({ image }) },
    );
    expect(await end).toEqual({ delivered: 1, failure: null });
    expect(missing).toEqual(['upstream_error']);
    expect(pool.settled).toMatchObject([{ outcome: 'done', charges: { image: 1 } }]);
  });

  it('that is refused settles nothing and says when to come back', async () => {
    const pool = new FakePool();
    pool.refusal = refusal('rpm_exceeded', { retryAfterMs: 4_200 });
    const { end } = batch(pool, []);
    expect(await end).toMatchObject({
      delivered: 0,
      failure: { code: 'rpm_exceeded', detail: { retryAfterS: 5 } },
    });
    expect(pool.settled).toEqual([]);
  });
});
