import { AppError } from '../errors';
import { type MediaDeps, mediaDeps } from '../media/deps';
import { SETTINGS_MS } from '../media/limits';
import { checkLink } from '../media/links';
import { serveMedia } from '../media/serve';
import { recentSettings } from '../store/settings-cache';

/**
 * `GET` and `HEAD` of `/images/*`, `/videos/*`, `/v1/files/image/*` and `/v1/files/video/*`. The link
 * itself is the right to what it leads to: no key is asked for.
 */
export async function getMedia(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const deps = await mediaDepsFor(request, env, ctx);
  const link = await checkLink(deps, new URL(request.url));
  if (link === null) throw new AppError('not_found', 'There is nothing at this address.');
  return serveMedia(deps, request, link);
}

/** Links may be opened or closed by a setting, so a new isolate reads the settings first. */
export async function mediaDepsFor(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<MediaDeps> {
  const { settings } = await recentSettings(env.DB, SETTINGS_MS);
  return mediaDeps(env, (work) => ctx.waitUntil(work), settings, request.url);
}
