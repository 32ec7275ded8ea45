import { DurableObject } from 'cloudflare:workers';
import type { FillAnswer, FillVerdict, MediaFillRpc } from '../src/media/fill-rpc';

interface Waiter {
  readonly fillerId: string;
  readonly termMs: number;
  readonly answer: (answer: FillAnswer) => void;
}

/**
 * One filler for one object of the cache, across isolates. In memory only: a restart forgets the filler,
 * and the worst that comes of it is a second fetch.
 */
export class MediaFill extends DurableObject<Env> implements MediaFillRpc {
  #fillerId: string | null = null;
  #term: ReturnType<typeof setTimeout> | null = null;
  readonly #waiters = new Set<Waiter>();

  claim(fillerId: string, termMs: number, waitMs: number): Promise<FillAnswer> {
    if (this.#fillerId === null || this.#fillerId === fillerId) {
      this.#grant(fillerId, termMs);
      return Promise.resolve({ state: 'fill' });
    }
    if (waitMs <= 0) return Promise.resolve({ state: 'uncached' });
    return this.#wait(fillerId, termMs, waitMs);
  }

  renew(fillerId: string, termMs: number): Promise<boolean> {
    const isFiller = this.#fillerId === fillerId;
    if (isFiller) this.#grant(fillerId, termMs);
    return Promise.resolve(isFiller);
  }

  report(fillerId: string, verdict: FillVerdict): Promise<void> {
    if (this.#fillerId === fillerId) {
      this.#end();
      for (const waiter of this.#waiters) waiter.answer(verdict);
      this.#waiters.clear();
    }
    return Promise.resolve();
  }

  #wait(fillerId: string, termMs: number, waitMs: number): Promise<FillAnswer> {
    const { promise, resolve } = Promise.withResolvers<FillAnswer>();
    const waiter: Waiter = {
      fillerId,
      termMs,
      answer: (answer) => {
        clearTimeout(patience);
        resolve(answer);
      },
    };
    const patience = setTimeout(() => {
      this.#waiters.delete(waiter);
      resolve({ state: 'uncached' });
    }, waitMs);
    this.#waiters.add(waiter);
    return promise;
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

  /** The filler is dead; the one that has waited longest takes its place. */
  #succeed(): void {
    this.#end();
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      this.#grant(waiter.fillerId, waiter.termMs);
      waiter.answer({ state: 'fill' });
      return;
    }
  }
}
