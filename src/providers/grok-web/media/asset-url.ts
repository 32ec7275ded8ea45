/** Where the files of an account are, as the site itself names it. */
export const ASSETS = 'https://assets.grok.com';
const PUBLIC_PICTURES = 'https://imagine-public.x.ai/imagine-public/images';

/**
 * A file's address as frames give it, made absolute: relative ones belong to the assets host. Null for
 * what is no https address.
 */
export function absoluteUrl(given: string): string | null {
  const trimmed = given.trim();
  if (trimmed === '' || /^\/+$/.test(trimmed)) return null;
  if (/^https:\/\//i.test(trimmed)) return URL.parse(trimmed)?.href ?? null;
  // Another scheme: a preview in a `data:` URI, or nothing that is served.
  if (/^[a-z][a-z\d+.-]*:/i.test(trimmed)) return null;
  return URL.parse(`/${trimmed.replace(/^\/+/, '')}`, ASSETS)?.href ?? null;
}

/** One name for a file that is given relative here, absolute or with a query there. */
export function fileKey(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/** The public address of an Imagine picture whose frames carry bytes and no address. */
export function publicPictureUrl(id: string): string {
  return `${PUBLIC_PICTURES}/${encodeURIComponent(id)}.jpg`;
}

/** The id in a file's path: `…/generated/<id>/…` or `users/<uid>/<id>/content`; null when there is none. */
export function idInPath(path: string): string | null {
  const found =
    /\/generated\/([\w-]+)/.exec(path) ?? /(?:^|\/)users\/[\w-]+\/([\w-]+)\/content/.exec(path);
  return found?.[1] ?? null;
}

/** Base64 of a picture that came bare or as a `data:` URI; null when there is none. */
export function bareBase64(blob: string): string | null {
  const base64 = /^data:/i.test(blob) ? blob.slice(blob.indexOf(',') + 1) : blob;
  return base64 === '' ? null : base64;
}
