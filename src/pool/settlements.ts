import { logError } from '../lib/log';
import type { Settlement } from './call';
import type { TokenPoolRpc } from './rpc';

/**
 * Settlements on their way back, one batch per pool object and isolate. They ride on the isolate's next
 * `admit`; when none comes within 20 ms a flush takes them. Plain data only: a batch belongs to no
 * request, so whoever comes next may send it.
 */
interface Batch {
  items: Settlement[];
  /** Unix ms when a flush was last begun; a time, not a flag, because its owner may die. */
  flushAt: number;
}

const batches = new Map<string, Batch>();

const FLUSH_AFTER_MS = 20;
/** A flush not heard of for so long is taken over. */
const TAKE_OVER_MS = 250;
/** Settlements are repeated for so long: `waitUntil` ends at 30 s. */
const GIVE_UP_MS = 25_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** One flush carries so many: an RPC message stays small. */
const MAX_FLUSH = 500;

/** What a batch needs of the world. */
export interface SettlementPort {
  /** Name of the object; a settlement must never reach another one, where its id may mean another lease. */
  readonly pool: string;
  /** A fresh stub for each try. */
  readonly connect: () => Pick<TokenPoolRpc, 'settle'>;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** Hands a settlement over. Settling is idempotent, so it is sent until it was heard. */
export function pushSettlement(port: SettlementPort, settlement: Settlement): void {
  const batch = batchOf(port.pool);
  batch.items.push(settlement);
  const now = Date.now();
  if (now - batch.flushAt < TAKE_OVER_MS) return;
  batch.flushAt = now;
  port.waitUntil(flushSoon(port, batch));
}

/** Takes what is waiting, to ride on a call to the same pool. Put it back if that call fails. */
export function takeSettlements(pool: string): readonly Settlement[] {
  const batch = batches.get(pool);
  if (batch === undefined || batch.items.length === 0) return NONE;
  const taken = batch.items;
  batch.items = [];
  return taken;
}

/** Puts back what a failed call had taken; someone may have heard it already, which does no harm. */
export function putBackSettlements(port: SettlementPort, taken: readonly Settlement[]): void {
  for (const settlement of taken) pushSettlement(port, settlement);
}

const NONE: readonly Settlement[] = [];

function batchOf(pool: string): Batch {
  const batch = batches.get(pool);
  if (batch !== undefined) return batch;
  const made: Batch = { items: [], flushAt: 0 };
  batches.set(pool, made);
  return made;
}

async function flushSoon(port: SettlementPort, batch: Batch): Promise<void> {
  await scheduler.wait(FLUSH_AFTER_MS);
  // From here on newcomers begin a flush of their own: this one may be busy repeating.
  batch.flushAt = 0;
  const taken = takeSettlements(port.pool);
  const sends: Promise<void>[] = [];
  for (let i = 0; i < taken.length; i += MAX_FLUSH) {
    sends.push(send(port, taken.slice(i, i + MAX_FLUSH)));
  }
  await Promise.all(sends);
}

async function send(port: SettlementPort, settled: readonly Settlement[]): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await port.connect().settle(settled);
    } catch (error) {
      if (Date.now() + pauseMs > giveUpAt) {
        // The leases expire by themselves and are counted as lost.
        logError('settlements_given_up', { pool: port.pool, count: settled.length, error });
        return;
      }
      await scheduler.wait(pauseMs);
    }
  }
}
