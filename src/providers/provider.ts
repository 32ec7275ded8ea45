import type { ChatRequest } from '../contract/chat';
import type { OutcomeKind, TokenUsage } from '../contract/usage';
import type { Egress } from '../egress/egress';
import type { ModelSpec, ProviderId, Tier } from '../models/model-spec';

/** A piece of an answer, named by what it means. `finish` comes last, and once. */
export type Part =
  | {
      readonly type: 'text-delta';
      readonly text: string;
      readonly choice?: number;
      readonly logprobs?: unknown;
    }
  | { readonly type: 'reasoning-delta'; readonly text: string; readonly choice?: number }
  | { readonly type: 'refusal-delta'; readonly text: string; readonly choice?: number }
  | {
      readonly type: 'tool-call-delta';
      readonly choice?: number;
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments?: string;
    }
  /** A page or post the answer was drawn from. */
  | { readonly type: 'source'; readonly url: string; readonly title: string }
  | { readonly type: 'image'; readonly url: string }
  /** Said once when upstream names them: the real model, its fingerprint. */
  | { readonly type: 'about'; readonly model?: string; readonly fingerprint?: string }
  /** One choice has ended. */
  | { readonly type: 'choice-end'; readonly choice: number; readonly reason: FinishReason }
  | { readonly type: 'finish'; readonly usage: TokenUsage | null };

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/**
 * An answer being read. One `read` gives all parts of one network chunk, so that a stream costs one
 * await per chunk and not one per part.
 */
export interface PartStream {
  /**
   * @returns the next parts, never an empty list; null after the end.
   * @throws ProviderError when upstream fails between parts.
   */
  read(): Promise<readonly Part[] | null>;
  /** Ends the upstream call. Safe at any time and more than once. */
  cancel(): void;
}

/** What an adapter is given for one attempt. */
export interface ProviderCall {
  readonly request: ChatRequest;
  readonly model: ModelSpec;
  /** The opened credential. Never logged, never in an error. */
  readonly secret: string;
  readonly egress: Egress;
  readonly settings: ProviderSettings;
  readonly signal: AbortSignal;
  /** Fetches a caller's https image URL through the guard. @throws AppError. */
  readonly fetchImage: (url: string, signal: AbortSignal) => Promise<FetchedImage>;
}

export interface FetchedImage {
  readonly bytes: Uint8Array;
  /** `image/png`, `image/jpeg`, `image/webp` or `image/gif`, by its first bytes. */
  readonly mime: string;
}

/** Settings that adapters read. */
export interface ProviderSettings {
  /** Base URL without a trailing slash, such as `https://api.deepseek.com` or `https://grok.com`. */
  readonly baseUrl: string;
  /** Opaque values the operator pasted; empty strings are not sent. Grok web only. */
  readonly statsigId: string;
  readonly clearance: string;
  readonly userAgent: string;
  readonly temporary: boolean;
  /** Answer tokens that contain one of these are dropped. */
  readonly filterTags: readonly string[];
}

/** What a bucket reading found upstream. */
export interface QuotaReading {
  readonly remaining: number | null;
  readonly limit: number | null;
  readonly resetAfterMs: number | null;
  readonly tier?: Tier;
}

export interface QuotaCall {
  readonly bucket: string;
  readonly secret: string;
  readonly egress: Egress;
  readonly settings: ProviderSettings;
  readonly signal: AbortSignal;
}

/** One upstream. Everything specific to it stays behind this. */
export interface Provider {
  readonly id: ProviderId;
  /** Calls are counted by upstream in buckets that can run out. */
  readonly metered: boolean;
  /**
   * Asks upstream; resolves when its answer has begun.
   * @throws ProviderError
   */
  stream(call: ProviderCall): Promise<PartStream>;
  /** Reads one bucket of one credential. @throws ProviderError */
  quota?(call: QuotaCall): Promise<QuotaReading>;
  /** Proves that a credential works, where there is no quota to read. @throws ProviderError */
  test?(call: Omit<QuotaCall, 'bucket'>): Promise<void>;
}

/** Outcomes an adapter can name. The rest are decided by the chat use case and the pool. */
export type ProviderOutcome = Extract<
  OutcomeKind,
  'unused' | 'limited' | 'revoked' | 'banned' | 'blocked' | 'refused' | 'faulty'
>;

/** Public error codes an upstream failure can become. */
export type ProviderErrorCode =
  | 'content_policy_violation'
  | 'upstream_refused'
  | 'upstream_error'
  | 'upstream_blocked'
  | 'upstream_unauthorized'
  | 'upstream_cut'
  | 'upstream_timeout'
  | 'pool_exhausted';

/** An upstream failure, classified once, where it was understood. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';

  constructor(
    /** One English sentence for the caller: no upstream text, no secrets. */
    message: string,
    readonly outcome: ProviderOutcome,
    readonly code: ProviderErrorCode,
    readonly detail: {
      /** Another credential may succeed. */
      readonly retryable: boolean;
      /** Upstream's own word. */
      readonly retryAfterMs?: number;
      /** `refused` only: upstream counted the call. */
      readonly counted?: boolean;
      /** Short and safe, kept as the credential's last failure, such as `HTTP 503`. */
      readonly reason?: string;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: detail.cause });
  }
}
