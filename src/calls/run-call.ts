import { AppError } from '../errors';
import { rateHeaders } from '../http/ratelimit';
import { retryAfterSeconds } from '../lib/time';
import type { Admission, KeyRates, Lease, Refusal, Settlement } from '../pool/call';
import {
  type Attempt,
  type FetchedImage,
  type Part,
  type PartStream,
  ProviderError,
} from '../providers/provider';
import {
  CLIENT_LEFT_CODE,
  CLIENT_LEFT_STATUS,
  type Ending,
  endingOf,
  pictureFault,
  publicError,
  refusalError,
} from './endings';
import { Interruption } from './interruption';
import type { Call, CallDeps, Delivery } from './ports';

/** A way out that failed lately gets this much more time before it is tried again. */
const SUSPECT_PAUSE_MS = 250;

/**
 * One call from admission to settlement. Another credential is tried until the first part is handed out;
 * every lease is settled once: by `retry`, or by `end`, which the owner calls in its one `finally`.
 */
export class CallRun {
  readonly #deps: CallDeps;
  readonly #call: Call;
  #lease: Lease | null = null;
  #admittedAt = 0;
  #firstPartAt: number | null = null;
  #stream: PartStream | null = null;
  #wasSent = false;
  #isWhole = false;
  #thrown: unknown = null;
  #error: AppError | null = null;
  /** Upstream's own word on the attempt that has ended; whatever stops the call later changes nothing of it. */
  #refused: ProviderError | null = null;
  /** Pictures of the caller that are being fetched: upstream is not waited for. */
  #fetching = 0;
  /** Told by the pool with a refused retry. Ms. */
  #retryAfterMs: number | null = null;
  /** Asks the pool, where another call was to ask for this one too. */
  #askByItself: () => void = ignore;

  /** How this call is stopped from outside. */
  readonly interruption: Interruption;

  /** Where the key's limits stand, once the pool has said so. */
  rates: KeyRates | null = null;
  /** Called when upstream is asked, each time anew, and with each step that is done ahead of that. */
  onAttempt: () => void = ignore;
  /** Called when upstream sends something that is no part of its answer. */
  onAlive: () => void = ignore;

  constructor(deps: CallDeps, call: Call) {
    this.#deps = deps;
    this.#call = call;
    this.interruption = new Interruption(call.caller);
    this.interruption.onAbort = () => this.#stream?.cancel();
  }

  /** The credential that serves the call; null when none is lent. */
  get tokenId(): string | null {
    return this.#lease?.tokenId ?? null;
  }

  /** A credential was lent to it. */
  get wasAdmitted(): boolean {
    return this.#admittedAt > 0;
  }

  get hasFirstPart(): boolean {
    return this.#firstPartAt !== null;
  }

  /** All of the answer has been read. */
  get isWhole(): boolean {
    return this.#isWhole;
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

  /** Its admission takes long: it waits for no other call any more. */
  hurryAdmission(): void {
    this.#askByItself();
  }

  /** Notes how the call failed. @returns what the caller hears. */
  fail(thrown: unknown): AppError {
    // A cancelled upstream fails in its own words; what stopped it is the cause.
    const { reason } = this.interruption;
    const cause = reason === null ? thrown : this.#fetching > 0 ? pictureFault(reason) : reason;
    this.#thrown = this.#refused ?? cause;
    this.#error = this.#detailed(publicError(cause));
    return this.#error;
  }

  /** Ends the call: cancels what is open and settles what is lent. */
  end(delivery: Delivery): void {
    if (!this.#isWhole || this.#thrown !== null) this.interruption.abort();
    this.interruption.over();
    const lease = this.#lease;
    if (lease === null) return;
    this.#lease = null;
    this.#deps.pool.settle(this.#settlement(lease, this.#thrown, delivery));
  }

  async #admit(): Promise<Lease> {
    const { pool, now } = this.#deps;
    const asked = pool.admit(this.#call.ask, (askByItself) => (this.#askByItself = askByItself));
    let reply: Admission | Refusal;
    try {
      reply = await this.interruption.guard(asked);
    } catch (thrown) {
      // Lent or not: nobody will use it. Settling what was never lent leaves a short-lived mark only.
      this.#giveBack(this.#call.ask.callId, 1);
      throw thrown;
    }
    this.rates = reply.rates;
    if (!reply.ok) throw refusalError(reply);
    this.#admittedAt = now();
    return reply.lease;
  }

  async #firstParts(lease: Lease): Promise<readonly Part[]> {
    const { openSecret } = this.#deps;
    this.#stream = null;
    this.#wasSent = false;
    const secret = await openSecret(lease.tokenId, lease.sealedSecret);
    if (this.interruption.reason !== null) throw this.interruption.reason;
    this.#wasSent = true;
    this.onAttempt();
    const opening = this.#call.begin(this.#attempt(lease, secret));
    let stream: PartStream;
    try {
      stream = await this.interruption.guard(opening);
    } catch (thrown) {
      // An answer that begins after the call was stopped is not wanted any more.
      opening.then((late) => late.cancel(), ignore);
      throw thrown;
    }
    this.#stream = stream;
    const held: Part[] = [];
    for (;;) {
      const parts = await this.#next(stream);
      // The end without a `finish` throws in `#next`.
      if (parts === null) return held;
      held.push(...parts);
      // Upstream naming itself is no answer yet: a failure right after it may still be retried.
      if (parts.some((part) => part.type !== 'about' && part.type !== 'thread')) {
        this.#firstPartAt = this.#deps.now();
        return held;
      }
    }
  }

  async #next(stream: PartStream): Promise<readonly Part[] | null> {
    const parts = await this.interruption.guard(stream.read());
    if (parts === null) {
      if (this.#isWhole) return null;
      const words = 'The upstream ended its answer too early.';
      const detail = { retryable: true, reason: 'cut' };
      throw new ProviderError(words, 'faulty', 'upstream_cut', detail);
    }
    if (parts.at(-1)?.type === 'finish') this.#isWhole = true;
    return parts;
  }

  #attempt(lease: Lease, secret: string): Attempt {
    const { egress, settings, isPublicImage } = this.#deps;
    const { interruption } = this;
    return {
      model: this.#call.model,
      tokenId: lease.tokenId,
      secret,
      egress: egress(lease.egress),
      settings: settings().provider,
      get signal() {
        return interruption.signal;
      },
      ...(this.#call.caller !== undefined && { callerSignal: this.#call.caller }),
      onStep: () => {
        if (!this.hasFirstPart) this.onAttempt();
      },
      fetchImage: (url, signal) => this.#fetchImage(url, signal),
      ...(isPublicImage === undefined ? {} : { isPublicImage }),
      alive: this.onAlive,
    };
  }

  /** While it lasts, nobody but the caller is to blame; upstream gets its time afterwards. */
  async #fetchImage(url: string, signal: AbortSignal): Promise<FetchedImage> {
    this.#fetching += 1;
    try {
      return await this.#deps.fetchImage(url, signal);
    } finally {
      // A call that was stopped meanwhile was stopped while fetching.
      if (this.interruption.reason === null) {
        this.#fetching -= 1;
        if (!this.hasFirstPart) this.onAttempt();
      }
    }
  }

  /** Ends a failed attempt and asks for another credential; null when the failure stands. */
  async #anotherLease(lease: Lease, thrown: unknown): Promise<Lease | null> {
    this.#stream?.cancel();
    if (this.interruption.reason !== null) return null;
    if (!(thrown instanceof ProviderError) || !thrown.detail.retryable) return null;
    if (lease.attempt >= this.#deps.settings().maxAttempts) return null;
    const none = { clientHasSome: false, isHeadSent: false, usage: null };
    this.#refused = thrown;
    this.fail(thrown);
    const ended = this.#settlement(lease, thrown, none);
    if (lease.egress.suspect) {
      await this.interruption.guard(this.#deps.wait(SUSPECT_PAUSE_MS * lease.attempt));
    }
    let reply: Admission | Refusal;
    try {
      reply = await this.interruption.guard(this.#deps.pool.retry(ended));
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
    this.#refused = null;
    return reply.lease;
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
    const { clientHasSome, isHeadSent, usage, charges } = delivery;
    const units = this.#stream?.unitsSpent?.();
    const hasLeft = this.interruption.hasClientLeft;
    // The caller has an answer all the same.
    const late = thrown === null ? (this.#stream?.failure?.() ?? null) : null;
    const ending: Ending = endingOf(thrown ?? late, {
      wasSent: this.#wasSent && this.#fetching === 0,
      hasFirstPart: this.hasFirstPart,
      clientHasSome: clientHasSome || late !== null,
      hasLeft,
      isSilent: this.#call.isSilent === true,
    });
    const failedStatus = hasLeft ? CLIENT_LEFT_STATUS : (this.#error?.status ?? 200);
    return {
      callId: lease.callId,
      attempt: lease.attempt,
      ...ending,
      ...(units === undefined ? {} : { units }),
      ...(charges === undefined ? {} : { charges }),
      record: {
        status: isHeadSent ? 200 : failedStatus,
        error: hasLeft ? CLIENT_LEFT_CODE : (this.#error?.code ?? late?.code ?? null),
        firstPartMs: this.#firstPartAt === null ? null : this.#firstPartAt - this.#admittedAt,
        usage,
      },
    };
  }

  /**
   * With where the key's limits stand, as every answer has it; and when to come back, which the pool knows
   * better than one credential's upstream when another can serve.
   */
  #detailed({ code, message, detail }: AppError): AppError {
    const waitMs = code === 'pool_exhausted' ? this.#retryAfterMs : null;
    return new AppError(code, message, {
      ...detail,
      ...(waitMs === null ? {} : { retryAfterS: retryAfterSeconds(waitMs) }),
      headers: { ...rateHeaders(this.rates), ...detail.headers },
    });
  }
}

/** For promises whose failure is heard elsewhere. */
function ignore(): void {}
