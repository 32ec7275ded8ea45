import * as z from 'zod';
import { openCall } from './call';
import type { GrokRequest } from './grok-request';
import { badRequest } from './grok-refusals';
import { parsed } from './recording';
import { fileUriOf, storeUpload } from './uploads';

const Body = z.looseObject({
  fileName: z.string().min(1),
  fileMimeType: z.string().min(1),
  content: z.base64().min(1),
});

/** `POST /rest/app-chat/upload-file`: base64 in JSON, whatever the content type says. */
export async function uploadFile({ stage, credential, bodyText }: GrokRequest): Promise<Response> {
  const body = Body.safeParse(parsed(bodyText));
  if (!body.success) {
    const call = await openCall(stage, { credential, bodyText });
    return call.answer(badRequest('Invalid file'));
  }
  const id = crypto.randomUUID();
  const call = await openCall(stage, { credential, bodyText, newFile: id });
  const { fileName: name, fileMimeType: mime, content } = body.data;
  const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
  await storeUpload(stage.env, { id, credential, name, mime, bytes });
  return call.answer(Response.json({ fileMetadataId: id, fileUri: fileUriOf(credential, id) }));
}
