import { authenticateFresh, type Caller } from '../../auth/api-key';
import { AppError } from '../../errors';
import { forgetMedia } from '../../media/forget';
import { deleteVideo, findVideo, type VideoRow } from '../../store/videos';
import { videoJob } from '../../videos/rpc';
import { neverBegun } from '../../videos/view';
import { mediaDepsFor } from '../media';
import { withLinks } from './video-links';

/** A request whose path names a job. */
export type VideoRequest = Request & { readonly params: Readonly<Record<string, string>> };

const VIDEO_ID = /^video_[0-9A-Z]{26}$/;

/** `GET /v1/videos/{id}`: how a job stands at this moment. */
export async function getVideo(
  request: VideoRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const row = await ownVideo(request, env);
  return Response.json(await withLinks(await mediaDepsFor(request, env, ctx), row));
}

/** `DELETE /v1/videos/{id}`: stops a job that is under way, and forgets it and what is cached of it. */
export async function removeVideo(
  request: VideoRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { keyId, id, url, posterUrl } = await ownVideo(request, env);
  await videoJob(env, id).remove();
  const deps = await mediaDepsFor(request, env, ctx);
  if (url !== null) await forgetMedia(deps, 'video', url);
  if (posterUrl !== null) await forgetMedia(deps, 'image', posterUrl);
  await deleteVideo(env.DB, keyId, id);
  return Response.json({ id, object: 'video.deleted', deleted: true });
}

/** Who asks for a job: no call is admitted, so that the key is looked at here. @throws AppError */
export function readVideoCaller(request: Request, env: Env): Promise<Caller> {
  return authenticateFresh(request, env.DB);
}

/**
 * The job that a path names, as its object says while it runs.
 * @throws AppError `video_not_found`, for another key's too.
 */
export async function ownVideo(request: VideoRequest, env: Env): Promise<VideoRow> {
  const { key } = await readVideoCaller(request, env);
  const id = request.params['id'] ?? '';
  const row = VIDEO_ID.test(id) ? await findVideo(env.DB, key.id, id) : null;
  if (row === null) {
    throw new AppError('video_not_found', 'This API key has no video of this id.');
  }
  if (row.expiresAt !== null) return row;
  return (await videoJob(env, id).status()) ?? neverBegun(row, Date.now());
}
