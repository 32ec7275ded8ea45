import type { OutcomeKind } from '../../../src/contract/usage';
import type { QuotaKind } from '../../../src/models/model-spec';
import type { Settlement } from '../../../src/pool/call';
import { type Doubts, judge } from './health';
import { releaseKey } from './keys';
import { release, spendAll } from './ledger';
import { healthCause, isUncertain, keySpent, unitsSpent } from './outcomes';
import { type CallRow, type State } from './state';
import { expectRecord } from './usage';

/** How attempts and calls end. */

/** How long a late word can still correct the row of a lost call. */
const LATE_WORD_MS = 3_600_000;

/** Ends an attempt on its credential: units, bucket, health. The call itself stays open. */
export function endAttempt(
  state: State,
  call: CallRow,
  settlement: Settlement,
  doubts: Doubts,
): void {
  const token = state.tokens.get(call.tokenId);
  const spent = unitsSpent(settlement, call.ask.units);
  const uncertain = isUncertain(settlement);
  call.spent += spent;
  call.uncertain ||= uncertain;
  call.holds = false;
  if (token !== undefined) token.changedAt = state.clock;
  state.closed.push({
    tokenId: call.tokenId,
    bucket: call.ask.bucket,
    units: call.ask.units,
    closedAt: state.clock,
    order: state.order,
  });
  const cause = healthCause(settlement);
  judge(state, call, token, settlement, cause, doubts);
  const bucket = token?.buckets.get(call.ask.bucket);
  if (bucket === undefined) return;
  release(bucket, call, spent, state.clock);
  if (uncertain) bucket.uncertain += spent;
  if (cause === 'limited') {
    const { limitedMs, maxRetryAfterMs } = state.settings;
    spendAll(
      bucket,
      state.clock + Math.min(settlement.retryAfterMs ?? limitedMs, maxRetryAfterMs),
      state.clock,
    );
  }
}

/** Ends a call: its key gets back what is fair, and its record is due. */
export function endCall(
  state: State,
  call: CallRow,
  outcome: OutcomeKind,
  settlement: Settlement | null,
): void {
  const key = state.keys.get(call.ask.keyId);
  const spent = (kind: QuotaKind): number => {
    const reserved = call.ask.charges[kind] ?? 0;
    return settlement === null ? reserved : keySpent(settlement, kind, reserved);
  };
  if (key !== undefined) releaseKey(key, call.ask, call.day, spent);
  state.ended += 1;
  state.calls.delete(call.ask.callId);
  state.tombstones.set(call.ask.callId, { at: state.clock, early: false });
  expectRecord(state, call, outcome, settlement, spent(call.ask.kind));
}

/**
 * One word about a call, in whatever order words come.
 * @param over whether the call has ended before.
 */
export function settle(state: State, settlement: Settlement, over: boolean, doubts: Doubts): void {
  const call = state.calls.get(settlement.callId);
  if (call === undefined) {
    lateWord(state, settlement, over);
    return;
  }
  if (settlement.attempt !== call.attempt) return;
  endAttempt(state, call, settlement, doubts);
  endCall(state, call, settlement.outcome, settlement);
}

/** Any word about a call that was given up, a retry as well, corrects its row once. */
export function hearLate(state: State, callId: string): void {
  const lost = state.lost.get(callId);
  if (lost?.word === 'none') lost.word = state.clock - lost.at < LATE_WORD_MS ? 'due' : 'late';
}

/** A word about a call that is not open: never admitted, or over. It moves no counter. */
function lateWord(state: State, settlement: Settlement, over: boolean): void {
  hearLate(state, settlement.callId);
  if (!over) state.tombstones.set(settlement.callId, { at: state.clock, early: true });
}

/** Gives up every lease whose term is over: its Worker is dead. */
export function expireLeases(state: State, doubts: Doubts): CallRow[] {
  const due = [...state.calls.values()].filter((call) => call.expiresAt <= state.clock);
  for (const call of due) {
    const lost: Settlement = {
      callId: call.ask.callId,
      attempt: call.attempt,
      outcome: 'lost',
      clientEmpty: false,
      record: { status: 0, error: null, firstPartMs: null, usage: null },
    };
    endAttempt(state, call, lost, doubts);
    endCall(state, call, 'lost', null);
    state.lost.set(call.ask.callId, { at: state.clock, word: 'none' });
  }
  return due;
}
