import type { UsageRecord } from '../../../src/contract/usage';
import type { QuotaKind } from '../../../src/models/model-spec';
import type { Ask, Settlement } from '../../../src/pool/call';
import type { KeyLimits } from '../../../src/pool/key';
import type { PoolSettings } from '../../../src/pool/settings';
import type { TokenState } from '../../../src/pool/token';

/**
 * The reference model: relations a person could keep on paper. It imports nothing from the product but
 * types, decides nothing that the pool decides (which token), and is slow on purpose.
 */

export interface BucketRow {
  readonly name: string;
  state: 'unmetered' | 'known' | 'unknown';
  /** `limit = free + reserved + used`, for known buckets. */
  free: number;
  reserved: number;
  used: number;
  uncertain: number;
  /** Raised by each applied reading; a lease remembers the one it was lent under. */
  epoch: number;
  stale: boolean;
  /** Unix ms since when it is stale; null while it is not. */
  staleSince: number | null;
  coolingUntil: number | null;
  /** After a rate limit it lends one call at a time until one is done; `maybe` where the order is open. */
  halfOpen: 'no' | 'maybe' | 'yes';
  resetsAt: number | null;
  readAt: number | null;
  /** When the last applied reading was asked for, and when upstream last said `limited`. */
  readingAskedAt: number;
  limitedAt: number;
}

export interface TokenRow {
  readonly id: string;
  readonly provider: string;
  fingerprint: string;
  tier: string;
  sealedSecret: string;
  disabled: boolean;
  expired: boolean;
  coolingUntil: number | null;
  /** Whether it must prove itself before it serves two calls at once; `maybe` where the order is open. */
  halfOpen: 'no' | 'maybe' | 'yes';
  /** When the present half-open spell began. */
  halfOpenSince: number;
  /** `revoked` and `faulty` in a row, and how many of them are beyond doubt. */
  strikes: { revoked: number; faulty: number; certain: boolean };
  /** Scope and outcome that expired it, or made it cool; null when it is not known. */
  expiredBy: string | null;
  coolingBy: string | null;
  /** A failure that was not punished, because its call had punished another token. */
  suspect: { readonly callId: string; readonly cause: string } | null;
  /** Unix ms of the last operation that touched it. */
  changedAt: number;
  readonly buckets: Map<string, BucketRow>;
}

export interface DayRow {
  readonly used: Record<QuotaKind, number>;
  readonly reserved: Record<QuotaKind, number>;
}

export interface KeyRow {
  limits: KeyLimits;
  minute: number;
  minuteCount: number;
  open: number;
  readonly days: Map<string, DayRow>;
}

/** One open call and the token its present attempt holds. */
export interface CallRow {
  readonly ask: Ask;
  readonly admittedAt: number;
  readonly day: string;
  attempt: number;
  tokenId: string;
  /** False between the end of one attempt and the next. */
  holds: boolean;
  epoch: number;
  lentAt: number;
  expiresAt: number;
  readonly tried: string[];
  /** Credential this call has penalised already. */
  blamed: string | null;
  /** Units that the last ended attempt spent: the record's, like its token. */
  spent: number;
  uncertain: boolean;
}

/** A lease that has ended, kept while an open reading may still have to subtract it. */
export interface ClosedRow {
  readonly tokenId: string;
  readonly bucket: string;
  readonly units: number;
  readonly closedAt: number;
  /** Step number at which it ended: tells order within one millisecond. */
  readonly order: number;
}

export interface ReadingRow {
  readonly readingId: string;
  readonly tokenId: string;
  readonly bucket: string;
  readonly askedAt: number;
  readonly order: number;
}

/** Same failure of several credentials: what opens a breaker. */
export interface EvidenceRow {
  /** `provider/model` */
  readonly scope: string;
  readonly outcome: string;
  readonly tokenId: string;
  readonly at: number;
}

/** An open breaker, and when it next lets one call through. Unix ms. */
export interface BreakerRow {
  readonly openedAt: number;
  trialAt: number;
}

export type ExpectedRecord = Omit<
  UsageRecord,
  'durationMs' | 'status' | 'error' | 'usage' | 'firstPartMs'
> & {
  readonly endedAt: number;
  readonly settled: Settlement | null;
};

/** A call id that is over: `early` when its end came before its beginning. */
export interface Tombstone {
  readonly at: number;
  readonly early: boolean;
}

/** How long a call id that is over stays out. Ms. */
export const TOMBSTONE_MS = 60_000;

/** A call given up as lost: `due` once a word came that a correction must carry, `late` when it may. */
export interface LostRow {
  readonly at: number;
  word: 'none' | 'due' | 'late' | 'carried';
}

export interface State {
  settings: PoolSettings;
  /** The pool's clock: it never goes back. */
  clock: number;
  /** Counts operations, to order what happens within one millisecond. */
  order: number;
  readonly tokens: Map<string, TokenRow>;
  readonly keys: Map<string, KeyRow>;
  readonly calls: Map<string, CallRow>;
  /** Calls that must not be admitted for a while, by callId. */
  readonly tombstones: Map<string, Tombstone>;
  readonly closed: ClosedRow[];
  readonly readings: Map<string, ReadingRow>;
  evidence: EvidenceRow[];
  /** Breakers that are open, by scope. */
  readonly openBreakers: Map<string, BreakerRow>;
  /** Calls that were admitted and have ended. */
  ended: number;
  /** Records that no batch has carried yet, by callId. */
  readonly pending: Map<string, ExpectedRecord>;
  /** Calls given up as lost, by callId. */
  readonly lost: Map<string, LostRow>;
  /** Batches handed out and not acknowledged. */
  readonly unacked: Set<string>;
  /** `key code minute` → how often. */
  readonly refusals: Map<string, { readonly minute: number; readonly count: number }>;
}

export const QUOTA_KINDS: readonly QuotaKind[] = ['chat', 'heavy', 'image', 'video'];

export function emptyState(settings: PoolSettings, clock: number): State {
  return {
    settings,
    clock,
    order: 0,
    tokens: new Map(),
    keys: new Map(),
    calls: new Map(),
    tombstones: new Map(),
    closed: [],
    readings: new Map(),
    evidence: [],
    openBreakers: new Map(),
    ended: 0,
    pending: new Map(),
    lost: new Map(),
    unacked: new Set(),
    refusals: new Map(),
  };
}

export function emptyBucket(name: string, state: BucketRow['state']): BucketRow {
  return {
    name,
    state,
    free: 0,
    reserved: 0,
    used: 0,
    uncertain: 0,
    epoch: 0,
    stale: false,
    staleSince: null,
    coolingUntil: null,
    halfOpen: 'no',
    resetsAt: null,
    readAt: null,
    readingAskedAt: Number.NEGATIVE_INFINITY,
    limitedAt: Number.NEGATIVE_INFINITY,
  };
}

export function dayRow(key: KeyRow, day: string): DayRow {
  let row = key.days.get(day);
  if (row === undefined) {
    row = {
      used: { chat: 0, heavy: 0, image: 0, video: 0 },
      reserved: { chat: 0, heavy: 0, image: 0, video: 0 },
    };
    key.days.set(day, row);
  }
  return row;
}

/** What a token shows to people; expiry and switches win over cooldowns. */
export function tokenState(token: TokenRow, now: number): TokenState {
  if (token.disabled) return 'disabled';
  if (token.expired) return 'expired';
  return token.coolingUntil !== null && token.coolingUntil > now ? 'cooling' : 'active';
}

/** The walk has found a difference between pool and model. */
export class WalkFailure extends Error {
  override readonly name = 'WalkFailure';
}

/** @throws WalkFailure */
export function fail(counter: string, detail: string): never {
  throw new WalkFailure(`${counter}: ${detail}`);
}

/** @throws WalkFailure unless both are the same value. */
export function expectSame(counter: string, pool: unknown, model: unknown): void {
  if (!Object.is(pool, model)) {
    fail(counter, `pool ${JSON.stringify(pool)}, model ${JSON.stringify(model)}`);
  }
}
