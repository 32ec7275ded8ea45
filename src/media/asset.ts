import type { MediaKind } from '../contract/media';
import { fromBase64Url, toBase64Url, utf8 } from '../lib/digest';

/** A picture or video upstream. */
export interface MediaAsset {
  readonly kind: MediaKind;
  /** Absolute https URL upstream. */
  readonly url: string;
  /** The credential whose account holds it; null for one that anybody may read. */
  readonly tokenId: string | null;
}

/** What a caller uploaded here. */
export interface StoredUpload {
  readonly kind: 'image';
  /** `image/upload-<uuid>.<ext>`. */
  readonly upload: string;
}

/** Files of accounts: only the session that made them may read them. */
export const ACCOUNT_HOST = 'assets.grok.com';
/** Read without a cookie. */
const PUBLIC_HOSTS: ReadonlySet<string> = new Set(['imagine-public.x.ai', 'imgen.x.ai']);

/** A name and the suffix of a part stay below the 512 bytes of a KV key. */
const MAX_NAME_CHARS = 460;
const MAX_URL_CHARS = 2_048;
const VIDEO_PATH = /\.(mp4|webm|mov|avi)$/i;

/** What an asset is called in the cache and in links. */
export interface AssetName {
  readonly kind: MediaKind;
  /** `p_…` for a path of the account host, `u_…` for an address elsewhere. */
  readonly code: string;
  /** As `new URL` writes it. */
  readonly url: string;
  readonly needsToken: boolean;
}

/** Key of the cache: `image/p_…`. */
export function mediaName({ kind, code }: Pick<AssetName, 'kind' | 'code'>): string {
  return `${kind}/${code}`;
}

/** Names longer than a KV key may be are passed through. */
export function isCacheableName(name: string): boolean {
  return name.length <= MAX_NAME_CHARS;
}

export function isUpload(media: MediaAsset | StoredUpload): media is StoredUpload {
  return 'upload' in media;
}

/**
 * Names an upstream address. The extension of a video wins over the kind asked for, so that an address
 * has one name whichever route it is read by.
 * @returns null for what is not https, not on the list, or not in its one canonical form.
 */
export function nameAsset(kind: MediaKind, address: string): AssetName | null {
  const url = address.length > MAX_URL_CHARS ? null : URL.parse(address);
  if (url === null || !isAllowed(url) || url.href !== address) return null;
  const needsToken = url.hostname === ACCOUNT_HOST;
  const code = needsToken
    ? `p_${toBase64Url(utf8(url.pathname + url.search))}`
    : `u_${toBase64Url(utf8(url.href))}`;
  return { kind: VIDEO_PATH.test(url.pathname) ? 'video' : kind, code, url: url.href, needsToken };
}

/** https, a host of the list, nothing that could lead elsewhere. */
export function isAllowed(url: URL): boolean {
  return (
    url.protocol === 'https:' &&
    (url.hostname === ACCOUNT_HOST || PUBLIC_HOSTS.has(url.hostname)) &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    url.hash === ''
  );
}

/**
 * Reads the last part of a link: `p_…`, `u_…`, and the two older forms that write `-` for `/`.
 * @returns null for what names nothing that is served here.
 */
export function readCode(kind: MediaKind, code: string): AssetName | null {
  if (code.startsWith('p_')) {
    const path = decode(code.slice(2));
    return path === null ? null : nameAsset(kind, accountUrl(path));
  }
  if (code.startsWith('u_')) {
    const url = decode(code.slice(2));
    return url === null ? null : nameAsset(kind, url);
  }
  const generated = GENERATED.exec(code);
  if (generated !== null) {
    const [, user = '', id = '', file = ''] = generated;
    return nameAsset(kind, accountUrl(`/users/${user}/generated/${id}/${file}`));
  }
  return nameAsset(kind, accountUrl(`/${code.replaceAll('-', '/')}`));
}

/** Reads a path of the account host as older links carry it. */
export function readPath(kind: MediaKind, path: string): AssetName | null {
  return nameAsset(kind, accountUrl(path));
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const GENERATED = new RegExp(`^users-(${UUID})-generated-(${UUID})-(.+)$`, 'i');

/** A path that begins with two slashes would name another host. */
function accountUrl(path: string): string {
  return /^\/[^/]/.test(path) ? `https://${ACCOUNT_HOST}${path}` : '';
}

function decode(text: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64Url(text));
  } catch {
    // Neither base64url nor UTF-8: not a link of ours.
    return null;
  }
}
