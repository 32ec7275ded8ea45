import * as z from 'zod';
import { assetIdAt } from './assets-made';
import { openCall } from './call';
import { badRequest } from './grok-refusals';
import type { GrokRequest } from './grok-request';
import { userIdOf } from './grok-user';
import { parsed } from './recording';

const Create = z.union([
  z.looseObject({
    mediaType: z.literal('MEDIA_POST_TYPE_VIDEO'),
    prompt: z.string().min(1),
    mediaUrl: z.optional(z.undefined()),
  }),
  z.looseObject({ mediaType: z.literal('MEDIA_POST_TYPE_IMAGE'), mediaUrl: z.string().min(1) }),
]);
const Link = z.looseObject({ postId: z.string().min(1) });

/** `POST /rest/media/post/create`: a post of a prompt or of the account's own file. Its id is known from now on. */
export async function createPost(grok: GrokRequest): Promise<Response> {
  const { stage, credential, bodyText } = grok;
  const body = Create.safeParse(parsed(bodyText));
  const mediaUrl = body.success ? body.data.mediaUrl : undefined;
  const fileId = mediaUrl === undefined ? null : assetIdAt(credential, mediaUrl);
  if (!body.success || (mediaUrl !== undefined && fileId === null)) {
    const call = await openCall(stage, { credential, bodyText });
    return call.answer(badRequest('Invalid media post'));
  }
  const id = crypto.randomUUID();
  const files = fileId === null ? [] : [fileId];
  const call = await openCall(stage, { credential, bodyText, files, newFile: id });
  if (call.reply.verdict === 'unknown_file') return call.answer(badRequest('Unknown media'));
  const { mediaType } = body.data;
  const createTime = new Date().toISOString();
  return call.answer(
    Response.json({
      post: { id, userId: userIdOf(credential), createTime, mediaType, mediaUrl: mediaUrl ?? '' },
    }),
  );
}

/** `POST /rest/media/post/create-link`: a post is shared. */
export async function linkPost(grok: GrokRequest): Promise<Response> {
  const { stage, credential, bodyText } = grok;
  const body = Link.safeParse(parsed(bodyText));
  const files = body.success ? [body.data.postId] : [];
  const call = await openCall(stage, { credential, bodyText, files });
  const isKnown = body.success && call.reply.verdict !== 'unknown_file';
  if (!body.success || !isKnown) return call.answer(badRequest('Unknown post'));
  return call.answer(
    Response.json({ shareLink: `https://grok.com/imagine/post/${body.data.postId}` }),
  );
}
