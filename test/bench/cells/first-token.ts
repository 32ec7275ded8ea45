import { type Figure, quantile } from '../figures.ts';
import { PASSTHROUGH, type Requests } from '../requests.ts';
import type { UsageCheck } from '../usage.ts';
import type { World } from '../world.ts';
import { requireAnswers } from './window.ts';

/** Calls of one side in one round: each takes 250 ms. */
export const FIRST_TOKENS = 20;
const ROUND_MS = 60_000;

/** What the gateway adds to the time to the first token of a paced upstream, one call at a time. */
export async function measureFirstToken(
  world: World,
  requests: Requests,
  usage: UsageCheck,
  rounds: number,
): Promise<Figure[]> {
  await world.upstream.ask({ pace: 'paced' });
  const gateway: number[] = [];
  const passthrough: number[] = [];
  for (let round = 0; round < rounds; round++) {
    passthrough.push(await firstTokenMs(world, 'passthrough', PASSTHROUGH.stream));
    gateway.push(await firstTokenMs(world, 'gateway', requests.stream));
    await usage.settle(FIRST_TOKENS);
  }
  await world.upstream.ask({ pace: 'burst' });
  return [
    {
      name: 'first token c=1, 50 ms + 20 × 10 ms',
      unit: 'ms',
      values: gateway,
      beside: passthrough,
    },
    {
      name: 'first token c=1, added to pass-through',
      unit: 'ms',
      values: gateway.map((value, round) => value - (passthrough[round] ?? Number.NaN)),
      target: { of: 'value', atMost: 3 },
    },
  ];
}

/** Median time to the first token of one side, one call at a time. */
export async function firstTokenMs(
  world: World,
  side: 'gateway' | 'passthrough',
  requests: readonly string[],
): Promise<number> {
  const job = { connections: 1, answers: FIRST_TOKENS, windowMs: ROUND_MS, requests };
  const result = await world.load.ask({ port: world.ports[side], ...job });
  requireAnswers(side, result);
  if (result.firstTokenMs.length !== FIRST_TOKENS) {
    throw new Error(`The ${side} lost first tokens.`);
  }
  return quantile(result.firstTokenMs, 0.5);
}
