import { parseArgs } from 'node:util';
import { measureAdmit, measureMemory, measurePairs } from './cells/admit.ts';
import { measureFirstToken } from './cells/first-token.ts';
import { measureGateway } from './cells/gateway.ts';
import { measureImages } from './cells/images.ts';
import { measureMedia } from './cells/media.ts';
import { measureRows } from './cells/rows.ts';
import { measureSize } from './cells/size.ts';
import { measureThroughput } from './cells/throughput.ts';
import { requireSound } from './driver.ts';
import { type Figure, isMet, table } from './figures.ts';
import { addAccounts, chats, prepareGateway } from './requests.ts';
import { UsageCheck } from './usage.ts';
import { openWorld, type World } from './world.ts';

/**
 * `npm run bench`: what the deployed bundle does on this machine, beside a Worker that only passes
 * through, in the same workerd, before the same upstream. One table; see `figures.ts` for its columns.
 *
 * Fails when a figure misses what it must show.
 *
 * `--quick`: one round and fewer cells. `--only=` and names of cells: throughput, first-token, gateway,
 * images, media, rows, pairs, admit, memory, size.
 */
const { values: flags } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const isQuick = flags.quick;
const rounds = isQuick ? 1 : 5;
const only = flags.only === '' ? null : flags.only.split(',');
const wants = (...names: readonly string[]) =>
  only === null || names.some((name) => only.includes(name));

const startedAt = performance.now();
const figures: Figure[] = [];
const SERVED = ['throughput', 'first-token', 'gateway', 'images', 'media', 'rows'];
if (wants(...SERVED, 'pairs', 'admit')) await withWorld(false, measure);
if (wants('memory', 'size')) await withWorld(true, measureAtRest);
console.log(`\n${table(figures)}\n`);
const missed = figures.filter((figure) => !isMet(figure));
const seconds = Math.round((performance.now() - startedAt) / 1_000);
console.log(
  `${rounds} rounds, ${seconds} s. Must not met: ${missed.map(({ name }) => name).join('; ') || 'none'}.`,
);
if (missed.length > 0) process.exitCode = 1;

async function measure(world: World): Promise<void> {
  if (wants(...SERVED)) {
    await measureServing(world, await prepareGateway(world), new UsageCheck(world));
    await requireSound(world, 'main');
  }
  if (wants('pairs')) await add('pairs', () => measurePairs(world, rounds));
  if (wants('admit')) await add('admit', () => measureAdmit(world, rounds));
}

async function measureServing(
  world: World,
  keys: readonly string[],
  usage: UsageCheck,
): Promise<void> {
  const requests = chats(keys);
  const window = { rounds, windowMs: isQuick ? 1_500 : 2_500 };
  if (wants('throughput')) {
    const plan = { ...window, connections: isQuick ? [1, 64] : [1, 16, 64, 256] };
    await add('throughput', () => measureThroughput(world, requests, usage, plan));
  }
  if (wants('first-token')) {
    await add('first-token', () => measureFirstToken(world, requests, usage, rounds));
  }
  const plan = { ...window, connections: [16, 64] };
  if (wants('gateway', 'images')) await addAccounts(world);
  if (wants('gateway')) await add('gateway', () => measureGateway(world, keys, usage, plan));
  if (wants('images')) await add('images', () => measureImages(world, keys, usage, rounds));
  if (wants('media')) await add('media', () => measureMedia(world, plan));
  if (wants('rows')) await add('rows', () => measureRows(world, requests, usage, !isQuick));
}

async function measureAtRest(world: World): Promise<void> {
  if (wants('memory')) await add('memory', () => measureMemory(world));
  if (wants('size')) await add('size', () => measureSize(world.bundle));
}

async function add(name: string, cell: () => Promise<Figure[]>): Promise<void> {
  process.stderr.write(`${name} …\n`);
  figures.push(...(await cell()));
}

async function withWorld(
  withInspector: boolean,
  use: (world: World) => Promise<void>,
): Promise<void> {
  const world = await openWorld(withInspector);
  try {
    await use(world);
  } finally {
    await world.stop();
  }
}
