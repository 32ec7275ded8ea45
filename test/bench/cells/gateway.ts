import type { Figure } from '../figures.ts';
import { chats, PASSTHROUGH } from '../requests.ts';
import type { UsageCheck } from '../usage.ts';
import type { World } from '../world.ts';
import { FIRST_TOKENS, firstTokenMs } from './first-token.ts';
import { figuresOf, runWindow, type Window, type WindowPlan, NO_LIMIT } from './window.ts';

/** The same chat in the dialects of the Grok site. Each name says how it is asked. */
const DIALECTS = [
  { name: 'G2 (REST, mode)', model: 'grok-4.20-fast' },
  { name: 'G1 (REST, model)', model: 'grok-4' },
  { name: 'G3 (WebSocket)', model: 'grok-chat-fast' },
] as const;

/** Every account is asked, and its user id known, before anything is timed. */
const WARM_UP = { connections: 16, answers: 1_500, windowMs: 60_000 };

/** Streamed chat of the older generations and of the newest, all beside REST with a mode. */
export async function measureGateway(
  world: World,
  keys: readonly string[],
  usage: UsageCheck,
  plan: WindowPlan,
): Promise<Figure[]> {
  await world.upstream.ask({ pace: 'burst' });
  const sides = DIALECTS.map(({ name, model }) => ({ name, requests: chats(keys, model).stream }));
  for (const { requests } of sides) {
    await runWindow(world, 'gateway', { ...WARM_UP, requests }, usage);
  }
  const figures: Figure[] = [];
  for (const connections of plan.connections) {
    const windows: Window[][] = sides.map(() => []);
    for (let round = 0; round < plan.rounds; round++) {
      for (const [n, { requests }] of sides.entries()) {
        const job = { connections, windowMs: plan.windowMs, answers: NO_LIMIT, requests };
        windows[n]?.push(await runWindow(world, 'gateway', job, usage));
      }
    }
    const [rest = [], ...others] = windows;
    for (const [n, other] of others.entries()) {
      const name = `${sides[n + 1]?.name} beside G2, c=${connections}`;
      figures.push(...figuresOf(name, other, rest));
    }
  }
  return [...figures, ...(await firstTokens(world, sides, usage, plan.rounds))];
}

async function firstTokens(
  world: World,
  sides: readonly { readonly name: string; readonly requests: readonly string[] }[],
  usage: UsageCheck,
  rounds: number,
): Promise<Figure[]> {
  await world.upstream.ask({ pace: 'paced' });
  const added = sides.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    const passthrough = await firstTokenMs(world, 'passthrough', PASSTHROUGH.stream);
    for (const [n, { requests }] of sides.entries()) {
      added[n]?.push((await firstTokenMs(world, 'gateway', requests)) - passthrough);
      await usage.settle(FIRST_TOKENS);
    }
  }
  await world.upstream.ask({ pace: 'burst' });
  return sides.map(({ name }, n) => ({
    name: `${name} first token c=1, added to pass-through`,
    unit: 'ms',
    values: added[n] ?? [],
  }));
}
