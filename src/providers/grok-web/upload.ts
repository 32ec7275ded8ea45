import { aboutImage, AppError } from '../../errors';
import { Gate } from '../../lib/gate';
import { ProviderError, type Attempt, type Original } from '../provider';
import { asUnused } from './faults';
import { imageOfDataUri } from './image-data';
import { sendEncoded, sendMultipart, type LoadedImage, type UploadedAsset } from './upload-wire';

export type { UploadedAsset } from './upload-wire';

const CONCURRENT_UPLOADS = 5;
/** Pictures that are fetched at once: how large they are is known only afterwards. */
const CONCURRENT_READS = 2;
/** Of all pictures of a request. A Worker has 128 MiB for everything, and a file is sent as a copy. */
const MAX_TOTAL_BYTES = 32 * 1_048_576;
/** Of the files that are sent at once. */
const SENT_AT_ONCE_BYTES = 12 * 1_048_576;

/** What a file is uploaded for: to be spoken of in a chat, or to be edited or filmed. */
export type UploadPurpose = 'chat' | 'imagine';

/** Ids of the images of a chat, for its attachments. As `uploadAssets`. */
export async function uploadImages(attempt: Attempt, urls: readonly string[]): Promise<string[]> {
  return (await uploadAssets(attempt, urls, 'chat')).map(({ id }) => id);
}

/**
 * Uploads the images of a request in the dialect of its model, at most five at once, large ones one after
 * the other. The first failure ends the others.
 *
 * A failure counts as a call that was never sent, because nothing was begun; only what upstream
 * says about the credential or the caller's image keeps its own outcome.
 *
 * @returns the files of the account, in the order given.
 * @throws ProviderError, or AppError for an image that cannot be used.
 */
export async function uploadAssets(
  attempt: Attempt,
  originals: readonly Original[],
  purpose: UploadPurpose,
): Promise<readonly UploadedAsset[]> {
  if (originals.length === 0) return [];
  const stop = new AbortController();
  const signal = AbortSignal.any([attempt.signal, stop.signal]);
  const uploads = new Uploads({ ...attempt, signal }, purpose, originals.length);
  const assets: UploadedAsset[] = [];
  const waiting = originals.entries();
  const work = async () => {
    for (const [index, original] of waiting) {
      assets[index] = await uploads.one(original, index);
      attempt.onStep?.();
    }
  };
  try {
    const workers = Math.min(CONCURRENT_UPLOADS, originals.length);
    await Promise.all(Array.from({ length: workers }, work));
    return assets;
  } catch (thrown) {
    stop.abort(thrown);
    throw attempt.signal.aborted ? attempt.signal.reason : thrown;
  }
}

/** The uploads of one request: what they have in common is how much memory they may take. */
class Uploads {
  readonly #attempt: Attempt;
  readonly #purpose: UploadPurpose;
  readonly #param: 'messages' | 'image';
  readonly #count: number;
  readonly #reads = new Gate(CONCURRENT_READS);
  readonly #sends = new Gate(SENT_AT_ONCE_BYTES);
  #totalBytes = 0;

  constructor(attempt: Attempt, purpose: UploadPurpose, count: number) {
    this.#attempt = attempt;
    this.#purpose = purpose;
    this.#count = count;
    this.#param = purpose === 'chat' ? 'messages' : 'image';
  }

  async one(original: Original, index: number): Promise<UploadedAsset> {
    const image = await this.#usable(original, index);
    this.#add(image);
    return this.#sends.run(sizeOf(image), () => this.#send(image));
  }

  async #usable(original: Original, index: number): Promise<LoadedImage> {
    try {
      const image = await this.#load(original);
      if (this.#purpose !== 'imagine' || image.mime !== 'image/gif') return image;
      throw this.#invalid('A picture to edit must be PNG, JPEG or WebP.');
    } catch (thrown) {
      throw aboutImage(thrown, { param: this.#param, index, count: this.#count });
    }
  }

  async #load(original: Original): Promise<LoadedImage> {
    if (typeof original !== 'string') return original;
    if (/^data:/i.test(original)) return imageOfDataUri(original, this.#param);
    if (!/^(https?:|file-)/i.test(original)) {
      throw this.#invalid('An image must be a data URI or an https URL.');
    }
    const { fetchImage, signal } = this.#attempt;
    return this.#reads.run(1, () => {
      signal.throwIfAborted();
      return fetchImage(original, signal);
    });
  }

  /** @throws AppError `file_too_large` */
  #add(image: LoadedImage): void {
    this.#totalBytes += sizeOf(image);
    if (this.#totalBytes <= MAX_TOTAL_BYTES) return;
    const limit = MAX_TOTAL_BYTES / 1_048_576;
    const message = `The pictures of this request are larger than ${limit} MiB together.`;
    throw new AppError('file_too_large', message, { param: this.#param });
  }

  async #send(image: LoadedImage): Promise<UploadedAsset> {
    const attempt = this.#attempt;
    attempt.signal.throwIfAborted();
    try {
      return attempt.model.dialect === 'gateway'
        ? await sendMultipart(attempt, image, this.#purpose === 'imagine')
        : await sendEncoded(attempt, image);
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      throw thrown.outcome === 'faulty' ? asUnused(thrown) : thrown;
    }
  }

  #invalid(message: string): AppError {
    return new AppError('invalid_image', message, { param: this.#param });
  }
}

function sizeOf(image: LoadedImage): number {
  return 'base64' in image ? (image.base64.length / 4) * 3 : image.bytes.length;
}
