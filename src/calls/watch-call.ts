import type { CallRun } from './run-call';
import { Watch, type WatchEvents, type WatchLimits } from './watch';

/** What the way to the client does while it waits. A whole answer has no head to hurry and no silence to fill. */
export type Shown = Pick<WatchEvents, 'head' | 'beat'>;

const NOTHING: Shown = { head: () => {}, beat: () => {} };

/** Watches a call from before its admission: what takes too long stops it. To be stopped with the call. */
export function watchCall(
  run: CallRun,
  limits: () => WatchLimits,
  shown: Shown = NOTHING,
  now: () => number = Date.now,
): Watch {
  const watch = new Watch(
    limits,
    {
      head: () => shown.head(),
      beat: () => shown.beat(),
      unasked: () => run.hurryAdmission(),
      limit: (name) => run.interruption.limitReached(name),
    },
    now,
  );
  run.onAttempt = () => watch.attempt();
  run.onAlive = () => watch.alive();
  return watch;
}
