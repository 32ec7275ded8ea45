import { describe, expect, it } from 'vitest';
import type { Probe, ProbeResult } from '../../src/pool/reading';
import type { TokenView } from '../../src/pool/token';
import type { Provider } from '../../src/providers/provider';
import { refreshTokens } from '../../src/tokens/refresh-tokens';
import { openSocket } from '../egress/no-socket';

const FOUND = { remaining: 7, limit: 20, resetAfterMs: 1_000 };
const EGRESS = { fetch: () => Promise.reject(new Error('not used')), openSocket };

const token = (id: string): TokenView => ({
  id,
  provider: 'grok-web',
  tier: 'basic',
  mask: '',
  state: 'active',
  reason: null,
  coolingUntil: null,
  failures: 0,
  lastFailureAt: null,
  lastFailure: null,
  inFlight: 0,
  useCount: 0,
  lastUsedAt: null,
  note: '',
  tags: [],
  createdAt: 0,
  source: null,
  buckets: [],
});

/** A pool that notes how many readings are under way, and waits for those of `awaited` alone. */
function world(awaited: (tokenId: string) => boolean) {
  const open = new Map<string, string>();
  const state = { most: 0 };
  const pool = {
    async beginReadings(ids: readonly string[], buckets: readonly string[]): Promise<Probe[]> {
      const probes = ids.flatMap((tokenId) =>
        buckets.map((bucket): Probe => ({
          readingId: `${tokenId} ${bucket}`,
          tokenId,
          provider: 'grok-web',
          bucket,
          sealedSecret: '',
          egress: { id: 'direct', kind: 'direct', suspect: false },
        })),
      );
      for (const probe of probes) open.set(probe.readingId, probe.tokenId);
      state.most = Math.max(state.most, open.size);
      return probes;
    },
    async report(results: readonly ProbeResult[]): Promise<string[]> {
      const ids = results.map((result) => result.readingId);
      const known = ids.filter((id) => awaited(open.get(id) ?? ''));
      for (const id of ids) open.delete(id);
      return known;
    },
    sealedSecrets: async () => [],
  };
  const provider: Provider = {
    id: 'grok-web',
    metered: true,
    stream: () => Promise.reject(new Error('not used')),
    quota: async () => FOUND,
  };
  const readings = {
    provider: () => provider,
    settings: () => ({
      baseUrl: '',
      assetsUrl: '',
      statsigId: '',
      clearance: '',
      userAgent: '',
      temporary: false,
      filterTags: [],
    }),
    egress: () => EGRESS,
    open: () => '',
    concurrency: 3,
  };
  return { state, deps: { pool, readings, generations: ['g3', 'g2', 'g1'] as const } };
}

describe('a refresh', () => {
  it('begins no more readings than are made at once, so that none waits until it is given up', async () => {
    const { state, deps } = world(() => true);
    const tokens = Array.from({ length: 20 }, (_, n) => token(`tok_${n}`));
    const fresh = await refreshTokens(deps, tokens);
    expect([...fresh.values()]).toEqual(Array.from({ length: 20 }, () => true));
    expect(state.most).toBeLessThanOrEqual(3);
  });

  it('says no of a token whose reading came too late for the pool (D-51)', async () => {
    const { deps } = world((id) => id !== 'slow');
    const fresh = await refreshTokens(deps, [token('quick'), token('slow')]);
    expect([...fresh]).toEqual([
      ['quick', true],
      ['slow', false],
    ]);
  });
});
