/** A caller's file. Times are Unix ms. */
export interface FileRow {
  readonly keyId: string;
  /** `file-…`; sorts by time. */
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly place: 'kv' | 'r2';
  readonly createdAt: number;
  readonly expiresAt: number;
}

const COLUMNS = `key_id AS keyId, id, filename, purpose, content_type AS contentType,
                 size_bytes AS sizeBytes, place, created_at AS createdAt, expires_at AS expiresAt`;

export async function insertFile(db: D1Database, file: FileRow, isStored: boolean): Promise<void> {
  await db
    .prepare(
      `INSERT INTO files (key_id, id, filename, purpose, content_type, size_bytes, place, is_stored,
                          created_at, expires_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`,
    )
    .bind(
      file.keyId,
      file.id,
      file.filename,
      file.purpose,
      file.contentType,
      file.sizeBytes,
      file.place,
      isStored ? 1 : 0,
      file.createdAt,
      file.expiresAt,
    )
    .run();
}

/** The bytes have come. */
export async function markFileStored(
  db: D1Database,
  { keyId, id }: Pick<FileRow, 'keyId' | 'id'>,
): Promise<void> {
  await db
    .prepare('UPDATE files SET is_stored = 1 WHERE key_id = ?1 AND id = ?2')
    .bind(keyId, id)
    .run();
}

/** A file of this key, whole and not expired; null otherwise. */
export function findFile(
  db: D1Database,
  keyId: string,
  id: string,
  now: number,
): Promise<FileRow | null> {
  return db
    .prepare(
      `SELECT ${COLUMNS} FROM files
        WHERE key_id = ?1 AND id = ?2 AND is_stored = 1 AND expires_at > ?3`,
    )
    .bind(keyId, id, now)
    .first<FileRow>();
}

export interface FileListQuery {
  readonly keyId: string;
  readonly purpose: string | null;
  /** Id behind which the page begins. */
  readonly after: string | null;
  readonly isNewestFirst: boolean;
  readonly limit: number;
  /** Unix ms. */
  readonly now: number;
}

/** A page of one key's files. */
export async function listFiles(
  db: D1Database,
  query: FileListQuery,
): Promise<{ readonly files: readonly FileRow[]; readonly hasMore: boolean }> {
  const { keyId, purpose, after, isNewestFirst, limit, now } = query;
  const [beyond, order] = isNewestFirst ? ['<', 'DESC'] : ['>', 'ASC'];
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM files
        WHERE key_id = ?1 AND is_stored = 1 AND expires_at > ?2
          AND (?3 IS NULL OR purpose = ?3)
          AND (?4 IS NULL OR id ${beyond} ?4)
        ORDER BY id ${order}
        LIMIT ?5`,
    )
    .bind(keyId, now, purpose, after, limit + 1)
    .all<FileRow>();
  return { files: results.slice(0, limit), hasMore: results.length > limit };
}

/** What a key keeps. */
export async function sumFiles(
  db: D1Database,
  keyId: string,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const sums = await db
    .prepare(
      'SELECT count(*) AS files, coalesce(sum(size_bytes), 0) AS bytes FROM files WHERE key_id = ?1',
    )
    .bind(keyId)
    .first<{ files: number; bytes: number }>();
  return sums ?? { files: 0, bytes: 0 };
}

/** Expired files that can be deleted: without a bucket the rows of its objects stay. */
export async function listExpiredFiles(
  db: D1Database,
  { now, hasBucket, limit }: { now: number; hasBucket: boolean; limit: number },
): Promise<readonly FileRow[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM files
        WHERE expires_at <= ?1 AND (place = 'kv' OR ?2 = 1)
        ORDER BY expires_at
        LIMIT ?3`,
    )
    .bind(now, hasBucket ? 1 : 0, limit)
    .all<FileRow>();
  return results;
}

/** @returns how many rows went. */
export async function deleteFileRows(
  db: D1Database,
  files: readonly Pick<FileRow, 'keyId' | 'id'>[],
): Promise<number> {
  const ids = JSON.stringify(files.map(({ keyId, id }) => [keyId, id]));
  const { meta } = await db
    .prepare(
      `DELETE FROM files
        WHERE key_id IN (SELECT value ->> 0 FROM json_each(?1))
          AND (key_id, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))`,
    )
    .bind(ids)
    .run();
  return meta.changes;
}
