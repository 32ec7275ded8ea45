import type { MediaKind } from '../contract/media';
import { AppError } from '../errors';
import { toBase64Url, utf8, randomToken } from '../lib/digest';
import { deleteMedia, findMedia, type MediaRow, putMedia } from '../store/media';
import { isCacheableName, type MediaAsset, mediaName, nameAsset } from './asset';
import { rememberCached } from './cache';
import type { MediaDeps } from './deps';
import { mediaExpiry } from './expiry';
import { MAX_OBJECT_BYTES, MAX_UPLOAD_BYTES } from './limits';
import { cachedLink } from './links';
import { partKeys, PartWriter } from './parts';
import { isServedType, mediaType } from './types';

const ETAG_BYTES = 12;

/** An object to be stored; `sizeBytes` is null until its end when upstream does not tell it. */
export interface Plan extends Omit<MediaRow, 'sizeBytes' | 'readAt'> {
  readonly sizeBytes: number | null;
  /** Beyond this it is not stored. */
  readonly maxBytes: number;
}

/** Takes an object's bytes in order. One of `finish` and `abandon` ends it. */
export interface ObjectWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the object known. */
  finish(sizeBytes: number): Promise<MediaRow>;
  abandon(): Promise<void>;
}

/** What to store an upstream object as; null when it is too large for any place there is. */
export async function describe(
  deps: MediaDeps,
  name: string,
  kind: MediaKind,
  upstream: {
    readonly sizeBytes: number | null;
    readonly contentType: string | null;
    readonly validator: string | null;
  },
  head: Uint8Array,
): Promise<Plan | null> {
  const { sizeBytes, validator } = upstream;
  const isSmall = (sizeBytes ?? 0) <= deps.kvMaxBytes;
  if (!isSmall && deps.files === null) return null;
  const now = deps.now();
  return {
    name,
    kind,
    place: isSmall ? 'kv' : 'r2',
    maxBytes: isSmall ? deps.kvMaxBytes : MAX_OBJECT_BYTES,
    contentType: mediaType(kind, upstream.contentType, head),
    sizeBytes,
    etag: (await etagOf(name, sizeBytes, validator)) ?? randomToken(ETAG_BYTES),
    createdAt: now,
    expiresAt: mediaExpiry(now, deps.zone),
  };
}

/**
 * The tag of one version of an object: the same after a refill if upstream says that it is the same.
 * Null when upstream has no strong word for it.
 */
export async function etagOf(
  name: string,
  sizeBytes: number | null,
  validator: string | null,
): Promise<string | null> {
  if (validator === null || sizeBytes === null) return null;
  const text = utf8(`${name}\n${sizeBytes}\n${validator}`);
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', text), 0, ETAG_BYTES));
}

export function newWriter(deps: MediaDeps, plan: Plan): ObjectWriter {
  return plan.place === 'kv' ? kvWriter(deps, plan) : r2Writer(deps, plan);
}

/** Parts first, then the row: a part without a row ends with the day by itself. */
function kvWriter(deps: MediaDeps, plan: Plan): ObjectWriter {
  const parts = new PartWriter(deps.kv, plan, plan.sizeBytes);
  return {
    write: (chunk) => parts.write(chunk),
    abandon: () => parts.abandon(),
    async finish(sizeBytes) {
      await parts.finish();
      return await publish(deps, plan, sizeBytes);
    },
  };
}

/** The row first, marked unfinished: R2 forgets nothing, so nothing may be there that no row knows. */
function r2Writer(deps: MediaDeps, plan: Plan): ObjectWriter {
  const { readable, writable } = new FixedLengthStream(plan.sizeBytes ?? 0);
  const writer = writable.getWriter();
  // Told by `write` and `close` as well.
  writer.closed.catch(() => undefined);
  const put = putMedia(deps.db, rowOf({ ...plan, etag: '' }, plan.sizeBytes ?? 0)).then(() =>
    deps.files?.put(plan.name, readable, { customMetadata: { etag: plan.etag } }),
  );
  // Its failure is thrown where it is waited for.
  put.catch((thrown: unknown) => writer.abort(thrown).catch(() => undefined));
  return {
    write: (chunk) => writer.write(chunk),
    async abandon() {
      await writer.abort().catch(() => undefined);
      await put.catch(() => undefined);
      // An older object may be under the same key, and this one if its row could not be published.
      await deps.files?.delete(plan.name);
      await deleteMedia(deps.db, plan);
    },
    async finish(sizeBytes) {
      await writer.close();
      await put;
      return await publish(deps, plan, sizeBytes);
    },
  };
}

/** Writes the row that makes an object readable; what an earlier fill left behind goes. */
async function publish(deps: MediaDeps, plan: Plan, sizeBytes: number): Promise<MediaRow> {
  const row = rowOf(plan, sizeBytes);
  const older = await findMedia(deps.db, row.name);
  // R2 forgets nothing: what was there goes before its row is replaced by one of KV.
  if (older?.place === 'r2' && row.place === 'kv') await deps.files?.delete(row.name);
  await putMedia(deps.db, row);
  rememberCached(row, deps.now());
  if (older?.place === 'kv' && older.expiresAt > deps.now()) {
    const kept = new Set(row.place === 'kv' ? partKeys(row) : []);
    const surplus = partKeys(older).filter((key) => !kept.has(key));
    const removed = surplus.map((key) => deps.kv.delete(key));
    deps.waitUntil(Promise.allSettled(removed));
  }
  return row;
}

function rowOf({ maxBytes: _, ...plan }: Plan, sizeBytes: number): MediaRow {
  return { ...plan, sizeBytes, readAt: plan.createdAt };
}

/** Puts an object into the cache that came by another way, such as with an Imagine event. */
export async function storeMedia(
  deps: MediaDeps,
  asset: MediaAsset,
  bytes: Uint8Array,
  contentType: string,
): Promise<void> {
  const named = nameAsset(asset.kind, asset.url);
  if (named === null || !isCacheableName(mediaName(named))) return;
  const facts = { sizeBytes: bytes.length, contentType, validator: await digest(bytes) };
  const plan = await describe(deps, mediaName(named), named.kind, facts, bytes);
  if (plan !== null) await writeWhole(deps, plan, bytes);
}

/** Where an upload is. */
export interface Uploaded {
  /** `upload-<uuid>.png`. */
  readonly name: string;
  /** Works by itself until it expires. */
  readonly url: string;
  readonly sizeBytes: number;
}

const EXTENSIONS: ReadonlyMap<string, string> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpg'],
  ['image/webp', 'webp'],
  ['image/gif', 'gif'],
]);

/** Most bytes of one upload. */
export function maxUploadBytes({ kvMaxBytes }: Pick<MediaDeps, 'kvMaxBytes'>): number {
  return Math.min(MAX_UPLOAD_BYTES, kvMaxBytes);
}

/**
 * Keeps a caller's picture until the next local midnight. Its type is told by its first bytes.
 * @throws AppError `unsupported_file`, `file_too_large`
 */
export async function storeUpload(deps: MediaDeps, bytes: Uint8Array): Promise<Uploaded> {
  const type = mediaType('image', null, bytes);
  const extension = EXTENSIONS.get(type);
  if (extension === undefined || !isServedType(type)) {
    throw new AppError('unsupported_file', 'The file is not a PNG, JPEG, WebP or GIF picture.', {
      param: 'file',
    });
  }
  const maxBytes = maxUploadBytes(deps);
  if (bytes.length > maxBytes) {
    throw new AppError('file_too_large', `The file is larger than ${maxBytes} bytes.`, {
      param: 'file',
    });
  }
  const file = `upload-${crypto.randomUUID()}.${extension}`;
  const facts = { sizeBytes: bytes.length, contentType: type, validator: null };
  const plan = await describe(deps, `image/${file}`, 'image', facts, bytes);
  if (plan !== null) await writeWhole(deps, plan, bytes);
  return { name: file, url: await cachedLink(deps, `image/${file}`), sizeBytes: bytes.length };
}

async function writeWhole(deps: MediaDeps, plan: Plan, bytes: Uint8Array): Promise<void> {
  const writer = newWriter(deps, plan);
  await writer.write(bytes);
  await writer.finish(bytes.length);
}

async function digest(bytes: Uint8Array): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}
