import { deleteAsset, listAssets } from './assets-list';
import { openCall } from './call';
import type { Stage } from './call';
import { scriptOf } from './faults';
import { chat } from './grok-chat';
import { gateway } from './grok-gateway';
import { imagine } from './grok-imagine';
import { imagineQuota } from './grok-imagine-quota';
import { rateLimits } from './grok-limits';
import { createPost, linkPost } from './grok-posts';
import { gateRefusal, unknownPath } from './grok-refusals';
import type { GrokRequest } from './grok-request';
import { authSession } from './grok-session';
import { uploadFile } from './grok-upload';
import { uploadDirect } from './grok-upload-direct';
import { upscale } from './grok-video';
import { cookiesOf } from './recording';

const ROUTES: Readonly<Record<string, (request: GrokRequest) => Promise<Response>>> = {
  'POST /rest/app-chat/conversations/new': chat,
  'POST /rest/rate-limits': rateLimits,
  'POST /rest/app-chat/upload-file': uploadFile,
  'POST /http/upload-file-v2/direct': uploadDirect,
  'GET /api/auth/session': authSession,
  'GET /ws/mgw/': gateway,
  'POST /rest/media/imagine/quota_info': imagineQuota,
  'GET /ws/imagine/listen': imagine,
  'POST /rest/media/post/create': createPost,
  'POST /rest/media/post/create-link': linkPost,
  'POST /rest/media/video/upscale': upscale,
  'GET /rest/assets': listAssets,
  'DELETE /rest/assets-metadata/{id}': deleteAsset,
};

/** Where the site does without `x-statsig-id`. */
const WITHOUT_STATSIG: ReadonlySet<string> = new Set([
  'POST /http/upload-file-v2/direct',
  'GET /api/auth/session',
  'GET /ws/mgw/',
  'GET /ws/imagine/listen',
]);

/** Plays grok.com: the routes above. Everything else is 404. */
export async function playGrok(stage: Stage): Promise<Response> {
  const { request, url } = stage;
  const credential = cookiesOf(request.headers).get('sso') ?? '';
  const script = scriptOf(credential);
  const asked = `${request.method} ${url.pathname.replace(/^(\/rest\/assets-metadata\/)[^/]+$/, '$1{id}')}`;
  const route = ROUTES[asked];
  // A form is read by its route: as text its bytes would be lost.
  const isForm = (request.headers.get('content-type') ?? '').startsWith('multipart/');
  const bodyText = isForm ? '' : await request.text();
  const refusal =
    gateRefusal(credential, script, request.headers, !WITHOUT_STATSIG.has(asked)) ??
    (route === undefined ? unknownPath() : null);
  if (route === undefined || refusal !== null) {
    const call = await openCall(stage, { credential, bodyText });
    await call.wait(script.slowHeadMs);
    return call.answer(refusal ?? unknownPath());
  }
  return route({ stage, credential, script, bodyText });
}
