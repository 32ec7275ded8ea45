import type { Ask, Settlement } from '../../src/pool/call';
import { codeOf, expectSameLease, judgeAdmit, judgeRefusal, lend } from './model/admit';
import { endAttempt, endCall, settle, hearLate } from './model/calls';
import { type CallRow, TOMBSTONE_MS, expectSame, fail } from './model/state';
import type { Rig } from './rig';
import { ending } from './endings';
import { makeAsk } from './world';

/** Steps of the callers' side: admit, retry, settle, extend, in every order and as often as they like. */

export function admitNew(rig: Rig): void {
  rig.count('asks');
  const callId = `c${rig.step}`;
  const ask = makeAsk(
    rig.random,
    callId,
    { key: 1, settings: rig.state.settings.version },
    rig.storm,
  );
  const live = [...rig.state.tokens.values()].filter((token) => token.provider === ask.provider);
  const bound =
    rig.random.chance(0.05) && live.length > 0 ? { tokenId: rig.random.pick(live).id } : {};
  admit(rig, { ...ask, ...bound });
}

/** A reply was lost, or nobody knows: the same call asks again. */
export function admitAgain(rig: Rig): void {
  const { random } = rig;
  const lost = rig.limbo.length > 0 && random.chance(0.6);
  if (lost) {
    const [ask] = rig.limbo.splice(random.int(0, rig.limbo.length - 1), 1);
    if (ask !== undefined && !isOver(rig, ask.callId)) admit(rig, ask);
    return;
  }
  const call = pickCall(rig);
  if (call !== null) admit(rig, call.ask);
}

/** A call whose end came first, or that is over. */
export function admitEnded(rig: Rig): void {
  if (rig.history.length === 0) return;
  const early = rig.history.filter((word) => word.callId.startsWith('early-')).slice(-5);
  const isEarly = early.length > 0 && rig.random.chance(0.4);
  const { callId } = rig.random.pick(isEarly ? early : rig.history);
  if (rig.state.calls.has(callId)) return;
  // What a crash undid was asked by somebody, with a key of its own: `admitAgain` repeats that.
  if (!isOver(rig, callId) && !callId.startsWith('early-')) return;
  if (isOver(rig, callId)) {
    const over = rig.state.tombstones.get(callId);
    // A minute later, or after a restart, the pool has forgotten; no caller is that far behind its own call.
    if (over === undefined || rig.state.clock - over.at >= TOMBSTONE_MS) return;
  }
  admit(rig, makeAsk(rig.random, callId, { key: 1, settings: 1 }, null));
}

const isOver = (rig: Rig, callId: string): boolean =>
  rig.consumer.has(callId) || rig.state.pending.has(callId);

function admit(rig: Rig, ask: Ask): void {
  const again = rig.state.calls.has(ask.callId);
  const reply = rig.core.admit(ask, rig.now);
  rig.log(`admit ${ask.callId} ${ask.model} ${ask.keyId} ${ask.tokenId ?? ''} → ${codeOf(reply)}`);
  rig.asks.push(ask);
  judgeAdmit(rig.state, ask, reply);
  rig.touchedKeys.add(ask.keyId);
  if (reply.ok) rig.touched.add(reply.lease.tokenId);
  rig.count(again ? 'asked again' : reply.ok ? 'admitted' : reply.code);
  if (!again && !reply.ok && reply.code !== 'unknown_key') rig.countRefusal(ask.keyId, reply.code);
}

/** Ends an attempt and asks for the next one. */
export function retryCall(rig: Rig): void {
  const call = pickCall(rig);
  if (call === null) return;
  const settlement = ending(rig, wordFor(call), true);
  retry(rig, settlement);
}

/** The reply to a retry was lost, or the call is over: the same words again. */
export function retryAgain(rig: Rig): void {
  if (rig.history.length > 0) retry(rig, rig.random.pick(rig.history));
}

function retry(rig: Rig, settlement: Settlement): void {
  const { state } = rig;
  const name = `retry ${settlement.callId}#${settlement.attempt}`;
  const call = state.calls.get(settlement.callId);
  if (call !== undefined) touch(rig, call);
  const reply = rig.core.retry(settlement, rig.now);
  rig.log(`${name} ${settlement.outcome} → ${codeOf(reply)}`);
  if (reply.ok) rig.touched.add(reply.lease.tokenId);
  rig.remember(settlement);
  if (call === undefined) {
    if (reply.ok || reply.code !== 'call_ended') {
      fail(name, `of a call that is over: ${codeOf(reply)}`);
    }
    hearLate(state, settlement.callId);
    return;
  }
  if (settlement.attempt !== call.attempt) {
    expectSameLease(name, reply, call);
    return;
  }
  rig.count('retries');
  endAttempt(state, call, settlement, rig.doubts);
  if (call.expiresAt <= state.clock) {
    expectSame(`${name} after its term`, codeOf(reply), 'call_ended');
    endCall(state, call, settlement.outcome, settlement);
    return;
  }
  if (reply.ok) {
    lend(name, state, call, reply);
    return;
  }
  if (reply.code === 'unknown_key') fail(name, 'the pool has lost the key');
  endCall(state, call, settlement.outcome, settlement);
  judgeRefusal(name, state, call.ask, reply, call.tried);
}

/** The end of a call, once. */
export function settleCall(rig: Rig): void {
  const call = pickCall(rig);
  if (call !== null) settleAll(rig, [ending(rig, wordFor(call), false)]);
}

/** Several ends in one message, some of them twice. */
export function settleMany(rig: Rig): void {
  const words: Settlement[] = [];
  const used = new Set<string>();
  for (let i = 0; i < 5; i++) {
    const call = pickCall(rig);
    if (call === null || used.has(call.ask.callId)) continue;
    used.add(call.ask.callId);
    words.push(ending(rig, wordFor(call), false));
  }
  if (words.length > 0 && rig.random.chance(0.3)) words.push(rig.random.pick(words));
  if (rig.history.length > 0 && rig.random.chance(0.3)) words.push(rig.random.pick(rig.history));
  if (words.length > 0) settleAll(rig, words);
}

/** A word that comes twice, late, about an older attempt, or before its call. */
export function settleOdd(rig: Rig): void {
  const { random } = rig;
  const call = pickCall(rig);
  if (call !== null && call.attempt > 1 && random.chance(0.4)) {
    const word = { ...wordFor(call), attempt: call.attempt - 1 };
    settleAll(rig, [ending(rig, word, false)]);
  } else if (rig.history.length > 0 && random.chance(0.8)) {
    settleAll(rig, [random.pick(rig.history)]);
  } else {
    const word = { callId: `early-${rig.step}`, attempt: 1, units: 1 };
    settleAll(rig, [ending(rig, word, false)]);
  }
}

function settleAll(rig: Rig, settlements: readonly Settlement[]): void {
  for (const settlement of settlements) {
    const call = rig.state.calls.get(settlement.callId);
    if (call !== undefined) touch(rig, call);
    if (call?.attempt === settlement.attempt) {
      rig.count(settlement.outcome);
    }
    rig.log(`settle ${settlement.callId}#${settlement.attempt} ${settlement.outcome}`);
    rig.remember(settlement);
    settle(rig.state, settlement, isOver(rig, settlement.callId), rig.doubts);
  }
  rig.core.settle(settlements, rig.now);
}

export function extendCall(rig: Rig): void {
  const call = pickCall(rig);
  if (call === null) return;
  const attempt = rig.random.chance(0.8) ? call.attempt : call.attempt - 1;
  const addMs = rig.random.pick([5_000, 60_000]);
  const extended = rig.core.extend(call.ask.callId, attempt, addMs, rig.now);
  rig.log(`extend ${call.ask.callId}#${attempt} by ${addMs} → ${extended}`);
  expectSame(`extend ${call.ask.callId}`, extended, attempt === call.attempt);
  if (extended) call.expiresAt += addMs;
}

export function pickCall(rig: Rig): CallRow | null {
  const calls = [...rig.state.calls.values()];
  return calls.length === 0 ? null : rig.random.pick(calls);
}

const wordFor = (call: CallRow) => ({
  callId: call.ask.callId,
  attempt: call.attempt,
  units: call.ask.units,
});

function touch(rig: Rig, call: CallRow): void {
  rig.touched.add(call.tokenId);
  rig.touchedKeys.add(call.ask.keyId);
}
