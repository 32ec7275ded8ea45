import type { MediaAsset, StoredUpload } from './asset';
import type { MediaDeps } from './deps';
import { checkLink, followLink } from './links';

/**
 * What an address of this gateway leads to, so that it is read without a request to itself.
 * @returns null when the address is not one of our media links.
 * @throws AppError `link_invalid`, `link_expired`
 */
export async function resolveOwn(
  deps: MediaDeps,
  url: string,
): Promise<MediaAsset | StoredUpload | null> {
  const parsed = ownAddress(deps, url);
  if (parsed === null) return null;
  // A base with a path has something in front that takes the path away.
  const { pathname: prefix } = new URL(deps.base);
  if (prefix !== '/' && parsed.pathname.startsWith(`${prefix}/`)) {
    parsed.pathname = parsed.pathname.slice(prefix.length);
  }
  const link = await checkLink(deps, parsed);
  return link === null ? null : ((await followLink(deps, link)) ?? link.target);
}

/** Whether an address, a relative one as well, is of this gateway; a media link or not. */
export function isOwnAddress(deps: Pick<MediaDeps, 'base' | 'ownHosts'>, url: string): boolean {
  return ownAddress(deps, url) !== null;
}

function ownAddress(deps: Pick<MediaDeps, 'base' | 'ownHosts'>, url: string): URL | null {
  const parsed = URL.parse(url, deps.base);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return null;
  return deps.ownHosts.includes(parsed.hostname) ? parsed : null;
}
