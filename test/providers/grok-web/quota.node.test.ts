import { describe, expect, it } from 'vitest';
import { EgressError } from '../../../src/egress/egress';
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

describe('readQuota', () => {
  const ask = (egress: Parameters<typeof readQuota>[0]['egress']) =>
    readQuota({
      bucket: 'mode:fast',
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
