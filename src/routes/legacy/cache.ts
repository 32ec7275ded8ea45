import type { AdminRequest } from '../../auth/admin';
import type { CacheItem, CacheSize, PurgeTarget } from '../../contract/cache';
import { LegacyCacheClear, LegacyCacheQuery } from '../../contract/legacy';
import { cacheSizes, targetSize } from '../../media/cache-size';
import { listCache } from '../../media/list-cache';
import { mediaPurge } from '../../media/purge-rpc';
import { audit, readQuery } from '../admin/io';
import { mediaDepsFor } from '../media';
import { done, readOptional } from './io';

const KIBI = 1_024;
const MEBI = KIBI * KIBI;

/** `GET /api/cache/size` → `{ success, data: { image_size, video_size, total_size, …_bytes } }`; sizes as text. */
export async function size(_request: AdminRequest, env: Env): Promise<Response> {
  const sizes = await cacheSizes(env.DB, Date.now());
  const total = targetSize(sizes, 'all');
  const data = {
    image_size: inWords(sizes.image),
    video_size: inWords(sizes.video),
    total_size: inWords(total),
    image_size_bytes: sizes.image.size_bytes,
    video_size_bytes: sizes.video.size_bytes,
    total_size_bytes: total.size_bytes,
  };
  return done({ data });
}

/** `GET /api/cache/list?type&limit&offset` → `{ success, data: { total, items, offset, limit, has_more } }`. */
export async function list(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { type, limit, offset } = readQuery(request, LegacyCacheQuery);
  const deps = await mediaDepsFor(request, env, ctx);
  // An offset lies in one page, and its items end in the next.
  const page = Math.floor(offset / limit) + 1;
  const skip = offset % limit;
  const first = await listCache(deps, { type, page, page_size: limit });
  const second =
    skip === 0 ? [] : (await listCache(deps, { type, page: page + 1, page_size: limit })).items;
  const items = [...first.items, ...second].slice(skip, skip + limit).map(item);
  const hasMore = offset + items.length < first.total;
  return done({ data: { total: first.total, items, offset, limit, has_more: hasMore } });
}

/** `POST /api/cache/clear {type?}` → `{ success, message, data: { deleted_count, … } }`; the rest goes in the background. */
export async function clear(request: AdminRequest, env: Env): Promise<Response> {
  const { type } = await readOptional(request, LegacyCacheClear);
  return clearKind(request, env, type ?? 'all');
}

/** `POST /api/cache/clear/images` */
export function clearImages(request: AdminRequest, env: Env): Promise<Response> {
  return clearKind(request, env, 'image');
}

/** `POST /api/cache/clear/videos` */
export function clearVideos(request: AdminRequest, env: Env): Promise<Response> {
  return clearKind(request, env, 'video');
}

async function clearKind(request: AdminRequest, env: Env, target: PurgeTarget): Promise<Response> {
  const sizes = await cacheSizes(env.DB, Date.now());
  const { count } = targetSize(sizes, target);
  await mediaPurge(env).clear(target);
  await audit(request, env, 'cache.clear', target, `${count} objects`);
  const kinds =
    target === 'all'
      ? { image_count: sizes.image.count, video_count: sizes.video.count }
      : { type: target };
  const message = `${count} cached objects go.`;
  return done({ message, data: { deleted_count: count, ...kinds } });
}

function item({ name, size_bytes: bytes, mtime_ms: at, view_url: url }: CacheItem): object {
  return { name, size: bytes, mtime: at, url };
}

/** `12.3 KB`, or MB from one of them on. */
function inWords({ size_bytes: bytes }: CacheSize): string {
  return bytes < MEBI ? `${(bytes / KIBI).toFixed(1)} KB` : `${(bytes / MEBI).toFixed(1)} MB`;
}
