import { type Figure, quantile, type Target } from '../figures.ts';
import { cpuUs } from '../process.ts';
import { PASSTHROUGH, type Requests } from '../requests.ts';
import type { UsageCheck } from '../usage.ts';
import type { LoadResult } from '../wire.ts';
import type { World } from '../world.ts';

/** What one side did in one window. */
interface Window {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuUs: number;
  readonly answered: number;
}

export interface ThroughputPlan {
  readonly rounds: number;
  readonly windowMs: number;
  readonly connections: readonly number[];
}

/** Ratios at these numbers of connections are promises. */
const PROMISED = [64];
const TARGETS: Readonly<Record<keyof Requests, Target>> = {
  stream: { of: 'ratio', atLeast: 0.22 },
  json: { of: 'ratio', atLeast: 0.35 },
};
const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const WARM_UP = { connections: 64, windowMs: 1_500, answers: NO_LIMIT };

/** Requests a second, latency and CPU of both sides, in turn, at each number of connections. */
export async function measureThroughput(
  world: World,
  requests: Requests,
  usage: UsageCheck,
  plan: ThroughputPlan,
): Promise<Figure[]> {
  await world.upstream.ask({ pace: 'burst' });
  const figures: Figure[] = [];
  for (const mode of ['stream', 'json'] as const) {
    await warmUp(world, requests[mode], PASSTHROUGH[mode], usage);
    for (const connections of plan.connections) {
      const job = { connections, windowMs: plan.windowMs, answers: NO_LIMIT };
      const sides: { readonly gateway: Window[]; readonly passthrough: Window[] } = {
        gateway: [],
        passthrough: [],
      };
      for (let round = 0; round < plan.rounds; round++) {
        sides.passthrough.push(
          await run(world, 'passthrough', { ...job, requests: PASSTHROUGH[mode] }),
        );
        sides.gateway.push(
          await run(world, 'gateway', { ...job, requests: requests[mode] }, usage),
        );
      }
      figures.push(...cell(mode, connections, sides.gateway, sides.passthrough));
    }
  }
  return figures;
}

async function warmUp(
  world: World,
  gateway: readonly string[],
  passthrough: readonly string[],
  usage: UsageCheck,
): Promise<void> {
  await run(world, 'passthrough', { ...WARM_UP, requests: passthrough });
  await run(world, 'gateway', { ...WARM_UP, requests: gateway }, usage);
}

/** The gateway's CPU includes what comes after the answers: outbox, queue, D1. */
async function run(
  world: World,
  side: 'gateway' | 'passthrough',
  job: {
    readonly connections: number;
    readonly windowMs: number;
    readonly answers: number;
    readonly requests: readonly string[];
  },
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

function cell(
  mode: keyof Requests,
  connections: number,
  gateway: readonly Window[],
  passthrough: readonly Window[],
): Figure[] {
  const of = (name: string, unit: string, pick: (window: Window) => number): Figure => ({
    name: `${mode} c=${connections} ${name}`,
    unit,
    values: gateway.map(pick),
    passthrough: passthrough.map(pick),
  });
  const rate = of('requests', '1/s', (window) => window.perSecond);
  return [
    PROMISED.includes(connections) ? { ...rate, target: TARGETS[mode] } : rate,
    of('p50', 'ms', (window) => window.p50Ms),
    of('p99', 'ms', (window) => window.p99Ms),
    of('CPU a request', 'µs', (window) => window.cpuUs),
  ];
}
