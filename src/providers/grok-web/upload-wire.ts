import { ProviderError, type Attempt, type FetchedImage } from '../provider';
import { readText } from './body';
import { egressFault, httpFault, inBandFault, unreadableFault } from './faults';
import { restHeaders } from './headers';
import { fromBase64, toBase64, type EncodedImage } from './image-data';
import { firstText, parseRecord, record, type Json } from './narrow';

/** A reply tells all there is to know of a file. */
const MAX_REPLY_BYTES = 2 * 1024 * 1024;
const IMAGINE = 'https://grok.com/imagine';
const IMAGINE_SOURCE = 'IMAGINE_SELF_UPLOAD_FILE_SOURCE';

/** A file of the account, just uploaded. */
export interface UploadedAsset {
  /** What a request names it by. */
  readonly id: string;
  /** Its path on the assets host, such as `users/<uid>/<id>/content`; null when upstream did not say. */
  readonly uri: string | null;
}

/** An image as it came: as text or as bytes. */
export type LoadedImage = EncodedImage | FetchedImage;

/** `POST /rest/app-chat/upload-file`, base64 in JSON → `{fileMetadataId, fileUri}`, or `{fileId}`. */
export async function sendEncoded(attempt: Attempt, image: LoadedImage): Promise<UploadedAsset> {
  const headers = restHeaders(attempt.secret, attempt.settings, true);
  const body = JSON.stringify({
    fileName: nameOf(image),
    fileMimeType: image.mime,
    content: 'base64' in image ? image.base64 : toBase64(image.bytes),
  });
  const reply = await post(attempt, '/rest/app-chat/upload-file', headers, body);
  return assetOf(firstText(reply, 'fileMetadataId', 'fileId'), reply);
}

/**
 * `POST /http/upload-file-v2/direct`, multipart → `{uploadId, terminalError, fileMetadata}`. A file
 * that is still being taken in has its upload's id only, which a chat can name and Imagine cannot.
 */
export async function sendMultipart(
  attempt: Attempt,
  image: LoadedImage,
  forImagine: boolean,
): Promise<UploadedAsset> {
  const form = new FormData();
  const bytes = 'base64' in image ? fromBase64(image.base64) : image.bytes;
  form.append('file', new File([bytes], nameOf(image), { type: image.mime }));
  if (forImagine) form.append('file_source', IMAGINE_SOURCE);
  const reply = await post(
    attempt,
    '/http/upload-file-v2/direct',
    multipartHeaders(attempt, forImagine),
    form,
  );
  if (!isNothing(reply['terminalError'])) throw rejection(reply['terminalError']);
  const file = record(reply['fileMetadata']) ?? {};
  const id = firstText(file, 'fileMetadataId');
  return assetOf(
    forImagine ? id : id || firstText(file, 'fileId') || firstText(reply, 'uploadId'),
    file,
  );
}

/** The boundary of the parts makes the content type, so it is left to `fetch`. */
function multipartHeaders({ secret, settings }: Attempt, forImagine: boolean): Headers {
  const headers = new Headers(restHeaders(secret, settings, false));
  headers.delete('content-type');
  headers.delete('x-xai-request-id');
  if (forImagine) headers.set('referer', IMAGINE);
  return headers;
}

async function post(
  { settings, egress, signal }: Attempt,
  path: string,
  headers: HeadersInit,
  body: string | FormData,
): Promise<Json> {
  const response = await egress
    .fetch(`${settings.baseUrl}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body,
      signal,
    })
    .catch((thrown: unknown) => {
      throw egressFault(thrown, signal);
    });
  if (response.status !== 200) throw await httpFault(response, Date.now());
  const reply = parseRecord(await readText(response.body, MAX_REPLY_BYTES));
  if (reply === null) throw unreadableFault('unreadable upload reply');
  return reply;
}

function assetOf(id: string, file: Json): UploadedAsset {
  if (id === '') throw unreadableFault('unreadable upload reply');
  const uri = firstText(file, 'fileUri').replace(/^\/+/, '');
  return { id, uri: uri === '' ? null : uri };
}

/** What upstream says of a file that it will not take; the caller's image is at fault unless it names another. */
function rejection(error: unknown): ProviderError {
  const named = inBandFault(error);
  if (named.outcome !== 'faulty') return named;
  return new ProviderError('The upstream refused the image.', 'refused', 'upstream_refused', {
    retryable: false,
    reason: 'upload rejected',
  });
}

/** Whether a `terminalError` is none, in any of the ways upstream says so. */
function isNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === false || value === 0 || value === '';
}

function nameOf({ mime }: LoadedImage): string {
  return `image.${mime.slice('image/'.length)}`;
}
