import { Router } from 'itty-router';
import { AppError } from './errors';
import { serveAsset } from './http/assets';
import { preflight } from './http/cors';
import type { JsonReply } from './http/reply';
import { adminRouter } from './routes/admin/routes';
import { getHealth } from './routes/health';
import { legacyRouter } from './routes/legacy/routes';
import { getMedia } from './routes/media';
import { chatCompletions } from './routes/v1/chat-completions';
import { editImages } from './routes/v1/images-edits';
import { generateImages } from './routes/v1/images-generations';
import { getImageMethod } from './routes/v1/images-method';
import * as imagine from './routes/v1/imagine';
import * as files from './routes/v1/files';
import { getKey } from './routes/v1/key';
import { getModel, getModels } from './routes/v1/models';
import { uploadImage } from './routes/v1/upload-image';
import { getVideo, removeVideo } from './routes/v1/video';
import { getVideoContent } from './routes/v1/video-content';
import { createVideo, getVideos } from './routes/v1/videos';

/** What every handler is given besides the request; the last is the request's id. */
export type HandlerArgs = [env: Env, ctx: ExecutionContext, requestId: string];

/** A request whose path has been read. */
export type RoutedRequest = Request & { readonly params: Readonly<Record<string, string>> };

/** The URL map. `/v1/*` is also served under `/api/v1/*`. */
const router = Router<RoutedRequest, HandlerArgs>();
router.post('/v1/chat/completions', chatCompletions);
router.get('/v1/models', getModels);
router.get('/v1/models/:id+', getModel);
router.get('/v1/images/method', getImageMethod);
router.post('/v1/images/generations', generateImages);
router.post('/v1/images/edits', editImages);
router.get('/v1/images/imagine/ws', imagine.attachSocket);
router.get('/v1/images/imagine/sse', imagine.attachStream);
router.post('/v1/images/imagine/ticket', imagine.issueTicket);
router.post('/v1/images/imagine/start', imagine.start);
router.post('/v1/images/imagine/stop', imagine.stop);
// The path of earlier versions: below the admin API, but by an API key's right.
router.get('/api/v1/admin/imagine/ws', imagine.attachSocket);
router.get('/v1/key', getKey);
router.post('/v1/videos', createVideo);
router.get('/v1/videos', getVideos);
router.get('/v1/videos/:id', getVideo);
router.delete('/v1/videos/:id', removeVideo);
router
  .get('/v1/videos/:id/content', getVideoContent)
  .head('/v1/videos/:id/content', getVideoContent);
router.post('/v1/uploads/image', uploadImage);
for (const path of ['/images/*', '/videos/*', '/v1/files/image/*', '/v1/files/video/*']) {
  router.get(path, getMedia).head(path, getMedia).options(path, preflight);
}
router.post('/v1/files', files.createFile);
router.get('/v1/files', files.getFiles);
router.get('/v1/files/:id', files.getFile);
router.delete('/v1/files/:id', files.deleteFile);
router.get('/v1/files/:id/content', files.getFileContent);
router.get('/health', getHealth);
router.get('/manage', toTokens);
router.all('/api/v1/admin/*', (request, env, ctx) => adminRouter.fetch(request, env, ctx));
router.all('/api/*', (request, env, ctx) => legacyRouter.fetch(request, env, ctx));
router.all('*', fallback);

/** Nearly every request: found without taking its address apart, which costs more than the rest of the way. */
const CHAT = /^https?:\/\/[^/]+(\/api)?\/v1\/chat\/completions$/;
const PUBLIC = /^https?:\/\/[^/]+(\/api)?\/v1(\/|$)/;
const MEDIA = /^https?:\/\/[^/]+\/(images|videos)\//;
const UNDER_API = /^https?:\/\/[^/]+\/api\//;
const ADMIN = /^https?:\/\/[^/]+\/api\/v1\/admin(\/|$)/;

/** Whether an address belongs to the API that any page may call. */
export function isPublicApi(url: string): boolean {
  return PUBLIC.test(url) && !ADMIN.test(url);
}

/** Whether any page may read the answers of an address, its errors too. */
export function isForAnyPage(url: string): boolean {
  return isPublicApi(url) || MEDIA.test(url);
}

/** Finds the handler of a request and runs it. @throws whatever the handler throws. */
export async function route(request: Request, ...args: HandlerArgs): Promise<Response | JsonReply> {
  const { method, url } = request;
  if (method === 'POST' && CHAT.test(url)) return chatCompletions(request, ...args);
  if (!isPublicApi(url)) return router.fetch(request, ...args);
  if (method === 'OPTIONS') return preflight(request);
  return router.fetch(underV1(request), ...args);
}

/** The same request under the path that the map knows. */
function underV1(request: Request): Request {
  if (!UNDER_API.test(request.url)) return request;
  const url = new URL(request.url);
  url.pathname = url.pathname.slice('/api'.length);
  return new Request(url, request);
}

/** No handler: a method that the path does not know, a panel file, or nothing. */
async function fallback(request: RoutedRequest, env: Env): Promise<Response> {
  const { pathname } = new URL(request.url);
  const methods = methodsOf(pathname);
  if (methods.length > 0) {
    throw new AppError('method_not_allowed', `${pathname} does not answer ${request.method}.`, {
      headers: { allow: methods.join(', ') },
    });
  }
  const asset = await serveAsset(request, env.ASSETS);
  if (asset !== null) return asset;
  throw new AppError('not_found', 'There is nothing at this address.');
}

/** Every route there is, as `[method, pattern]`; what is only handed on is left out. */
export function allRoutes(): readonly (readonly [method: string, pattern: string])[] {
  return [router, adminRouter, legacyRouter]
    .flatMap(({ routes }) => routes)
    .filter(([method]) => method !== 'ALL')
    .map(([method, , , pattern]) => [method, pattern ?? '']);
}

function methodsOf(pathname: string): string[] {
  const methods = new Set<string>();
  for (const [method, pattern] of [...router.routes, ...legacyRouter.routes]) {
    if (method !== 'ALL' && pattern.test(pathname)) methods.add(method);
  }
  return [...methods];
}

/** The page of an earlier panel. */
function toTokens(request: RoutedRequest): Response {
  return Response.redirect(new URL('/admin/token', request.url).href, 302);
}
