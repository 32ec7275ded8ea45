import type { ChatRequest } from '../contract/chat';
import type { TokenUsage } from '../contract/usage';
import type { Egress } from '../egress/egress';
import type { ModelSpec } from '../models/model-spec';
import type { Admission, Ask, EgressRef, Refusal, Settlement } from '../pool/rpc';
import type { Provider, ProviderCall, ProviderSettings } from '../providers/provider';

/** The pool as one call sees it. */
export interface ChatPool {
  /** Repairs a key that the pool lacks by itself. @throws AppError */
  admit(ask: Ask): Promise<Admission | Refusal>;
  /** Ends attempt n and lends n+1. A refusal has ended the call. @throws AppError */
  retry(ended: Settlement): Promise<Admission | Refusal>;
  /** Hands a settlement over; it is sent until it was heard. */
  settle(settlement: Settlement): void;
}

/** What a chat needs of the world. */
export interface ChatDeps {
  readonly pool: ChatPool;
  readonly provider: Provider;
  readonly egress: (ref: EgressRef) => Egress;
  readonly openSecret: (tokenId: string, sealed: string) => string | Promise<string>;
  readonly fetchImage: ProviderCall['fetchImage'];
  /** Read after admission: the pool may have told that the settings changed. */
  readonly settings: () => { readonly provider: ProviderSettings; readonly maxAttempts: number };
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** One chat to run. */
export interface Chat {
  readonly ask: Ask;
  readonly request: ChatRequest;
  readonly model: ModelSpec;
}

/** What the way to the client knows at the end. */
export interface Delivery {
  /** The client has received some of the answer. */
  readonly clientHasSome: boolean;
  /** The 200 of a streamed answer had left when the call ended. */
  readonly isHeadSent: boolean;
  readonly usage: TokenUsage | null;
}
