import { AppError } from '../../errors';
import { ProviderError, type ProviderCall } from '../provider';
import { asUnused, egressFault, httpFault, unreadableFault } from './faults';
import { restHeaders } from './headers';
import { imageOfDataUri, toBase64, type EncodedImage } from './image-data';
import { readText } from './body';
import { firstText, parseRecord } from './narrow';

const CONCURRENT_UPLOADS = 5;
const MAX_REPLY_BYTES = 64 * 1024;

/**
 * Uploads the images of a request, at most five at once. The first failure ends the others.
 *
 * A failure counts as a call that was never sent, because no chat was begun; only what upstream
 * says about the credential or the caller's image keeps its own outcome.
 *
 * @returns ids for `fileAttachments`, in the order given.
 * @throws ProviderError, or AppError for an image that cannot be used.
 */
export async function uploadImages(call: ProviderCall, urls: readonly string[]): Promise<string[]> {
  if (urls.length === 0) return [];
  const stop = new AbortController();
  const signal = AbortSignal.any([call.signal, stop.signal]);
  const ids: string[] = [];
  const waiting = urls.entries();
  const work = async () => {
    for (const [index, url] of waiting) ids[index] = await uploadImage(call, url, signal);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(CONCURRENT_UPLOADS, urls.length) }, work));
    return ids;
  } catch (thrown) {
    stop.abort(thrown);
    throw call.signal.aborted ? call.signal.reason : thrown;
  }
}

async function uploadImage(call: ProviderCall, url: string, signal: AbortSignal): Promise<string> {
  const image = await loadImage(call, url, signal);
  signal.throwIfAborted();
  try {
    return await send(call, image, signal);
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    throw thrown.outcome === 'faulty' ? asUnused(thrown) : thrown;
  }
}

async function loadImage(
  call: ProviderCall,
  url: string,
  signal: AbortSignal,
): Promise<EncodedImage> {
  if (/^data:/i.test(url)) return imageOfDataUri(url);
  if (!/^https?:/i.test(url)) {
    throw new AppError('invalid_image', 'An image must be a data URI or an https URL.', {
      param: 'messages',
    });
  }
  const { bytes, mime } = await call.fetchImage(url, signal);
  return { base64: toBase64(bytes), mime };
}

/** `POST /rest/app-chat/upload-file` → `{fileMetadataId}`, or `{fileId}`. */
async function send(call: ProviderCall, image: EncodedImage, signal: AbortSignal): Promise<string> {
  const { settings, secret, egress } = call;
  const headers = restHeaders(secret, settings, true);
  const response = await egress
    .fetch(`${settings.baseUrl}/rest/app-chat/upload-file`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: JSON.stringify({
        fileName: `image.${image.mime.slice('image/'.length)}`,
        fileMimeType: image.mime,
        content: image.base64,
      }),
      signal,
    })
    .catch((thrown: unknown) => {
      throw egressFault(thrown, signal);
    });
  if (response.status !== 200) throw await httpFault(response, Date.now());
  const reply = parseRecord(await readText(response.body, MAX_REPLY_BYTES));
  const id = reply === null ? '' : firstText(reply, 'fileMetadataId', 'fileId');
  if (id === '') throw unreadableFault('unreadable upload reply');
  return id;
}
