import { AppError } from '../../errors';

/** Largest image in a data URI, as for images that are fetched. */
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

/** An image ready to be uploaded. */
export interface EncodedImage {
  /** Standard alphabet, padded. */
  readonly base64: string;
  /** By its first bytes, whatever the URI says. */
  readonly mime: string;
}

/** First bytes of the image types that are taken, one character a byte; `?` is any. */
const SIGNATURES: readonly (readonly [start: string, mime: string])[] = [
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF87a', 'image/gif'],
  ['GIF89a', 'image/gif'],
  ['RIFF????WEBP', 'image/webp'],
];

/**
 * The image in `data:image/png;base64,…`. Its text is passed on as it is, so only the beginning is
 * decoded.
 *
 * @param param Field of the caller's request that is blamed.
 * @throws AppError `invalid_image`
 */
export function imageOfDataUri(uri: string, param = 'messages'): EncodedImage {
  const invalid = (message: string) => new AppError('invalid_image', message, { param });
  const comma = uri.indexOf(',');
  if (comma === -1 || !/;\s*base64\s*$/i.test(uri.slice(0, comma))) {
    throw invalid('An image in a data URI must be in base64.');
  }
  const base64 = padded(uri.slice(comma + 1).replaceAll(/\s+/g, ''));
  const bytes = (base64.length / 4) * 3;
  if (bytes > MAX_IMAGE_BYTES + 2) throw invalid('An image is larger than 20 MiB.');
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw invalid('An image in a data URI is not valid base64.');
  }
  const start = atob(base64.slice(0, 64));
  const mime = SIGNATURES.find(([signature]) => begins(start, signature))?.[1];
  if (mime === undefined) throw invalid('An image must be PNG, JPEG, WebP or GIF.');
  return { base64, mime };
}

function begins(bytes: string, signature: string): boolean {
  return signature.split('').every((char, index) => char === '?' || char === bytes[index]);
}

/** Base64 of the bytes. */
export function toBase64(bytes: Uint8Array): string {
  // In slices, each a multiple of three bytes: a call takes only so many arguments.
  let base64 = '';
  for (let at = 0; at < bytes.length; at += SLICE) {
    base64 += btoa(String.fromCharCode(...bytes.subarray(at, at + SLICE)));
  }
  return base64;
}

const SLICE = 0x6000;

/** Bytes of valid base64. */
export function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((base64.length / 4) * 3 - padding);
  let to = 0;
  // In slices of whole groups of four, so that nothing as large as the file is made beside it.
  for (let at = 0; at < base64.length; at += SLICE) {
    const binary = atob(base64.slice(at, at + SLICE));
    for (let index = 0; index < binary.length; index++) bytes[to++] = binary.charCodeAt(index);
  }
  return bytes;
}

/** Padding is often left out; a length that no padding mends stays as it is. */
function padded(base64: string): string {
  const missing = (4 - (base64.length % 4)) % 4;
  return missing === 3 ? base64 : base64 + '='.repeat(missing);
}
