import { describe, expect, it } from 'vitest';
import type { BucketView, TokenView } from '../../src/pool/token';
import { tokenItem, tokenList } from '../../src/tokens/view-token';
import { tokenMetrics } from '../../src/tokens/token-metrics';

function bucket(
  name: string,
  free: number | null,
  state: BucketView['state'] = 'known',
): BucketView {
  return {
    name,
    state,
    free,
    limit: free,
    reserved: 0,
    used: 0,
    stale: false,
    resetsAt: null,
    readAt: null,
    source: null,
    sourceAt: null,
    uncertain: 0,
    coolingUntil: null,
  };
}

function token(fields: Partial<TokenView>): TokenView {
  return {
    id: 'tok_1',
    provider: 'grok-web',
    tier: 'basic',
    mask: 'abcdef****wxyz',
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
    ...fields,
  };
}

describe('tokenItem', () => {
  it('says -1 and quota_known false exactly when nothing was read', () => {
    expect(tokenItem(token({}))).toMatchObject({ quota: -1, quota_known: false });
    const unread = tokenItem(token({ buckets: [bucket('grok-4', null, 'unknown')] }));
    expect(unread).toMatchObject({ quota: -1, quota_known: false });
  });

  it('shows an exhausted bucket as 0 and known', () => {
    const item = tokenItem(token({ buckets: [bucket('grok-4', 0)] }));
    expect(item).toMatchObject({ quota: 0, quota_known: true });
  });

  it('falls back to the first known bucket, and never to the heavy one', () => {
    const buckets = [
      bucket('grok-4-heavy', 3),
      bucket('grok-4', null, 'unknown'),
      bucket('grok-3', 9),
    ];
    const item = tokenItem(token({ tier: 'super', buckets }));
    expect(item).toMatchObject({ quota: 9, heavy_quota: 3, heavy_quota_known: true });
  });

  it('shows the modes of the newer site, and no quota of pictures or videos', () => {
    const buckets = [
      bucket('imagine:image_pro', 7),
      bucket('mode:auto', 4),
      bucket('mode:fast', 9),
      bucket('mode:heavy', 2),
    ];
    const item = tokenItem(token({ tier: 'heavy', buckets }));
    expect(item).toMatchObject({ quota: 9, heavy_quota: 2, heavy_quota_known: true });
    const drawing = tokenItem(token({ buckets: [bucket('imagine:video', 3)] }));
    expect(drawing).toMatchObject({ quota: -1, quota_known: false });
  });

  it('knows no heavy quota of a basic account', () => {
    const item = tokenItem(token({ buckets: [bucket('grok-4-heavy', 3)] }));
    expect(item).toMatchObject({ heavy_quota: -1, heavy_quota_known: false });
  });

  it('shows unmetered credentials without a figure, not as unknown, before their first call too', () => {
    for (const buckets of [[bucket('calls', null, 'unmetered')], []]) {
      const item = tokenItem(token({ provider: 'xai', buckets }));
      expect(item).toMatchObject({ quota: null, quota_known: true, token_type: 'xai' });
      expect(item).toMatchObject({ heavy_quota: null, heavy_quota_known: true });
    }
  });

  it('calls expired tokens invalid, as older clients do', () => {
    expect(tokenItem(token({ state: 'expired' })).status).toBe('invalid');
  });
});

describe('tokenList', () => {
  it('groups by the old names; higher tiers are ssoSuper, other providers apart', () => {
    const tokens = [
      token({ id: 'a' }),
      token({ id: 'b', tier: 'super' }),
      token({ id: 'c', tier: 'heavy' }),
      token({ id: 'd', provider: 'moonshot' }),
    ];
    const list = tokenList({ tokens, next: 'n', total: 9, listVersion: 4 });
    expect(list.ssoBasic.map((item) => item.id)).toEqual(['a']);
    expect(list.ssoSuper.map((item) => item.id)).toEqual(['b', 'c']);
    expect(list.providers.map((item) => item.id)).toEqual(['d']);
    expect(list).toMatchObject({ next: 'n', total: 9, version: 4 });
  });
});

describe('tokenMetrics', () => {
  it('D-64: counts used-up tokens as exhausted, not as active', async () => {
    const supply = {
      provider: 'grok-web',
      tier: 'basic',
      live: 4,
      active: 3,
      cooling: 1,
      expired: 1,
      disabled: 1,
      exhausted: 1,
      unread: 1,
      chatFree: 6,
    } as const;
    const pool = {
      summary: async () => ({
        tokens: 6,
        openLeases: 0,
        breakers: [],
        supply: [supply],
        buckets: [],
      }),
    };
    expect(await tokenMetrics(pool)).toEqual({
      total: 6,
      active: 2,
      exhausted: 1,
      cooling: 1,
      expired: 1,
      disabled: 1,
      chat_quota: 6,
      image_quota: 3,
    });
  });
});
