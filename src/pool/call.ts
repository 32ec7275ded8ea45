import type { CallKind, OutcomeKind, TokenUsage } from '../contract/usage';
import type { QuotaKind, Tier } from '../models/model-spec';

/** One call between a Worker and the pool: asked for, lent, refused, settled. Plain data. */

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
