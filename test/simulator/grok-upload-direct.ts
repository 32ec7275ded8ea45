import { openCall } from './call';
import type { GrokRequest } from './grok-request';
import { badRequest } from './grok-refusals';
import { fileUriOf, storeUpload } from './uploads';

const IMAGINE_SOURCE = 'IMAGINE_SELF_UPLOAD_FILE_SOURCE';

/** `POST /http/upload-file-v2/direct`: one file in a form; `file_source` names Imagine or is left out. */
export async function uploadDirect({ stage, credential, script }: GrokRequest): Promise<Response> {
  const form = await stage.request.formData().catch(() => null);
  const file = form?.get('file') ?? null;
  const source = form?.get('file_source') ?? null;
  const isFile = file instanceof File && file.size > 0 && file.type !== '';
  const bodyText = JSON.stringify({
    fields: form === null ? [] : [...form.keys()],
    fileSource: source,
    file: isFile ? { name: file.name, type: file.type, bytes: file.size } : null,
  });
  if (!isFile || (source !== null && source !== IMAGINE_SOURCE)) {
    const call = await openCall(stage, { credential, bodyText });
    return call.answer(badRequest('Invalid file'));
  }
  const uploadId = crypto.randomUUID();
  if (script.has('terminalerror')) {
    const call = await openCall(stage, { credential, bodyText });
    const terminalError = { code: 'UNSUPPORTED_FILE', message: 'The file cannot be read.' };
    return call.answer(Response.json({ uploadId, terminalError, fileMetadata: null }));
  }
  const isLate = script.has('uploadidonly');
  const id = isLate ? uploadId : crypto.randomUUID();
  const call = await openCall(stage, { credential, bodyText, newFile: id });
  const bytes = new Uint8Array(await file.arrayBuffer());
  await storeUpload(stage.env, { id, credential, name: file.name, mime: file.type, bytes });
  const fileMetadata = isLate
    ? null
    : { fileMetadataId: id, fileId: id, fileUri: fileUriOf(credential, id) };
  return call.answer(Response.json({ uploadId, terminalError: null, fileMetadata }));
}
