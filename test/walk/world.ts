import type { Ask } from '../../src/pool/call';
import type { KeyLimits } from '../../src/pool/key';
import type { PoolSettings } from '../../src/pool/settings';
import type { NewToken } from '../../src/pool/token';
import type { Storm } from './endings';
import type { Random } from './random';

/** What the walk plays with: models, keys, tokens and settings, all small, so that limits are met often. */

/** 2026-11-20 11:07:13 UTC: some hours before most midnights. */
export const START_AT = 1_795_172_833_000;

type ModelFacts = Pick<
  Ask,
  'model' | 'kind' | 'provider' | 'bucket' | 'units' | 'metered' | 'charges'
> & {
  readonly tiers: Ask['tiers'];
};

export const MODELS: readonly ModelFacts[] = [
  {
    model: 'web-fast',
    kind: 'chat',
    provider: 'web',
    bucket: 'web/chat',
    units: 1,
    metered: true,
    tiers: ['basic', 'super', 'heavy'],
    charges: { chat: 1 },
  },
  {
    model: 'web-think',
    kind: 'chat',
    provider: 'web',
    bucket: 'web/chat',
    units: 4,
    metered: true,
    tiers: ['basic', 'super'],
    charges: { chat: 1 },
  },
  {
    model: 'web-heavy',
    kind: 'chat',
    provider: 'web',
    bucket: 'web/heavy',
    units: 1,
    metered: true,
    tiers: ['super', 'heavy'],
    charges: { chat: 1, heavy: 1 },
  },
  {
    model: 'web-image',
    kind: 'image',
    provider: 'web',
    bucket: 'web/image',
    units: 4,
    metered: true,
    tiers: ['basic', 'super'],
    charges: { image: 4 },
  },
  {
    model: 'web-images',
    kind: 'image',
    provider: 'web',
    bucket: 'web/image',
    units: 6,
    metered: true,
    tiers: ['basic', 'super'],
    charges: { image: 3 },
  },
  {
    model: 'web-video',
    kind: 'video',
    provider: 'web',
    bucket: 'web/image',
    units: 1,
    metered: true,
    tiers: ['super', 'basic'],
    charges: { video: 1 },
  },
  {
    model: 'official',
    kind: 'chat',
    provider: 'official',
    bucket: 'official/calls',
    units: 1,
    metered: false,
    tiers: ['basic'],
    charges: { chat: 1 },
  },
];

export const BUCKETS = ['web/chat', 'web/heavy', 'web/image'] as const;
const IPS = ['203.0.113.7', '203.0.113.8', '2001:db8::1'] as const;
const ZONES = ['Asia/Shanghai', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Apia'] as const;
const AFFINITIES = ['talk-1', 'talk-2', 'talk-3'] as const;
export const KEY_IDS = [
  'key-free',
  'key-rpm',
  'key-two',
  'key-day',
  'key-zero',
  'key-off',
  'key-any',
] as const;

export const MAX_TOKENS = 26;
export const MIN_TOKENS = 6;

export function makeSettings(random: Random, version: number): PoolSettings {
  return {
    version,
    timeZone: random.chance(0.4) ? random.pick(ZONES) : null,
    dayOffsetMinutes: random.pick([0, 480, -300, 330, 345]),
    maxInFlight: random.pick([0, 0, 0, 1, 3]),
    unknownInFlight: random.pick([1, 1, 2]),
    limitedMs: random.pick([20_000, 60_000]),
    maxRetryAfterMs: 120_000,
    revokedMs: random.pick([5_000, 30_000]),
    revokedStrikes: random.pick([3, 5]),
    faultyStrikes: random.pick([2, 3]),
    faultyMs: random.pick([2_000, 10_000]),
    breakerCredentials: random.pick([2, 3, 4]),
    breakerWindowMs: random.pick([3_000, 10_000]),
    breakerTrialMs: random.pick([300, 5_000]),
    staleMs: random.pick([60_000, 300_000]),
    mediaInFlight: 2,
    probeConcurrency: random.pick([1, 3, 5]),
  };
}

export function makeKey(random: Random, id: string, version: number): KeyLimits {
  const limit = (often: number, values: readonly number[]): number | null =>
    random.chance(often) ? random.pick(values) : null;
  const strict = id === 'key-free' ? 0 : 1;
  return {
    id,
    version,
    enabled: id !== 'key-off' || random.chance(0.7),
    deleted: id === 'key-any' && random.chance(0.1),
    expiresAt: null,
    models: random.chance(0.1 * strict) ? ['web-fast', 'official'] : null,
    ips: random.chance(0.1 * strict) ? [IPS[0], IPS[2]] : null,
    rpm: limit(id === 'key-rpm' ? 1 : 0.1 * strict, [0, 3, 10]),
    concurrency: limit(id === 'key-two' ? 1 : 0.1 * strict, [1, 2, 4]),
    perDay: {
      chat: id === 'key-zero' ? 0 : limit(id === 'key-day' ? 1 : 0.1 * strict, [20, 200]),
      heavy: limit(0.2 * strict, [5, 50]),
      image: limit(0.2 * strict, [3, 40, 400]),
      video: limit(0.2 * strict, [10]),
    },
  };
}

export function makeAsk(
  random: Random,
  callId: string,
  versions: { key: number; settings: number },
  storm: Storm | null,
): Ask {
  const facts =
    MODELS.find((one) => one.model === storm?.model && random.chance(0.7)) ?? random.pick(MODELS);
  const keyId = random.chance(0.01)
    ? 'key-nobody'
    : random.weighted([['key-free', 8], ...KEY_IDS.map((id) => [id, 1] as const)]);
  return {
    ...facts,
    callId,
    keyId,
    keyVersion: versions.key,
    settingsVersion: versions.settings,
    ip: random.chance(0.05) ? null : random.pick(IPS),
    stream: random.chance(0.5),
    termMs: random.pick([4_000, 30_000, 90_000]),
    ...(random.chance(0.25) ? { affinity: random.pick(AFFINITIES) } : {}),
  };
}

export function makeToken(random: Random, number: number): NewToken {
  const official = random.chance(0.15);
  const buckets = official
    ? []
    : BUCKETS.filter(() => random.chance(0.6)).map((name) => {
        const remaining = random.chance(0.05) ? null : random.int(0, 16);
        const limit =
          remaining !== null && random.chance(0.5) ? { limit: remaining + random.int(0, 9) } : {};
        return { name, remaining, ...limit };
      });
  return {
    id: `t${number}`,
    provider: official ? 'official' : 'web',
    tier: official
      ? 'basic'
      : random.weighted([
          ['basic', 5],
          ['super', 3],
          ['heavy', 2],
        ] as const),
    sealedSecret: `sealed-${number}`,
    fingerprint: `print-${number}`,
    mask: `tok${number}****0000`,
    ...(random.chance(0.3) ? { tags: ['odd'] } : {}),
    ...(random.chance(0.05) ? { disabled: true } : {}),
    buckets,
  };
}
