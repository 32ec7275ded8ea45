import type { GrokGeneration } from '../contract/settings';
import type { Generations } from '../models/catalog';
import type { Tier } from '../models/model-spec';
import type { TokenView } from '../pool/token';
import { HEAVY_BUCKET, HEAVY_MODE_BUCKET, MODE_BUCKET, QUOTA_BUCKET } from './view-token';

/** Bucket of providers that do not count calls: reading it only proves the credential. */
const UNMETERED_BUCKET = 'calls';

/** Generations that draw from buckets whose names begin so; all others are the oldest one's. */
const DRAWN_BY: readonly (readonly [prefix: string, readonly GrokGeneration[]])[] = [
  ['mode:', ['g3', 'g2']],
  // The oldest too: it can be set to draw over the Imagine socket.
  ['imagine:', ['g3', 'g2', 'g1']],
  ['', ['g1']],
];

/**
 * What to ask about a token: the buckets it has drawn from, as far as a generation that is on draws
 * from them, and those that lists show. Each costs a call upstream, so nothing is asked in advance.
 */
export function bucketsToRead(
  token: Pick<TokenView, 'provider' | 'tier' | 'buckets'>,
  generations: Generations,
): string[] {
  const own = token.buckets.map((bucket) => bucket.name);
  const names =
    token.provider === 'grok-web'
      ? [...own.filter((name) => isDrawn(name, generations)), ...listed(token.tier, generations)]
      : own;
  return names.length === 0 ? [UNMETERED_BUCKET] : [...new Set(names)].toSorted();
}

function listed(tier: Tier, generations: Generations): string[] {
  if (generations.includes('g1')) {
    return tier === 'basic' ? [QUOTA_BUCKET] : [QUOTA_BUCKET, HEAVY_BUCKET];
  }
  return tier === 'heavy' ? [MODE_BUCKET, HEAVY_MODE_BUCKET] : [MODE_BUCKET];
}

function isDrawn(bucket: string, generations: Generations): boolean {
  const by = DRAWN_BY.find(([prefix]) => bucket.startsWith(prefix))?.[1] ?? [];
  return by.some((generation) => generations.includes(generation));
}
