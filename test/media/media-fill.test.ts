import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import type { MediaFillRpc } from '../../src/media/fill-rpc';

/** Ranges read beside a fill. */
const passes = (fill: MediaFillRpc, ids: readonly string[]) =>
  Promise.all(ids.map((id) => fill.pass(id, LONG_MS, LONG_MS)));

const LONG_MS = 60_000;
let count = 0;

const newFill = () => env.MEDIA_FILL.get(env.MEDIA_FILL.idFromName(`fill-${(count += 1)}`));

describe('the filler of an object', () => {
  it('is one; the others hear its word', async () => {
    const fill = newFill();
    expect(await fill.claim('a', LONG_MS, LONG_MS)).toEqual({ state: 'fill' });
    const others = ['b', 'c', 'd'].map((id) => fill.claim(id, LONG_MS, LONG_MS));
    await fill.report('a', { state: 'done' });
    expect(await Promise.all(others)).toEqual(Array.from({ length: 3 }, () => ({ state: 'done' })));
    expect(await fill.claim('e', LONG_MS, LONG_MS)).toEqual({ state: 'fill' });
  });

  it('tells why it failed', async () => {
    const fill = newFill();
    await fill.claim('a', LONG_MS, LONG_MS);
    const other = fill.claim('b', LONG_MS, LONG_MS);
    const verdict = {
      state: 'failed',
      code: 'media_busy',
      message: 'Busy.',
      retryAfterS: 2,
    } as const;
    await fill.report('a', verdict);
    expect(await other).toEqual(verdict);
  });

  it('that asks again is still the filler', async () => {
    const fill = newFill();
    await fill.claim('a', LONG_MS, LONG_MS);
    expect(await fill.claim('a', LONG_MS, LONG_MS)).toEqual({ state: 'fill' });
  });

  it('that dies is followed by the one who waited longest, and its late word counts for nothing', async () => {
    const fill = newFill();
    await fill.claim('dead', 30, LONG_MS);
    const second = fill.claim('b', LONG_MS, LONG_MS);
    const third = fill.claim('c', LONG_MS, LONG_MS);
    expect(await second).toEqual({ state: 'fill' });
    await fill.report('dead', { state: 'uncached' });
    await fill.report('b', { state: 'done' });
    expect(await third).toEqual({ state: 'done' });
  });

  it('that speaks up keeps its right', async () => {
    const fill = newFill();
    await fill.claim('a', 40, LONG_MS);
    expect(await fill.renew('a', LONG_MS)).toBe(true);
    expect(await fill.renew('b', LONG_MS)).toBe(false);
    expect(await fill.claim('b', LONG_MS, 80)).toEqual({ state: 'uncached' });
  });

  it('is not waited for by who does not want to wait', async () => {
    const fill = newFill();
    await fill.claim('a', LONG_MS, LONG_MS);
    expect(await fill.claim('b', LONG_MS, 0)).toEqual({ state: 'uncached' });
  });
});

describe('a filler that gives up', () => {
  const asset = { kind: 'image', url: 'https://assets.grok.com/nowhere', tokenId: null } as const;
  const alarmOf = (fill: MediaFillRpc & DurableObjectStub) =>
    runInDurableObject(fill, (_, { storage }) => storage.getAlarm());

  it('is followed by the one who waits', async () => {
    const fill = newFill();
    await fill.claim('a', LONG_MS, LONG_MS);
    const next = fill.claim('b', LONG_MS, LONG_MS);
    await fill.handOver('a', asset);
    expect(await next).toEqual({ state: 'fill' });
    expect(await alarmOf(fill)).toBeNull();
    // A late word of the first counts for nothing.
    await fill.report('a', { state: 'uncached' });
    expect(await fill.renew('b', LONG_MS)).toBe(true);
  });

  it('is followed by the object itself, at once, where nobody waits', async () => {
    const fill = newFill();
    await fill.claim('a', LONG_MS, LONG_MS);
    await fill.fillAfter(asset, LONG_MS);
    const later = await alarmOf(fill);
    await fill.handOver('a', asset);
    // It rings within the moment, and forgets all when it is done.
    await expect.poll(() => alarmOf(fill)).toBeNull();
    expect(later).toBeGreaterThan(Date.now());
  });
});

describe('ranges of an object that is not cached', () => {
  const four = ['a', 'b', 'c', 'd'];

  it('are read four at once; the next waits for one of them to end', async () => {
    const fill = newFill();
    expect(await passes(fill, four)).toEqual(four.map(() => ({ state: 'pass' })));
    const fifth = fill.pass('e', LONG_MS, LONG_MS);
    const sixth = fill.pass('f', LONG_MS, LONG_MS);
    await fill.endPass('never asked');
    await fill.endPass('b');
    expect(await fifth).toEqual({ state: 'pass' });
    await fill.endPass('b');
    await fill.endPass('e');
    expect(await sixth).toEqual({ state: 'pass' });
  });

  it('wait for the fill, and hear its word', async () => {
    const fill = newFill();
    await fill.claim('filler', LONG_MS, LONG_MS);
    await passes(fill, four);
    const others = ['e', 'f'].map((id) => fill.pass(id, LONG_MS, LONG_MS));
    await fill.report('filler', { state: 'done' });
    expect(await Promise.all(others)).toEqual([{ state: 'done' }, { state: 'done' }]);
  });

  it('that were never ended come back after their term', async () => {
    const fill = newFill();
    await Promise.all(four.map((id) => fill.pass(id, 0, LONG_MS)));
    expect(await fill.pass('e', LONG_MS, LONG_MS)).toEqual({ state: 'pass' });
  });

  it('need no turn once the object is known to be too large', async () => {
    const fill = newFill();
    await passes(fill, four);
    const fifth = fill.pass('e', LONG_MS, LONG_MS);
    await fill.tooLarge();
    expect(await fifth).toEqual({ state: 'uncached' });
    expect(await fill.pass('f', LONG_MS, LONG_MS)).toEqual({ state: 'uncached' });
  });

  it('are not waited for longer than the reader wants', async () => {
    const fill = newFill();
    await passes(fill, four);
    expect(await fill.pass('e', LONG_MS, 20)).toEqual({ state: 'uncached' });
  });
});
