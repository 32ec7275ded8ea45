import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import * as z from 'zod';
import type { WatchedPage } from './browser.ts';
import { importTokens, writeCalls } from './large-data.ts';
import { percentile, startProbe } from './probe.ts';
import { atRest, openWorld, type PanelWorld } from './world.ts';

const HELP = `node test/panel/large.ts [--tokens=50000] [--calls=100000] [--slowdown=4]

The panel over much data, in a Chromium whose processor is slowed down, while clients call: first rows,
the slowest input, the longest task, and what admission takes meanwhile.
`;

const { values } = parseArgs({
  options: {
    tokens: { type: 'string', default: '50000' },
    calls: { type: 'string', default: '100000' },
    slowdown: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
});

const AT_ONCE = 4;
const IDLE_MS = 6_000;
const say = (text: string): unknown => process.stdout.write(`${text}\n`);
const ms = (duration: number): string => `${duration.toFixed(0)} ms`;

async function timed<T>(name: string, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await run();
  say(`${name}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return result;
}

/** What one input costs, as Chromium's own event timing sees it. */
async function inputCost(watched: WatchedPage, act: (page: Page) => Promise<void>) {
  await watched.page.evaluate(() => panelChecks.takeTiming());
  await act(watched.page);
  await atRest(watched);
  const { slowestInputMs, longestTaskMs } = await watched.page.evaluate(() =>
    panelChecks.takeTiming(),
  );
  return `input to paint ${ms(slowestInputMs)}, longest task ${ms(longestTaskMs)}`;
}

type Act = readonly [name: string, act: (page: Page) => Promise<void>];

const tick: Act = [
  'tick a row',
  (page) => page.locator('page-outlet tbody input[type=checkbox]').nth(3).click(),
];
const tickAll: Act = [
  'tick the page',
  (page) => page.locator('page-outlet thead input[type=checkbox]').click(),
];
const turn: Act = [
  'next page',
  (page) => page.locator('page-outlet pager-bar button:enabled').last().click(),
];
const search: Act = [
  'type in the search',
  async (page) => {
    await page.locator('page-outlet input[type=search]').first().click();
    await page.keyboard.type('bulk-4', { delay: 60 });
  },
];

async function measurePage(watched: WatchedPage, path: string, acts: readonly Act[]) {
  const { page } = watched;
  await page.evaluate(() => panelChecks.takeTiming());
  let requests = 0;
  const count = (): unknown => requests++;
  page.on('request', count);
  const firstRowsMs = await page.evaluate((to) => panelChecks.timeToRows(to), path);
  await atRest(watched);
  page.off('request', count);
  const { longestTaskMs } = await page.evaluate(() => panelChecks.takeTiming());
  const rows = await page.evaluate(() => panelChecks.countRows());
  say(
    `${path}: first rows ${ms(firstRowsMs)} (${rows} rows, ${requests} requests), ` +
      `longest task ${ms(longestTaskMs)}`,
  );
  for (const [name, act] of acts) {
    const cost = await inputCost(watched, act).catch(
      (thrown: unknown) => `not done: ${String(thrown)}`,
    );
    say(`  ${name}: ${cost.split('\n')[0]}`);
  }
}

async function measure(world: PanelWorld, key: string): Promise<void> {
  const { url } = world.gateway;
  const idle = startProbe(url, key, AT_ONCE);
  await wait(IDLE_MS);
  const idleMs = await idle.stop();
  say(`admission, idle: p50 ${ms(percentile(idleMs, 0.5))}, p99 ${ms(percentile(idleMs, 0.99))}`);
  const watched = await world.visit.open('/admin/models');
  const debuggers = await watched.page.context().newCDPSession(watched.page);
  await debuggers.send('Emulation.setCPUThrottlingRate', { rate: Number(values.slowdown) });
  await measurePage(watched, '/admin/token', [tick, tickAll, turn, search]);
  await measurePage(watched, '/admin/calls', [turn, search]);
  const busy = startProbe(url, key, AT_ONCE);
  for (let round = 0; round < 3; round++) {
    await watched.page.evaluate(() => panelChecks.timeToRows('/admin/token'));
    await atRest(watched);
    await watched.page.evaluate(() => panelChecks.timeToRows('/admin/calls'));
    await atRest(watched);
  }
  const busyMs = await busy.stop();
  const ratio = percentile(busyMs, 0.99) / percentile(idleMs, 0.99);
  say(
    `admission, panel in use: p50 ${ms(percentile(busyMs, 0.5))}, ` +
      `p99 ${ms(percentile(busyMs, 0.99))}, ${ratio.toFixed(1)} × idle`,
  );
  for (const problem of watched.problems.take()) say(`problem: ${problem}`);
}

async function main(): Promise<void> {
  const world = await openWorld({ isSeeded: false });
  const { gateway } = world;
  const made = await gateway.admin('POST', 'keys', { name: 'probe' });
  const { data } = z.object({ data: z.object({ id: z.string(), key: z.string() }) }).parse(made);
  await gateway.admin('POST', 'tokens', { provider: 'deepseek', tokens: ['sk-deepseek-plain'] });
  await timed(`${values.tokens} tokens`, () => importTokens(gateway, Number(values.tokens)));
  await timed(`${values.calls} calls`, () => writeCalls(gateway, Number(values.calls), data.id));
  await measure(world, data.key);
  await world.close();
}

if (values.help) say(HELP);
else await main();
