import { describe, expect, it } from 'vitest';
import { EgressError } from '../../../src/egress/egress';
import { imagineReading } from '../../../src/providers/grok-web/imagine-quota';
import { quotaBody, quotaReading, readQuota } from '../../../src/providers/grok-web/quota';
import { fakeEgress, SECRET, SETTINGS } from './fakes';

const TOKENS = {
  windowSizeSeconds: 7200,
  remainingQueries: 18,
  totalQueries: 20,
  remainingTokens: 72,
  totalTokens: 80,
  lowEffortRateLimits: { cost: 1, remainingQueries: 72, waitTimeSeconds: 0 },
  highEffortRateLimits: { cost: 4, remainingQueries: 18, waitTimeSeconds: 0 },
};
const queries = (remainingQueries: number, totalQueries: number) => ({
  windowSizeSeconds: 7200,
  remainingQueries,
  totalQueries,
  lowEffortRateLimits: null,
  highEffortRateLimits: null,
});

describe('quotaBody', () => {
  it('asks for a mode by its id and for a model with the kind of request', () => {
    expect(quotaBody('mode:fast')).toEqual({ modelName: 'fast' });
    expect(quotaBody('grok-4-heavy')).toEqual({
      requestKind: 'DEFAULT',
      modelName: 'grok-4-heavy',
    });
  });
});

describe('quotaReading', () => {
  it('counts a model in effort units and a mode in queries', () => {
    expect(quotaReading('grok-4', TOKENS)).toEqual({
      remaining: 72,
      limit: 80,
      resetAfterMs: 7_200_000,
    });
    expect(quotaReading('mode:auto', TOKENS)).toMatchObject({ remaining: 18, limit: 20 });
  });

  it('falls back to queries where units are not told', () => {
    const reply = { ...queries(18, 20), remainingTokens: null };
    expect(quotaReading('grok-4', reply)).toEqual({
      remaining: 18,
      limit: 20,
      resetAfterMs: 7_200_000,
    });
  });

  it('resets after the wait that upstream names', () => {
    expect(quotaReading('mode:fast', { ...queries(0, 31), waitTimeSeconds: 90 })).toEqual({
      remaining: 0,
      limit: 31,
      resetAfterMs: 90_000,
    });
  });

  it('knows a total that is missing, negative figures and no window', () => {
    expect(quotaReading('mode:auto', { remainingQueries: 5 })).toEqual({
      remaining: 5,
      limit: 5,
      resetAfterMs: null,
    });
    expect(quotaReading('grok-4', { remainingTokens: -3, totalTokens: 80 })).toMatchObject({
      remaining: 0,
      limit: 80,
    });
  });

  it.each([
    ['auto', 7, 'basic'],
    ['auto', 20, 'basic'],
    ['auto', 50, 'super'],
    ['auto', 150, 'heavy'],
    ['fast', 30, 'basic'],
    ['fast', 140, 'super'],
    ['fast', 400, 'heavy'],
    ['expert', 50, 'super'],
    ['expert', 150, 'heavy'],
    ['heavy', 20, 'heavy'],
    ['grok-420-computer-use-sa', 150, 'heavy'],
    ['auto', 33, undefined],
    ['heavy', 0, undefined],
    ['unknown', 50, undefined],
  ])('takes a total of %s = %i for tier %s', (mode, total, tier) => {
    expect(quotaReading(`mode:${mode}`, queries(0, total))?.tier).toBe(tier);
  });

  it('infers no tier from a model of generation 1', () => {
    expect(quotaReading('auto', queries(0, 50))?.tier).toBeUndefined();
  });
});

const NOW = Date.parse('2026-08-21T05:00:00Z');
const IMAGINE = {
  image: null,
  imagePro: { available: true, remainingQueries: 12, windowSizeSeconds: 86400 },
  imageEdit: null,
  video: { available: true, remainingQueries: 3, windowSizeSeconds: 64800 },
  video720p: { available: false, nextAvailableAt: '2026-08-21T06:00:00Z' },
};

describe('imagineReading', () => {
  it.each([
    ['image_pro', { remaining: 12, limit: null, resetAfterMs: 86_400_000 }],
    ['image_edit', { remaining: null, limit: null, resetAfterMs: null }],
    ['video', { remaining: 3, limit: null, resetAfterMs: 64_800_000 }],
    ['video_720p', { remaining: 0, limit: null, resetAfterMs: 3_600_000 }],
  ])('finds %s in the answer that tells of all', (name, reading) => {
    expect(imagineReading(`imagine:${name}`, IMAGINE, NOW)).toEqual(reading);
  });

  it.each([
    ['says nothing more', {}, 86_400_000],
    ['says what is left', { remainingQueries: 4, windowSizeSeconds: 60 }, 60_000],
    ['names a date that has passed', { nextAvailableAt: '2026-08-21T04:00:00Z' }, 0],
    ['names no date', { nextAvailableAt: 'soon' }, 86_400_000],
  ])('has nothing left when it is not available and %s', (_name, more, resetAfterMs) => {
    const reply = { ...IMAGINE, video: { available: false, ...more } };
    expect(imagineReading('imagine:video', reply, NOW)).toEqual({
      remaining: 0,
      limit: null,
      resetAfterMs,
    });
  });

  it('cannot read an answer that lacks a key, another bucket included', () => {
    for (const key of Object.keys(IMAGINE)) {
      const rest = Object.fromEntries(Object.entries(IMAGINE).filter(([name]) => name !== key));
      expect(imagineReading('imagine:image_pro', rest, NOW)).toBeNull();
    }
    expect(imagineReading('imagine:unknown', IMAGINE, NOW)).toBeNull();
  });

  it.each([
    ['no word on whether it is available', { remainingQueries: 1, windowSizeSeconds: 60 }],
    ['no figure', { available: true, windowSizeSeconds: 60 }],
    ['no window', { available: true, remainingQueries: 1 }],
    ['an empty window', { available: true, remainingQueries: 1, windowSizeSeconds: 0 }],
    ['text', 'none'],
  ])('cannot read %s', (_name, video) => {
    expect(imagineReading('imagine:video', { ...IMAGINE, video }, NOW)).toBeNull();
  });
});

describe('readQuota', () => {
  const ask = (egress: Parameters<typeof readQuota>[0]['egress'], bucket = 'mode:fast') =>
    readQuota({
      bucket,
      secret: SECRET,
      egress,
      settings: { ...SETTINGS, statsigId: 'pasted' },
      signal: new AbortController().signal,
    });

  it('posts to the rate limits with the statsig id', async () => {
    const { egress, seen } = fakeEgress(() => Response.json(queries(29, 30)));
    expect(await ask(egress)).toEqual({
      remaining: 29,
      limit: 30,
      resetAfterMs: 7_200_000,
      tier: 'basic',
    });
    expect(seen[0]).toMatchObject({
      url: 'http://127.0.0.1:9/rest/rate-limits',
      init: { method: 'POST', redirect: 'manual' },
      body: { modelName: 'fast' },
    });
    expect(seen[0]?.headers.get('x-statsig-id')).toBe('pasted');
  });

  it('posts to the Imagine quota from its own page, with the statsig id', async () => {
    const { egress, seen } = fakeEgress(() => Response.json(IMAGINE));
    expect(await ask(egress, 'imagine:image_pro')).toMatchObject({ remaining: 12 });
    expect(seen[0]).toMatchObject({
      url: 'http://127.0.0.1:9/rest/media/imagine/quota_info',
      init: { method: 'POST', redirect: 'manual' },
      body: {},
    });
    expect(seen[0]?.headers.get('x-statsig-id')).toBe('pasted');
    expect(seen[0]?.headers.get('referer')).toBe('https://grok.com/imagine');
  });

  it('asks once for the Imagine buckets of one round', async () => {
    const { egress, seen } = fakeEgress(() => Response.json(IMAGINE));
    const round = { secret: SECRET, egress, settings: SETTINGS, answers: new Map() };
    const { signal } = new AbortController();
    const [pro, video] = await Promise.all(
      ['imagine:image_pro', 'imagine:video'].map((bucket) =>
        readQuota({ ...round, bucket, signal }),
      ),
    );
    expect([pro?.remaining, video?.remaining]).toEqual([12, 3]);
    expect(seen).toHaveLength(1);
  });

  it('fails for an Imagine answer that lacks a key', async () => {
    const { egress } = fakeEgress(() => Response.json({ ...IMAGINE, image: undefined }));
    await expect(ask(egress, 'imagine:video')).rejects.toMatchObject({ outcome: 'faulty' });
  });

  it.each([
    ['an answer without figures', () => Response.json({}), 'faulty'],
    ['an answer that is no JSON', () => new Response('hm'), 'faulty'],
    [
      'a bucket that upstream does not know',
      () => Response.json({ code: 3 }, { status: 400 }),
      'faulty',
    ],
    ['401', () => new Response('', { status: 401 }), 'revoked'],
    ['429', () => Response.json({ code: 8 }, { status: 429 }), 'limited'],
    ['500', () => new Response('', { status: 500 }), 'faulty'],
    ['no connection', () => Promise.reject(new EgressError('refused')), 'unused'],
  ])('fails for %s', async (_name, answer, outcome) => {
    await expect(ask(fakeEgress(answer).egress)).rejects.toMatchObject({
      name: 'ProviderError',
      outcome,
    });
  });
});
