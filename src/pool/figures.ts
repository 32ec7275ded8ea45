import type { OpenBreaker } from '../contract/overview';
import type { Tier } from '../models/model-spec';

/** What the pool tells of itself: sums over its tokens, and what differs. Plain data. */

/** One counter that two sources disagree on. */
export interface Difference {
  readonly counter: string;
  readonly memory: number | string | null;
  readonly stored: number | string | null;
}

/** What can be served now, by provider and tier. */
export interface Supply {
  readonly provider: string;
  readonly tier: Tier;
  /** Neither expired, disabled nor banned. */
  readonly live: number;
  readonly active: number;
  readonly cooling: number;
  readonly expired: number;
  readonly disabled: number;
}

/** The same, with what the active tokens are known to have left. */
export interface SupplyOverview extends Supply {
  /** Of the active: nothing is left. */
  readonly exhausted: number;
  /** Of the active: no figure was ever read. */
  readonly unread: number;
  /** Units left for chats. */
  readonly chatFree: number;
}

/** What the live tokens of a provider and tier have left in one bucket. Units. */
export interface BucketOverview {
  readonly provider: string;
  readonly tier: Tier;
  readonly bucket: string;
  /** Tokens whose figure is known, of them those with nothing left, and tokens never read. */
  readonly known: number;
  readonly spent: number;
  readonly unknown: number;
  /** Of the tokens that do not cool down as a whole: nothing is left in this bucket, or it cools down. */
  readonly blocked: number;
  readonly free: number;
  readonly limit: number;
  /** Unix ms when the first spent or cooling one comes back; null when there is none or nobody knows. */
  readonly returnsAt: number | null;
}

/** Sums over all tokens, by provider and tier. */
export interface PoolSums {
  readonly supply: readonly SupplyOverview[];
  readonly buckets: readonly BucketOverview[];
}

/** How the pool stands. Its sums are at most 5 s old, and never older than the list of tokens. */
export interface PoolSummary extends PoolSums {
  readonly tokens: number;
  readonly openLeases: number;
  readonly breakers: PoolStats['breakers'];
}

export interface PoolStats {
  readonly openLeases: number;
  readonly outbox: { readonly pending: number; readonly sealed: number };
  readonly breakers: readonly OpenBreaker[];
  readonly listVersion: number;
  readonly settingsVersion: number;
  /** Storage rows written since the object woke, indexes included. */
  readonly rowsWritten: number;
}
