import type { Figure } from '../figures.ts';
import { post } from '../http.ts';
import { postAs } from '../requests.ts';
import type { UsageCheck } from '../usage.ts';
import type { World } from '../world.ts';
import { runWindow, type Window } from './window.ts';

/** How long upstream draws, and how many requests each side makes then, by connections. */
const PLANS = [
  { drawMs: 0, connections: 1, answers: 300 },
  { drawMs: 0, connections: 16, answers: 1_600 },
  { drawMs: 500, connections: 1, answers: 10 },
  { drawMs: 500, connections: 16, answers: 160 },
];
const WINDOW_MS = 60_000;
const WARM_UP = { connections: 16, answers: 1_500, windowMs: WINDOW_MS };

const ASKED = { model: 'grok-imagine-1.0', n: 2, response_format: 'url', prompt: 'A lighthouse.' };
/** What the gateway asks upstream, as far as the bench's upstream reads it. */
const ITSELF = [
  post('/rest/app-chat/conversations/new', '{"message":"Image Generation: A lighthouse."}'),
];

/** What the gateway adds to two pictures drawn in a conversation, over asking upstream directly. */
export async function measureImages(
  world: World,
  keys: readonly string[],
  usage: UsageCheck,
  rounds: number,
): Promise<Figure[]> {
  const requests = keys.map((key) => postAs(key, '/v1/images/generations', ASKED));
  await runWindow(world, 'gateway', { ...WARM_UP, requests }, usage);
  const figures: Figure[] = [];
  for (const { drawMs, ...load } of PLANS) {
    await world.upstream.ask({ drawMs });
    const job = { ...load, windowMs: WINDOW_MS };
    const upstream: Window[] = [];
    const gateway: Window[] = [];
    for (let round = 0; round < rounds; round++) {
      upstream.push(await runWindow(world, 'upstream', { ...job, requests: ITSELF }));
      gateway.push(await runWindow(world, 'gateway', { ...job, requests }, usage));
    }
    const when = drawMs === 0 ? 'at once' : `after ${drawMs} ms`;
    figures.push(...added(`2 pictures ${when}, c=${load.connections}`, gateway, upstream));
  }
  await world.upstream.ask({ drawMs: 0 });
  return figures;
}

function added(name: string, gateway: readonly Window[], upstream: readonly Window[]): Figure[] {
  const over = (what: string, pick: (window: Window) => number): Figure => ({
    name: `${name}, added to upstream's ${what}`,
    unit: 'ms',
    values: gateway.map((window, round) => {
      const own = upstream[round];
      return own === undefined ? Number.NaN : pick(window) - pick(own);
    }),
  });
  return [
    over('p50', ({ p50Ms }) => p50Ms),
    over('p99', ({ p99Ms }) => p99Ms),
    { name: `${name}, CPU a request`, unit: 'µs', values: gateway.map(({ cpuUs }) => cpuUs) },
  ];
}
