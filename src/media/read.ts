import type { MediaKind } from '../contract/media';
import { AppError } from '../errors';
import { readBytes } from '../lib/read-bytes';
import { isUpload, type MediaAsset, type StoredUpload } from './asset';
import { findCached, openCached } from './cache';
import type { MediaDeps } from './deps';
import { fillMedia, nameOf } from './fill';
import { MAX_PICTURE_BYTES } from './limits';
import { mediaType } from './types';
import { gone, openUpstream, type UpstreamMedia } from './upstream';

/**
 * Reads a picture or video whole, through the cache. Pictures above 32 MiB are refused whatever the limit.
 * @throws AppError `media_gone`, `media_busy`, `file_too_large`, and as upstream fails
 */
export async function readMedia(
  deps: MediaDeps,
  media: MediaAsset | StoredUpload,
  maxBytes: number,
): Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly mime: string }> {
  const { body, mime } = await openWhole(deps, media);
  const limit = media.kind === 'image' ? Math.min(maxBytes, MAX_PICTURE_BYTES) : maxBytes;
  const { bytes, whole } = await readBytes(body, limit);
  if (whole && bytes.length <= limit) return { bytes, mime };
  throw new AppError('file_too_large', `A file is larger than ${limit} bytes.`);
}

interface Whole {
  readonly body: ReadableStream<Uint8Array>;
  readonly mime: string;
}

async function openWhole(deps: MediaDeps, media: MediaAsset | StoredUpload): Promise<Whole> {
  const cached = await cachedWhole(deps, isUpload(media) ? media.upload : nameOf(media));
  if (cached !== null) return cached;
  if (isUpload(media)) throw gone();
  const filled = await fillMedia(deps, media);
  switch (filled.kind) {
    case 'cached': {
      const whole = await cachedWhole(deps, filled.row.name);
      return whole ?? throughWhole(media.kind, await openUpstream(deps, media, null));
    }
    case 'live':
      return { body: filled.body, mime: filled.head.contentType };
    case 'through':
      return throughWhole(media.kind, filled.upstream);
  }
}

function throughWhole(kind: MediaKind, { body, contentType }: UpstreamMedia): Whole {
  return { body, mime: mediaType(kind, contentType, new Uint8Array()) };
}

async function cachedWhole(deps: MediaDeps, name: string): Promise<Whole | null> {
  const row = await findCached(deps, name);
  const body = row === null ? null : await openCached(deps, row);
  return row === null || body === null ? null : { body, mime: row.contentType };
}
