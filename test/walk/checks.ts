import { compareKey, compareToken } from './model/compare';
import { expectSame, fail } from './model/state';
import type { Rig } from './rig';

/** Holds pool and model against each other. Each check throws a WalkFailure that names the counter. */

/** What the last step touched, and one token and key in turn. */
export function compareTouched(rig: Rig): void {
  const { core, state } = rig;
  const open = core.stats(rig.now).breakers.map(({ name, until }) => `${name} until ${until}`);
  const known = [...state.openBreakers].map(([name, { trialAt }]) => `${name} until ${trialAt}`);
  expectSame('open breakers', open.sort().join(), known.sort().join());
  // A breaker that opens puts back the health of tokens that the step itself did not touch.
  for (const id of [...rig.touched, ...rig.doubts.keys()]) {
    const row = state.tokens.get(id);
    if (row !== undefined) row.changedAt = state.clock;
  }
  rig.rotation += 1;
  compareTokens(rig, [...rig.touched, ...rig.doubts.keys(), ...inTurn(rig, state.tokens)]);
  compareKeys(rig, [...rig.touchedKeys, ...inTurn(rig, state.keys)]);
  rig.touched.clear();
  rig.touchedKeys.clear();
  rig.doubts.clear();
  expectSame('open leases', core.stats(rig.now).openLeases, state.calls.size);
}

function inTurn(rig: Rig, rows: ReadonlyMap<string, unknown>): string[] {
  const ids = [...rows.keys()];
  const id = ids[rig.rotation % Math.max(1, ids.length)];
  return id === undefined ? [] : [id];
}

export function compareAll(rig: Rig): void {
  compareTokens(rig, [...rig.state.tokens.keys()]);
  compareKeys(rig, [...rig.state.keys.keys()]);
}

function compareTokens(rig: Rig, ids: readonly string[]): void {
  for (const id of new Set(ids)) {
    const [view] = rig.core.findTokens([{ id }], rig.now);
    const token = rig.state.tokens.get(id);
    if (token === undefined) {
      if (view !== undefined) fail(`token ${id}`, 'is still there after its deletion');
      continue;
    }
    if (view === undefined) fail(`token ${id}`, 'is gone');
    compareToken(rig.state, token, view, rig.doubts);
  }
}

function compareKeys(rig: Rig, ids: readonly string[]): void {
  for (const id of ids) {
    const key = rig.state.keys.get(id);
    if (key === undefined) continue;
    const [view] = rig.core.keyStatus([id], rig.now);
    if (view === undefined) fail(`key ${id}`, 'is gone');
    compareKey(rig.state, key, view);
  }
}

/** Has the pool read every table, and notice what time did while it was away. */
export function warm(rig: Rig): void {
  const [id] = rig.state.tokens.keys();
  if (id !== undefined) rig.core.findTokens([{ id }], rig.now);
  rig.core.stats(rig.now);
}

/** Between groups only: pages hold what is committed. */
export function compareList(rig: Rig): void {
  const { state } = rig;
  const seen: string[] = [];
  let after: string | null = null;
  do {
    const page = rig.core.listTokens({ limit: 7, ...(after === null ? {} : { after }) }, rig.now);
    expectSame('token list total', page.total, state.tokens.size);
    seen.push(...page.tokens.map((token) => token.id));
    after = page.next;
  } while (after !== null);
  expectSame('token list', seen.sort().join(), [...state.tokens.keys()].sort().join());
}

/** Between groups only. What time alone has changed is committed first: storage cannot know it otherwise. */
export function verify(rig: Rig): void {
  rig.core.stats(rig.now);
  rig.core.commit();
  const { differences } = rig.core.verify(rig.now);
  if (differences.length > 0) fail('verify', JSON.stringify(differences.slice(0, 3)));
}

/** The alarm must be set before anything that only it can do. */
export function checkNextAlarm(rig: Rig): void {
  const next = rig.core.nextAlarm();
  const expiries = [...rig.state.calls.values()].map((call) => call.expiresAt);
  const sealing = [...rig.state.pending.values()].map((record) => record.endedAt + 1_000);
  const due = Math.min(...expiries, ...sealing);
  if (due === Number.POSITIVE_INFINITY) return;
  if (next === null || next > Math.max(due, rig.state.clock + 1_000)) {
    fail('nextAlarm', `is ${next}, needed by ${due}, now ${rig.state.clock}`);
  }
}
