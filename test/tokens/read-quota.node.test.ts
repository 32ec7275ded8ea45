import { describe, expect, it } from 'vitest';
import type { Probe } from '../../src/pool/reading';
import { type Provider, ProviderError, type QuotaCall } from '../../src/providers/provider';
import { makeReadings, type ReadingDeps } from '../../src/tokens/read-quota';
import { openSocket } from '../egress/no-socket';

const EGRESS = { fetch: () => Promise.reject(new Error('not used')), openSocket };

function probe(tokenId: string, provider = 'grok-web'): Probe {
  return {
    readingId: `r-${tokenId}`,
    tokenId,
    provider,
    bucket: 'grok-4',
    sealedSecret: `sealed ${tokenId}`,
    egress: { id: 'direct', kind: 'direct', suspect: false },
  };
}

function deps(quota: NonNullable<Provider['quota']>, more: Partial<ReadingDeps> = {}): ReadingDeps {
  const provider: Provider = {
    id: 'grok-web',
    metered: true,
    stream: () => Promise.reject(new Error('not used')),
    quota,
  };
  return {
    provider: (id) => (id === 'grok-web' ? provider : null),
    settings: () => ({
      baseUrl: 'https://grok.com',
      assetsUrl: '',
      statsigId: '',
      clearance: '',
      userAgent: '',
      temporary: false,
      filterTags: [],
    }),
    egress: () => EGRESS,
    open: (id, sealed) => {
      if (id === 'damaged') throw new Error('cannot be opened');
      return sealed.replace('sealed ', 'secret of ');
    },
    concurrency: 3,
    ...more,
  };
}

const FOUND = { remaining: 7, limit: 20, resetAfterMs: 1_000 };

describe('makeReadings', () => {
  it('answers every probe in order, with the opened secret sent and never returned', async () => {
    const asked: string[] = [];
    const results = await makeReadings(
      deps(async ({ secret, bucket }: QuotaCall) => {
        asked.push(`${bucket} ${secret}`);
        return FOUND;
      }),
      [probe('a'), probe('b')],
    );
    expect(asked).toEqual(['grok-4 secret of a', 'grok-4 secret of b']);
    expect(results).toEqual([
      { readingId: 'r-a', ok: true, ...FOUND },
      { readingId: 'r-b', ok: true, ...FOUND },
    ]);
    expect(JSON.stringify(results)).not.toContain('secret');
  });

  it('lets the readings of one token share what upstream answered, and no others', async () => {
    const seen = new Map<string, Set<unknown>>();
    await makeReadings(
      deps(async ({ secret, answers }: QuotaCall) => {
        seen.set(secret, (seen.get(secret) ?? new Set()).add(answers));
        return FOUND;
      }),
      [probe('a'), { ...probe('a'), bucket: 'mode:fast' }, probe('b')],
    );
    const [first, second] = [...seen.values()];
    expect([first?.size, second?.size]).toEqual([1, 1]);
    expect([...(first ?? [])][0]).not.toBe([...(second ?? [])][0]);
  });

  it('keeps at most `concurrency` readings under way', async () => {
    let now = 0;
    let most = 0;
    const probes = Array.from({ length: 20 }, (_, index) => probe(`t${index}`));
    await makeReadings(
      deps(async () => {
        most = Math.max(most, ++now);
        await Promise.resolve();
        now--;
        return FOUND;
      }),
      probes,
    );
    expect(most).toBe(3);
  });

  it.each([
    ['revoked', 'revoked'],
    ['banned', 'banned'],
    ['blocked', 'blocked'],
    ['limited', 'limited'],
    ['faulty', 'faulty'],
    ['unused', 'unused'],
    ['refused', 'unused'],
  ] as const)(
    'passes %s on as %s, with upstream’s time and a safe reason',
    async (said, passed) => {
      const [result] = await makeReadings(
        deps(() => {
          throw new ProviderError('no', said, 'upstream_error', {
            retryable: false,
            retryAfterMs: 5_000,
            reason: 'HTTP 4xx',
          });
        }),
        [probe('a')],
      );
      expect(result).toEqual({
        readingId: 'r-a',
        ok: false,
        outcome: passed,
        retryAfterMs: 5_000,
        reason: 'HTTP 4xx',
      });
    },
  );

  it('does not let one failed reading stop the others (D-51)', async () => {
    const results = await makeReadings(
      deps(async () => FOUND),
      [probe('damaged'), probe('a'), probe('b', 'nobody')],
    );
    expect(results.map((result) => (result.ok ? 'ok' : result.outcome))).toEqual([
      'unused',
      'ok',
      'unused',
    ]);
  });

  it('gives a reading up after its limit (D-51)', async () => {
    const [result] = await makeReadings(
      deps(
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
          }),
        { timeoutMs: 5 },
      ),
      [probe('a')],
    );
    expect(result).toMatchObject({ ok: false, outcome: 'faulty', reason: 'timeout' });
  });

  it('proves credentials of providers without quotas by their test, without figures', async () => {
    const tested: string[] = [];
    const provider: Provider = {
      id: 'moonshot',
      metered: false,
      stream: () => Promise.reject(new Error('not used')),
      test: async ({ secret }) => {
        tested.push(secret);
      },
    };
    const [result] = await makeReadings(
      deps(async () => FOUND, { provider: () => provider }),
      [probe('a', 'moonshot')],
    );
    expect(tested).toEqual(['secret of a']);
    expect(result).toEqual({
      readingId: 'r-a',
      ok: true,
      remaining: null,
      limit: null,
      resetAfterMs: null,
    });
  });
});
