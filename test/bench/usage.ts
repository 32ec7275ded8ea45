import { setTimeout as delay } from 'node:timers/promises';
import type { World } from './world.ts';

const POLL_MS = 200;
/** Longer than any outbox, queue and retry of a healthy gateway. */
const GIVE_UP_MS = 30_000;

/** Checks the promise behind every figure: one row in D1 for each answered call, no more, no less. */
export class UsageCheck {
  readonly #world: World;
  #answered = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Waits until D1 has what was answered so far. @throws when it does not come to that */
  async settle(answered: number): Promise<void> {
    this.#answered += answered;
    const giveUpAt = performance.now() + GIVE_UP_MS;
    let rows = await this.#rows();
    while (rows < this.#answered && performance.now() < giveUpAt) {
      await delay(POLL_MS);
      rows = await this.#rows();
    }
    if (rows !== this.#answered) {
      throw new Error(`D1 holds ${rows} rows for ${this.#answered} answered calls.`);
    }
    const { calls } = await this.#world.sql(
      `SELECT sum(calls) AS calls FROM usage_daily WHERE key_id <> 'bench'`,
    );
    if (calls !== rows) throw new Error(`The daily sums say ${calls} for ${rows} rows.`);
  }

  async #rows(): Promise<number> {
    const { n = 0 } = await this.#world.sql(
      `SELECT count(*) AS n FROM calls WHERE key_id <> 'bench'`,
    );
    return n;
  }
}
