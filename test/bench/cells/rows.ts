import { setTimeout as delay } from 'node:timers/promises';
import { drive } from '../driver.ts';
import type { Figure } from '../figures.ts';
import type { Requests } from '../requests.ts';
import type { UsageCheck } from '../usage.ts';
import type { World } from '../world.ts';
import { requireAnswers } from './window.ts';

const LOADED = { connections: 64, answers: 6_400, windowMs: 60_000 };
const SLOW_CALLS = 5;
const SLOW_EVERY_MS = 10_000;

/** Tables whose rows a call's usage touches, and what touches them. */
const TRIGGERS = {
  calls: ['INSERT', 'UPDATE', 'DELETE'],
  usage_daily: ['INSERT', 'UPDATE'],
  usage_refusals: ['INSERT', 'UPDATE'],
  usage_batches: ['INSERT'],
  usage_corrections: ['INSERT', 'DELETE'],
  settlements: ['INSERT', 'UPDATE', 'DELETE'],
} as const;

interface Counters {
  readonly objectRows: number;
  readonly d1Rows: number;
  readonly messages: number;
}

/** Rows and messages a chat, under load and at one chat in 10 s. Not timed: D1 counts by triggers. */
export async function measureRows(
  world: World,
  requests: Requests,
  usage: UsageCheck,
  withSlow: boolean,
): Promise<Figure[]> {
  await countD1Rows(world);
  const objectRows = new ObjectRows(world);
  const figures = await between(world, objectRows, 'c=64', LOADED.answers, async () => {
    const result = await world.load.ask({
      port: world.ports.gateway,
      requests: requests.stream,
      ...LOADED,
    });
    requireAnswers('gateway', result);
    await usage.settle(result.answered);
  });
  if (!withSlow) return figures;
  const slow = await between(world, objectRows, 'one in 10 s', SLOW_CALLS, async () => {
    for (let n = 0; n < SLOW_CALLS; n++) {
      const job = { port: world.ports.gateway, connections: 1, answers: 1, windowMs: 10_000 };
      await world.load.ask({ ...job, requests: requests.json });
      // Half-way, too: an idle object leaves memory after 10 s, and its counter with it.
      for (let half = 0; half < 2; half++) {
        await delay(SLOW_EVERY_MS / 2);
        await objectRows.read();
      }
    }
    await usage.settle(SLOW_CALLS);
  });
  return [...figures, ...slow.map(({ target: _, ...figure }) => figure)];
}

async function between(
  world: World,
  objectRows: ObjectRows,
  when: string,
  chats: number,
  run: () => Promise<void>,
): Promise<Figure[]> {
  const before = await counters(world, objectRows);
  await run();
  // The acknowledgement comes after the rows, and the object writes on it.
  await delay(2_000);
  const after = await counters(world, objectRows);
  const perChat = (name: keyof Counters) => [(after[name] - before[name]) / chats];
  return [
    {
      name: `object rows a chat, ${when}`,
      unit: 'rows',
      values: perChat('objectRows'),
      target: { of: 'value', atMost: 1.6 },
    },
    {
      name: `D1 rows a chat, ${when}`,
      unit: 'rows',
      values: perChat('d1Rows'),
      target: { of: 'value', atMost: 2 },
    },
    {
      name: `chats a queue message, ${when}`,
      unit: 'chats',
      values: [chats / (after.messages - before.messages)],
      target: { of: 'value', atLeast: 25 },
    },
  ];
}

async function counters(world: World, objectRows: ObjectRows): Promise<Counters> {
  const { rows = 0 } = await world.sql('SELECT rows FROM bench_rows');
  const { n = 0 } = await world.sql('SELECT count(*) AS n FROM usage_batches');
  return { objectRows: await objectRows.read(), d1Rows: rows, messages: n };
}

/** Rows the object has written, over lives of it: each life counts from nothing. */
class ObjectRows {
  readonly #world: World;
  #earlierLives = 0;
  #last = 0;

  constructor(world: World) {
    this.#world = world;
  }

  async read(): Promise<number> {
    const { rowsWritten } = await drive(this.#world, '/stats?pool=main');
    const rows = Number(rowsWritten);
    if (rows < this.#last) this.#earlierLives += this.#last;
    this.#last = rows;
    return this.#earlierLives + rows;
  }
}

/** D1 tells rows written to its caller only, so the tables count for themselves. */
async function countD1Rows(world: World): Promise<void> {
  await world.sql('CREATE TABLE bench_rows (rows INTEGER NOT NULL)');
  await world.sql('INSERT INTO bench_rows VALUES (0)');
  for (const [name, events] of Object.entries(TRIGGERS)) {
    for (const event of events) {
      await world.sql(
        `CREATE TRIGGER bench_${name}_${event} AFTER ${event} ON ${name}
        BEGIN UPDATE bench_rows SET rows = rows + 1; END`,
      );
    }
  }
}
