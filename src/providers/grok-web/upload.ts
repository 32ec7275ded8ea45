import { AppError } from '../../errors';
import { ProviderError, type Attempt } from '../provider';
import { asUnused } from './faults';
import { imageOfDataUri } from './image-data';
import { sendEncoded, sendMultipart, type LoadedImage, type UploadedAsset } from './upload-wire';

export type { UploadedAsset } from './upload-wire';

const CONCURRENT_UPLOADS = 5;

/** What a file is uploaded for: to be spoken of in a chat, or to be edited or filmed. */
export type UploadPurpose = 'chat' | 'imagine';

/** Ids of the images of a chat, for its attachments. As `uploadAssets`. */
export async function uploadImages(attempt: Attempt, urls: readonly string[]): Promise<string[]> {
  return (await uploadAssets(attempt, urls, 'chat')).map(({ id }) => id);
}

/**
 * Uploads the images of a request in the dialect of its model, at most five at once. The first
 * failure ends the others.
 *
 * A failure counts as a call that was never sent, because nothing was begun; only what upstream
 * says about the credential or the caller's image keeps its own outcome.
 *
 * @param urls `data:` URIs and https URLs.
 * @returns the files of the account, in the order given.
 * @throws ProviderError, or AppError for an image that cannot be used.
 */
export async function uploadAssets(
  attempt: Attempt,
  urls: readonly string[],
  purpose: UploadPurpose,
): Promise<readonly UploadedAsset[]> {
  if (urls.length === 0) return [];
  const stop = new AbortController();
  const signal = AbortSignal.any([attempt.signal, stop.signal]);
  const assets: UploadedAsset[] = [];
  const waiting = urls.entries();
  const work = async () => {
    for (const [index, url] of waiting) {
      assets[index] = await uploadOne({ ...attempt, signal }, url, purpose);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(CONCURRENT_UPLOADS, urls.length) }, work));
    return assets;
  } catch (thrown) {
    stop.abort(thrown);
    throw attempt.signal.aborted ? attempt.signal.reason : thrown;
  }
}

async function uploadOne(
  attempt: Attempt,
  url: string,
  purpose: UploadPurpose,
): Promise<UploadedAsset> {
  const image = await loadImage(attempt, url, purpose === 'chat' ? 'messages' : 'image');
  attempt.signal.throwIfAborted();
  try {
    return attempt.model.dialect === 'gateway'
      ? await sendMultipart(attempt, image, purpose === 'imagine')
      : await sendEncoded(attempt, image);
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    throw thrown.outcome === 'faulty' ? asUnused(thrown) : thrown;
  }
}

async function loadImage(attempt: Attempt, url: string, param: string): Promise<LoadedImage> {
  if (/^data:/i.test(url)) return imageOfDataUri(url, param);
  if (!/^(https?:|file-)/i.test(url)) {
    throw new AppError('invalid_image', 'An image must be a data URI or an https URL.', { param });
  }
  return attempt.fetchImage(url, attempt.signal);
}
