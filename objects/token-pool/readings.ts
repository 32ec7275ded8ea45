import type { Tier } from '../../src/models/model-spec';
import type { Probe, ProbeResult } from '../../src/pool/reading';
import type { Blame } from './blame';
import { applyFigure, DEAREST_CALL_UNITS, makeUnread, markStale, spendUntil } from './buckets';
import { at } from './columns';
import { TimeQueue } from './heaps';
import { expire, penalise } from './health';
import type { Cell, PoolState } from './state';
import { ABSENT, type BucketTable, KNOWN, tierNumber } from './tables';

/**
 * Readings of what upstream says is left. The object never waits for upstream: it hands out probes,
 * a Worker makes them and reports. What is wanted and under way lives in memory only; a cell that
 * needs a reading says so itself (stale, unread), so that nothing is lost by a restart.
 */

/** A reading that has not been reported by then counts as failed. */
const READING_MS = 30_000;
const FIRST_BACKOFF_MS = 30_000;
const MAX_BACKOFF_MS = 1_800_000;
/** Pause before a reading that a settlement asked for, so that a burst asks once. */
const IDLE_MS = 1_000;

interface Wish {
  readonly cell: Cell;
  readonly dueAt: number;
  readonly tries: number;
}

interface Reading {
  readonly cell: Cell;
  readonly askedAt: number;
  readonly tries: number;
  /** Units of leases of the cell that ended since. */
  endedUnits: number;
}

const keyOf = (cell: Cell): string => `${cell.bucket}:${cell.slot}`;

export class Readings {
  readonly #state: PoolState;
  readonly #blame: Blame;
  readonly #wishes = new Map<string, Wish>();
  readonly #queue = new TimeQueue<string>();
  readonly #underWay = new Map<string, Reading>();
  readonly #deadlines = new TimeQueue<string>();
  readonly #byCell = new Map<string, Set<Reading>>();

  constructor(state: PoolState, blame: Blame) {
    this.#state = state;
    this.#blame = blame;
  }

  /** When a probe or a deadline is due; null when nothing is. */
  nextAt(): number | null {
    const deadline = this.#deadlines.nextAt();
    const due =
      this.#underWay.size < this.#state.settings.probeConcurrency ? this.#queue.nextAt() : null;
    if (deadline === null || due === null) return deadline ?? due;
    return Math.min(deadline, due);
  }

  /** Asks for a reading; an earlier wish for the same cell stands. */
  want(table: BucketTable, slot: number, dueAt: number, tries = 0): void {
    if (!table.metered) return;
    const cell = { slot, bucket: table.id };
    const key = keyOf(cell);
    const wish = this.#wishes.get(key);
    if (this.#byCell.has(key) || (wish !== undefined && wish.dueAt <= dueAt)) return;
    this.#wishes.set(key, { cell, dueAt, tries });
    this.#queue.push(dueAt, key);
  }

  /** A cell that has too little left for some calls, and nobody knows when it fills again. */
  wantIfSpent(table: BucketTable, slot: number): void {
    const { state, free, resetsAt, stale } = table.stored.fields;
    const isKnown = at(state, slot) === KNOWN;
    if (!isKnown || at(free, slot) >= DEAREST_CALL_UNITS || at(resetsAt, slot) > 0) return;
    if (at(stale, slot) === 1) return;
    markStale(table, slot, this.#state.now);
    this.#state.wakeCell(table, slot);
    this.want(table, slot, this.#state.now + IDLE_MS);
  }

  /** A lease of the cell ended: readings under way may or may not have seen its units. */
  leaseEnded(table: BucketTable, slot: number, units: number): void {
    for (const reading of this.#byCell.get(keyOf({ slot, bucket: table.id })) ?? []) {
      reading.endedUnits += units;
    }
    const { stale, lowerBound } = table.stored.fields;
    const isIdle = at(table.live.fields.open, slot) === 0;
    if (isIdle && at(stale, slot) + at(lowerBound, slot) > 0) {
      this.want(table, slot, this.#state.now + IDLE_MS);
    }
  }

  /** Probes that are due, as many as may be under way at once. */
  due(): Probe[] {
    const { now, settings } = this.#state;
    for (let id = this.#deadlines.pop(now); id !== null; id = this.#deadlines.pop(now)) {
      this.report({ readingId: id, ok: false, outcome: 'faulty' });
    }
    const probes: Probe[] = [];
    while (this.#underWay.size < settings.probeConcurrency) {
      const key = this.#queue.pop(now);
      if (key === null) break;
      const wish = this.#wishes.get(key);
      if (wish === undefined || wish.dueAt > now) continue;
      this.#wishes.delete(key);
      const probe = this.begin(
        this.#state.bucketById(wish.cell.bucket),
        wish.cell.slot,
        wish.tries,
      );
      if (probe !== null) probes.push(probe);
    }
    return probes;
  }

  /** Begins a reading now; null when the token is gone, expired or disabled. */
  begin(table: BucketTable, slot: number, tries = 0): Probe | null {
    const state = this.#state;
    const row = state.tokens.isLive(slot) ? state.tokenRow(slot) : null;
    if (row === null) return null;
    const cell = { slot, bucket: table.id };
    const readingId = state.ports.randomId();
    const reading: Reading = { cell, askedAt: state.now, tries, endedUnits: 0 };
    this.#underWay.set(readingId, reading);
    this.#deadlines.push(state.now + READING_MS, readingId);
    const key = keyOf(cell);
    const readings = this.#byCell.get(key);
    if (readings === undefined) this.#byCell.set(key, new Set([reading]));
    else readings.add(reading);
    return {
      readingId,
      tokenId: row.id,
      provider: row.provider,
      bucket: table.name,
      sealedSecret: row.sealed,
      egress: { id: 'direct', kind: 'direct', suspect: false },
    };
  }

  /** Applies a result; one that is unknown or overtaken is discarded. @returns whether it was awaited. */
  report(result: ProbeResult): boolean {
    const reading = this.#underWay.get(result.readingId);
    if (reading === undefined) return false;
    this.#underWay.delete(result.readingId);
    const key = keyOf(reading.cell);
    const readings = this.#byCell.get(key);
    readings?.delete(reading);
    if (readings?.size === 0) this.#byCell.delete(key);

    const { slot } = reading.cell;
    if (at(this.#state.tokens.stored.fields.state, slot) === ABSENT) return true;
    const table = this.#state.bucketById(reading.cell.bucket);
    if (result.ok) this.#apply(table, slot, reading, result);
    else this.#failed(table, slot, reading, result);
    return true;
  }

  #apply(
    table: BucketTable,
    slot: number,
    reading: Reading,
    result: ProbeResult & { ok: true },
  ): void {
    const state = this.#state;
    this.#blame.readingSucceeded(state, slot);
    const { readAt, limitedAt, free, resetsAt } = table.stored.fields;
    if (reading.askedAt < at(readAt, slot) || reading.askedAt < at(limitedAt, slot)) {
      if (at(limitedAt, slot) > at(readAt, slot)) this.want(table, slot, state.now + IDLE_MS);
      return;
    }
    const overlap = at(table.live.fields.reserved, slot) + reading.endedUnits;
    const resets = result.resetAfterMs === null ? null : state.now + result.resetAfterMs;
    const { remaining, limit } = result;
    const figure = { source: 'reading', remaining, limit, resetsAt: resets } as const;
    applyFigure(table, slot, figure, overlap, reading.askedAt);
    const isIdle = at(table.live.fields.open, slot) === 0;
    if (overlap > 0 && isIdle) this.want(table, slot, state.now + IDLE_MS);
    // Nothing left and no word on when: asked again later.
    if (remaining !== null && at(free, slot) < DEAREST_CALL_UNITS && at(resetsAt, slot) === 0) {
      this.want(table, slot, state.now + backoff(reading.tries), reading.tries + 1);
    }
    state.touchCell(table, slot);
    state.wakeCell(table, slot);
    if (result.tier !== undefined) this.#setTier(slot, result.tier);
  }

  #failed(
    table: BucketTable,
    slot: number,
    reading: Reading,
    result: ProbeResult & { ok: false },
  ): void {
    const state = this.#state;
    const reason = result.reason ?? `quota reading: ${result.outcome}`;
    const { coolUntil } = state.tokens.stored.fields;
    let againAt = state.now + backoff(reading.tries);
    switch (result.outcome) {
      case 'banned':
        this.#blame.readingFailed(state, slot, 'banned', () => {
          expire(state, slot, reason);
          return true;
        });
        break;
      case 'revoked':
        this.#revoked(slot, reading, reason);
        againAt = Math.max(againAt, at(coolUntil, slot));
        break;
      case 'limited': {
        const { limitedMs, maxRetryAfterMs } = state.settings;
        const until = state.now + Math.min(result.retryAfterMs ?? limitedMs, maxRetryAfterMs);
        spendUntil(table, slot, until, state.now);
        state.touchCell(table, slot);
        state.wakeCell(table, slot);
        break;
      }
      case 'blocked':
      case 'faulty':
      case 'unused':
        break;
    }
    this.want(table, slot, againAt, reading.tries + 1);
  }

  /**
   * A refused session cools; a reading that was asked for after that cooldown is the probe that decides.
   * Other readings of the same round, or of a short spell, are the same word once more.
   */
  #revoked(slot: number, reading: Reading, reason: string): void {
    const state = this.#state;
    const { strikes, coolUntil } = state.tokens.stored.fields;
    const wasStruck = at(strikes, slot) > 0;
    const isSameWord = wasStruck && reading.askedAt < at(coolUntil, slot);
    this.#blame.readingFailed(state, slot, 'revoked', () => {
      if (isSameWord) return false;
      if (wasStruck) expire(state, slot, reason);
      else penalise(state, slot, 'revoked', reason);
      return true;
    });
  }

  #setTier(slot: number, tier: Tier): void {
    const { tier: tiers } = this.#state.tokens.stored.fields;
    const row = this.#state.tokenRow(slot);
    if (row === null || at(tiers, slot) === tierNumber(tier)) return;
    tiers[slot] = tierNumber(tier);
    this.#state.putTokenRow({ ...row, tier });
    this.#state.touchToken(slot);
  }

  /** What changes by itself as time passes: a cooldown ends, a window resets, a stale figure grows too old. */
  wake(cell: Cell): void {
    const state = this.#state;
    state.shelves.refresh(cell.slot);
    if (cell.bucket === 0) return;
    const table = state.bucketById(cell.bucket);
    const { slot } = cell;
    const fields = table.stored.fields;
    if (at(fields.state, slot) !== KNOWN) return;
    const resets = at(fields.resetsAt, slot);
    if (at(fields.stale, slot) === 0 && resets > 0 && resets <= state.now) {
      // The window is over: stale, not full. Only a reading can say what is left.
      fields.resetsAt[slot] = 0;
      markStale(table, slot, state.now);
      state.touchCell(table, slot);
      state.wakeCell(table, slot);
    }
    if (at(fields.stale, slot) === 0) return;
    if (at(fields.staleAt, slot) + state.settings.staleMs <= state.now) {
      makeUnread(table, slot);
      state.touchCell(table, slot);
    }
    this.want(table, slot, state.now);
  }
}

const backoff = (tries: number): number =>
  Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(tries, 10));
