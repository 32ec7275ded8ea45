/** Longest waits of one answer. Ms; null switches a watch off. */
export interface WatchLimits {
  readonly firstPartMs: number | null;
  readonly idleMs: number;
  readonly totalMs: number;
  /** The head of a streamed answer leaves after this, part or no part; never before upstream is asked. */
  readonly headMs: number | null;
  /** Silence after which a heartbeat is sent. */
  readonly beatMs: number | null;
}

export type LimitName = 'first_part' | 'idle' | 'total';

/** A call that is not admitted yet is looked at so often: who waits for another may wait in vain. */
const UNASKED_MS = 1_000;

export interface WatchEvents {
  head(): void;
  beat(): void;
  /** Each second until upstream is asked. */
  unasked(): void;
  limit(name: LimitName): void;
}

/**
 * All waits of one answer over one timer, armed for whatever is due first. Activity only writes down a
 * time; the timer looks at it when it fires, so that a chunk costs no timer of its own.
 */
export class Watch {
  readonly #readLimits: () => WatchLimits;
  readonly #events: WatchEvents;
  readonly #now: () => number;
  readonly #startedAt: number;
  #limits: WatchLimits;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #armedFor = Number.POSITIVE_INFINITY;
  #isHeadOut = false;
  #isAsked = false;
  #hasFirstPart = false;
  #isReading = false;
  /** Unix ms since when upstream is waited for. */
  #readingSince: number;
  #lookedAt: number;
  #wroteAt: number;

  /** @param limits - read now and with each attempt: admission may bring newer settings. */
  constructor(limits: () => WatchLimits, events: WatchEvents, now: () => number = Date.now) {
    this.#readLimits = limits;
    this.#limits = limits();
    this.#events = events;
    this.#now = now;
    this.#startedAt = now();
    this.#readingSince = this.#startedAt;
    this.#lookedAt = this.#startedAt;
    this.#wroteAt = this.#startedAt;
    this.#armFor(this.#startedAt + earliest(this.#limits));
  }

  /** Upstream is asked, or a step ahead of that is done: its first part is waited for from now on. */
  attempt(): void {
    this.#limits = this.#readLimits();
    this.#isAsked = true;
    this.#isReading = true;
    this.#hasFirstPart = false;
    this.#readingSince = this.#now();
    this.#armIfEarlier();
  }

  /** The next part is waited for from now on. */
  reading(): void {
    this.#isReading = true;
    this.#hasFirstPart = true;
    this.#readingSince = this.#now();
    this.#armIfEarlier();
  }

  /** Upstream has sent something, if no part of its answer: the wait begins anew. */
  alive(): void {
    this.#readingSince = this.#now();
  }

  /** Upstream has answered: a client that reads slowly is not upstream's fault. */
  rested(): void {
    this.#isReading = false;
  }

  /** The head has left: heartbeats may follow. */
  headSent(): void {
    this.#isHeadOut = true;
    this.wrote();
    this.#armIfEarlier();
  }

  /** Something was sent to the client. */
  wrote(): void {
    this.#wroteAt = this.#now();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#armedFor = Number.NEGATIVE_INFINITY;
  }

  #partDueAt(): number {
    const { firstPartMs, idleMs } = this.#limits;
    const waitMs = this.#hasFirstPart ? idleMs : firstPartMs;
    return waitMs === null ? Number.POSITIVE_INFINITY : this.#readingSince + waitMs;
  }

  /** A call that is not admitted yet may be refused, which is a status; and its headers are not known. */
  #headDueAt(): number {
    const { headMs } = this.#limits;
    const isHeld = headMs === null || this.#isHeadOut || !this.#isAsked;
    return isHeld ? Number.POSITIVE_INFINITY : this.#startedAt + headMs;
  }

  #beatDueAt(): number {
    const { beatMs } = this.#limits;
    return beatMs === null || !this.#isHeadOut ? Number.POSITIVE_INFINITY : this.#wroteAt + beatMs;
  }

  #lookDueAt(): number {
    return this.#isAsked ? Number.POSITIVE_INFINITY : this.#lookedAt + UNASKED_MS;
  }

  #totalDueAt(): number {
    return this.#startedAt + this.#limits.totalMs;
  }

  #nextDueAt(): number {
    return Math.min(
      this.#totalDueAt(),
      this.#partDueAt(),
      this.#lookDueAt(),
      this.#headDueAt(),
      this.#beatDueAt(),
    );
  }

  /** A timer that fires too early looks and goes on; only one that is too late is worth another. */
  #armIfEarlier(): void {
    if (this.#nextDueAt() < this.#armedFor) this.#arm();
  }

  #arm(): void {
    // Stopped: a late event must not start the timer again.
    if (this.#armedFor === Number.NEGATIVE_INFINITY) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#armFor(this.#nextDueAt());
  }

  #armFor(dueAt: number): void {
    this.#armedFor = dueAt;
    this.#timer = setTimeout(() => this.#fire(), Math.max(0, dueAt - this.#now()));
  }

  #fire(): void {
    const now = this.#now();
    if (this.#totalDueAt() <= now) return this.#events.limit('total');
    if (this.#partDueAt() <= now) {
      if (this.#isReading) return this.#events.limit(this.#hasFirstPart ? 'idle' : 'first_part');
      this.#readingSince = now;
    }
    if (this.#lookDueAt() <= now) {
      this.#lookedAt = now;
      this.#events.unasked();
    }
    if (this.#headDueAt() <= now) {
      this.headSent();
      this.#events.head();
    } else if (this.#beatDueAt() <= now) {
      this.wrote();
      this.#events.beat();
    }
    this.#arm();
  }
}

/** The first timer is set for what may be due first once upstream is asked: a quick answer needs no other. */
function earliest({ firstPartMs, idleMs, totalMs, headMs }: WatchLimits): number {
  return Math.min(UNASKED_MS, firstPartMs ?? totalMs, idleMs, totalMs, headMs ?? totalMs);
}
