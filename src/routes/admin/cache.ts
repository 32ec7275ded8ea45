import type { AdminRequest } from '../../auth/admin';
import { CacheClear, CacheItemDelete, CacheListQuery } from '../../contract/cache';
import { AppError } from '../../errors';
import { cacheSizes, targetSize } from '../../media/cache-size';
import { deleteCached, listCache } from '../../media/list-cache';
import { mediaPurge } from '../../media/purge-rpc';
import { mediaDepsFor } from '../media';
import { audit, readBody, readQuery, reply } from './io';

/** `GET cache/local` → `{ local_image, local_video }`, each `{ count, size_bytes, size_mb }`. */
export async function local(_request: AdminRequest, env: Env): Promise<Response> {
  const { image, video } = await cacheSizes(env.DB, Date.now());
  return reply({ local_image: image, local_video: video });
}

/** `GET cache/list?type&page&page_size&search&after` → `{ status, total, page, page_size, items, next }`. */
export async function list(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const query = readQuery(request, CacheListQuery);
  const found = await listCache(await mediaDepsFor(request, env, ctx), query);
  return reply({ status: 'success', ...found });
}

/**
 * `POST cache/clear {type}` → `{ status, result: { deleted, count, size_bytes, size_mb, running } }`: what
 * goes. `running` says that the rest of it goes in the background.
 */
export async function clear(request: AdminRequest, env: Env): Promise<Response> {
  const { type } = await readBody(request, CacheClear);
  const size = targetSize(await cacheSizes(env.DB, Date.now()), type);
  const { running } = await mediaPurge(env).clear(type);
  await audit(request, env, 'cache.clear', type, `${size.count} objects`);
  return reply({ status: 'success', result: { deleted: size.count, ...size, running } });
}

/** `POST cache/clear/cancel` → `PurgeProgress`: stops clearings that run or wait. */
export async function cancelClear(request: AdminRequest, env: Env): Promise<Response> {
  const progressed = await mediaPurge(env).cancel();
  await audit(request, env, 'cache.clear_cancelled', 'all', `${progressed.deleted} objects gone`);
  return reply(progressed);
}

/** `GET cache/progress` → `PurgeProgress`. */
export async function progress(_request: AdminRequest, env: Env): Promise<Response> {
  return reply(await mediaPurge(env).progress());
}

/** `POST cache/item/delete {type, name|names}` → `{ status, result: { deleted: true, count } }`. */
export async function removeItem(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { type, name, names = [] } = await readBody(request, CacheItemDelete);
  const all = [...new Set(name === undefined ? names : [name, ...names])];
  if (all.length === 0) {
    throw new AppError('invalid_request', 'Name what to delete.', { param: 'name' });
  }
  const count = await deleteCached(await mediaDepsFor(request, env, ctx), type, all);
  if (count === 0) throw new AppError('not_found', 'Nothing of this name is cached.');
  await audit(
    request,
    env,
    'cache.delete',
    all.length === 1 ? `${type}/${all[0]}` : type,
    `${count} objects`,
  );
  return reply({ status: 'success', result: { deleted: true, count } });
}
