import type { SupplyOverview } from '../pool/figures';

/** Counts of the tokens of one pool: each is in one of the last five. */
export interface LegacyCounts {
  readonly total: number;
  /** Disabled ones too: older clients know no other word. */
  readonly expired: number;
  readonly cooldown: number;
  readonly exhausted: number;
  /** Never read. */
  readonly unused: number;
  readonly active: number;
  /** The two kinds that only wait, as the fork without cooldowns counted. */
  readonly limited: number;
}

const PROVIDER = 'grok-web';
const UNKNOWN = -1;

/** Tokens by pool, as older clients count them. */
export function legacyStats(supply: readonly SupplyOverview[]) {
  const grok = supply.filter(({ provider }) => provider === PROVIDER);
  const normal = count(grok.filter(({ tier }) => tier === 'basic'));
  const superior = count(grok.filter(({ tier }) => tier !== 'basic'));
  return {
    normal,
    super: superior,
    total: normal.total + superior.total,
    // Upstream does not say how many videos are left.
    video: { total_remaining: UNKNOWN, total_limit: UNKNOWN, tokens_with_video: 0 },
  };
}

/** Units left; a picture costs two. */
export function legacyRemaining(supply: readonly SupplyOverview[]) {
  const chats = supply
    .filter(({ provider }) => provider === PROVIDER)
    .reduce((sum, { chatFree }) => sum + chatFree, 0);
  return {
    chat_total_remaining: chats,
    image_total_remaining: Math.floor(chats / 2),
    // Nothing is assumed of tokens that were never read.
    assumed_chat_quota_per_token: 0,
    video: { total_remaining: UNKNOWN },
  };
}

function count(rows: readonly SupplyOverview[]): LegacyCounts {
  const sums = { total: 0, expired: 0, cooldown: 0, exhausted: 0, unused: 0, active: 0 };
  for (const row of rows) {
    const { exhausted, unread: unused } = row;
    sums.total += row.live + row.expired + row.disabled;
    sums.expired += row.expired + row.disabled;
    sums.cooldown += row.cooling;
    sums.exhausted += exhausted;
    sums.unused += unused;
    sums.active += Math.max(0, row.active - exhausted - unused);
  }
  return { ...sums, limited: sums.cooldown + sums.exhausted };
}
