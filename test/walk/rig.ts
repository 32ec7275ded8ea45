import { PoolCore } from '../../objects/token-pool/core';
import type { UsageBatch } from '../../src/contract/usage';
import type { Ask, Settlement } from '../../src/pool/call';
import type { PoolSettings } from '../../src/pool/settings';
import type { Doubts } from './model/health';
import { passTime } from './model/ledger';
import { type State, emptyState } from './model/state';
import { Consumer } from './model/usage';
import type { Random } from './random';
import type { Storm } from './endings';
import { TornCommit, type WalkDatabase, openDatabase } from './sqlite-port';

const POOL = 'walk';
const MAX_HISTORY = 200;

/** The pool under test over its database, the model beside it, and what the outside world remembers. */
export class Rig {
  readonly database: WalkDatabase = openDatabase();
  readonly consumer = new Consumer();
  readonly random: Random;
  core: PoolCore;
  state: State;
  /** The caller's clock: unlike the pool's, it may be set back. Unix ms. */
  now: number;
  step = 0;
  /** The pool has just started: its tables are read on first use, by the very next step. */
  cold = false;
  storm: Storm | null = null;
  readonly trace: string[] = [];

  /** Settlements made earlier, to repeat out of order. */
  readonly history: Settlement[] = [];
  /** Asks whose reply was lost on its way. */
  readonly limbo: Ask[] = [];
  /** Reading ids from before a restart, which must be discarded. */
  readonly oldReadings: string[] = [];
  readonly counts: Record<string, number> = {};

  // What the present group of operations has done, until it is committed.
  touched = new Set<string>();
  touchedKeys = new Set<string>();
  doubts: Doubts = new Map();
  handedOut: UsageBatch[] = [];
  acking: string[] = [];
  /** An alarm ran in this group. */
  alarmed = false;
  asks: Ask[] = [];
  /** Turns over tokens and keys that no step has touched. */
  rotation = 0;
  #ids = 0;

  readonly #traceLines: number;

  constructor(random: Random, settings: PoolSettings, startAt: number, traceLines: number) {
    this.random = random;
    this.#traceLines = traceLines;
    this.now = startAt;
    this.core = this.#open();
    this.state = emptyState(settings, startAt);
    this.core.configure(settings, startAt);
    this.core.commit();
  }

  count(what: string, by = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + by;
  }

  log(line: string): void {
    this.trace.push(`${this.step} @${this.now} ${line}`);
    if (this.trace.length > this.#traceLines) this.trace.shift();
  }

  /** Tells the model that a step begins now. @returns whether time alone has changed something. */
  begin(): boolean {
    this.state.clock = Math.max(this.state.clock, this.now);
    this.state.order += 1;
    return passTime(this.state);
  }

  remember(settlement: Settlement): void {
    this.history.push(settlement);
    if (this.history.length > MAX_HISTORY) {
      this.history.splice(this.random.int(0, MAX_HISTORY - 1), 1);
    }
  }

  countRefusal(keyId: string, code: string): void {
    const minute = Math.floor(this.state.clock / 60_000) * 60_000;
    const name = `${keyId} ${code} ${minute}`;
    const count = (this.state.refusals.get(name)?.count ?? 0) + 1;
    this.state.refusals.set(name, { minute, count });
  }

  /** The group is durable: replies reach their callers, batches their consumer. */
  deliver(): void {
    for (const batch of this.handedOut) this.consumer.deliver(this.state, batch);
    this.consumer.acknowledged(this.acking);
    this.#endGroup();
  }

  /** Durable, but nobody heard: callers will ask again, batches will be sent again. */
  loseReplies(): void {
    this.consumer.acknowledged(this.acking);
    this.limbo.push(...this.asks);
    this.#endGroup();
  }

  /** Nothing of the group has happened. */
  rollBack(snapshot: State): void {
    this.limbo.push(...this.asks);
    this.state = snapshot;
    this.#endGroup();
  }

  /** @returns whether the commit failed on its way. */
  commitTorn(): boolean {
    this.database.failNextTransactionAt(this.random.int(0, 5));
    try {
      this.core.commit();
      this.database.disarm();
      return false;
    } catch (error) {
      if (error instanceof TornCommit) return true;
      throw error;
    }
  }

  /** The object starts again over what is stored. */
  recover(): void {
    this.oldReadings.push(...this.state.readings.keys());
    this.oldReadings.splice(0, this.oldReadings.length - 20);
    this.state.readings.clear();
    this.state.evidence = [];
    this.state.openBreakers.clear();
    this.alarmed = false;
    for (const [id, { early }] of this.state.tombstones) {
      if (!early) this.state.tombstones.delete(id);
    }
    this.now = Math.max(this.now, this.state.clock);
    this.core = this.#open();
  }

  #open(): PoolCore {
    const { sql, transaction } = this.database;
    const randomId = (): string => `r${(this.#ids += 1)}`;
    return new PoolCore({ sql, transaction, name: POOL, randomId }, this.now);
  }

  #endGroup(): void {
    this.handedOut = [];
    this.acking = [];
    this.alarmed = false;
    this.asks = [];
    this.limbo.splice(0, Math.max(0, this.limbo.length - 40));
  }
}
