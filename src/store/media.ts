import type { MediaKind } from '../contract/media';

/** What is known of a cached object or an upload. Unix ms. */
export interface MediaRow {
  /** `image/p_…`, `image/upload-<uuid>.png`. */
  readonly name: string;
  readonly kind: MediaKind;
  readonly place: 'kv' | 'r2';
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Opaque, without quotes; empty while an object of R2 is on its way. */
  readonly etag: string;
  /** With the name, the identity of what was stored: a refill has another. */
  readonly createdAt: number;
  readonly readAt: number;
  readonly expiresAt: number;
}

interface Row {
  name: string;
  kind: MediaKind;
  place: 'kv' | 'r2';
  content_type: string;
  size_bytes: number;
  etag: string;
  created_at: number;
  read_at: number;
  expires_at: number;
}

const COLUMNS =
  'name, kind, place, content_type, size_bytes, etag, created_at, read_at, expires_at';

/** A row, whole or not, expired or not; null when there is none. */
export async function findMedia(db: D1Database, name: string): Promise<MediaRow | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM media WHERE name = ?1`)
    .bind(name)
    .first<Row>();
  return row === null ? null : toMediaRow(row);
}

/** Stores a row in the place of an older one of its name. */
export async function putMedia(db: D1Database, row: MediaRow): Promise<void> {
  await db
    .prepare(
      `INSERT OR REPLACE INTO media (${COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
    )
    .bind(
      row.name,
      row.kind,
      row.place,
      row.contentType,
      row.sizeBytes,
      row.etag,
      row.createdAt,
      row.readAt,
      row.expiresAt,
    )
    .run();
}

/** Deletes what was stored then; a later refill under the same name stays. */
export async function deleteMedia(
  db: D1Database,
  { name, createdAt }: Pick<MediaRow, 'name' | 'createdAt'>,
): Promise<void> {
  await db
    .prepare('DELETE FROM media WHERE name = ?1 AND created_at = ?2')
    .bind(name, createdAt)
    .run();
}

/** Never moves backwards. */
export async function touchMedia(db: D1Database, name: string, readAt: number): Promise<void> {
  await db
    .prepare('UPDATE media SET read_at = ?2 WHERE name = ?1 AND read_at < ?2')
    .bind(name, readAt)
    .run();
}

/** Where an open link leads. */
export interface MediaLink {
  readonly name: string;
  readonly url: string;
  readonly tokenId: string | null;
  /** Unix ms. */
  readonly createdAt: number;
}

/** The latest word of whose file it is holds. */
export async function rememberLink(db: D1Database, link: MediaLink): Promise<void> {
  await db
    .prepare(
      `INSERT INTO media_links (name, url, token_id, created_at) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (name) DO UPDATE SET token_id = excluded.token_id, created_at = excluded.created_at
       WHERE excluded.token_id IS NOT NULL`,
    )
    .bind(link.name, link.url, link.tokenId, link.createdAt)
    .run();
}

export async function findLink(
  db: D1Database,
  name: string,
): Promise<Pick<MediaLink, 'tokenId'> | null> {
  const row = await db
    .prepare('SELECT token_id FROM media_links WHERE name = ?1')
    .bind(name)
    .first<{ token_id: string | null }>();
  return row === null ? null : { tokenId: row.token_id };
}

/** Forgets links handed out before this, Unix ms; at most so many. */
export function deleteLinksBefore(
  db: D1Database,
  before: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM media_links
        WHERE name IN (SELECT name FROM media_links WHERE created_at < ?1 LIMIT ?2)`,
    )
    .bind(before, limit);
}

/** Open links to these names lead nowhere any more. */
export async function deleteLinks(db: D1Database, names: readonly string[]): Promise<void> {
  await db
    .prepare('DELETE FROM media_links WHERE name IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(names))
    .run();
}

/** A row as the other statements of this table read it. */
export function toMediaRow(row: Row): MediaRow {
  return {
    name: row.name,
    kind: row.kind,
    place: row.place,
    contentType: row.content_type,
    sizeBytes: row.size_bytes,
    etag: row.etag,
    createdAt: row.created_at,
    readAt: row.read_at,
    expiresAt: row.expires_at,
  };
}
