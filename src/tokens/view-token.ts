import type { BucketItem, TokenItem, TokenList } from '../contract/tokens';
import { CHAT_BUCKETS, HEAVY_BUCKETS, isForChat } from '../models/main-buckets';
import type { BucketView, TokenPage, TokenView } from '../pool/token';

export {
  CHAT_BUCKETS,
  HEAVY_BUCKET,
  HEAVY_BUCKETS,
  HEAVY_MODE_BUCKET,
  MODE_BUCKET,
  QUOTA_BUCKET,
} from '../models/main-buckets';

/** One page of the pool in the groups that older clients read. */
export function tokenList(page: TokenPage): TokenList {
  const items = page.tokens.map(tokenItem);
  const grok = items.filter((item) => item.provider === 'grok-web');
  return {
    ssoBasic: grok.filter((item) => item.token_type === 'sso'),
    ssoSuper: grok.filter((item) => item.token_type === 'ssoSuper'),
    providers: items.filter((item) => item.provider !== 'grok-web'),
    version: page.listVersion,
    next: page.next,
    total: page.total,
  };
}

/** One credential as it is listed: its mask, never its text. */
export function tokenItem(token: TokenView): TokenItem {
  // Buckets come with the first call; that official APIs count nothing is known before.
  const unread = token.provider === 'grok-web' ? UNKNOWN : UNMETERED;
  const chat = figure(chatBucket(token.buckets), unread);
  const heavy = token.tier === 'basic' ? unread : figure(heavyBucket(token.buckets), unread);
  return {
    id: token.id,
    token: token.mask,
    status: token.state === 'expired' ? 'invalid' : token.state,
    exhausted: isExhausted(token),
    quota: chat.quota,
    quota_known: chat.known,
    heavy_quota: heavy.quota,
    heavy_quota_known: heavy.known,
    token_type: tokenType(token),
    tier: token.tier,
    provider: token.provider,
    note: token.note,
    tags: token.tags,
    fail_count: token.failures,
    use_count: token.useCount,
    in_flight: token.inFlight,
    reason: token.reason,
    last_failure: token.lastFailure,
    last_failure_at: token.lastFailureAt,
    last_used_at: token.lastUsedAt,
    cooling_until: token.coolingUntil,
    created_at: token.createdAt,
    source: token.source,
    buckets: token.buckets.map(bucketItem),
  };
}

/** `sso` and `ssoSuper` for Grok accounts, else the provider's id. */
function tokenType(token: Pick<TokenView, 'provider' | 'tier'>): string {
  if (token.provider !== 'grok-web') return token.provider;
  return token.tier === 'basic' ? 'sso' : 'ssoSuper';
}

/** The bucket older clients mean by "quota"; without figures in it, the first chat bucket that has some. */
export function chatBucket(buckets: readonly BucketView[]): BucketView | undefined {
  const chats = buckets.filter(({ name }) => isForChat(name));
  const named = chats.filter(({ name }) => CHAT_BUCKETS.includes(name)).toSorted(byRank);
  return (
    named.find((bucket) => bucket.state !== 'unknown') ??
    chats.find((bucket) => bucket.state === 'known') ??
    named[0] ??
    chats[0]
  );
}

function byRank(a: BucketView, b: BucketView): number {
  return CHAT_BUCKETS.indexOf(a.name) - CHAT_BUCKETS.indexOf(b.name);
}

/** The bucket of the heavy figure: one with figures if any has some. */
export function heavyBucket(buckets: readonly BucketView[]): BucketView | undefined {
  const heavies = buckets.filter(({ name }) => HEAVY_BUCKETS.includes(name));
  return heavies.find((bucket) => bucket.state !== 'unknown') ?? heavies[0];
}

/** Whether a token that could serve is known to have nothing left: for chats, or for heavy ones. */
export function isExhausted(token: Pick<TokenView, 'state' | 'tier' | 'buckets'>): boolean {
  if (token.state !== 'active') return false;
  if (isSpent(chatBucket(token.buckets))) return true;
  return token.tier !== 'basic' && isSpent(heavyBucket(token.buckets));
}

function isSpent(bucket: BucketView | undefined): boolean {
  return bucket?.state === 'known' && (bucket.free ?? 0) <= 0;
}

interface Figure {
  readonly quota: number | null;
  readonly known: boolean;
}

/** −1 is said for "unknown" and for nothing else. */
const UNKNOWN: Figure = { quota: -1, known: false };
const UNMETERED: Figure = { quota: null, known: true };

function figure(bucket: BucketView | undefined, unread: Figure): Figure {
  if (bucket === undefined) return unread;
  if (bucket.state === 'unmetered') return UNMETERED;
  if (bucket.state === 'unknown' || bucket.free === null) return UNKNOWN;
  return { quota: Math.max(0, bucket.free), known: true };
}

function bucketItem(bucket: BucketView): BucketItem {
  return {
    name: bucket.name,
    state: bucket.state,
    limit: bucket.limit,
    free: bucket.free,
    reserved: bucket.reserved,
    used: bucket.used,
    stale: bucket.stale,
    uncertain: bucket.uncertain,
    resets_at: bucket.resetsAt,
    read_at: bucket.readAt,
    source: bucket.source,
    source_at: bucket.sourceAt,
    cooling_until: bucket.coolingUntil,
  };
}
