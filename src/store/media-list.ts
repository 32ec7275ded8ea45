import type { MediaKind } from '../contract/media';
import type { MediaRow } from './media';
import { IS_THERE } from './media-purge';

/** One object as it is listed. */
export type ListedMedia = Omit<MediaRow, 'etag' | 'kind'>;

/** Where the next page goes on: behind this object. */
export type MediaMark = Pick<ListedMedia, 'readAt' | 'name'>;

export interface MediaListQuery {
  readonly kind: MediaKind;
  /** Found in names, whatever their case. */
  readonly search: string | null;
  readonly after: MediaMark | null;
  readonly offset: number;
  readonly limit: number;
  /** Unix ms. */
  readonly now: number;
}

const MATCHES = `kind = ?2 AND ${IS_THERE} AND (?3 IS NULL OR instr(lower(name), ?3))`;

/** Objects of one kind, last read first. `next` is null at the end. */
export async function listMedia(
  db: D1Database,
  query: MediaListQuery,
): Promise<{ readonly media: readonly ListedMedia[]; readonly next: MediaMark | null }> {
  const { kind, search, after, offset, limit, now } = query;
  const { results } = await db
    .prepare(
      `SELECT name, place, content_type AS contentType, size_bytes AS sizeBytes,
              created_at AS createdAt, read_at AS readAt, expires_at AS expiresAt
         FROM media
        WHERE ${MATCHES} AND (?4 IS NULL OR (read_at, name) < (?4, ?5))
        ORDER BY read_at DESC, name DESC
        LIMIT ?6 OFFSET ?7`,
    )
    .bind(
      now,
      kind,
      search?.toLowerCase() ?? null,
      after?.readAt ?? null,
      after?.name ?? '',
      limit + 1,
      offset,
    )
    .all<ListedMedia>();
  const media = results.slice(0, limit);
  const last = media.at(-1);
  const next = results.length > limit && last !== undefined ? last : null;
  return { media, next: next === null ? null : { readAt: next.readAt, name: next.name } };
}

/** How many objects a list of all its pages would hold. */
export async function countMedia(
  db: D1Database,
  { kind, search, now }: Pick<MediaListQuery, 'kind' | 'search' | 'now'>,
): Promise<number> {
  const count = await db
    .prepare(`SELECT count(*) AS n FROM media WHERE ${MATCHES}`)
    .bind(now, kind, search?.toLowerCase() ?? null)
    .first<number>('n');
  return count ?? 0;
}
