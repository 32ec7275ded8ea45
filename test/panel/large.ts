import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { WatchedPage } from './browser.ts';
import {
  type Act,
  CALL_ACTS,
  DASHBOARD_ACTS,
  importActs,
  KEY_ACTS,
  TOKEN_ACTS,
} from './large-acts.ts';
import { importTokens, makeKeys, tokenIds, writeCalls } from './large-data.ts';
import { percentile, startProbe } from './probe.ts';
import { atRest, openWorld, type PanelWorld } from './world.ts';

const HELP = `npm run large [-- --tokens=50000 --calls=100000 --keys=1000 --slowdown=4]

The panel over much data, in a Chromium whose processor is slowed down, while clients call: first rows,
from each input to the next paint, the longest task, and what admission takes meanwhile. Exits with 1
when one of them is above its aim.
`;

const { values } = parseArgs({
  options: {
    tokens: { type: 'string', default: '50000' },
    calls: { type: 'string', default: '100000' },
    keys: { type: 'string', default: '1000' },
    slowdown: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
});

/** The aims. Ms; the last is a multiple of what admission takes at rest. */
const FIRST_ROWS_MS = 1_000;
const INPUT_MS = 200;
const TASK_MS = 200;
const ADMISSION_TIMES = 3;

const AT_ONCE = 4;
const IDLE_MS = 6_000;
const ACT_MS = 60_000;
const say = (text: string): unknown => process.stdout.write(`${text}\n`);

/** A figure beside its aim; one that misses it makes the run fail. */
function judged(figure: number, aim: number, unit = ' ms'): string {
  const text = `${figure.toFixed(unit === ' ms' ? 0 : 1)}${unit}`;
  if (figure <= aim) return text;
  process.exitCode = 1;
  return `${text} (MISSED: ${aim})`;
}

async function timed<T>(name: string, run: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await run();
  say(`${name}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  return result;
}

/** What one act costs, as Chromium's own event timing sees it. */
async function costOf(watched: WatchedPage, { run, isLong }: Act): Promise<string> {
  const { page } = watched;
  await page.evaluate(() => panelChecks.takeTiming());
  page.setDefaultTimeout(ACT_MS);
  await run(page);
  // What goes on by itself is looked at while it goes on.
  if (isLong !== true) await atRest(watched);
  const { slowestInputMs, longestTaskMs } = await page.evaluate(() => panelChecks.takeTiming());
  return `input to paint ${judged(slowestInputMs, INPUT_MS)}, longest task ${judged(longestTaskMs, TASK_MS)}`;
}

async function measurePage(
  watched: WatchedPage,
  path: string,
  acts: readonly Act[],
): Promise<void> {
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
    `${path}: first rows ${judged(firstRowsMs, FIRST_ROWS_MS)} (${rows} rows, ${requests} requests), ` +
      `longest task ${judged(longestTaskMs, TASK_MS)}`,
  );
  for (const act of acts) await measureAct(watched, act);
}

async function measureAct(watched: WatchedPage, act: Act): Promise<void> {
  try {
    say(`  ${act.name}: ${await costOf(watched, act)}`);
  } catch (thrown) {
    process.exitCode = 1;
    say(`  ${act.name}: NOT DONE: ${String(thrown).split('\n')[0]}`);
  }
}

async function measure(world: PanelWorld, key: string): Promise<void> {
  const { url } = world.gateway;
  const idle = startProbe(url, key, AT_ONCE);
  await wait(IDLE_MS);
  const idleMs = await idle.stop();
  const idleP99 = percentile(idleMs, 0.99);
  say(`admission and answer, idle: p50 ${ms(percentile(idleMs, 0.5))}, p99 ${ms(idleP99)}`);
  const watched = await world.visit.open('/admin/models');
  const debuggers = await watched.page.context().newCDPSession(watched.page);
  await debuggers.send('Emulation.setCPUThrottlingRate', { rate: Number(values.slowdown) });
  await measurePage(watched, '/admin', DASHBOARD_ACTS);
  await measurePage(watched, '/admin/keys', KEY_ACTS);
  await measurePage(watched, '/admin/calls', CALL_ACTS);
  await measurePage(watched, '/admin/token', TOKEN_ACTS);
  await watched.page.reload();
  await atRest(watched);
  for (const act of importActs(Number(values.tokens))) await measureAct(watched, act);
  for (const problem of watched.problems.take()) say(`problem: ${problem}`);
  await watched.close();
  await measureAdmission(world, key, idleP99);
}

/** The lists are read again and again, by a browser at its full speed. */
async function measureAdmission(world: PanelWorld, key: string, idleP99: number): Promise<void> {
  const watched = await world.visit.open('/admin/models');
  const busy = startProbe(world.gateway.url, key, AT_ONCE);
  for (let round = 0; round < 5; round++) {
    for (const path of ['/admin/token', '/admin/calls', '/admin']) {
      await watched.page.evaluate((to) => panelChecks.timeToRows(to), path);
      await atRest(watched);
    }
  }
  const busyMs = await busy.stop();
  const p99 = percentile(busyMs, 0.99);
  say(
    `admission and answer, panel in use: p50 ${ms(percentile(busyMs, 0.5))}, p99 ${ms(p99)}, ` +
      `${judged(p99 / idleP99, ADMISSION_TIMES, ' × idle')}`,
  );
  await watched.close();
}

const ms = (duration: number): string => `${duration.toFixed(0)} ms`;

async function main(): Promise<void> {
  const world = await openWorld({ isSeeded: false });
  const { gateway } = world;
  const [tokens, calls, keys] = [values.tokens, values.calls, values.keys].map(Number);
  const made = await gateway.admin('POST', 'keys', { name: 'probe' });
  const { data } = z.object({ data: z.object({ id: z.string(), key: z.string() }) }).parse(made);
  await gateway.admin('POST', 'tokens', { provider: 'deepseek', tokens: ['sk-deepseek-plain'] });
  await timed(`${tokens} tokens`, () => importTokens(gateway, tokens ?? 0));
  const keyIds = await timed(`${keys} keys`, () => makeKeys(gateway, keys ?? 0));
  const ids = await tokenIds(gateway, 5_000);
  const callers = { keyIds: [data.id, ...keyIds], tokenIds: ids };
  await timed(`${calls} calls`, () => writeCalls(gateway, calls ?? 0, callers));
  await measure(world, data.key);
  await world.close();
}

if (values.help) say(HELP);
else await main();
