import { DAY_MS, HOUR_MS } from '../lib/time';
import {
  deleteCallsBefore,
  deleteCallsUpTo,
  deleteCorrectionsBefore,
  findSurplus,
} from '../store/calls';
import { deleteAuditBefore } from '../store/audit';
import { deleteSettlementsBefore } from '../store/settlements';
import { deleteLinksBefore } from '../store/media';
import { deleteThreadsExpiredBy } from '../store/threads';
import { countCallsSince, deleteBatchesBefore, deleteRefusalsBefore } from '../store/usage';

/** How much of the call log stays. Rollups stay for ever. */
export interface CallRetention {
  readonly days: number;
  readonly rows: number;
}

/** Rows of one DELETE, and how many of them one run may make: the next run goes on. */
const CHUNK_ROWS = 1_000;
const MAX_CHUNKS = 50;

/** A batch that comes again after this would be counted again; the queue itself keeps 14 days at most. */
const BATCH_RETENTION_MS = 14 * DAY_MS;
const REFUSAL_RETENTION_MS = 30 * DAY_MS;
/** Settlements that nobody can be sent: long enough to notice that a secret is missing. */
const SETTLEMENT_RETENTION_MS = 30 * DAY_MS;
/** An open link works for so long after it was last handed out; what is cached under it, until midnight. */
const LINK_RETENTION_MS = 30 * DAY_MS;
/** Longer than any window in which failed logins count. */
const LOGIN_ATTEMPT_RETENTION_MS = 24 * HOUR_MS;

/** Deletes calls that are too old or too many, oldest first. @returns how many. */
export async function pruneCalls(
  db: D1Database,
  retention: CallRetention,
  now: number,
): Promise<number> {
  const oldestAt = now - retention.days * DAY_MS;
  const aged = await inChunks((limit) => deleteCallsBefore(db, oldestAt, limit));
  return aged + (await pruneSurplus(db, retention.rows, oldestAt));
}

/**
 * Deletes what is beyond the number of rows. Finding the first surplus row reads as many rows as may
 * stay, so the sums are asked first: they are never less than the rows.
 */
async function pruneSurplus(db: D1Database, rows: number, oldestAt: number): Promise<number> {
  // The days of the sums follow a zone, so a call may stand two dates beside its time in UTC.
  const sinceDay = new Date(oldestAt - 2 * DAY_MS).toISOString().slice(0, 10);
  if ((await countCallsSince(db, sinceDay)) <= rows) return 0;
  const surplusId = await findSurplus(db, rows);
  if (surplusId === null) return 0;
  return inChunks((limit) => deleteCallsUpTo(db, surplusId, limit));
}

/** Forgets batches that cannot come again. Reads every batch id: once a day is enough. */
export async function pruneBatches(db: D1Database, now: number): Promise<void> {
  await inChunks((limit) => deleteBatchesBefore(db, now - BATCH_RETENTION_MS, limit), 10_000);
}

/** Deletes old refusals, and corrections whose call never came. */
export async function pruneRefusals(db: D1Database, now: number): Promise<void> {
  await inChunks((limit) => deleteRefusalsBefore(db, now - REFUSAL_RETENTION_MS, limit));
  await deleteCorrectionsBefore(db, now - BATCH_RETENTION_MS).run();
}

/** Deletes sessions that have ended and failed logins that no longer count. */
export async function pruneLogins(db: D1Database, now: number): Promise<void> {
  await db.batch([
    db.prepare('DELETE FROM sessions WHERE expires_at <= ?1').bind(now),
    db
      .prepare('DELETE FROM login_attempts WHERE window_start < ?1')
      .bind(now - LOGIN_ATTEMPT_RETENTION_MS),
  ]);
}

/** Deletes what administrators did longer ago than is kept. Reads every entry: once a day is enough. */
export async function pruneAudit(db: D1Database, days: number, now: number): Promise<void> {
  await inChunks((limit) => deleteAuditBefore(db, now - days * DAY_MS, limit));
}

/** Deletes old settlements while there is no backend to send them to. @returns how many. */
export async function pruneSettlements(db: D1Database, now: number): Promise<number> {
  return inChunks((limit) => deleteSettlementsBefore(db, now - SETTLEMENT_RETENTION_MS, limit));
}

/** Forgets stored answers that can no longer be continued. */
export async function pruneThreads(db: D1Database, now: number): Promise<void> {
  await inChunks((limit) => deleteThreadsExpiredBy(db, now, limit));
}

/** Forgets open links that were handed out long ago. Reads every link: once a day is enough. */
export async function pruneLinks(db: D1Database, now: number): Promise<void> {
  await inChunks((limit) => deleteLinksBefore(db, now - LINK_RETENTION_MS, limit));
}

/** Repeats a bounded DELETE until it finds less than its bound. */
async function inChunks(
  statement: (limit: number) => D1PreparedStatement,
  chunkRows = CHUNK_ROWS,
): Promise<number> {
  let total = 0;
  for (let chunk = 0; chunk < MAX_CHUNKS; chunk++) {
    const { meta } = await statement(chunkRows).run();
    total += meta.changes;
    if (meta.changes < chunkRows) break;
  }
  return total;
}
