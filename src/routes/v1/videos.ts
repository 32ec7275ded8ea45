import { admitCaller } from '../../auth/admission';
import { authenticate } from '../../auth/api-key';
import { askFor } from '../../calls/ask';
import { refusalError } from '../../calls/endings';
import { PLANNED_SETTINGS_MS, termMs, totalMs } from '../../config';
import { VideoListQuery } from '../../contract/videos';
import { admissionPort } from '../../deps';
import { AppError } from '../../errors';
import { withFiles } from '../../files/attachments';
import { fileDeps } from '../../files/file-deps';
import { check } from '../../http/body';
import { rateHeaders } from '../../http/ratelimit';
import { logWarning } from '../../lib/log';
import { mediaDeps } from '../../media/deps';
import type { Admission } from '../../pool/call';
import { pushSettlement } from '../../pool/settlements';
import { recentSettings } from '../../store/settings-cache';
import { listVideos } from '../../store/videos';
import { newJob, type NewVideo } from '../../videos/job';
import { videoJob } from '../../videos/rpc';
import { rowOf, videoObject } from '../../videos/view';
import { mediaDepsFor } from '../media';
import { imagesOf } from './images-io';
import { countingRefusals } from './refusals';
import { readVideoCaller } from './video';
import { readFilm } from './video-create';
import { withLinks } from './video-links';

/** `POST /v1/videos`: admits a video and hands it to its job. Refusals are answered here and now. */
export async function createVideo(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  callId: string,
): Promise<Response> {
  const caller = await authenticate(request, env.DB);
  const settings = await recentSettings(env.DB, PLANNED_SETTINGS_MS);
  const { ownHosts } = mediaDeps(
    env,
    (work) => ctx.waitUntil(work),
    settings.settings,
    request.url,
  );
  const { model, task, size } = await countingRefusals(env, ctx, caller, () =>
    readFilm(request, settings.settings, {
      ownHosts,
      own: (url) =>
        withFiles(
          imagesOf(env, ctx, settings.settings, request.url),
          fileDeps(env),
          caller.key.id,
        ).own(url),
    }),
  );
  const { units, charges } = model;
  const ask = askFor(
    { kind: 'video', model, units, charges },
    {
      callId,
      caller,
      settingsVersion: settings.version,
      request,
      stream: false,
      termMs: termMs(settings.settings, 'video'),
    },
  );
  const admitted = await admitCaller(admissionPort(env, ctx), caller, ask);
  if (!admitted.ok) throw refusalError(admitted);
  const { image, ...film } = task;
  const video: NewVideo = {
    id: `video_${callId}`,
    ask,
    lease: admitted.lease,
    model,
    film,
    size,
    ownHosts,
    createdAt: Date.now(),
    totalMs: totalMs(settings.settings, 'video'),
  };
  await handOver({ env, ctx, admitted, video, image });
  return Response.json(videoObject(rowOf(newJob(video))), {
    headers: rateHeaders(admitted.rates),
  });
}

/** `GET /v1/videos`: the key's own jobs, newest first, as the list was last told of them. */
export async function getVideos(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { key } = await readVideoCaller(request, env);
  const query = check(VideoListQuery, Object.fromEntries(new URL(request.url).searchParams));
  const { videos, hasMore } = await listVideos(env.DB, key.id, query);
  const deps = await mediaDepsFor(request, env, ctx);
  return Response.json({
    object: 'list',
    data: await Promise.all(videos.map((row) => withLinks(deps, row))),
    first_id: videos[0]?.id ?? null,
    last_id: videos.at(-1)?.id ?? null,
    has_more: hasMore,
  });
}

/** A job that could not be handed over gives its lease back; should it exist after all, it will see that. */
async function handOver(given: {
  readonly env: Env;
  readonly ctx: ExecutionContext;
  readonly admitted: Admission;
  readonly video: NewVideo;
  readonly image: string | null;
}): Promise<void> {
  const { env, ctx, admitted, video, image } = given;
  try {
    await videoJob(env, video.id).start(video, image);
  } catch (error) {
    logWarning('video_not_handed_over', { video: video.id, error });
    // It may have the job all the same: then it is not to begin it.
    await videoJob(env, video.id)
      .remove()
      .catch(() => undefined);
    const thrown = new AppError('internal', 'The gateway could not begin this video.', {
      cause: error,
    });
    const { callId, attempt } = admitted.lease;
    pushSettlement(admissionPort(env, ctx), {
      callId,
      attempt,
      outcome: 'unused',
      clientEmpty: true,
      record: { status: thrown.status, error: thrown.code, firstPartMs: null, usage: null },
    });
    throw thrown;
  }
}
