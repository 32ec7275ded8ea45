import type { OpenBreaker } from '../contract/overview';
import type { CallKind, OutcomeKind, TokenUsage, UsageBatch } from '../contract/usage';
import type { QuotaKind, Tier } from '../models/model-spec';

/**
 * What crosses the boundary of the `TokenPool` object: plain data only. Expected answers are unions,
 * because `instanceof` does not survive RPC; only bugs throw.
 */

/** A request for one lease. */
export interface Ask {
  /** Made by the Worker; the lease's id and the request's id. Asked again, it returns the same lease. */
  readonly callId: string;
  readonly keyId: string;
  /** Version of the key and of the settings the Worker last saw. */
  readonly keyVersion: number;
  readonly settingsVersion: number;
  /** Public model id, for the key's allowlist, the breaker and the log. */
  readonly model: string;
  readonly kind: CallKind;
  /** Caller's address, for the key's IP allowlist; null when unknown. */
  readonly ip: string | null;
  /** Credentials of this provider, of these tiers, the first tried first. */
  readonly provider: string;
  readonly tiers: readonly Tier[];
  /** Credential bucket and how many units to take. */
  readonly bucket: string;
  readonly units: number;
  /** `false` for official APIs: the bucket has no figure to keep. */
  readonly metered: boolean;
  /** What the call takes of the key's daily limits. */
  readonly charges: Readonly<Partial<Record<QuotaKind, number>>>;
  readonly stream: boolean;
  /** Longest the Worker may hold the lease. Ms. */
  readonly termMs: number;
  /** Calls of equal affinity prefer the same credential. */
  readonly affinity?: string;
  /** This credential and no other: continuations are bound to theirs. */
  readonly tokenId?: string;
}

/** One credential, lent for one attempt of one call. */
export interface Lease {
  readonly callId: string;
  readonly attempt: number;
  readonly tokenId: string;
  /** Encrypted; the Worker opens it. */
  readonly sealedSecret: string;
  readonly egress: EgressRef;
  /** A duration, because clocks differ. */
  readonly termMs: number;
}

/** Which way out the call takes. */
export interface EgressRef {
  readonly id: string;
  readonly kind: 'direct';
  /** Failed lately: still used when there is no other, with a back-off on retries. */
  readonly suspect: boolean;
}

/** Why a call was not admitted. Codes are those of `contract/errors`. */
export type RefusalCode =
  | 'daily_quota_exceeded'
  | 'rpm_exceeded'
  | 'concurrency_exceeded'
  | 'model_not_allowed'
  | 'ip_not_allowed'
  | 'key_disabled'
  | 'key_expired'
  | 'invalid_api_key'
  | 'pool_exhausted'
  | 'no_credentials'
  | 'provider_unavailable'
  | 'call_ended';

/** A refusal changed no counter. */
export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** Ms until the same ask could succeed; null when time alone will not help. */
  readonly retryAfterMs: number | null;
  /** The limit that refused, such as `image`; null when it has no name. */
  readonly limit: string | null;
  readonly versions: Versions;
  readonly rates: KeyRates | null;
}

export interface Admission {
  readonly ok: true;
  readonly lease: Lease;
  readonly versions: Versions;
  readonly rates: KeyRates;
}

export type AdmitReply = Admission | Refusal | UnknownKey;

/** A request that asks nothing of a provider. */
export interface RequestAsk {
  readonly keyId: string;
  readonly ip: string | null;
}

/** Taken from the key's minute, or refused. */
export type RequestReply = Omit<Admission, 'lease'> | Refusal | UnknownKey;

/** The pool lacks the key: read it afresh from D1, `putKey`, and ask again. */
export interface UnknownKey {
  readonly ok: false;
  readonly code: 'unknown_key';
}

/** What the pool holds now; a difference tells an isolate to read again. */
export interface Versions {
  readonly settings: number;
  readonly key: number;
}

/** The tightest daily limit and the RPM of a key, for `x-ratelimit-*`. */
export interface KeyRates {
  readonly rpm: RateWindow | null;
  readonly day: RateWindow | null;
}
export interface RateWindow {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** How an attempt ended. Settling twice changes nothing. */
export interface Settlement {
  readonly callId: string;
  readonly attempt: number;
  readonly outcome: OutcomeKind;
  /** Why a `partial` failed: acted on like that outcome for the credential's health. */
  readonly cause?: Exclude<OutcomeKind, 'done' | 'partial' | 'aborted' | 'lost'>;
  /** Credential units really used, at most what was reserved; all of them when absent. */
  readonly units?: number;
  /**
   * What the call takes of the key's daily limits after all, at most what was reserved of each: fewer
   * pictures came than were asked for. All of it when absent.
   */
  readonly charges?: Readonly<Partial<Record<QuotaKind, number>>>;
  /** `refused` only: upstream said that it counted the call. */
  readonly counted?: boolean;
  /** The caller received nothing and did not leave: its daily units go back on failure. */
  readonly clientEmpty: boolean;
  /** Upstream's own word on when it will serve again. Ms. */
  readonly retryAfterMs?: number;
  /** Short and safe, kept as the credential's last failure. */
  readonly reason?: string;
  readonly record: SettleRecord;
}

/** The Worker's part of the usage record. */
export interface SettleRecord {
  readonly status: number;
  readonly error: string | null;
  readonly firstPartMs: number | null;
  readonly usage: TokenUsage | null;
}

/** A key as the pool enforces it. Absent limits are null; 0 allows nothing. */
export interface KeyLimits {
  readonly id: string;
  /** Raised by each edit; an older one never overwrites a newer. */
  readonly version: number;
  readonly enabled: boolean;
  readonly deleted: boolean;
  /** Unix ms. */
  readonly expiresAt: number | null;
  readonly models: readonly string[] | null;
  /** Addresses or CIDR blocks. */
  readonly ips: readonly string[] | null;
  readonly rpm: number | null;
  readonly concurrency: number | null;
  readonly perDay: Readonly<Record<QuotaKind, number | null>>;
}

/** Where a key stands now: `used + reserved + remaining = limit`, for each limit. */
export interface KeyStatus {
  readonly id: string;
  readonly version: number;
  readonly day: string;
  readonly perDay: Readonly<Record<QuotaKind, Standing>>;
  readonly rpm: Standing;
  readonly concurrency: Standing;
  /** The key as it is enforced, deleted or not: what D1 is repaired from. */
  readonly limits: KeyLimits;
}
export interface Standing {
  readonly limit: number | null;
  readonly used: number;
  readonly reserved: number;
  readonly remaining: number | null;
  /** Unix ms; null when it does not reset. */
  readonly resetsAt: number | null;
}

/** A credential lent for reading its own assets. */
export interface MediaLoan {
  readonly ok: true;
  readonly sealedSecret: string;
  readonly egress: EgressRef;
}
export interface MediaRefusal {
  readonly ok: false;
  /** `gone`: deleted, expired or disabled. `busy`: as many reads of it as are allowed are under way. */
  readonly code: 'gone' | 'busy';
}

/** What the pool must know of the settings. Durations in ms. */
export interface PoolSettings {
  readonly version: number;
  /** IANA zone; wins over the offset when set. */
  readonly timeZone: string | null;
  readonly dayOffsetMinutes: number;
  /** 0 switches the cap off. */
  readonly maxInFlight: number;
  readonly unknownInFlight: number;
  /** A `limited` bucket without word from upstream, and the longest word that is believed. */
  readonly limitedMs: number;
  readonly maxRetryAfterMs: number;
  readonly revokedMs: number;
  /** A credential expires at this many `revoked` in a row. */
  readonly revokedStrikes: number;
  /** `faulty` in a row before a short cooldown. */
  readonly faultyStrikes: number;
  readonly faultyMs: number;
  /** This many credentials failing alike within the window open a breaker. */
  readonly breakerCredentials: number;
  readonly breakerWindowMs: number;
  readonly breakerTrialMs: number;
  /** A stale bucket that cannot be read becomes unknown after this. */
  readonly staleMs: number;
  /** Readings under way at once. */
  readonly probeConcurrency: number;
  /** Reads of one credential's assets at once. */
  readonly mediaInFlight: number;
}

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

/** One reading to make, handed to a Worker by the pool. */
export interface Probe {
  readonly readingId: string;
  readonly tokenId: string;
  readonly provider: string;
  readonly bucket: string;
  readonly sealedSecret: string;
  readonly egress: EgressRef;
}

/** What a reading found. */
export type ProbeResult =
  | {
      readonly readingId: string;
      readonly ok: true;
      /** Units left and in all, as upstream says; null when it does not meter the bucket. */
      readonly remaining: number | null;
      readonly limit: number | null;
      /** Ms until the window ends. */
      readonly resetAfterMs: number | null;
      /** Tier that the figures show, when they do. */
      readonly tier?: Tier;
    }
  | {
      readonly readingId: string;
      readonly ok: false;
      readonly outcome: 'revoked' | 'banned' | 'blocked' | 'limited' | 'faulty' | 'unused';
      readonly retryAfterMs?: number;
      readonly reason?: string;
    };

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

/** Batches that one `drain` hands out at most: fewer means that these are all. */
export const DRAINED_BATCHES = 100;

/** RPC surface of `objects/token-pool.ts`. */
export interface TokenPoolRpc {
  /**
   * Checks and takes for each ask, all or nothing, after applying the settlements that ride along.
   * @returns replies in the order of the asks, durable at once.
   */
  admit(asks: readonly Ask[], settled: readonly Settlement[]): Promise<readonly AdmitReply[]>;
  /** Ends attempt n and lends n+1 in one transaction. A refusal has ended the call. */
  retry(ended: Settlement): Promise<AdmitReply>;
  settle(settled: readonly Settlement[]): Promise<void>;
  /** Lengthens a lease that is still open; false when it is not. */
  extend(callId: string, attempt: number, addMs: number): Promise<boolean>;
  /**
   * Lends a credential for reading the assets of its own account. Costs no quota and touches no health;
   * bounded per credential. Kept in memory only: a loan ends by itself after its term.
   * @param isLong - it may take long, as a video does: some loans are kept for those that do not.
   */
  lendForMedia(
    tokenId: string,
    loanId: string,
    termMs: number,
    isLong?: boolean,
  ): Promise<MediaLoan | MediaRefusal>;
  returnMedia(loanIds: readonly string[]): Promise<void>;

  /** @returns the version that holds now, and whether this edit made it. */
  putKey(key: KeyLimits): Promise<{ readonly version: number; readonly applied: boolean }>;
  keyStatus(keyIds: readonly string[]): Promise<readonly KeyStatus[]>;
  /** Ids of keys that have nothing left of one of today's limits. */
  exhaustedKeys(): Promise<readonly string[]>;
  configure(settings: PoolSettings): Promise<void>;
  /** Counts a request that asks nothing of a provider against the key's RPM. */
  takeRequest(ask: RequestAsk): Promise<RequestReply>;
  /** Counts a refusal that the Worker made itself. */
  countRefusal(keyId: string, code: string): Promise<void>;

  /**
   * At most 200 tokens a call. With `ifVersion`, only while the list's version is that one, or became
   * the next one by this very edit: so that an edit whose reply was lost can be said once more.
   */
  importTokens(
    tokens: readonly NewToken[],
    ifVersion?: number,
    editId?: string,
  ): Promise<ImportResult>;
  /** What an import of these would do; changes nothing. At most 200 tokens a call. */
  checkImport(tokens: readonly ImportCandidate[]): Promise<ImportOutlook>;
  listTokens(query: TokenQuery): Promise<TokenPage>;
  findTokens(refs: readonly TokenRef[]): Promise<readonly TokenView[]>;
  /** At most 200 references a call. @returns how many were found. */
  updateTokens(
    refs: readonly TokenRef[],
    patch: TokenPatch,
  ): Promise<{ readonly found: number; readonly listVersion: number }>;
  /** At most 200 references a call. `ifVersion` and `editId` as with an import. */
  deleteTokens(
    refs: readonly TokenRef[],
    ifVersion?: number,
    editId?: string,
  ): Promise<{ readonly found: number; readonly listVersion: number; readonly stale?: boolean }>;
  tags(): Promise<readonly string[]>;
  sealedSecrets(
    ids: readonly string[],
  ): Promise<readonly { readonly id: string; readonly sealedSecret: string }[]>;
  /** Starts readings of these tokens now; the Worker makes them and reports. */
  beginReadings(ids: readonly string[], buckets: readonly string[]): Promise<readonly Probe[]>;
  /**
   * Applies readings; unknown or overtaken ones are discarded.
   * @returns the ids of those that were still awaited.
   */
  report(results: readonly ProbeResult[]): Promise<readonly string[]>;

  /** An operator's word that a shared failure is over. @returns how many of these breakers were open */
  closeBreakers(names: readonly string[]): Promise<number>;
  stats(): Promise<PoolStats>;
  summary(): Promise<PoolSummary>;
  /** Rebuilds from storage into a second copy and compares it with memory. */
  verify(): Promise<{ readonly counters: number; readonly differences: readonly Difference[] }>;
  /** Hands out what is pending and what nobody has acknowledged, oldest first, for `verify` against D1. */
  drain(): Promise<readonly UsageBatch[]>;
  ack(batchIds: readonly string[]): Promise<void>;
  /** Cron's call: makes sure that the alarm is armed. */
  tick(): Promise<void>;
}
