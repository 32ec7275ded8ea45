import type { ContentPart, Message } from '../contract/chat';
import { type Image, MAX_IMAGE_BYTES, sniffImage } from '../egress/images';
import { AppError } from '../errors';
import { readBytes } from '../lib/read-bytes';
import type { FileRow } from '../store/files';
import { isFileId } from './file-id';
import { type FileDeps, openFile, readFile } from './file-store';

/**
 * Says attached pictures in the way that every provider is asked with: parts of type `file` become
 * `image_url` parts, whose address is the file's id or a data URI. Other files are left as they are: a
 * provider that takes none refuses them.
 */
export function attachPictures(messages: readonly Message[]): Message[] {
  return messages.map((message) => {
    const { content } = message;
    if (!Array.isArray(content) || !content.some(({ type }) => type === 'file')) return message;
    return { ...message, content: content.map(asPicture) };
  });
}

function asPicture(part: ContentPart): ContentPart {
  if (part.type !== 'file') return part;
  const file: unknown = part['file'];
  const id = textOf(file, 'file_id');
  if (id !== null) return { type: 'image_url', image_url: { url: id } };
  const data = textOf(file, 'file_data');
  const url = data === null ? null : pictureUri(data);
  return url === null ? part : { type: 'image_url', image_url: { url } };
}

/** A data URI, or bare base64 as some clients send it; null for what is no picture. */
function pictureUri(data: string): string | null {
  if (/^data:/i.test(data)) return /^data:image\//i.test(data) ? data : null;
  try {
    const mime = sniffImage(Uint8Array.fromBase64(data.slice(0, 64)));
    return mime === null ? null : `data:${mime};base64,${data}`;
  } catch {
    // Not base64: whoever takes files may still know what it is.
    return null;
  }
}

function textOf(value: unknown, field: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const found: unknown = Object.getOwnPropertyDescriptor(value, field)?.value;
  return typeof found === 'string' && found !== '' ? found : null;
}

/**
 * The picture that a key keeps under an id, as the provider is given it.
 * @returns null when the address is no id of a file.
 * @throws AppError `file_not_found`, `invalid_image`
 */
export async function readPicture(
  deps: FileDeps,
  keyId: string,
  address: string,
): Promise<Image | null> {
  if (!isFileId(address)) return null;
  const file = await findPicture(deps, keyId, address);
  const { bytes } = await readBytes(await openFile(deps, file), file.sizeBytes);
  return { bytes, mime: file.contentType };
}

/** @throws AppError `file_not_found`, `invalid_image` */
async function findPicture(deps: FileDeps, keyId: string, id: string): Promise<FileRow> {
  const file = await readFile(deps, keyId, id);
  if (file.contentType.startsWith('image/') && file.sizeBytes <= MAX_IMAGE_BYTES) return file;
  throw new AppError(
    'invalid_image',
    'A file in the request must be a picture of at most 20 MiB: PNG, JPEG, WebP or GIF.',
  );
}

interface OwnPictures {
  own(url: string): Promise<Image | null>;
  find(url: string): Promise<string | null>;
}

/** Pictures from elsewhere, and those of the key's files beside them. */
export function withFiles<T extends OwnPictures>(sources: T, deps: FileDeps, keyId: string): T {
  const own = async (url: string): Promise<Image | null> =>
    (await readPicture(deps, keyId, url)) ?? sources.own(url);
  const find = async (url: string): Promise<string | null> => {
    if (!isFileId(url)) return sources.find(url);
    await findPicture(deps, keyId, url);
    return url;
  };
  return { ...sources, own, find };
}
