/** Statements of `threads`: conversations upstream that can be continued. */

export interface ThreadRow {
  /** The call whose answer is continued. */
  readonly id: string;
  readonly keyId: string;
  /** The credential whose account holds the conversation. */
  readonly tokenId: string;
  /** Public model id. */
  readonly model: string;
  readonly conversationId: string;
  readonly responseId: string;
  /** Unix ms. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A call has one answer: a second word about it changes nothing. */
export async function insertThread(db: D1Database, row: ThreadRow): Promise<void> {
  await db
    .prepare(
      `INSERT INTO threads
        (id, key_id, token_id, model, conversation_id, response_id, created_at, expires_at)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      ON CONFLICT (id) DO NOTHING`,
    )
    .bind(
      row.id,
      row.keyId,
      row.tokenId,
      row.model,
      row.conversationId,
      row.responseId,
      row.createdAt,
      row.expiresAt,
    )
    .run();
}

/** A key's own thread that has not expired; null for any other. */
export async function findThread(
  db: D1Database,
  keyId: string,
  id: string,
  now: number,
): Promise<ThreadRow | null> {
  return db
    .prepare(
      `SELECT id, key_id AS keyId, token_id AS tokenId, model, conversation_id AS conversationId,
        response_id AS responseId, created_at AS createdAt, expires_at AS expiresAt
      FROM threads
      WHERE id = ?1 AND key_id = ?2 AND expires_at > ?3`,
    )
    .bind(id, keyId, now)
    .first<ThreadRow>();
}

/** The oldest rows stand first and expire first: a bounded look at them finds what is due. */
export function deleteThreadsExpiredBy(
  db: D1Database,
  now: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM threads
      WHERE id IN (SELECT id FROM threads ORDER BY id LIMIT ?2) AND expires_at <= ?1`,
    )
    .bind(now, limit);
}
