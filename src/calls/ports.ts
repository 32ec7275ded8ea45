import type { TokenUsage } from '../contract/usage';
import type { Egress } from '../egress/egress';
import type { ModelSpec, QuotaKind } from '../models/model-spec';
import type { OnWait } from '../pool/admissions';
import type { Admission, Ask, EgressRef, Refusal, Settlement } from '../pool/call';
import type { Attempt, PartStream, ProviderSettings } from '../providers/provider';

/** The pool as one call sees it. */
export interface CallPool {
  /**
   * Repairs a key that the pool lacks by itself.
   * @param onWait - without it, the call never waits for another one to ask for both.
   * @throws AppError
   */
  admit(ask: Ask, onWait?: OnWait): Promise<Admission | Refusal>;
  /** Ends attempt n and lends n+1. A refusal has ended the call. @throws AppError */
  retry(ended: Settlement): Promise<Admission | Refusal>;
  /** Hands a settlement over; it is sent until it was heard. */
  settle(settlement: Settlement): void;
}

/** What a call needs of the world, whatever it asks for. */
export interface CallDeps {
  readonly pool: CallPool;
  readonly egress: (ref: EgressRef) => Egress;
  readonly openSecret: (tokenId: string, sealed: string) => string | Promise<string>;
  readonly fetchImage: Attempt['fetchImage'];
  /** Needed where a provider fetches images by itself. */
  readonly isPublicImage?: NonNullable<Attempt['isPublicImage']>;
  /** Read after admission: the pool may have told that the settings changed. */
  readonly settings: () => { readonly provider: ProviderSettings; readonly maxAttempts: number };
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** One call to run: a chat, pictures, a video. */
export interface Call {
  readonly ask: Ask;
  readonly model: ModelSpec;
  /** Asks upstream once. @throws ProviderError, AppError */
  readonly begin: (attempt: Attempt) => Promise<PartStream>;
  /** Aborts when the client leaves; absent where nobody waits at the other end. */
  readonly caller?: AbortSignal;
  /** Upstream gives its answer whole and says nothing before: how long it is silent tells nothing. */
  readonly isSilent?: boolean;
}

/** What the way to the client knows at the end. */
export interface Delivery {
  /** The client has received some of the answer. */
  readonly clientHasSome: boolean;
  /** The 200 of a streamed answer had left when the call ended. */
  readonly isHeadSent: boolean;
  readonly usage: TokenUsage | null;
  /** What it takes of the key's daily limits after all; as admitted when absent. */
  readonly charges?: Readonly<Partial<Record<QuotaKind, number>>>;
}
