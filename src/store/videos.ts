import type { VideoListQuery, VideoStatus } from '../contract/videos';

/** A video job as it is listed. Times are Unix ms. */
export interface VideoRow {
  readonly keyId: string;
  readonly id: string;
  readonly model: string;
  readonly prompt: string;
  readonly seconds: number;
  readonly size: string;
  readonly status: VideoStatus;
  /** Percent, 0–100. */
  readonly progress: number;
  readonly createdAt: number;
  readonly completedAt: number | null;
  /** Null until the job has ended. */
  readonly expiresAt: number | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Where upstream keeps the video and its poster, and the credential whose account holds them. */
  readonly url: string | null;
  readonly posterUrl: string | null;
  readonly tokenId: string | null;
}

interface Row {
  readonly key_id: string;
  readonly id: string;
  readonly model: string;
  readonly prompt: string;
  readonly seconds: number;
  readonly size: string;
  readonly status: VideoStatus;
  readonly progress: number;
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly expires_at: number | null;
  readonly error_code: string | null;
  readonly error_message: string | null;
  readonly url: string | null;
  readonly poster_url: string | null;
  readonly token_id: string | null;
}

const COLUMNS = `key_id, id, model, prompt, seconds, size, status, progress, created_at, completed_at,
                 expires_at, error_code, error_message, url, poster_url, token_id`;

/** Lists a new job. Listing it again changes nothing. */
export async function insertVideo(db: D1Database, row: VideoRow): Promise<void> {
  await db
    .prepare(
      `INSERT INTO videos (${COLUMNS})
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
       ON CONFLICT DO NOTHING`,
    )
    .bind(
      row.keyId,
      row.id,
      row.model,
      row.prompt,
      row.seconds,
      row.size,
      row.status,
      row.progress,
      row.createdAt,
      row.completedAt,
      row.expiresAt,
      row.errorCode,
      row.errorMessage,
      row.url,
      row.posterUrl,
      row.tokenId,
    )
    .run();
}

/** Writes down how a job stands. A row that has ended, or is gone, stays as it is. */
export async function updateVideo(db: D1Database, row: VideoRow): Promise<void> {
  await db
    .prepare(
      `UPDATE videos
          SET status = ?3, progress = ?4, completed_at = ?5, expires_at = ?6, error_code = ?7,
              error_message = ?8, url = ?9, poster_url = ?10, token_id = ?11
        WHERE key_id = ?1 AND id = ?2 AND expires_at IS NULL`,
    )
    .bind(
      row.keyId,
      row.id,
      row.status,
      row.progress,
      row.completedAt,
      row.expiresAt,
      row.errorCode,
      row.errorMessage,
      row.url,
      row.posterUrl,
      row.tokenId,
    )
    .run();
}

/** One job of a key; null when the key has none of this id. */
export async function findVideo(
  db: D1Database,
  keyId: string,
  id: string,
): Promise<VideoRow | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM videos WHERE key_id = ?1 AND id = ?2`)
    .bind(keyId, id)
    .first<Row>();
  return row === null ? null : fromRow(row);
}

/** A page of a key's jobs. @returns whether there are more. */
export async function listVideos(
  db: D1Database,
  keyId: string,
  { after, limit, order }: VideoListQuery,
): Promise<{ readonly videos: readonly VideoRow[]; readonly hasMore: boolean }> {
  const isAscending = order === 'asc';
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM videos
        WHERE key_id = ?1 AND (?2 IS NULL OR id ${isAscending ? '>' : '<'} ?2)
        ORDER BY id ${isAscending ? 'ASC' : 'DESC'} LIMIT ?3`,
    )
    .bind(keyId, after ?? null, limit + 1)
    .all<Row>();
  return { videos: results.slice(0, limit).map(fromRow), hasMore: results.length > limit };
}

/** @returns whether there was one. */
export async function deleteVideo(db: D1Database, keyId: string, id: string): Promise<boolean> {
  const { meta } = await db
    .prepare('DELETE FROM videos WHERE key_id = ?1 AND id = ?2')
    .bind(keyId, id)
    .run();
  return meta.changes > 0;
}

export function deleteExpiredVideos(
  db: D1Database,
  now: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM videos WHERE (key_id, id) IN
         (SELECT key_id, id FROM videos WHERE expires_at <= ?1 LIMIT ?2)`,
    )
    .bind(now, limit);
}

/** Jobs begun before this moment that have not ended, oldest first. */
export async function listUnfinishedVideos(
  db: D1Database,
  before: number,
  limit: number,
): Promise<readonly VideoRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM videos
        WHERE expires_at IS NULL AND created_at < ?1 ORDER BY created_at LIMIT ?2`,
    )
    .bind(before, limit)
    .all<Row>();
  return results.map(fromRow);
}

function fromRow(row: Row): VideoRow {
  return {
    keyId: row.key_id,
    id: row.id,
    model: row.model,
    prompt: row.prompt,
    seconds: row.seconds,
    size: row.size,
    status: row.status,
    progress: row.progress,
    createdAt: row.created_at,
    completedAt: row.completed_at,
    expiresAt: row.expires_at,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    url: row.url,
    posterUrl: row.poster_url,
    tokenId: row.token_id,
  };
}
