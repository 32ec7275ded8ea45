import type { MediaKind } from '../contract/media';
import { deleteLinks } from '../store/media';
import { mediaName, nameAsset } from './asset';
import type { MediaDeps } from './deps';
import { deleteCached } from './list-cache';

/**
 * Drops what is cached of a file upstream, and its open link. Signed links that were given away read
 * upstream until they expire: no row is looked at to serve one.
 */
export async function forgetMedia(
  deps: MediaDeps,
  kind: MediaKind,
  address: string,
): Promise<void> {
  const asset = nameAsset(kind, address);
  if (asset === null) return;
  const name = mediaName(asset);
  await deleteLinks(deps.db, [name]);
  await deleteCached(deps, asset.kind, [name]);
}
