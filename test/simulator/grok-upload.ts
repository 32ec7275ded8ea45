import * as z from 'zod';
import { openCall } from './call';
import type { GrokRequest } from './grok-request';
import { badRequest } from './grok-refusals';
import { parsed } from './recording';

const Body = z.looseObject({
  fileName: z.string().min(1),
  fileMimeType: z.string().min(1),
  content: z.base64().min(1),
});

/** The one account every played session belongs to, as far as asset paths tell. */
export const USER_ID = '7a000000-0000-4000-8000-0000000000a1';

/** `POST /rest/app-chat/upload-file`: base64 in JSON, whatever the content type says. */
export async function uploadFile({ stage, credential, bodyText }: GrokRequest): Promise<Response> {
  const body = Body.safeParse(parsed(bodyText));
  if (!body.success) {
    const call = await openCall(stage, { credential, bodyText });
    return call.answer(badRequest('Invalid file'));
  }
  const id = crypto.randomUUID();
  const call = await openCall(stage, { credential, bodyText, newFile: id });
  return call.answer(
    Response.json({ fileMetadataId: id, fileUri: `users/${USER_ID}/${id}/content` }),
  );
}
