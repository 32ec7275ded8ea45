import type { ChatRequest } from '../contract/chat';
import type { TokenUsage } from '../contract/usage';
import type { Egress } from '../egress/egress';
import { AppError } from '../errors';
import type { ModelSpec } from '../models/model-spec';
import type { Admission, Ask, EgressRef, KeyRates, Lease, Refusal, Settlement } from '../pool/rpc';
import {
  type Part,
  type PartStream,
  type Provider,
  type ProviderCall,
  ProviderError,
  type ProviderSettings,
} from '../providers/provider';
import {
  CLIENT_LEFT_CODE,
  CLIENT_LEFT_STATUS,
  ClientLeft,
  type Ending,
  endingOf,
  LimitReached,
  publicError,
  refusalError,
} from './endings';
import type { LimitName } from './watch';

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

/** A way out that failed lately gets this much more time before it is tried again. */
const SUSPECT_PAUSE_MS = 250;

/**
 * One chat from admission to settlement. Another credential is tried until the first part is handed out;
 * every lease is settled once: by `retry`, or by `end`, which the owner calls in its one `finally`.
 */
export class ChatRun {
  readonly #deps: ChatDeps;
  readonly #chat: Chat;
  readonly #controller = new AbortController();
  #lease: Lease | null = null;
  #admittedAt = 0;
  #firstPartAt: number | null = null;
  #stream: PartStream | null = null;
  #wasSent = false;
  #isWhole = false;
  /** Why the call was stopped from outside: the client left or a limit was reached. */
  #stopped: ClientLeft | LimitReached | null = null;
  #interrupt: ((reason: Error) => void) | null = null;
  #thrown: unknown = null;
  #error: AppError | null = null;
  /** Told by the pool with a refused retry. Ms. */
  #retryAfterMs: number | null = null;

  /** Where the key's limits stand, once the pool has said so. */
  rates: KeyRates | null = null;
  /** Called when upstream is asked, each time anew. */
  onAttempt: () => void = ignore;

  constructor(deps: ChatDeps, chat: Chat) {
    this.#deps = deps;
    this.#chat = chat;
  }

  get hasFirstPart(): boolean {
    return this.#firstPartAt !== null;
  }

  /** All of the answer has been read. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Nobody waits for the answer any more. */
  get hasClientLeft(): boolean {
    return this.#stopped instanceof ClientLeft;
  }

  /**
   * Admits the call and asks upstream, with another credential where that can help.
   * @returns the first parts. @throws AppError, ProviderError, ClientLeft, LimitReached
   */
  async open(): Promise<readonly Part[]> {
    this.#lease = await this.#admit();
    for (;;) {
      try {
        return await this.#firstParts(this.#lease);
      } catch (thrown) {
        const next = await this.#anotherLease(this.#lease, thrown);
        if (next === null) throw thrown;
        this.#lease = next;
      }
    }
  }

  /** @returns the parts of the next network chunk; null after the end. @throws as `open`. */
  async read(): Promise<readonly Part[] | null> {
    if (this.#stream === null || this.#isWhole) return null;
    return this.#next(this.#stream);
  }

  /** Waits for something that must not outlast the call: a stop rejects it at once. */
  guard<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#stopped !== null) reject(this.#stopped);
      this.#interrupt = reject;
      work.then(resolve, reject);
    });
  }

  /** The client has left: upstream is cancelled at once. */
  leave(): void {
    this.#stop(new ClientLeft('the client has left'));
  }

  /** A wait has reached its limit. */
  limitReached(name: LimitName): void {
    this.#stop(new LimitReached(name));
  }

  /** Notes how the call failed. @returns what the caller hears. */
  fail(thrown: unknown): AppError {
    // A cancelled upstream fails in its own words; what stopped it is the cause.
    this.#thrown = this.#stopped ?? thrown;
    this.#error = this.#withRetryAfter(publicError(this.#thrown));
    return this.#error;
  }

  /** Ends the call: cancels what is open and settles what is lent. */
  end(delivery: Delivery): void {
    if (!this.#isWhole || this.#thrown !== null) this.#cancel();
    this.#interrupt = null;
    const lease = this.#lease;
    if (lease === null) return;
    this.#lease = null;
    this.#deps.pool.settle(this.#settlement(lease, this.#thrown, delivery));
  }

  async #admit(): Promise<Lease> {
    const { pool, now } = this.#deps;
    const asked = pool.admit(this.#chat.ask);
    let reply: Admission | Refusal;
    try {
      reply = await this.guard(asked);
    } catch (thrown) {
      // Lent or not: nobody will use it. Settling what was never lent leaves a short-lived mark only.
      this.#giveBack(this.#chat.ask.callId, 1);
      throw thrown;
    }
    this.rates = reply.rates;
    if (!reply.ok) throw refusalError(reply);
    this.#admittedAt = now();
    return reply.lease;
  }

  async #firstParts(lease: Lease): Promise<readonly Part[]> {
    const { openSecret, provider } = this.#deps;
    this.#wasSent = false;
    const secret = await openSecret(lease.tokenId, lease.sealedSecret);
    if (this.#stopped !== null) throw this.#stopped;
    this.#wasSent = true;
    this.onAttempt();
    const opening = provider.stream(this.#providerCall(lease, secret));
    // An answer that comes after the call was stopped is not wanted any more.
    opening.then((late) => {
      if (this.#stopped !== null) late.cancel();
    }, ignore);
    const stream = await this.guard(opening);
    this.#stream = stream;
    const held: Part[] = [];
    for (;;) {
      const parts = await this.#next(stream);
      // The end without a `finish` throws in `#next`.
      if (parts === null) return held;
      held.push(...parts);
      // Upstream naming itself is no answer yet: a failure right after it may still be retried.
      if (parts.some((part) => part.type !== 'about')) {
        this.#firstPartAt = this.#deps.now();
        return held;
      }
    }
  }

  async #next(stream: PartStream): Promise<readonly Part[] | null> {
    const parts = await this.guard(stream.read());
    if (parts === null) {
      if (this.#isWhole) return null;
      throw new ProviderError(
        'The upstream ended its answer too early.',
        'faulty',
        'upstream_cut',
        {
          retryable: true,
          reason: 'cut',
        },
      );
    }
    if (parts.at(-1)?.type === 'finish') this.#isWhole = true;
    return parts;
  }

  #providerCall(lease: Lease, secret: string): ProviderCall {
    const { egress, settings, fetchImage } = this.#deps;
    const { request, model } = this.#chat;
    return {
      request,
      model,
      secret,
      egress: egress(lease.egress),
      settings: settings().provider,
      signal: this.#controller.signal,
      fetchImage,
    };
  }

  /** Ends a failed attempt and asks for another credential; null when the failure stands. */
  async #anotherLease(lease: Lease, thrown: unknown): Promise<Lease | null> {
    this.#stream?.cancel();
    this.#stream = null;
    if (this.#stopped !== null || !(thrown instanceof ProviderError) || !thrown.detail.retryable)
      return null;
    if (lease.attempt >= this.#deps.settings().maxAttempts) return null;
    const none = { clientHasSome: false, isHeadSent: false, usage: null };
    this.fail(thrown);
    const ended = this.#settlement(lease, thrown, none);
    if (lease.egress.suspect) await this.guard(this.#deps.wait(SUSPECT_PAUSE_MS * lease.attempt));
    let reply: Admission | Refusal;
    try {
      reply = await this.#deps.pool.retry(ended);
    } catch {
      // Unheard or half heard: the attempt is settled again at the end, and a next one given back.
      this.#giveBack(lease.callId, lease.attempt + 1);
      return null;
    }
    this.#lease = null;
    if (!reply.ok) {
      this.#retryAfterMs = reply.retryAfterMs;
      return null;
    }
    this.#thrown = null;
    this.#error = null;
    return reply.lease;
  }

  #stop(reason: ClientLeft | LimitReached): void {
    if (this.#stopped !== null) return;
    this.#stopped = reason;
    this.#cancel();
    this.#interrupt?.(reason);
  }

  #cancel(): void {
    this.#controller.abort();
    this.#stream?.cancel();
  }

  #giveBack(callId: string, attempt: number): void {
    const record = {
      status: this.#error?.status ?? CLIENT_LEFT_STATUS,
      error: null,
      firstPartMs: null,
      usage: null,
    };
    this.#deps.pool.settle({ callId, attempt, outcome: 'unused', clientEmpty: true, record });
  }

  #settlement(lease: Lease, thrown: unknown, delivery: Delivery): Settlement {
    const { clientHasSome, isHeadSent, usage } = delivery;
    const ending: Ending = endingOf(thrown, {
      wasSent: this.#wasSent,
      hasFirstPart: this.hasFirstPart,
      clientHasSome,
    });
    const hasLeft = this.hasClientLeft;
    const failedStatus = hasLeft ? CLIENT_LEFT_STATUS : (this.#error?.status ?? 200);
    return {
      callId: lease.callId,
      attempt: lease.attempt,
      ...ending,
      record: {
        status: isHeadSent ? 200 : failedStatus,
        error: hasLeft ? CLIENT_LEFT_CODE : (this.#error?.code ?? null),
        firstPartMs: this.#firstPartAt === null ? null : this.#firstPartAt - this.#admittedAt,
        usage,
      },
    };
  }

  /** The pool knows better than one credential's upstream when another can serve. */
  #withRetryAfter(error: AppError): AppError {
    if (this.#retryAfterMs === null || error.code !== 'pool_exhausted') return error;
    const retryAfterS = Math.max(1, Math.ceil(this.#retryAfterMs / 1_000));
    return new AppError(error.code, error.message, { ...error.detail, retryAfterS });
  }
}

/** For promises whose failure is heard elsewhere. */
function ignore(): void {}
