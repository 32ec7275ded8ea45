import type { Figure, Target } from '../figures.ts';
import { PASSTHROUGH, type Requests } from '../requests.ts';
import type { UsageCheck } from '../usage.ts';
import type { World } from '../world.ts';
import { figuresOf, NO_LIMIT, runWindow, type Window, type WindowPlan } from './window.ts';

/** Ratios at these numbers of connections are promises. */
const PROMISED = [64];
const TARGETS: Readonly<Record<keyof Requests, Target>> = {
  stream: { of: 'ratio', atLeast: 0.22 },
  json: { of: 'ratio', atLeast: 0.35 },
};
const WARM_UP = { connections: 64, windowMs: 1_500, answers: NO_LIMIT };

/** Requests a second, latency and CPU of both sides, in turn, at each number of connections. */
export async function measureThroughput(
  world: World,
  requests: Requests,
  usage: UsageCheck,
  plan: WindowPlan,
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
          await runWindow(world, 'passthrough', { ...job, requests: PASSTHROUGH[mode] }),
        );
        sides.gateway.push(
          await runWindow(world, 'gateway', { ...job, requests: requests[mode] }, usage),
        );
      }
      const target = PROMISED.includes(connections) ? TARGETS[mode] : undefined;
      const name = `${mode} c=${connections}`;
      figures.push(...figuresOf(name, sides.gateway, sides.passthrough, target));
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
  await runWindow(world, 'passthrough', { ...WARM_UP, requests: passthrough });
  await runWindow(world, 'gateway', { ...WARM_UP, requests: gateway }, usage);
}
