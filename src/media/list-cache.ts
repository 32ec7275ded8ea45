import type { CacheItem, CacheList, CacheListQuery } from '../contract/cache';
import type { MediaKind } from '../contract/media';
import { countMedia, type ListedMedia, listMedia, type MediaMark } from '../store/media-list';
import { findStored } from '../store/media-purge';
import { forgetCached } from './cache';
import type { MediaDeps } from './deps';
import { cachedLink } from './links';
import { removeMedia, withinKvCalls } from './remove';

/** A page of the cache, last read first. */
export async function listCache(deps: MediaDeps, query: CacheListQuery): Promise<CacheList> {
  const { type: kind, page, page_size: limit } = query;
  const after = query.after === undefined ? null : readMark(query.after);
  const search = query.search === undefined || query.search === '' ? null : query.search;
  const now = deps.now();
  const offset = after === null ? (page - 1) * limit : 0;
  const [total, { media, next }] = await Promise.all([
    countMedia(deps.db, { kind, search, now }),
    listMedia(deps.db, { kind, search, after, offset, limit, now }),
  ]);
  const items = await Promise.all(media.map((one) => itemOf(deps, kind, one)));
  return { total, page, page_size: limit, items, next: next === null ? null : writeMark(next) };
}

/**
 * Deletes objects by name, with or without their kind; at most 30, so that KV's calls suffice.
 * @returns how many were there.
 */
export async function deleteCached(
  deps: MediaDeps,
  kind: MediaKind,
  names: readonly string[],
): Promise<number> {
  const full = names.map((name) => (name.startsWith(`${kind}/`) ? name : `${kind}/${name}`));
  let rest = await findStored(deps.db, full);
  for (const { name } of rest) forgetCached(name);
  const { db, kv, files } = deps;
  const now = deps.now();
  let deleted = 0;
  while (rest.length > 0) {
    const taken = withinKvCalls(rest, now);
    deleted += await removeMedia({ db, kv, files, now }, taken);
    rest = rest.slice(taken.length);
  }
  return deleted;
}

async function itemOf(deps: MediaDeps, kind: MediaKind, media: ListedMedia): Promise<CacheItem> {
  const link = await cachedLink(deps, media.name);
  return {
    name: media.name.slice(kind.length + 1),
    size_bytes: media.sizeBytes,
    content_type: media.contentType,
    place: media.place,
    mtime_ms: media.readAt,
    created_at: media.createdAt,
    expires_at: media.expiresAt,
    preview_url: kind === 'image' ? link : null,
    view_url: link,
  };
}

const writeMark = ({ readAt, name }: MediaMark): string => `${readAt}~${name}`;

/** The contract has seen that it is a number, a tilde and a name. */
function readMark(text: string): MediaMark {
  const at = text.indexOf('~');
  return { readAt: Number(text.slice(0, at)), name: text.slice(at + 1) };
}
