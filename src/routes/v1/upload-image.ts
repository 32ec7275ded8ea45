import { authenticateFresh } from '../../auth/api-key';
import { AppError } from '../../errors';
import { readFiles } from '../../http/multipart';
import { maxUploadBytes, storeUpload } from '../../media/write';
import { mediaDepsFor } from '../media';
import { admitUpload, spendUpload } from './upload-admission';

/** What a form has around its file. */
const FORM_BYTES = 65_536;

/**
 * `POST /v1/uploads/image`: keeps the picture in the field `file` until local midnight.
 * @throws AppError `unsupported_file`, `file_too_large`, `rpm_exceeded`, `upload_budget_exceeded`
 */
export async function uploadImage(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const caller = await authenticateFresh(request, env.DB);
  const headers = await admitUpload(request, env, ctx, caller);
  const deps = await mediaDepsFor(request, env, ctx);
  const maxFileBytes = maxUploadBytes(deps);
  const { files } = await readFiles(request, {
    maxFiles: 1,
    maxFileBytes,
    maxTotalBytes: maxFileBytes + FORM_BYTES,
  });
  const file = files.find(({ name }) => name === 'file');
  if (file === undefined) {
    throw new AppError('invalid_request', 'The form has no file in its field "file".', {
      param: 'file',
    });
  }
  await spendUpload(env, ctx, caller, { bytes: file.bytes.length, zone: deps.zone });
  const { url, name, sizeBytes } = await storeUpload(deps, file.bytes);
  return Response.json({ url, name, size_bytes: sizeBytes }, { headers });
}
