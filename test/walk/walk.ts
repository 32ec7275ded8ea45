import {
  admitAgain,
  admitEnded,
  admitNew,
  extendCall,
  retryAgain,
  retryCall,
  settleCall,
  settleMany,
  settleOdd,
} from './actions';
import { type State, TOMBSTONE_MS, WalkFailure, expectSame, fail } from './model/state';
import { forgetClosed } from './model/readings';
import { REFUSALS_KEPT_MS } from './model/usage';
import { randomFrom } from './random';
import { Rig } from './rig';
import { checkNextAlarm, compareAll, compareList, compareTouched, verify, warm } from './checks';
import { elapse } from './time';
import {
  ack,
  beginReadings,
  closeBreakers,
  configure,
  deleteTokens,
  drain,
  editKey,
  importTokens,
  refuseOutside,
  reportReadings,
  ring,
  updateTokens,
} from './upkeep';
import { KEY_IDS, START_AT, makeKey, makeSettings } from './world';

export interface WalkOptions {
  readonly seed: number;
  readonly steps: number;
  /** Steps that a failure prints; 30 unless told. */
  readonly traceLines?: number;
}
export interface WalkReport {
  readonly seed: number;
  readonly steps: number;
  /** Calls that were admitted and have ended, and usage records that arrived. */
  readonly ended: number;
  readonly records: number;
  readonly counts: Readonly<Record<string, number>>;
}

const ACTIONS: readonly (readonly [(rig: Rig) => void, number])[] = [
  [admitNew, 34],
  [admitAgain, 3],
  [admitEnded, 1.5],
  [settleCall, 22],
  [settleMany, 3],
  [settleOdd, 4],
  [retryCall, 6],
  [retryAgain, 1],
  [extendCall, 1],
  [beginReadings, 4],
  [reportReadings, 8],
  [importTokens, 0.8],
  [updateTokens, 2.5],
  [deleteTokens, 0.6],
  [editKey, 1.5],
  [configure, 0.3],
  [closeBreakers, 0.2],
  [ring, 6],
  [drain, 0.2],
  [ack, 2],
  [refuseOutside, 0.5],
];

/** The alarm's handler fails this often before it succeeds. */
const ALARM_FAILURES = 7;

type Fate = 'deliver' | 'crash before' | 'crash inside' | 'crash after' | 'restart';
const FATES: readonly (readonly [Fate, number])[] = [
  ['deliver', 93],
  ['crash before', 2],
  ['crash inside', 1.5],
  ['crash after', 2],
  ['restart', 1.5],
];

/** Walks, and compares pool and model after every step. @throws WalkFailure with the last steps. */
export function runWalk({ seed, steps, traceLines = 30 }: WalkOptions): WalkReport {
  const random = randomFrom(seed);
  const rig = new Rig(random, makeSettings(random, 1), START_AT, traceLines);
  try {
    settle(rig);
    while (rig.step < steps) {
      if (random.chance(0.001)) failingAlarm(rig);
      group(rig);
    }
    finish(rig);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new WalkFailure(
      `seed ${seed}, step ${rig.step}: ${reason}\n--- last steps\n${rig.trace.join('\n')}`,
    );
  }
  return {
    seed,
    steps: rig.step,
    ended: rig.state.ended,
    records: rig.consumer.records,
    counts: rig.counts,
  };
}

function settle(rig: Rig): void {
  for (const id of KEY_IDS) {
    const limits = makeKey(rig.random, id, 1);
    rig.core.putKey(limits, rig.now);
    rig.state.keys.set(id, { limits, minute: -1, minuteCount: 0, open: 0, days: new Map() });
  }
  for (let i = 0; i < 4; i++) {
    rig.step += 1;
    importTokens(rig);
  }
  rig.core.commit();
  compareAll(rig);
}

/** An alarm whose commit fails again and again, each time after a later start. */
function failingAlarm(rig: Rig): void {
  for (let i = 0; i < ALARM_FAILURES; i++) {
    const snapshot = structuredClone(rig.state);
    rig.step += 1;
    rig.now += rig.random.int(0, 2_000);
    rig.begin();
    ring(rig);
    // Time has passed since the start: what it did to a table shows once that has been read.
    warm(rig);
    compareTouched(rig);
    rig.log('the alarm fails');
    rig.rollBack(snapshot);
    recover(rig);
  }
  rig.count('failing alarms');
}

/** Some operations that are committed together, and what becomes of that commit. */
function group(rig: Rig): void {
  const { random } = rig;
  const fate = random.weighted(FATES);
  const doomed = fate === 'crash before' || fate === 'crash inside';
  const snapshot = doomed ? structuredClone(rig.state) : null;
  const size = random.weighted([
    [1, 5],
    [2, 2],
    [5, 2],
    [12, 1],
  ] as const);
  for (let i = 0; i < size; i++) {
    rig.step += 1;
    if (!rig.cold) rig.now += elapse(rig);
    rig.cold = false;
    rig.begin();
    random.weighted(ACTIONS)(rig);
    compareTouched(rig);
    if (rig.step % 200 === 0) compareAll(rig);
  }
  if (snapshot !== null && (fate === 'crash before' || rig.commitTorn())) {
    rig.log(fate);
    rig.count(fate);
    rig.rollBack(snapshot);
    recover(rig);
    return;
  }
  if (fate !== 'crash inside') rig.core.commit();
  if (fate === 'crash after') rig.loseReplies();
  else {
    rig.deliver();
    checkNextAlarm(rig);
  }
  if (fate === 'crash after' || fate === 'restart') {
    rig.log(fate);
    rig.count(fate);
    recover(rig);
  } else if (random.chance(0.02)) {
    verify(rig);
  }
  if (random.chance(0.05)) forgetOld(rig.state);
}

function recover(rig: Rig): void {
  rig.recover();
  rig.cold = !rig.begin() && rig.random.chance(0.5);
  if (rig.cold) return;
  warm(rig);
  compareAll(rig);
  compareList(rig);
  verify(rig);
  checkNextAlarm(rig);
}

/** Drops what can no longer matter, so that the model stays small. */
function forgetOld(state: State): void {
  forgetClosed(state);
  for (const [id, { at }] of state.tombstones) {
    if (state.clock - at > 2 * TOMBSTONE_MS) state.tombstones.delete(id);
  }
  for (const [name, { minute }] of state.refusals) {
    if (state.clock - minute > REFUSALS_KEPT_MS) state.refusals.delete(name);
  }
  for (const [id, { at, word }] of state.lost) {
    if (word !== 'due' && state.clock - at > 7_200_000) state.lost.delete(id);
  }
}

/** Everything ends: after it nothing is open, and every record has arrived once. */
function finish(rig: Rig): void {
  rig.now = Math.max(rig.now, rig.state.clock) + 3_600_000;
  for (let i = 0; i < 3; i++) {
    rig.begin();
    ring(rig);
    drain(rig);
    rig.core.commit();
    rig.deliver();
    rig.now += 10_000;
  }
  rig.begin();
  compareAll(rig);
  verify(rig);
  expectSame('open leases at the end', rig.core.stats(rig.now).openLeases, 0);
  const silent = [...rig.state.lost].filter(([, lost]) => lost.word === 'due');
  if (silent.length > 0) fail('usage', `no correction of ${silent[0]?.[0]}`);
  const missing = [...rig.state.pending.keys()];
  if (missing.length > 0) fail('usage', `no record of ${missing.slice(0, 5).join()}`);
}
