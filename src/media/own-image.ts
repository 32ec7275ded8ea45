import { type Image, MAX_IMAGE_BYTES, sniffImage } from '../egress/images';
import { AppError } from '../errors';
import type { MediaDeps } from './deps';
import { readMedia } from './read';
import { resolveOwn } from './resolve';

/**
 * Takes in a picture that a caller names by a link of this gateway, without a request to itself.
 * @returns null when the address is not one of our links. @throws AppError as `resolveOwn`, `readMedia`;
 * `invalid_image` for what is no picture.
 */
export async function readOwnImage(deps: MediaDeps, url: string): Promise<Image | null> {
  const own = await resolveOwn(deps, url);
  if (own === null) return null;
  const { bytes } = await readMedia(deps, own, MAX_IMAGE_BYTES);
  const mime = sniffImage(bytes);
  if (mime !== null) return { bytes, mime };
  throw new AppError('invalid_image', 'A link in the request does not lead to a picture.');
}
