/** Statements of `settlements`: usage the backend has not yet confirmed. */

export interface Settlement {
  readonly batchId: string;
  /** The request's JSON. */
  readonly body: string;
  /** How often it has been sent in vain. */
  readonly attempts: number;
}

export function insertSettlement(
  db: D1Database,
  batchId: string,
  body: string,
  now: number,
  nextAt: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO settlements (batch_id, body, next_at, created_at)
      VALUES (?1, ?2, ?4, ?3)`,
    )
    .bind(batchId, body, now, nextAt);
}

/** Settlements whose time has come, oldest first. */
export async function listDueSettlements(
  db: D1Database,
  now: number,
  limit: number,
): Promise<readonly Settlement[]> {
  const { results } = await db
    .prepare(
      `SELECT batch_id AS batchId, body, attempts
      FROM settlements
      WHERE next_at <= ?1
      ORDER BY rowid
      LIMIT ?2`,
    )
    .bind(now, limit)
    .all<Settlement>();
  return results;
}

export async function deleteSettlements(
  db: D1Database,
  batchIds: readonly string[],
): Promise<void> {
  await db
    .prepare('DELETE FROM settlements WHERE batch_id IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(batchIds))
    .run();
}

export async function postponeSettlement(
  db: D1Database,
  batchId: string,
  nextAt: number,
): Promise<void> {
  await db
    .prepare('UPDATE settlements SET attempts = attempts + 1, next_at = ?2 WHERE batch_id = ?1')
    .bind(batchId, nextAt)
    .run();
}

/** Deletes at most `limit` settlements from before a moment (Unix ms), oldest first. */
export function deleteSettlementsBefore(
  db: D1Database,
  beforeAt: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM settlements
      WHERE rowid IN (SELECT rowid FROM settlements WHERE created_at < ?1 ORDER BY rowid LIMIT ?2)`,
    )
    .bind(beforeAt, limit);
}
