import { authenticateFresh } from '../../auth/api-key';
import { FileCreate, FileListQuery, type FileObject } from '../../contract/files';
import { AppError } from '../../errors';
import { fileDeps } from '../../files/file-deps';
import { MAX_FILE_BYTES, openFile, readFile, removeFile, storeFile } from '../../files/file-store';
import { check } from '../../http/body';
import { readFiles } from '../../http/multipart';
import { unixSeconds } from '../../lib/time';
import { type FileRow, listFiles } from '../../store/files';
import { mediaDepsFor } from '../media';
import { admitUpload, spendUpload } from './upload-admission';

/** A request whose path names a file. */
type FileRequest = Request & { readonly params: Readonly<Record<string, string>> };

/** What a form has around its file. */
const FORM_BYTES = 65_536;

/**
 * `POST /v1/files {file, purpose}`: keeps a file for its key, 30 days unless the form says less.
 * @throws AppError `file_too_large`, `storage_unavailable`, `too_many_files`, `rpm_exceeded`,
 * `upload_budget_exceeded`
 */
export async function createFile(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const caller = await authenticateFresh(request, env.DB);
  const headers = await admitUpload(request, env, ctx, caller);
  const { zone } = await mediaDepsFor(request, env, ctx);
  const { files, fields } = await readFiles(request, {
    maxFiles: 1,
    maxFileBytes: MAX_FILE_BYTES,
    maxTotalBytes: MAX_FILE_BYTES + FORM_BYTES,
  });
  const file = files.find(({ name }) => name === 'file');
  if (file === undefined || file.bytes.length === 0) {
    const message = 'The form has no file in its field "file", or an empty one.';
    throw new AppError('invalid_request', message, { param: 'file' });
  }
  const sent = { filename: file.filename, bytes: file.bytes };
  const create = check(FileCreate, Object.fromEntries(fields));
  await spendUpload(env, ctx, caller, { bytes: file.bytes.length, zone });
  const stored = await storeFile(fileDeps(env), caller.key.id, sent, create);
  return Response.json(fileObject(stored), { headers });
}

/** `GET /v1/files?after&limit&order&purpose`: the key's own files. */
export async function getFiles(request: Request, env: Env): Promise<Response> {
  const { key } = await authenticateFresh(request, env.DB);
  const query = check(FileListQuery, Object.fromEntries(new URL(request.url).searchParams));
  const { files, hasMore } = await listFiles(env.DB, {
    keyId: key.id,
    purpose: query.purpose ?? null,
    after: query.after ?? null,
    isNewestFirst: query.order === 'desc',
    limit: query.limit,
    now: Date.now(),
  });
  return Response.json({
    object: 'list',
    data: files.map(fileObject),
    first_id: files[0]?.id ?? null,
    last_id: files.at(-1)?.id ?? null,
    has_more: hasMore,
  });
}

/** `GET /v1/files/:id` */
export async function getFile(request: FileRequest, env: Env): Promise<Response> {
  return Response.json(fileObject(await ownFile(request, env)));
}

/** `GET /v1/files/:id/content`: always a download, of no type that a browser would run. */
export async function getFileContent(request: FileRequest, env: Env): Promise<Response> {
  const file = await ownFile(request, env);
  const body = await openFile(fileDeps(env), file);
  const fixed = new FixedLengthStream(file.sizeBytes);
  // Either side may leave; whoever reads the response sees it.
  void body.pipeTo(fixed.writable).catch(() => undefined);
  return new Response(fixed.readable, {
    headers: {
      'content-type': file.contentType,
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.filename.toWellFormed())}`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  });
}

/** `DELETE /v1/files/:id` */
export async function deleteFile(request: FileRequest, env: Env): Promise<Response> {
  const { key } = await authenticateFresh(request, env.DB);
  const id = idOf(request);
  await removeFile(fileDeps(env), key.id, id);
  return Response.json({ id, object: 'file', deleted: true });
}

async function ownFile(request: FileRequest, env: Env): Promise<FileRow> {
  const { key } = await authenticateFresh(request, env.DB);
  return readFile(fileDeps(env), key.id, idOf(request));
}

function idOf({ params }: FileRequest): string {
  return params['id'] ?? '';
}

function fileObject(file: FileRow): FileObject {
  return {
    id: file.id,
    object: 'file',
    bytes: file.sizeBytes,
    created_at: unixSeconds(file.createdAt),
    expires_at: unixSeconds(file.expiresAt),
    filename: file.filename,
    purpose: file.purpose,
    status: 'processed',
  };
}
