import { at } from './columns';
import { type BucketTable, KNOWN, UNMETERED, UNREAD } from './tables';

/** The arithmetic of a bucket cell. Each function keeps limit = free + reserved + used where the cell is known. */

/** What the dearest call takes: a cell with less cannot serve every call. */
export const DEAREST_CALL_UNITS = 4;

/** Takes units for one lease. @returns the epoch the lease belongs to. */
export function takeUnits(table: BucketTable, slot: number, units: number): number {
  table.reserve(slot + 1);
  const { state, free, epoch } = table.stored.fields;
  if (at(state, slot) === KNOWN) free[slot] = at(free, slot) - units;
  holdUnits(table, slot, units);
  return at(epoch, slot);
}

/** What an open lease holds: at admission, and again when leases are found at a start. */
export function holdUnits(table: BucketTable, slot: number, units: number): void {
  table.reserve(slot + 1);
  const { reserved, open } = table.live.fields;
  reserved[slot] = at(reserved, slot) + units;
  open[slot] = at(open, slot) + 1;
}

/**
 * Ends a lease: `spent` of its units are used, the rest goes back. A give-back from before the last
 * reading is dropped, because that reading already says what is left; the cell becomes stale instead.
 */
export function endUnits(
  table: BucketTable,
  slot: number,
  lease: { readonly units: number; readonly epoch: number },
  spent: number,
  now: number,
): void {
  const cell = table.stored.fields;
  const { reserved, open } = table.live.fields;
  reserved[slot] = at(reserved, slot) - lease.units;
  open[slot] = at(open, slot) - 1;
  const back = lease.units - spent;
  if (at(cell.state, slot) !== KNOWN) {
    cell.used[slot] = at(cell.used, slot) + spent;
  } else if (lease.epoch === at(cell.epoch, slot)) {
    cell.free[slot] = at(cell.free, slot) + back;
    cell.used[slot] = at(cell.used, slot) + spent;
  } else {
    cell.used[slot] = at(cell.used, slot) + lease.units;
    if (back > 0) markStale(table, slot, now);
  }
}

export function addUncertain(table: BucketTable, slot: number, units: number): void {
  const { uncertain } = table.stored.fields;
  uncertain[slot] = at(uncertain, slot) + units;
}

export function markStale(table: BucketTable, slot: number, now: number): void {
  const { stale, staleAt } = table.stored.fields;
  if (at(stale, slot) === 1) return;
  stale[slot] = 1;
  staleAt[slot] = now;
}

/** Upstream's own word that nothing is left until `until`. */
export function spendUntil(table: BucketTable, slot: number, until: number, now: number): void {
  table.reserve(slot + 1);
  const cell = table.stored.fields;
  if (at(cell.state, slot) === KNOWN) {
    cell.used[slot] = at(cell.used, slot) + at(cell.free, slot);
    cell.free[slot] = 0;
    cell.resetsAt[slot] = Math.max(at(cell.resetsAt, slot), until);
  }
  cell.limitedAt[slot] = now;
  // A later, shorter cooldown never cuts an earlier one.
  cell.coolUntil[slot] = Math.max(at(cell.coolUntil, slot), until);
  cell.trial[slot] = 1;
}

/** What somebody says is left: upstream, when it is read, or a person. */
export interface Figure {
  readonly source: 'reading' | 'entered';
  readonly remaining: number | null;
  readonly limit: number | null;
  /** Unix ms; null when upstream does not say. */
  readonly resetsAt: number | null;
}

/**
 * Applies a reading: free is the figure less the units of every lease that was open at any moment
 * since it was asked for, because upstream may or may not have counted them.
 * @param overlap those units; `reserved` of the cell is part of them.
 */
export function applyFigure(
  table: BucketTable,
  slot: number,
  figure: Figure,
  overlap: number,
  askedAt: number,
): void {
  table.reserve(slot + 1);
  const cell = table.stored.fields;
  cell.epoch[slot] = at(cell.epoch, slot) + 1;
  cell.readAt[slot] = askedAt;
  cell.entered[slot] = figure.source === 'entered' ? 1 : 0;
  cell.stale[slot] = 0;
  cell.uncertain[slot] = 0;
  cell.resetsAt[slot] = figure.resetsAt ?? 0;
  cell.lowerBound[slot] = overlap > 0 ? 1 : 0;
  if (figure.remaining === null) {
    setUnfigured(table, slot, UNMETERED);
    return;
  }
  const free = Math.max(0, figure.remaining - overlap);
  const reserved = at(table.live.fields.reserved, slot);
  const used = Math.max(0, (figure.limit ?? figure.remaining) - free - reserved);
  cell.state[slot] = KNOWN;
  cell.free[slot] = free;
  cell.used[slot] = used;
  cell.limit[slot] = free + reserved + used;
}

/** Forgets the figures: never read, or read too long ago to be believed. */
export function makeUnread(table: BucketTable, slot: number): void {
  table.reserve(slot + 1);
  const { epoch, stale } = table.stored.fields;
  epoch[slot] = at(epoch, slot) + 1;
  stale[slot] = 0;
  setUnfigured(table, slot, UNREAD);
}

function setUnfigured(table: BucketTable, slot: number, state: number): void {
  const cell = table.stored.fields;
  cell.state[slot] = state;
  cell.free[slot] = 0;
  cell.used[slot] = 0;
  cell.limit[slot] = 0;
}
