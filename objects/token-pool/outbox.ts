import type { RefusalCount, UsageBatch } from '../../src/contract/usage';
import { MINUTE_MS } from '../../src/lib/time';
import { minuteOf } from './clock';
import type { PoolState } from './state';

/**
 * Usage on its way out. Records are sealed into a batch under an id that never changes, and the batch
 * is sent again until the consumer has acknowledged it.
 */

/** Records in one batch: about 90 KB. */
const BATCH_RECORDS = 200;
/** JSON of one batch, all in ASCII: a queue message takes 128 KB. */
const BATCH_CHARS = 100_000;
const BATCH_REFUSALS = 500;
/** A record waits at most this long for others. */
const SEAL_MS = 1_000;
/** Refusals alone are in no hurry. */
const SEAL_REFUSALS_MS = 10_000;
const FIRST_RESEND_MS = 60_000;
const MAX_RESEND_MS = 900_000;
const MAX_SENT_AT_ONCE = 50;
const MAX_REFUSAL_COUNTERS = 10_000;

/** What one batch carries. */
type BatchContent = Pick<UsageBatch, 'records' | 'corrections' | 'refusals'>;

export class Outbox {
  readonly #state: PoolState;
  /** When the oldest unsealed record or refusal came; null when there is none. */
  #recordsSince: number | null = null;
  #refusalsSince: number | null = null;
  #hasUnsent: boolean;
  /** Lower bound of when a sealed batch must be sent again. */
  #resendAt = 0;

  constructor(state: PoolState) {
    this.#state = state;
    this.#hasUnsent = state.batches.size > 0;
    if (state.pendingRecords.length + state.pendingCorrections.length > 0) {
      this.#recordsSince = state.now;
    }
  }

  /** Something was added to what waits. */
  added(): void {
    this.#recordsSince ??= this.#state.now;
  }

  countRefusal(keyId: string, code: string): void {
    const minute = minuteOf(this.#state.now) * MINUTE_MS;
    const name = nameOf({ minute, keyId, code });
    const counted = this.#state.refusals.get(name);
    if (counted === undefined && this.#state.refusals.size >= MAX_REFUSAL_COUNTERS) return;
    this.#state.refusals.set(name, { minute, keyId, code, count: (counted?.count ?? 0) + 1 });
    this.#refusalsSince ??= this.#state.now;
  }

  /** When something must be sealed or sent again; null when nothing waits. */
  nextAt(): number | null {
    let next = Number.POSITIVE_INFINITY;
    if (this.#recordsSince !== null) next = this.#recordsSince + SEAL_MS;
    if (this.#refusalsSince !== null) next = Math.min(next, this.#refusalsSince + SEAL_REFUSALS_MS);
    if (this.#state.batches.size > 0) next = Math.min(next, this.#hasUnsent ? 0 : this.#resendAt);
    return Number.isFinite(next) ? next : null;
  }

  /** Seals full batches; with `all`, the rest too. The batch exists with the next commit. */
  seal(all: boolean): void {
    const state = this.#state;
    while (
      state.pendingRecords.length >= BATCH_RECORDS ||
      state.pendingCorrections.length >= BATCH_RECORDS
    ) {
      this.#sealOne();
    }
    const waits =
      state.pendingRecords.length + state.pendingCorrections.length + state.refusals.size > 0;
    // Refusals that find no place are in no hurry: they go with the next batch.
    if (all && waits) {
      do this.#sealOne();
      while (state.pendingRecords.length + state.pendingCorrections.length > 0);
    }
    if (state.pendingRecords.length + state.pendingCorrections.length === 0) {
      this.#recordsSince = null;
    }
    if (state.refusals.size === 0) this.#refusalsSince = null;
  }

  /** Seals what has waited long enough. */
  sealDue(): void {
    const { now } = this.#state;
    const isDue =
      (this.#recordsSince !== null && this.#recordsSince + SEAL_MS <= now) ||
      (this.#refusalsSince !== null && this.#refusalsSince + SEAL_REFUSALS_MS <= now);
    this.seal(isDue);
  }

  /** Batches that were never sent, or not acknowledged in time. To be sent once they are committed. */
  takeDue(): UsageBatch[] {
    const state = this.#state;
    const due: UsageBatch[] = [];
    this.#hasUnsent = false;
    this.#resendAt = Number.POSITIVE_INFINITY;
    for (const [batch, sent] of state.batches) {
      const isDue = dueAt(sent) <= state.now;
      if (!isDue || due.length === MAX_SENT_AT_ONCE) {
        this.#hasUnsent ||= isDue;
        this.#resendAt = Math.min(this.#resendAt, dueAt(sent));
        continue;
      }
      const resent = { sentAt: state.now, tries: sent.tries + 1 };
      state.batches.set(batch, resent);
      this.#resendAt = Math.min(this.#resendAt, dueAt(resent));
      due.push(sent.fresh ?? this.#stored(batch));
    }
    return due;
  }

  /** The oldest batches that nobody has acknowledged, sent or not. */
  takeAll(most: number): UsageBatch[] {
    const state = this.#state;
    const all: UsageBatch[] = [];
    for (const [batch, sent] of state.batches) {
      if (all.length === most) break;
      state.batches.set(batch, { sentAt: state.now, tries: sent.tries + 1 });
      all.push(sent.fresh ?? this.#stored(batch));
    }
    return all;
  }

  /** Whether a batch waits to be sent at once. */
  get hasUnsent(): boolean {
    return this.#hasUnsent;
  }

  ack(batchIds: readonly string[]): void {
    const prefix = `${this.#state.ports.name}:`;
    for (const id of batchIds) {
      const batch = id.startsWith(prefix) ? Number(id.slice(prefix.length)) : Number.NaN;
      if (this.#state.batches.delete(batch)) this.#state.work.acked.push(batch);
    }
  }

  #sealOne(): void {
    const state = this.#state;
    const batch = ++state.sequences.batch;
    const waiting: BatchContent = {
      records: state.pendingRecords.slice(0, BATCH_RECORDS),
      corrections: state.pendingCorrections.slice(0, BATCH_RECORDS),
      refusals: [...state.refusals.values()].slice(0, BATCH_REFUSALS),
    };
    let sealed = this.#batchOf(batch, waiting);
    let body = JSON.stringify(sealed);
    if (body.length > BATCH_CHARS) {
      sealed = this.#batchOf(batch, fitting(waiting));
      body = JSON.stringify(sealed);
    }
    const { records, corrections, refusals } = sealed;
    state.pendingRecords.splice(0, records.length);
    state.pendingCorrections.splice(0, corrections.length);
    for (const counted of refusals) state.refusals.delete(nameOf(counted));
    state.work.batches.push({ batch, body, sealedAt: state.now });
    state.work.sealedRecords += records.length;
    state.work.sealedCorrections += corrections.length;
    state.work.sequences = true;
    state.batches.set(batch, { sentAt: null, tries: 0, fresh: sealed });
    this.#hasUnsent = true;
  }

  #batchOf(batch: number, content: BatchContent): UsageBatch {
    const { name } = this.#state.ports;
    return { batchId: `${name}:${batch}`, pool: name, ...content };
  }

  /** From this commit's work, or from storage. @throws Error when storage lacks a batch that memory knows: a bug. */
  #stored(batch: number): UsageBatch {
    const { work, stmt } = this.#state;
    const sealed = work.batches.find((one) => one.batch === batch);
    const body = sealed?.body ?? stmt.outboxBody(batch);
    if (body === null) throw new Error(`no batch ${batch} in the outbox`);
    // SAFETY: the text was written by #sealOne.
    return JSON.parse(body) as UsageBatch;
  }
}

const nameOf = ({ minute, keyId, code }: Omit<RefusalCount, 'count'>): string =>
  `${minute}|${keyId}|${code}`;

/** Of what is too much for one batch, what finds room in it: the first of each. */
function fitting({ records, corrections, refusals }: BatchContent): BatchContent {
  const room = { chars: BATCH_CHARS };
  return {
    records: takeFitting(records, room),
    corrections: takeFitting(corrections, room),
    refusals: takeFitting(refusals, room),
  };
}

/** The first of these that find room. An empty batch takes any one. */
function takeFitting<T>(items: readonly T[], room: { chars: number }): T[] {
  const taken: T[] = [];
  for (const item of items) {
    const chars = JSON.stringify(item).length + 1;
    if (chars > room.chars && room.chars < BATCH_CHARS) break;
    room.chars -= chars;
    taken.push(item);
  }
  return taken;
}

function dueAt(sent: { readonly sentAt: number | null; readonly tries: number }): number {
  if (sent.sentAt === null) return 0;
  return sent.sentAt + Math.min(MAX_RESEND_MS, FIRST_RESEND_MS * 2 ** Math.min(sent.tries - 1, 10));
}
