import type { Message } from '../contract/chat';
import type { Original } from '../contract/images';
import { decodeDataUri } from '../egress/images';
import { AppError } from '../errors';
import type { FetchedImage } from '../providers/provider';

/** Pictures that a request brings to be edited. */

/** Reads this gateway's own links; null for any other address. @throws AppError as the link says. */
export type ReadOwn = (url: string) => Promise<FetchedImage | null>;

const EDITABLE: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp']);

/** Where a picture is, however the request wraps it. */
export function urlOfOriginal(original: Original): string {
  if (typeof original === 'string') return original;
  if (!('image_url' in original)) return original.url;
  const { image_url: image } = original;
  // SAFETY: the schema's first object arm has a string or `{url}` here; the second has no such field.
  return typeof image === 'string' ? image : (image as { readonly url: string }).url;
}

/**
 * A picture as adapters take it: a `data:` URI, or an https URL that they fetch through the guard. What
 * this gateway serves itself is read here: it never sends a request to itself.
 * @throws AppError `invalid_image`, `url_not_allowed`
 */
export async function readOriginal(url: string, own: ReadOwn, param: string): Promise<string> {
  if (/^data:/i.test(url)) {
    assertEditable(decodeDataUri(url).mime, param);
    return url;
  }
  const image = await own(url);
  if (image !== null) return dataUri(image, param);
  if (URL.canParse(url)) return url;
  throw new AppError(
    'invalid_image',
    `'${param}' must be a base64 data URI, an https URL or a media link of this gateway.`,
    { param },
  );
}

/** @throws AppError `invalid_image` */
export function dataUri({ bytes, mime }: FetchedImage, param: string): string {
  assertEditable(mime, param);
  return `data:${mime};base64,${bytes.toBase64()}`;
}

function assertEditable(mime: string, param: string): void {
  if (EDITABLE.has(mime)) return;
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
  const asked = messages[last];
  if (asked === undefined) return [];
  const own = picturesOf(asked);
  if (own.length > 0) return own;
  for (const message of messages.slice(0, last).reverse()) {
    const latest = picturesOf(message).at(-1);
    if (latest !== undefined) return [latest];
  }
  return [];
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
