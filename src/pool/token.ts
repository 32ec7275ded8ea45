import type { Tier } from '../models/model-spec';

/** Tokens between the admin API and the pool: imported, listed, changed. Plain data. */

export type TokenState = 'active' | 'cooling' | 'expired' | 'disabled';

/** As people see it: a token that is known to have nothing left is `exhausted`, not `active`. */
export type TokenStanding = TokenState | 'exhausted';

/** A credential to store, its secret already sealed by the Worker. */
export interface NewToken {
  readonly id: string;
  readonly provider: string;
  readonly tier: Tier;
  readonly sealedSecret: string;
  /** HMAC of the secret: finds duplicates. */
  readonly fingerprint: string;
  /** First 6, `****`, last 4; for people, never an identifier. */
  readonly mask: string;
  readonly note?: string;
  readonly tags?: readonly string[];
  /** `env:<NAME>` for a credential that comes from a Worker secret: importing again replaces it. */
  readonly source?: string;
  readonly disabled?: boolean;
  /** Figures that came with the import; absent buckets stay unknown. */
  readonly buckets?: readonly {
    readonly name: string;
    readonly remaining: number | null;
    readonly limit?: number;
  }[];
}

/** What decides whether a credential is new, and whether it would change the one that is there. */
export type ImportCandidate = Pick<NewToken, 'fingerprint' | 'tier' | 'note' | 'tags'>;

export type ImportOutlook = Pick<ImportResult, 'added' | 'updated' | 'unchanged'>;

export interface ImportResult {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Raised by each change of the token list. */
  readonly listVersion: number;
  /** The list had moved on from `ifVersion`: nothing was changed. */
  readonly stale?: boolean;
}

/** A bucket as the panel and `GET tokens` show it. */
export interface BucketView {
  readonly name: string;
  readonly state: 'unmetered' | 'known' | 'unknown';
  /** `limit = free + reserved + used`; null unless known. */
  readonly limit: number | null;
  readonly free: number | null;
  readonly reserved: number;
  readonly used: number | null;
  readonly stale: boolean;
  readonly resetsAt: number | null;
  /** Unix ms of the last applied reading. */
  readonly readAt: number | null;
  /** Where the figures come from: read upstream, entered by a person, or upstream's refusal; null without figures. */
  readonly source: 'reading' | 'entered' | 'refusal' | null;
  /** Unix ms. */
  readonly sourceAt: number | null;
  /** Spent units upstream may not have counted. */
  readonly uncertain: number;
  readonly coolingUntil: number | null;
}

export interface TokenView {
  readonly id: string;
  readonly provider: string;
  readonly tier: Tier;
  readonly mask: string;
  readonly state: TokenState;
  /** Why it cools, expired or is disabled. */
  readonly reason: string | null;
  readonly coolingUntil: number | null;
  readonly failures: number;
  readonly lastFailureAt: number | null;
  readonly lastFailure: string | null;
  readonly inFlight: number;
  readonly useCount: number;
  readonly lastUsedAt: number | null;
  readonly note: string;
  readonly tags: readonly string[];
  readonly createdAt: number;
  readonly source: string | null;
  readonly buckets: readonly BucketView[];
}

export interface TokenQuery {
  /** Keyset: the `next` of the page before. */
  readonly after?: string;
  /** At most 500. */
  readonly limit: number;
  readonly provider?: string;
  readonly tier?: Tier;
  readonly state?: TokenState;
  /** Any of these providers, or of their tiers. */
  readonly kinds?: readonly { readonly provider: string; readonly tier?: Tier }[];
  /** Any of these standings. */
  readonly standings?: readonly TokenStanding[];
  /** Whether a figure of it was ever read. Counted among the active ones only. */
  readonly isUnread?: boolean;
  readonly tag?: string;
  /** Substring of mask, note or id. */
  readonly search?: string;
  /** A page by number: newest first, behind so many. `after` and `search` then count for nothing. */
  readonly newest?: { readonly skip: number };
}

export interface TokenPage {
  readonly tokens: readonly TokenView[];
  readonly next: string | null;
  readonly total: number;
  readonly listVersion: number;
}

/** Tags that one token may have. */
export const MAX_TAGS = 20;

/** How tokens are named by a caller: ids, or fingerprints of full secrets. Never masks. */
export type TokenRef = { readonly id: string } | { readonly fingerprint: string };

export interface TokenPatch {
  readonly tier?: Tier;
  readonly note?: string;
  readonly tags?: readonly string[];
  /** Beside those that stay. More than `MAX_TAGS` are not kept. */
  readonly addTags?: readonly string[];
  readonly removeTags?: readonly string[];
  readonly disabled?: boolean;
  /** Ends every cooldown and forgets failures; an expired token becomes active again. */
  readonly clearCooldown?: boolean;
  /** Sets figures by hand, as an import does; `remaining: null` makes the bucket unknown. */
  readonly buckets?: readonly {
    readonly name: string;
    readonly remaining: number | null;
    readonly limit?: number;
  }[];
}
