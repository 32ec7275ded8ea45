import { findModel } from '../models/catalog';
import { QUOTA_KINDS, type QuotaKind } from '../models/model-spec';
import type { Difference, KeyStatus, TokenPoolRpc } from '../pool/rpc';
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

/** Outcomes of a chat that leave the key's daily units spent; all others give them back. */
const SPENT: ReadonlySet<string> = new Set(['done', 'partial', 'aborted', 'lost']);

/**
 * Writes everything the pool still holds to D1, then compares each key's counters of today with its
 * calls there. Calls under way are reserved, not used, and so on neither side.
 */
export async function verifyUsage({ env, pool, now }: VerifyDeps): Promise<UsageCheck> {
  await drain(env, pool, now);
  const day = dayAt(now, await dayZone(env));
  const { groups, rollup } = await callsOfDay(env.DB, day);
  const logged = groups.reduce((sum, group) => sum + group.count, 0);
  const comparable = logged === rollup;
  const expected = comparable ? spentByKey(groups) : new Map<string, number>();
  const differences: Difference[] = [];
  let keys = 0;
  for await (const status of statuses(env.DB, pool)) {
    keys++;
    if (comparable && status.day === day) differences.push(...compare(status, expected));
  }
  return { day, keys, comparable, differences };
}

async function drain(env: VerifyDeps['env'], pool: VerifyDeps['pool'], now: number): Promise<void> {
  const batches = await pool.drain();
  if (batches.length === 0) return;
  const deps = { db: env.DB, now, hasBackend: env.BACKEND_URL !== '' };
  const { stored } = await writeUsage(batches, deps);
  await pool.ack([...stored]);
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
    if (!SPENT.has(outcome)) continue;
    const charges = findModel(model)?.charges ?? {};
    for (const kind of QUOTA_KINDS) add(keyId, kind, count * (charges[kind] ?? 0));
  }
  return spent;
}

function compare(status: KeyStatus, expected: ReadonlyMap<string, number>): Difference[] {
  return QUOTA_KINDS.flatMap((kind) => {
    const memory = status.perDay[kind].used;
    const stored = expected.get(`${status.id} ${kind}`) ?? 0;
    return memory === stored ? [] : [{ counter: `key ${status.id} ${kind}`, memory, stored }];
  });
}
