import { at } from './columns';
import type { PoolState } from './state';
import { EXPIRED, LIVE } from './tables';

/** Failures that cost a credential its health. */
export type Penalty = 'revoked' | 'banned' | 'faulty';

/** Health of one token, to be put back when its failure proves to have a shared cause. */
export interface HealthSnapshot {
  readonly state: number;
  readonly trial: number;
  readonly strikes: number;
  readonly faults: number;
  readonly coolUntil: number;
}

export function snapshot(state: PoolState, slot: number): HealthSnapshot {
  const cell = state.tokens.stored.fields;
  return {
    state: at(cell.state, slot),
    trial: at(cell.trial, slot),
    strikes: at(cell.strikes, slot),
    faults: at(cell.faults, slot),
    coolUntil: at(cell.coolUntil, slot),
  };
}

/** Undoes one penalty, as far as nothing else has happened to the token since: what a later cause did stays. */
export function restore(
  state: PoolState,
  slot: number,
  before: HealthSnapshot,
  after: HealthSnapshot,
): void {
  const now = snapshot(state, slot);
  const cell = state.tokens.stored.fields;
  if (now.state === after.state) cell.state[slot] = before.state;
  if (now.strikes === after.strikes) cell.strikes[slot] = before.strikes;
  if (now.faults === after.faults) cell.faults[slot] = before.faults;
  // Two penalties of one millisecond end alike: their strikes tell them apart.
  const isLast = now.strikes === after.strikes && now.faults === after.faults;
  if (isLast && now.coolUntil === after.coolUntil) {
    cell.coolUntil[slot] = before.coolUntil;
    cell.trial[slot] = before.trial;
  }
  if (at(cell.state, slot) === LIVE && !state.tokens.isCooling(slot, state.now)) {
    explain(state, slot, null);
  }
  state.touchToken(slot);
}

/** A call was done: nothing is held against the token any more. */
export function resetHealth(state: PoolState, slot: number): void {
  const cell = state.tokens.stored.fields;
  if (at(cell.strikes, slot) + at(cell.faults, slot) + at(cell.trial, slot) === 0) return;
  cell.strikes[slot] = 0;
  cell.faults[slot] = 0;
  cell.trial[slot] = 0;
  state.touchToken(slot);
}

export function penalise(state: PoolState, slot: number, penalty: Penalty, reason: string): void {
  const cell = state.tokens.stored.fields;
  const { settings, now } = state;
  cell.lastFailureAt[slot] = now;
  switch (penalty) {
    case 'banned':
      expire(state, slot, reason);
      return;
    case 'revoked':
      cell.strikes[slot] = at(cell.strikes, slot) + 1;
      if (at(cell.strikes, slot) >= settings.revokedStrikes) expire(state, slot, reason);
      else cool(state, slot, now + settings.revokedMs, reason);
      return;
    case 'faulty':
      cell.faults[slot] = at(cell.faults, slot) + 1;
      if (at(cell.faults, slot) >= settings.faultyStrikes) {
        cool(state, slot, now + settings.faultyMs, reason);
      } else explain(state, slot, reason);
      state.touchToken(slot);
  }
}

/** A cooled token comes back half-open. A later, shorter cooldown never cuts an earlier one. */
function cool(state: PoolState, slot: number, until: number, reason: string): void {
  const cell = state.tokens.stored.fields;
  cell.coolUntil[slot] = Math.max(at(cell.coolUntil, slot), until);
  cell.trial[slot] = 1;
  explain(state, slot, reason);
  state.touchToken(slot);
  state.wakeToken(slot);
}

export function expire(state: PoolState, slot: number, reason: string): void {
  const cell = state.tokens.stored.fields;
  if (at(cell.state, slot) !== LIVE) return;
  cell.state[slot] = EXPIRED;
  explain(state, slot, reason);
  state.touchToken(slot);
}

/** An operator's word: every cooldown ends and failures are forgotten. */
export function revive(state: PoolState, slot: number): void {
  const cell = state.tokens.stored.fields;
  cell.state[slot] = LIVE;
  cell.trial[slot] = 0;
  cell.strikes[slot] = 0;
  cell.faults[slot] = 0;
  cell.coolUntil[slot] = 0;
  for (const { id } of state.bucketNames()) {
    const table = state.bucketById(id);
    const bucket = table.stored.fields;
    if (at(bucket.coolUntil, slot) === 0 && at(bucket.trial, slot) === 0) continue;
    bucket.coolUntil[slot] = 0;
    bucket.trial[slot] = 0;
    state.touchCell(table, slot);
  }
  explain(state, slot, null);
  state.touchToken(slot);
}

/** Keeps the reason with the token's texts; failures are rare, so a row may be written. */
function explain(state: PoolState, slot: number, reason: string | null): void {
  const row = state.tokenRow(slot);
  if (row === null || row.reason === reason) return;
  state.putTokenRow({ ...row, reason, last_failure: reason ?? row.last_failure });
}
