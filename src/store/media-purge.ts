import type { MediaKind } from '../contract/media';
import type { MediaRow } from './media';

/** What clearing away needs to know of an object. */
export type StoredMedia = Pick<
  MediaRow,
  'name' | 'place' | 'etag' | 'sizeBytes' | 'createdAt' | 'readAt' | 'expiresAt'
>;

/** Which rows a step looks at. Without a bucket the rows of its objects stay: nothing else knows of them. */
export interface PurgeQuery {
  /** Unix ms. */
  readonly now: number;
  /** An object of R2 that began before this and is still on its way has been given up. Unix ms. */
  readonly givenUpAt: number;
  readonly hasBucket: boolean;
  readonly limit: number;
}

const COLUMNS = `name, place, etag, size_bytes AS sizeBytes, created_at AS createdAt,
                 read_at AS readAt, expires_at AS expiresAt`;

/** May be deleted now: neither on its way, nor beyond reach. */
const FREE = `(etag <> '' OR created_at <= ?2) AND (place = 'kv' OR ?3 = 1)`;

/** Takes space: KV forgets what has expired by itself, R2 does not. `?1` is now. */
export const IS_THERE = `etag <> '' AND (expires_at > ?1 OR place = 'r2')`;

/** Rows that have expired, oldest first, behind the one given. */
export async function listExpired(
  db: D1Database,
  query: PurgeQuery,
  after: Pick<StoredMedia, 'expiresAt' | 'name'> | null,
): Promise<readonly StoredMedia[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM media
        WHERE expires_at <= ?1 AND (expires_at, name) > (?4, ?5) AND ${FREE}
        ORDER BY expires_at, name
        LIMIT ?6`,
    )
    .bind(...bound(query), after?.expiresAt ?? -1, after?.name ?? '', query.limit)
    .all<StoredMedia>();
  return results;
}

/** Rows of one kind, or of all, that were there when `query.now` was, by name, behind the one given. */
export async function listClearable(
  db: D1Database,
  query: PurgeQuery,
  kind: MediaKind | null,
  after: string | null,
): Promise<readonly StoredMedia[]> {
  // A name begins with its kind and a slash; `0` is the character behind the slash.
  const least = kind === null ? '' : `${kind}/`;
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM media
        WHERE name > ?4 AND name < ?5 AND created_at <= ?1 AND ${FREE}
        ORDER BY name
        LIMIT ?6`,
    )
    .bind(...bound(query), after ?? least, kind === null ? '~' : `${kind}0`, query.limit)
    .all<StoredMedia>();
  return results;
}

/** The least recently read rows of all that takes space. */
export async function listLeastRead(
  db: D1Database,
  query: PurgeQuery,
): Promise<readonly StoredMedia[]> {
  // A page of each kind by its index: in one go the whole table would be sorted.
  const page = (kind: MediaKind) =>
    `SELECT * FROM (SELECT ${COLUMNS} FROM media
                     WHERE kind = '${kind}' AND ${IS_THERE} AND ${FREE}
                     ORDER BY read_at
                     LIMIT ?4)`;
  const { results } = await db
    .prepare(`${page('image')} UNION ALL ${page('video')} ORDER BY readAt, name LIMIT ?4`)
    .bind(...bound(query), query.limit)
    .all<StoredMedia>();
  return results;
}

/** Deletes these rows, and none that was written anew under the same name. @returns how many. */
export async function deleteRows(db: D1Database, rows: readonly StoredMedia[]): Promise<number> {
  const ids = JSON.stringify(rows.map(({ name, createdAt }) => [name, createdAt]));
  const { meta } = await db
    .prepare(
      `DELETE FROM media
        WHERE name IN (SELECT value ->> 0 FROM json_each(?1))
          AND (name, created_at) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?1))`,
    )
    .bind(ids)
    .run();
  return meta.changes;
}

/** What there is of one kind. */
export interface MediaSize {
  readonly kind: MediaKind;
  readonly count: number;
  readonly sizeBytes: number;
}

/** What takes space at this moment (Unix ms); a kind without anything is absent. Reads every row. */
export async function mediaSizes(db: D1Database, now: number): Promise<readonly MediaSize[]> {
  const { results } = await db
    .prepare(
      `SELECT kind, count(*) AS count, sum(size_bytes) AS sizeBytes
         FROM media WHERE ${IS_THERE} GROUP BY kind`,
    )
    .bind(now)
    .all<MediaSize>();
  return results;
}

/** Whole objects of these names. */
export async function findStored(
  db: D1Database,
  names: readonly string[],
): Promise<readonly StoredMedia[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM media
        WHERE name IN (SELECT value FROM json_each(?1)) AND etag <> ''`,
    )
    .bind(JSON.stringify(names))
    .all<StoredMedia>();
  return results;
}

function bound({ now, givenUpAt, hasBucket }: PurgeQuery): [number, number, number] {
  return [now, givenUpAt, hasBucket ? 1 : 0];
}
