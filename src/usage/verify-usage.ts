import { findModel } from '../models/catalog';
import { QUOTA_KINDS, type QuotaKind } from '../models/model-spec';
import { type Difference } from '../pool/figures';
import { type KeyStatus } from '../pool/key';
import { DRAINED_BATCHES, type TokenPoolRpc } from '../pool/rpc';
import { writeUsage } from '../queue/usage-writer';
import { listKeys } from '../store/api-keys';
import { callsOfDay, type DayCalls } from '../store/stats';
import { dayZone } from './usage-stats';
import { dayAt } from '../lib/time';

export interface VerifyDeps {
  readonly env: Pick<Env, 'DB' | 'CACHE_RESET_TZ_OFFSET_MINUTES' | 'BACKEND_URL'>;
  readonly pool: Pick<TokenPoolRpc, 'drain' | 'ack' | 'keyStatus'>;
  /** Unix ms. */
  readonly now: number;
}

export interface UsageCheck {
  readonly day: string;
  readonly keys: number;
  /** False when the day's call log is not whole (cleared or trimmed): then nothing is compared. */
  readonly comparable: boolean;
  readonly differences: readonly Difference[];
}

const PAGE = 500;

/** How often everything that waits is asked for: a pool hands out so many batches at a time. */
const MAX_DRAINS = 20;

/** What a chat stored without its charge has spent, by its outcome. */
const SPENT: ReadonlySet<string> = new Set(['done', 'partial', 'aborted', 'lost']);

/**
 * Writes everything the pool still holds to D1, then compares each key's counters of today with its
 * calls there. Calls under way are reserved, not used, and so on neither side.
 *
 * Calls end meanwhile, and counters only grow: the log has at least what had been used before it was
 * filled, and at most what is used after it was read. For a key at rest both are one figure.
 */
export async function verifyUsage({ env, pool, now }: VerifyDeps): Promise<UsageCheck> {
  const day = dayAt(now, await dayZone(env));
  const before = new Map<string, number>();
  for await (const status of statuses(env.DB, pool)) {
    if (status.day === day) for (const [name, used] of usedOf(status)) before.set(name, used);
  }
  const isDrained = await drain(env, pool, now);
  const { groups, rollup } = await callsOfDay(env.DB, day);
  const logged = groups.reduce((sum, group) => sum + group.count, 0);
  const comparable = isDrained && logged === rollup;
  const stored = comparable ? spentByKey(groups) : new Map<string, number>();
  const differences: Difference[] = [];
  let keys = 0;
  for await (const status of statuses(env.DB, pool)) {
    keys++;
    if (!comparable || status.day !== day) continue;
    for (const [name, used] of usedOf(status)) {
      const known = stored.get(name) ?? 0;
      if (known < (before.get(name) ?? 0) || known > used) {
        differences.push({ counter: `key ${name}`, memory: used, stored: known });
      }
    }
  }
  return { day, keys, comparable, differences };
}

/** @returns whether D1 has everything now that the pool had to say. */
async function drain(
  env: VerifyDeps['env'],
  pool: VerifyDeps['pool'],
  now: number,
): Promise<boolean> {
  const deps = { db: env.DB, now, hasBackend: env.BACKEND_URL !== '' };
  for (let drains = 0; drains < MAX_DRAINS; drains++) {
    const batches = await pool.drain();
    if (batches.length > 0) {
      const { stored, failed } = await writeUsage(batches, deps);
      await pool.ack([...stored]);
      if (failed.size > 0) return false;
    }
    if (batches.length < DRAINED_BATCHES) return true;
  }
  return false;
}

async function* statuses(db: D1Database, pool: VerifyDeps['pool']): AsyncGenerator<KeyStatus> {
  let after: string | null = '';
  while (after !== null) {
    const page: Awaited<ReturnType<typeof listKeys>> = await listKeys(db, {
      after,
      limit: PAGE,
      search: '',
    });
    yield* await pool.keyStatus(page.keys.map((key) => key.id));
    after = page.next;
  }
}

/** Units by `<key id> <kind>`. */
function spentByKey(groups: readonly DayCalls[]): Map<string, number> {
  const spent = new Map<string, number>();
  const add = (keyId: string, kind: QuotaKind, units: number): void => {
    const name = `${keyId} ${kind}`;
    spent.set(name, (spent.get(name) ?? 0) + units);
  };
  for (const { key_id: keyId, model, kind: callKind, outcome, count, charged } of groups) {
    if (callKind !== 'chat') {
      add(keyId, callKind, charged ?? 0);
      continue;
    }
    // A chat may be charged on several limits, of each as its model says.
    const charges = findModel(model)?.charges ?? { chat: 1 };
    const byOutcome = SPENT.has(outcome) ? count : 0;
    const chats = charged === null ? byOutcome : charged / (charges.chat ?? 1);
    for (const kind of QUOTA_KINDS) add(keyId, kind, chats * (charges[kind] ?? 0));
  }
  return spent;
}

/** The same names with what the pool counts. */
function usedOf({ id, perDay }: KeyStatus): (readonly [name: string, used: number])[] {
  return QUOTA_KINDS.map((kind) => [`${id} ${kind}`, perDay[kind].used]);
}
