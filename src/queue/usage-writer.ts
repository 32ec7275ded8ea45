import type { UsageBatch, UsageCorrection, UsageRecord } from '../contract/usage';
import { type KeyUse, noteKeyUse } from '../store/api-keys';
import { applyCorrections, insertCalls, insertCorrections } from '../store/calls';
import { insertSettlement } from '../store/settlements';
import { rollUp, rollUpHours } from '../store/rollups';
import {
  addRefusals,
  addToHours,
  addToRollups,
  correctHours,
  correctRollups,
  insertBatches,
  readSeen,
  type Seen,
} from '../store/usage';
import { HOUR_MS, MINUTE_MS } from '../lib/time';
import { hasCalls, settlementBody } from './backend';

export interface UsageWriterDeps {
  readonly db: D1Database;
  /** Unix ms. */
  readonly now: number;
  /** There is a backend: what is written is put down for it as well. */
  readonly hasBackend: boolean;
}

/** What became of each batch id. */
export interface WriteResult {
  /** In D1 now, by this write or an earlier one: to be acknowledged. */
  readonly stored: ReadonlySet<string>;
  /** Written by this call: the backend has not heard of them. */
  readonly fresh: readonly UsageBatch[];
  /** Not in D1, and why: to be delivered again. */
  readonly failed: ReadonlyMap<string, unknown>;
}

/** Rows in one statement's JSON: 1,000 are about 0.3 MB, and D1 takes 2 MB a parameter. */
const MAX_ROWS = 1_000;

/** Cron leaves a settlement alone for this long, because the consumer sends it first. */
const SETTLEMENT_HOLD_MS = MINUTE_MS;

/**
 * Stores usage batches, each exactly once however often it comes.
 *
 * All new ones go in one D1 batch, which is a transaction and opens by claiming their ids: a copy
 * that another delivery writes at the same moment breaks the claim, and nothing of this write stays.
 * Then, or when one batch cannot be stored, each is tried alone, so that none holds up the others.
 */
export async function writeUsage(
  batches: readonly UsageBatch[],
  deps: UsageWriterDeps,
): Promise<WriteResult> {
  const unique = [...new Map(batches.map((batch) => [batch.batchId, batch])).values()];
  try {
    const seen = await seenOf(deps.db, unique);
    const fresh = unique.filter((batch) => !seen.batchIds.has(batch.batchId));
    if (fresh.length > 0) await write(fresh, seen, deps);
    return { stored: new Set(unique.map((batch) => batch.batchId)), fresh, failed: new Map() };
  } catch {
    // Which batch it was, D1 does not say: each alone shows it, and carries its own error.
    return writeEach(unique, deps);
  }
}

async function writeEach(
  batches: readonly UsageBatch[],
  deps: UsageWriterDeps,
): Promise<WriteResult> {
  const stored = new Set<string>();
  const fresh: UsageBatch[] = [];
  const failed = new Map<string, unknown>();
  for (const batch of batches) {
    const { batchId } = batch;
    try {
      const seen = await seenOf(deps.db, [batch]);
      if (!seen.batchIds.has(batchId)) {
        await write([batch], seen, deps);
        fresh.push(batch);
      }
      stored.add(batchId);
    } catch (error) {
      failed.set(batchId, error);
    }
  }
  return { stored, fresh, failed };
}

const seenOf = (db: D1Database, batches: readonly UsageBatch[]): Promise<Seen> =>
  readSeen(
    db,
    batches.map((batch) => batch.batchId),
    batches.flatMap((batch) => batch.records.map((record) => record.id)),
  );

/** How far `api_keys.last_used_at` may lag. */
const LAST_USE_MS = HOUR_MS;

/** One transaction. The order of its statements matters: see the statements. */
async function write(
  batches: readonly UsageBatch[],
  { callIds, hasCorrections }: Seen,
  { db, now, hasBackend }: UsageWriterDeps,
): Promise<void> {
  const batchIds = batches.map((batch) => batch.batchId);
  // A call that is stored is neither stored nor summed again, so that sums equal rows.
  const records = lastById(batches.flatMap((batch) => batch.records)).filter(
    (record) => !callIds.has(record.id),
  );
  const corrections = lastById(batches.flatMap((batch) => batch.corrections));
  const refusals = batches.flatMap((batch) => batch.refusals);

  const statements = [insertBatches(db, batchIds, now)];
  for (const chunk of chunks(records)) {
    statements.push(addToRollups(db, rollUp(chunk)), insertCalls(db, chunk));
  }
  if (records.length > 0) statements.push(addToHours(db, rollUpHours(records)));
  if (records.length > 0) statements.push(noteKeyUse(db, lastUses(records), LAST_USE_MS));
  for (const chunk of chunks(corrections)) {
    statements.push(insertCorrections(db, JSON.stringify(chunk), now));
  }
  if (hasCorrections || corrections.length > 0) {
    statements.push(correctRollups(db), correctHours(db), ...applyCorrections(db));
  }
  for (const chunk of chunks(refusals)) statements.push(addRefusals(db, JSON.stringify(chunk)));
  if (hasBackend) statements.push(...settlements(db, batches, now));
  await db.batch(statements);
}

/** The latest call of each key. */
function lastUses(records: readonly UsageRecord[]): readonly KeyUse[] {
  const latest = new Map<string, number>();
  for (const { keyId, at } of records) latest.set(keyId, Math.max(at, latest.get(keyId) ?? 0));
  return [...latest].map(([id, at]) => ({ id, at }));
}

/** Batches of refusals alone are of no interest to a backend. */
function settlements(
  db: D1Database,
  batches: readonly UsageBatch[],
  now: number,
): readonly D1PreparedStatement[] {
  return batches
    .filter(hasCalls)
    .map((batch) =>
      insertSettlement(db, batch.batchId, settlementBody(batch), now, now + SETTLEMENT_HOLD_MS),
    );
}

/** The same rows, each id once. */
function lastById<Row extends UsageRecord | UsageCorrection>(rows: readonly Row[]): readonly Row[] {
  return [...new Map(rows.map((row) => [row.id, row])).values()];
}

/** Lists of at most `MAX_ROWS` rows. */
function chunks<Row>(rows: readonly Row[]): readonly (readonly Row[])[] {
  const lists: Row[][] = [];
  for (let start = 0; start < rows.length; start += MAX_ROWS) {
    lists.push(rows.slice(start, start + MAX_ROWS));
  }
  return lists;
}
