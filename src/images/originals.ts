import type { Message } from '../contract/chat';
import type { Original } from '../contract/images';
import { decodeDataUri } from '../egress/images';
import { AppError } from '../errors';
import type { FetchedImage, Original as Picture } from '../providers/provider';

/** Pictures that a request brings to be edited. */

/**
 * The whole address of what this gateway keeps: one of its links, or a caller's file; null for any other.
 * @throws AppError when it leads nowhere.
 */
export type FindOwn = (url: string) => Promise<string | null>;

/** Reads this gateway's own links; null for any other address. @throws AppError as the link says. */
export type ReadOwn = (url: string) => Promise<FetchedImage | null>;

const EDITABLE: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp']);

/** Where a picture is, however the request wraps it. */
export function urlOfOriginal(original: Original): string {
  if (typeof original === 'string') return original;
  const { image_url: image, file_id: id, url } = original;
  const address = typeof image === 'object' && image !== null && 'url' in image ? image.url : image;
  return [address, id, url].find((given) => typeof given === 'string') ?? '';
}

/**
 * A picture to edit as adapters take it: what came with the request is looked at, and what has an address
 * is read one by one when it is needed, because together they can be more than a Worker holds.
 * @throws AppError `invalid_image`, and as `find` says
 */
export async function toOriginal(url: string, find: FindOwn, param: string): Promise<Picture> {
  if (/^data:/i.test(url)) return editable(decodeDataUri(url), param);
  const own = await find(url);
  if (own !== null) return own;
  if (URL.canParse(url)) return url;
  throw noAddress(param);
}

/**
 * The first frame of a video: a `data:` URI, or an https URL that adapters fetch through the guard. What
 * this gateway keeps itself is read here: its job lives elsewhere.
 * @throws AppError `invalid_image`, `url_not_allowed`
 */
export async function readFrame(url: string, own: ReadOwn, param: string): Promise<string> {
  if (/^data:/i.test(url)) {
    editable(decodeDataUri(url), param);
    return url;
  }
  const image = await own(url);
  if (image !== null) {
    const { bytes, mime } = editable(image, param);
    return `data:${mime};base64,${bytes.toBase64()}`;
  }
  if (URL.canParse(url)) return url;
  throw noAddress(param);
}

function noAddress(param: string): AppError {
  return new AppError(
    'invalid_image',
    `'${param}' must be a base64 data URI, an https URL, a media link of this gateway or the id of a file.`,
    { param },
  );
}

/** @throws AppError `invalid_image` */
export function editable(image: FetchedImage, param: string): FetchedImage {
  if (EDITABLE.has(image.mime)) return image;
  throw new AppError('invalid_image', 'A picture to edit must be PNG, JPEG or WebP.', { param });
}

/** Longest address of a picture in an answer that is taken for one, unless it is a data URI. */
const MAX_LINK_CHARS = 8_192;

/**
 * The pictures that a chat is about: those of the last user message, else the last one of the history,
 * whoever sent it.
 */
export function originalsOf(messages: readonly Message[]): readonly string[] {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  if (last === -1) return [];
  const own = attachedTo(messages);
  if (own.length > 0) return own;
  for (const message of messages.slice(0, last).reverse()) {
    const latest = picturesOf(message).at(-1);
    if (latest !== undefined) return [latest];
  }
  return [];
}

/** The pictures of the last user message. */
export function attachedTo(messages: readonly Message[]): readonly string[] {
  const asked = messages.findLast(({ role }) => role === 'user');
  return asked === undefined ? [] : picturesOf(asked);
}

/** Words of a user's last message: nothing of the history, and no note of ours, is drawn. */
export function promptOf(messages: readonly Message[]): string {
  const content = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  if (typeof content === 'string') return content.trim();
  return content
    .flatMap((part) =>
      (part.type === 'text' || part.type === 'input_text') && typeof part.text === 'string'
        ? [part.text]
        : [],
    )
    .join('\n')
    .trim();
}

/** Pictures attached to a message; in an answer, those its text shows. */
function picturesOf({ role, content }: Message): string[] {
  if (content === null || content === undefined) return [];
  const parts = typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content;
  return parts.flatMap((part) => {
    switch (part.type) {
      case 'image_url':
      case 'input_image': {
        const { image_url: image } = part;
        // SAFETY: the schema gives parts of these types a string or `{url}`.
        return [typeof image === 'string' ? image : (image as { readonly url: string }).url];
      }
      case 'text':
      case 'input_text':
        if (role !== 'assistant' || typeof part.text !== 'string') return [];
        return markdownPictures(part.text);
      case 'refusal':
      case 'input_audio':
      case 'file':
      case 'video_url':
        return [];
    }
  });
}

/**
 * Addresses of Markdown pictures, `![words](address "title")`, as earlier answers of this gateway carry
 * them. Each search goes on where the last one ended: a caller's text may be long and full of marks.
 */
function markdownPictures(text: string): string[] {
  const urls: string[] = [];
  for (let at = text.indexOf('!['); at !== -1; at = text.indexOf('![', at)) {
    // All marks before this bracket have it as their end.
    const close = text.indexOf(']', at + 2);
    if (close === -1) break;
    at = close + 1;
    if (text[at] !== '(') continue;
    const end = text.indexOf(')', at);
    if (end === -1) break;
    const url = addressIn(text.slice(at + 1, end));
    if (url !== '' && (url.length <= MAX_LINK_CHARS || /^data:/i.test(url))) urls.push(url);
    at = end + 1;
  }
  return urls;
}

/** What stands before a title, its angle brackets taken off. */
function addressIn(inside: string): string {
  const trimmed = inside.trim();
  const space = trimmed.search(/\s/);
  const url = space === -1 ? trimmed : trimmed.slice(0, space);
  return url.replace(/^</, '').replace(/>$/, '');
}
