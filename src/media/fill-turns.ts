import { MINUTE_MS } from '../lib/time';
import type { FillAnswer, FillVerdict, PassAnswer } from './fill-rpc';

/** Ranges of one object that are read from upstream at once while it is not cached. */
export const MAX_PASSES = 4;
/** How long an object that could not be stored is taken for one that cannot. */
const UNCACHED_MS = 5 * MINUTE_MS;

interface Waiter<Answer> {
  readonly id: string;
  readonly termMs: number;
  readonly answer: (answer: Answer | FillVerdict) => void;
}

/**
 * Who may ask upstream for one object: one filler, and a few readers of ranges beside it. In memory only:
 * a restart forgets them, and the worst that comes of it is another fetch.
 */
export class FillTurns {
  readonly #now: () => number;
  #fillerId: string | null = null;
  #term: ReturnType<typeof setTimeout> | null = null;
  readonly #fillers = new Set<Waiter<FillAnswer>>();
  /** Readers by id, with the Unix ms at which each is taken for gone. */
  readonly #passes = new Map<string, number>();
  readonly #readers = new Set<Waiter<PassAnswer>>();
  #uncachedUntil = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get isFilling(): boolean {
    return this.#fillerId !== null;
  }

  /** A fill was given up lately because the object could not be stored. */
  get isUncached(): boolean {
    return this.#now() < this.#uncachedUntil;
  }

  claim(fillerId: string, termMs: number, waitMs: number): Promise<FillAnswer> {
    if (this.#fillerId === null || this.#fillerId === fillerId) {
      this.#grant(fillerId, termMs);
      return Promise.resolve({ state: 'fill' });
    }
    return wait(this.#fillers, fillerId, termMs, waitMs);
  }

  renew(fillerId: string, termMs: number): boolean {
    const isFiller = this.#fillerId === fillerId;
    if (isFiller) this.#grant(fillerId, termMs);
    return isFiller;
  }

  report(fillerId: string, verdict: FillVerdict): void {
    if (this.#fillerId !== fillerId) return;
    this.#end();
    if (verdict.state === 'uncached') this.tooLarge();
    for (const waiter of [...this.#fillers, ...this.#readers]) waiter.answer(verdict);
    this.#fillers.clear();
    this.#readers.clear();
  }

  /** The filler stops, without a word on what it filled. */
  giveUp(fillerId: string): void {
    if (this.#fillerId === fillerId) this.#succeed();
  }

  pass(readerId: string, termMs: number, waitMs: number): Promise<PassAnswer> {
    if (this.isUncached) return Promise.resolve({ state: 'uncached' });
    const now = this.#now();
    for (const [id, until] of this.#passes) if (until <= now) this.#passes.delete(id);
    if (this.#passes.size < MAX_PASSES || this.#passes.has(readerId)) {
      this.#passes.set(readerId, now + termMs);
      return Promise.resolve({ state: 'pass' });
    }
    return wait(this.#readers, readerId, termMs, waitMs);
  }

  endPass(readerId: string): void {
    if (!this.#passes.delete(readerId)) return;
    for (const next of this.#readers) {
      this.#readers.delete(next);
      this.#passes.set(next.id, this.#now() + next.termMs);
      next.answer({ state: 'pass' });
      return;
    }
  }

  tooLarge(): void {
    this.#uncachedUntil = this.#now() + UNCACHED_MS;
    for (const reader of this.#readers) reader.answer({ state: 'uncached' });
    this.#readers.clear();
  }

  #grant(fillerId: string, termMs: number): void {
    this.#end();
    this.#fillerId = fillerId;
    this.#term = setTimeout(() => this.#succeed(), termMs);
  }

  #end(): void {
    if (this.#term !== null) clearTimeout(this.#term);
    this.#term = null;
    this.#fillerId = null;
  }

  /** The filler is dead or gives up; the one that has waited longest takes its place. */
  #succeed(): void {
    this.#end();
    for (const waiter of this.#fillers) {
      this.#fillers.delete(waiter);
      this.#grant(waiter.id, waiter.termMs);
      waiter.answer({ state: 'fill' });
      return;
    }
  }
}

/** Stands in a line, at most so long: then the object is read through. */
function wait<Answer>(
  line: Set<Waiter<Answer>>,
  id: string,
  termMs: number,
  waitMs: number,
): Promise<Answer | FillVerdict> {
  if (waitMs <= 0) return Promise.resolve({ state: 'uncached' });
  const { promise, resolve } = Promise.withResolvers<Answer | FillVerdict>();
  const waiter: Waiter<Answer> = {
    id,
    termMs,
    answer: (answer) => {
      clearTimeout(patience);
      resolve(answer);
    },
  };
  const patience = setTimeout(() => {
    line.delete(waiter);
    resolve({ state: 'uncached' });
  }, waitMs);
  line.add(waiter);
  return promise;
}
