import { type Figure, quantile, type Target } from '../figures.ts';
import { cpuUs } from '../process.ts';
import type { UsageCheck } from '../usage.ts';
import type { LoadJob, LoadResult } from '../wire.ts';
import type { Side, World } from '../world.ts';

/** What one side did in one window. */
export interface Window {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
  readonly answered: number;
}

/** Windows of each side, in turn, at each number of connections. */
export interface WindowPlan {
  readonly rounds: number;
  readonly windowMs: number;
  readonly connections: readonly number[];
}

/** For a window that its time alone ends. */
export const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** The gateway's CPU includes what comes after the answers: outbox, queue, D1. */
export async function runWindow(
  world: World,
  side: Side,
  job: Omit<LoadJob, 'port'>,
  usage?: UsageCheck,
): Promise<Window> {
  const cpuBefore = cpuUs(world.workerdPid);
  const result = await world.load.ask({ port: world.ports[side], ...job });
  requireAnswers(side, result);
  await usage?.settle(result.answered);
  const cpuAfter = cpuUs(world.workerdPid);
  return {
    perSecond: (result.answered / result.elapsedMs) * 1_000,
    p50Ms: quantile(result.totalMs, 0.5),
    p99Ms: quantile(result.totalMs, 0.99),
    cpuUs:
      cpuBefore === null || cpuAfter === null
        ? Number.NaN
        : (cpuAfter - cpuBefore) / result.answered,
    answered: result.answered,
  };
}

/** A refusal or an error is cheaper than an answer: figures with one of them would lie. */
export function requireAnswers(side: string, result: LoadResult): void {
  if (Object.keys(result.others).length === 0 && result.answered > 0) return;
  throw new Error(
    `The ${side} answered ${result.answered} calls, and others with ${JSON.stringify(result.others)}.`,
  );
}

/** Rate, latency and CPU of one side beside another's. @param target - of the rate. */
export function figuresOf(
  name: string,
  values: readonly Window[],
  beside: readonly Window[],
  target?: Target,
): Figure[] {
  const of = (what: string, unit: string, pick: (window: Window) => number): Figure => ({
    name: `${name} ${what}`,
    unit,
    values: values.map(pick),
    beside: beside.map(pick),
  });
  const rate = of('requests', '1/s', ({ perSecond }) => perSecond);
  return [
    target === undefined ? rate : { ...rate, target },
    of('p50', 'ms', ({ p50Ms }) => p50Ms),
    of('p99', 'ms', ({ p99Ms }) => p99Ms),
    of('CPU a request', 'µs', (window) => window.cpuUs),
  ];
}
