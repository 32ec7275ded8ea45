import type { MediaKind } from '../contract/media';
import { AppError } from '../errors';
import { sign, wasSigned } from '../lib/seal';
import { HOUR_MS, SECOND_MS } from '../lib/time';
import { findLink, rememberLink } from '../store/media';
import {
  type AssetName,
  isUpload,
  type MediaAsset,
  mediaName,
  nameAsset,
  readCode,
  readPath,
  type StoredUpload,
} from './asset';
import type { MediaDeps } from './deps';

const UPLOAD = /^upload-[0-9a-f-]{36}\.(png|jpg|webp|gif)$/;
const LINK = /^(?:\/api)?\/(?:(images|videos)|v1\/files\/(image|video))\/(.+)$/;

/** What making a link needs of the world. */
export type LinkDeps = Pick<MediaDeps, 'db' | 'seal' | 'settings' | 'base' | 'now'>;

/** A link that was read and holds. */
export interface CheckedLink {
  readonly target: MediaAsset | StoredUpload;
  /** Name in the cache. */
  readonly name: string;
  /** Unix ms; null for an open link. */
  readonly expiresAt: number | null;
  /** An open link to an account's file: whose it is has to be looked up where it is not cached. */
  readonly isOpen: boolean;
}

/**
 * The address under which a client reads an asset: `<base>/images/p_…` or `<base>/videos/…`. Signed and
 * expiring by default; the same for an hour, so that clients can cache it. With `media.open_links` it is
 * bare, and where it leads is remembered.
 * @throws AppError `upstream_error` when upstream named an address that is not on the list.
 */
export async function mediaLink(deps: LinkDeps, asset: MediaAsset): Promise<string> {
  const named = nameAsset(asset.kind, URL.parse(asset.url)?.href ?? '');
  if (named === null) {
    throw new AppError('upstream_error', 'Upstream named a file at an address that is not served.');
  }
  const tokenId = named.needsToken ? asset.tokenId : null;
  if (!deps.settings.media.open_links) return signedLink(deps, named, tokenId);
  const link = { name: mediaName(named), url: named.url, tokenId, createdAt: deps.now() };
  await rememberLink(deps.db, link);
  return deps.base + linkPath(named.kind, named.code);
}

/** The address of an upload, or of anything cached, by its name such as `image/upload-….png`. */
export function cachedLink(deps: LinkDeps, name: string): Promise<string> | string {
  const [kind, code = ''] = name.split('/');
  const named = { kind: kind === 'video' ? 'video' : 'image', code } as const;
  if (deps.settings.media.open_links) return deps.base + linkPath(named.kind, code);
  return signedLink(deps, named, null);
}

/**
 * Reads an address of this gateway's media routes and checks the right to it. The last links whose
 * signature held are remembered, so that the next hit neither reads nor verifies them.
 * @returns null when the path names nothing that is served here.
 * @throws AppError `link_invalid`, `link_expired`
 */
export async function checkLink(deps: MediaDeps, url: URL): Promise<CheckedLink | null> {
  const address = url.pathname + url.search;
  const known = recall(deps, address);
  if (known !== null) return known;
  const link = await readLink(deps, url);
  if (link !== null) remember(deps, address, link);
  return link;
}

async function readLink(deps: MediaDeps, url: URL): Promise<CheckedLink | null> {
  const found = readTarget(url.pathname);
  if (found === null) return null;
  const name = found.upload ?? mediaName(found.asset);
  const right = await readRight(deps, name, url.searchParams);
  const expiresAt = right?.expiresAt ?? null;
  if (found.upload !== null) {
    const target = { kind: 'image', upload: found.upload } as const;
    return { target, name, expiresAt, isOpen: false };
  }
  const { kind, url: address, needsToken } = found.asset;
  const target: MediaAsset = { kind, url: address, tokenId: right?.tokenId ?? null };
  return { target, name, expiresAt, isOpen: right === null && needsToken };
}

/**
 * What a link leads to, its credential included. @returns null for an open link that nobody was given:
 * only what is cached under it may be answered.
 */
export async function followLink(
  deps: MediaDeps,
  { target, name, isOpen }: CheckedLink,
): Promise<MediaAsset | StoredUpload | null> {
  if (!isOpen || isUpload(target)) return target;
  const tokenId = (await findLink(deps.db, name))?.tokenId ?? null;
  return tokenId === null ? null : { ...target, tokenId };
}

/** Links whose signature held, by path and query. */
const checked = new Map<string, CheckedLink & { readonly signedBy: string | undefined }>();
const MAX_CHECKED = 1_000;
const MAX_CHECKED_CHARS = 1_024;

/** What a link was found to be, as long as it lasts and under the keys that it was checked with. */
function recall({ seal, now }: MediaDeps, address: string): CheckedLink | null {
  const link = checked.get(address);
  if (link === undefined) return null;
  const isOver = link.expiresAt === null || link.expiresAt <= now();
  if (!isOver && link.signedBy === seal.CREDENTIAL_KEY) return link;
  checked.delete(address);
  return null;
}

/** Open links are not remembered: a setting closes them. */
function remember({ seal }: MediaDeps, address: string, link: CheckedLink): void {
  if (link.expiresAt === null || address.length > MAX_CHECKED_CHARS) return;
  checked.set(address, { ...link, signedBy: seal.CREDENTIAL_KEY });
  if (checked.size <= MAX_CHECKED) return;
  // A Map yields its oldest entry first.
  for (const oldest of checked.keys()) {
    checked.delete(oldest);
    break;
  }
}

type Target = { readonly upload: string } | { readonly upload: null; readonly asset: AssetName };

function readTarget(pathname: string): Target | null {
  const [, plural, single, rest = ''] = LINK.exec(pathname) ?? [];
  const kind: MediaKind = (plural ?? single)?.startsWith('video') === true ? 'video' : 'image';
  if (rest === '') return null;
  if (kind === 'image' && UPLOAD.test(rest)) return { upload: `image/${rest}` };
  const isPath = single !== undefined && !/^[pu]_[\w-]+$/.test(rest);
  const asset = isPath ? readPath(kind, `/${rest}`) : readCode(kind, rest);
  return asset === null ? null : { upload: null, asset };
}

interface Right {
  readonly tokenId: string | null;
  readonly expiresAt: number;
}

/** @returns null where no signature is needed. */
async function readRight(
  deps: MediaDeps,
  name: string,
  query: URLSearchParams,
): Promise<Right | null> {
  const isOpen = deps.settings.media.open_links;
  const signature = query.get('s');
  const tokenId = query.get('t');
  const expires = query.get('e') ?? '';
  const isSigned =
    signature !== null &&
    /^\d{1,12}$/.test(expires) &&
    (await wasSigned(deps.seal, signedText(name, tokenId, expires), signature));
  if (!isSigned) {
    if (isOpen) return null;
    throw new AppError('link_invalid', 'This link is not signed, or its signature is not valid.');
  }
  const expiresAt = Number(expires) * SECOND_MS;
  if (expiresAt > deps.now()) return { tokenId, expiresAt };
  if (isOpen) return null;
  throw new AppError('link_expired', 'This link has expired.');
}

async function signedLink(
  deps: LinkDeps,
  named: Pick<AssetName, 'kind' | 'code'>,
  tokenId: string | null,
): Promise<string> {
  const until = deps.now() + deps.settings.media.link_hours * HOUR_MS;
  const expires = String((Math.ceil(until / HOUR_MS) * HOUR_MS) / SECOND_MS);
  const signature = await sign(deps.seal, signedText(mediaName(named), tokenId, expires));
  const query = new URLSearchParams();
  if (tokenId !== null) query.set('t', tokenId);
  query.set('e', expires);
  query.set('s', signature);
  return `${deps.base}${linkPath(named.kind, named.code)}?${query.toString()}`;
}

const linkPath = (kind: MediaKind, code: string): string => `/${kind}s/${code}`;

/** Neither names nor ids hold a line break. The name stands for every path that leads to it. */
function signedText(name: string, tokenId: string | null, expires: string): string {
  return `media\n${name}\n${tokenId ?? ''}\n${expires}`;
}
