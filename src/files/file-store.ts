import type { FileCreate } from '../contract/files';
import { sniffImage } from '../egress/images';
import { AppError } from '../errors';
import { DAY_MS, SECOND_MS } from '../lib/time';
import {
  deleteFileRows,
  type FileRow,
  findFile,
  insertFile,
  markFileStored,
  sumFiles,
} from '../store/files';
import { fileKey, isFileId, newFileId } from './file-id';

/** Where files are kept. */
export interface FileDeps {
  readonly db: D1Database;
  readonly kv: KVNamespace;
  /** Null in an account without R2. */
  readonly bucket: R2Bucket | null;
  /** Larger files go to R2. */
  readonly kvMaxBytes: number;
  readonly now: () => number;
}

/** A form is held in memory while it is read: a Worker has 128 MiB. */
export const MAX_FILE_BYTES = 32 * 1_048_576;
/** Of one key. */
export const MAX_FILES = 10_000;
/** Of one key, all its files together. */
export const MAX_KEY_BYTES = 2_048 * 1_048_576;
const LIFE_MS = 30 * DAY_MS;
const MAX_NAME_CHARS = 255;
const UNKNOWN_TYPE = 'application/octet-stream';

/**
 * Keeps a file for its key.
 * @throws AppError `storage_unavailable` when it is too large for KV and there is no R2, `too_many_files`
 */
export async function storeFile(
  deps: FileDeps,
  keyId: string,
  sent: { readonly filename: string; readonly bytes: Uint8Array<ArrayBuffer> },
  fields: FileCreate,
): Promise<FileRow> {
  const { bytes } = sent;
  const isSmall = bytes.length <= deps.kvMaxBytes;
  if (!isSmall && deps.bucket === null) {
    const why = `Files above ${deps.kvMaxBytes} bytes need R2, which this gateway does not have.`;
    throw new AppError('storage_unavailable', why, {
      param: 'file',
      headers: { 'x-should-retry': 'false' },
    });
  }
  const kept = await sumFiles(deps.db, keyId);
  if (kept.files >= MAX_FILES || kept.bytes + bytes.length > MAX_KEY_BYTES) {
    const most = `${MAX_FILES} files and ${MAX_KEY_BYTES / 1_048_576} MiB`;
    throw new AppError('too_many_files', `A key can keep ${most}: delete some files.`);
  }
  const createdAt = deps.now();
  const lifeS = fields['expires_after[seconds]'];
  const file: FileRow = {
    keyId,
    id: newFileId(createdAt),
    filename: sent.filename.slice(0, MAX_NAME_CHARS),
    purpose: fields.purpose,
    contentType: sniffImage(bytes) ?? UNKNOWN_TYPE,
    sizeBytes: bytes.length,
    place: isSmall ? 'kv' : 'r2',
    createdAt,
    expiresAt: createdAt + (lifeS === undefined ? LIFE_MS : lifeS * SECOND_MS),
  };
  await (isSmall ? putInKv(deps, file, bytes) : putInBucket(deps, file, bytes));
  return file;
}

/** The value first: without a row it ends by itself. */
async function putInKv(deps: FileDeps, file: FileRow, bytes: Uint8Array): Promise<void> {
  const expiration = Math.floor(file.expiresAt / SECOND_MS);
  await deps.kv.put(fileKey(file.id), bytes, { expiration });
  await insertFile(deps.db, file, true);
}

/** The row first: R2 forgets nothing. */
async function putInBucket(deps: FileDeps, file: FileRow, bytes: Uint8Array): Promise<void> {
  await insertFile(deps.db, file, false);
  await deps.bucket?.put(fileKey(file.id), bytes);
  await markFileStored(deps.db, file);
}

/** A file of this key. @throws AppError `file_not_found`, for another key's as well */
export async function readFile(deps: FileDeps, keyId: string, id: string): Promise<FileRow> {
  const file = isFileId(id) ? await findFile(deps.db, keyId, id, deps.now()) : null;
  if (file === null) throw notFound();
  return file;
}

/** @throws AppError `file_not_found` when the bytes are gone. */
export async function openFile(deps: FileDeps, file: FileRow): Promise<ReadableStream<Uint8Array>> {
  const key = fileKey(file.id);
  const body =
    file.place === 'kv'
      ? await deps.kv.get(key, { type: 'stream' })
      : ((await deps.bucket?.get(key))?.body ?? null);
  if (body === null) throw notFound();
  return body;
}

/** Bytes first, then the row: cut short, it can be done again. @throws AppError `file_not_found` */
export async function removeFile(deps: FileDeps, keyId: string, id: string): Promise<void> {
  const file = await readFile(deps, keyId, id);
  if (file.place === 'kv') await deps.kv.delete(fileKey(id));
  else await deps.bucket?.delete(fileKey(id));
  await deleteFileRows(deps.db, [file]);
}

function notFound(): AppError {
  return new AppError('file_not_found', 'There is no file of this id.');
}
