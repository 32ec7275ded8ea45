import { VideoContentQuery } from '../../contract/videos';
import { AppError } from '../../errors';
import { check } from '../../http/body';
import { mediaDeps } from '../../media/deps';
import { serveAsset } from '../../media/serve';
import { currentSettings } from '../../store/settings-cache';
import { ownVideo, type VideoRequest } from './video';

/** `GET /v1/videos/{id}/content`: the video, or with `variant=thumbnail` its poster; ranges are served. */
export async function getVideoContent(
  request: VideoRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const row = await ownVideo(request, env);
  const query = Object.fromEntries(new URL(request.url).searchParams);
  const { variant } = check(VideoContentQuery, query);
  const isVideo = variant === 'video';
  const url = isVideo ? row.url : row.posterUrl;
  if (row.status !== 'completed' || url === null) {
    throw new AppError(
      'video_not_ready',
      row.status === 'completed'
        ? 'This video has no thumbnail.'
        : 'This video is not there; GET /v1/videos/{id} tells how it stands.',
    );
  }
  const { settings } = await currentSettings(env.DB);
  const deps = mediaDeps(env, (work) => ctx.waitUntil(work), settings, request.url);
  const kind = isVideo ? 'video' : 'image';
  return serveAsset(deps, request, { kind, url, tokenId: row.tokenId });
}
