import type { MediaKind } from '../contract/media';
import { sniffImage } from '../egress/images';

/** The types that are served as what they are; anything else is a download. */
const SERVED: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'video/mp4',
  'video/webm',
  'video/quicktime',
]);

export const UNKNOWN_TYPE = 'application/octet-stream';

/** Enough of an object's beginning to tell its type. */
export const SNIFF_BYTES = 16;

export function isServedType(type: string): boolean {
  return SERVED.has(type);
}

/**
 * The type an object is served as: by its first bytes, else as declared if that is on the list.
 * @param head - its first bytes; empty where they are not at hand.
 */
export function mediaType(kind: MediaKind, declared: string | null, head: Uint8Array): string {
  const sniffed = sniffImage(head) ?? sniffVideo(head);
  if (sniffed !== null) return sniffed;
  const type = (declared ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (SERVED.has(type)) return type;
  // The asset host leaves the type of some videos out.
  return kind === 'video' && (type === '' || type === UNKNOWN_TYPE) ? 'video/mp4' : UNKNOWN_TYPE;
}

/** A page where a file was expected: a refusal that came with status 200. */
export function isPage(declared: string | null): boolean {
  return /^\s*(text\/|application\/(json|xhtml))/i.test(declared ?? '');
}

/** ISO base media and Matroska, by their first boxes. */
function sniffVideo(head: Uint8Array): string | null {
  const text = String.fromCharCode(...head.subarray(0, 12));
  if (text.slice(4, 8) === 'ftyp') {
    return text.slice(8, 12) === 'qt  ' ? 'video/quicktime' : 'video/mp4';
  }
  return text.startsWith('\x1a\x45\xdf\xa3') ? 'video/webm' : null;
}
