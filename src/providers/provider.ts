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
      /** `function` when absent; another type of the provider's, or `legacy`: told as `function_call`. */
      readonly kind?: string;
      readonly id?: string;
      readonly name?: string;
      readonly arguments?: string;
    }
  /** A page or post the answer was drawn from. */
  | { readonly type: 'source'; readonly url: string; readonly title: string }
  | ImagePart
  | ImageProgressPart
  | ImageFailedPart
  | VideoProgressPart
  | VideoPart
  /** Where the conversation stands upstream, so that it can be continued on the same credential. */
  | { readonly type: 'thread'; readonly thread: Thread }
  /** Said once when upstream names them: the real model, its fingerprint. */
  | { readonly type: 'about'; readonly model?: string; readonly fingerprint?: string }
  /** One choice has ended. */
  | { readonly type: 'choice-end'; readonly choice: number; readonly reason: FinishReason }
  | { readonly type: 'finish'; readonly usage: TokenUsage | null };

/** A finished picture. */
export interface ImagePart {
  readonly type: 'image';
  /** Absolute https URL upstream. */
  readonly url: string;
  /** Place among the pictures of one request, from 0; absent in a chat. */
  readonly index?: number;
  /** The picture itself, base64, where upstream sent it along. */
  readonly base64?: string;
}

/** How far a picture is. */
export interface ImageProgressPart {
  readonly type: 'image-progress';
  readonly index: number;
  /** Percent, 0–100. */
  readonly progress: number;
  /** A preview, base64, where upstream sends one. */
  readonly base64?: string;
}

/** A picture that will not come. The others may. */
export interface ImageFailedPart {
  readonly type: 'image-failed';
  readonly index: number;
  readonly code: ProviderErrorCode;
}

/** How far a video is. The first one carries what identifies it upstream. */
export interface VideoProgressPart {
  readonly type: 'video-progress';
  /** Percent, 0–100; never falls. */
  readonly progress: number;
  readonly videoId: string | null;
  readonly postId: string | null;
}

export interface VideoPart {
  readonly type: 'video';
  /** Absolute https URL upstream. */
  readonly url: string;
  readonly posterUrl: string | null;
}

/** A conversation upstream, in the words of its dialect. */
export interface Thread {
  readonly conversationId: string;
  /** The answer that the next turn follows. */
  readonly responseId: string;
}

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'function_call' | 'content_filter';

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
  /** Credential units that upstream has counted by now, where a call can spend less than it reserved. */
  readonly unitsSpent?: () => number;
  /** How upstream failed after it had given enough to answer with: the answer stands, the pool hears of it. */
  readonly failure?: () => ProviderError | null;
}

/** What an adapter is given for one attempt of any kind. */
export interface Attempt {
  readonly model: ModelSpec;
  /** The credential lent; an id, never its secret. */
  readonly tokenId: string;
  /** The opened credential. Never logged, never in an error. */
  readonly secret: string;
  readonly egress: Egress;
  readonly settings: ProviderSettings;
  /** Aborts when the call is interrupted or given up. */
  readonly signal: AbortSignal;
  /**
   * Aborts when the client leaves, and then alone; absent where nobody waits at the other end. Enough for
   * a `fetch`, which ends with the caller's request, and cheaper than `signal`, which is made when it is read.
   */
  readonly callerSignal?: AbortSignal;
  /** Fetches a caller's https image URL through the guard, or reads what the gateway keeps. @throws AppError. */
  readonly fetchImage: (url: string, signal: AbortSignal) => Promise<FetchedImage>;
  /** Called when a step ahead of the question is done, such as an upload: the first part is waited for anew. */
  readonly onStep?: () => void;
  /**
   * Whether upstream could fetch an image by itself: not a file or link of this gateway.
   * @throws AppError `url_not_allowed` for an address that nobody should be sent to.
   */
  readonly isPublicImage?: (url: string) => boolean;
  /** Called when upstream sends what is no part of its answer, such as a comment that keeps a line open. */
  readonly alive?: () => void;
}

/** A chat. */
export interface ProviderCall extends Attempt {
  readonly request: ChatRequest;
  /** The conversation that this turn continues: only its new messages are sent. */
  readonly thread?: Thread;
}

/** Pictures to draw, or to make from others. */
export interface DrawCall extends Attempt {
  readonly task: DrawTask;
  /** Sockets of earlier calls of the same session, where they outlive a call. */
  readonly sockets?: HeldSockets;
}

/** Upstream sockets that are kept open between the calls of one session. */
export interface HeldSockets<Socket = WebSocket> {
  /** The open socket of this credential, which is the taker's from now on; null when there is none. */
  take(tokenId: string): Socket | null;
  /** Keeps a socket whose call ended well, until it is taken or its time is over. */
  give(tokenId: string, socket: Socket): void;
}

export interface DrawTask {
  readonly prompt: string;
  /** 1–10. */
  readonly n: number;
  /** Such as `3:2`; null leaves it to upstream. */
  readonly ratio: string | null;
  /** Upstream calls under way at once. 1–3. */
  readonly concurrency: number;
  /** Originals to edit, in order. Empty when drawing from words. */
  readonly images: readonly Original[];
  /** What the Imagine socket is told. */
  readonly enableNsfw: boolean;
}

/** A picture as it was sent, or its address: a `data:` URI, or what `fetchImage` reads. */
export type Original = string | FetchedImage;

export interface FilmCall extends Attempt {
  readonly task: FilmTask;
}

export interface FilmTask {
  readonly prompt: string;
  /** Such as `16:9`. */
  readonly ratio: string;
  readonly seconds: number;
  readonly resolution: '480p' | '720p';
  readonly preset: 'normal' | 'fun' | 'spicy' | 'custom';
  /** First frame: a `data:` URI or an https URL; null films from words. */
  readonly image: string | null;
  /** A basic account's 480p is upscaled when 720p was asked for. */
  readonly upscale: boolean;
}

/** A call about one credential's account, outside any admitted call. */
export interface AccountCall {
  readonly secret: string;
  readonly egress: Egress;
  readonly settings: ProviderSettings;
  readonly signal: AbortSignal;
}

/** A file that an account holds upstream. */
export interface UpstreamAsset {
  readonly id: string;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number | null;
  /** Unix ms. */
  readonly createdAt: number | null;
}

export interface AssetPage {
  readonly assets: readonly UpstreamAsset[];
  /** Null at the end. */
  readonly next: string | null;
}

export interface FetchedImage {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `image/png`, `image/jpeg`, `image/webp` or `image/gif`, by its first bytes. */
  readonly mime: string;
}

/** Settings that adapters read. */
export interface ProviderSettings {
  /** Base URL without a trailing slash, such as `https://api.deepseek.com` or `https://grok.com`. */
  readonly baseUrl: string;
  /** Where the account's files are, without a trailing slash. Grok web only; empty elsewhere. */
  readonly assetsUrl: string;
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

export interface QuotaCall extends AccountCall {
  readonly bucket: string;
  /** Answers of this round about the same credential, by the adapter's own name: some tell of several buckets. */
  readonly answers?: Map<string, Promise<Readonly<Record<string, unknown>> | null>>;
}

/** One upstream. Everything specific to it stays behind this. */
export interface Provider {
  readonly id: ProviderId;
  /** Calls are counted by upstream in buckets that can run out. */
  readonly metered: boolean;
  /** Asked for a whole answer, it may be silent until it has all of it. */
  readonly isSilentWhenWhole?: true;
  /**
   * Asks upstream; resolves when its answer has begun.
   * @throws ProviderError
   */
  stream(call: ProviderCall): Promise<PartStream>;
  /** Reads one bucket of one credential. @throws ProviderError */
  quota?(call: QuotaCall): Promise<QuotaReading>;
  /** Proves that a credential works, where there is no quota to read. @throws ProviderError */
  test?(call: AccountCall): Promise<void>;
  /**
   * Draws or edits, by the model's row. Ends with `finish` when nothing more will come. A failure after
   * some pictures is told for each missing one, then thrown if it says something of the credential.
   * @throws ProviderError
   */
  draw?(call: DrawCall): Promise<PartStream>;
  /** Films. Submits at most once. @throws ProviderError */
  film?(call: FilmCall): Promise<PartStream>;
  /** Looks for a video that was submitted earlier; null while it is not there. @throws ProviderError */
  findVideo?(call: AccountCall, video: { readonly videoId: string }): Promise<VideoPart | null>;
  /** Reads a file of the account, or a public one of the same upstream; the caller checks the host. */
  fetchAsset?(call: AccountCall, url: string, headers: Headers): Promise<Response>;
  listAssets?(call: AccountCall, after: string | null): Promise<AssetPage>;
  deleteAsset?(call: AccountCall, id: string): Promise<void>;
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
