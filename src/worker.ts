import { runCron } from './cron/dispatch';
import type { JsonReply } from './http/reply';
import { serve } from './http/serve';
import { newCallId } from './lib/ids';
import { consumeQueue } from './queue/dispatch';
import { isForAnyPage, route } from './router';

export { ImagineSession } from '../objects/imagine-session';
export { MediaFill } from '../objects/media-fill';
export { MediaPurge } from '../objects/media-purge';
export { TokenPool } from '../objects/token-pool';
export { VideoJob } from '../objects/video-job';
export { ProbeRunner } from './cron/probe-runner';

export default {
  fetch(request, env, ctx) {
    const requestId = newCallId();
    const handle = (): Promise<Response | JsonReply> => route(request, env, ctx, requestId);
    return serve(requestId, handle, isForAnyPage(request.url));
  },
  queue: consumeQueue,
  scheduled: runCron,
} satisfies ExportedHandler<Env>;
