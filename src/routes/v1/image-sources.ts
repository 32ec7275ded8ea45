import type { Settings } from '../../contract/settings';
import type { Lifetime } from '../../deps';
import { logWarning } from '../../lib/log';
import type { MediaAsset } from '../../media/asset';
import { type MediaDeps, mediaDeps } from '../../media/deps';
import { mediaLink } from '../../media/links';
import { readMedia } from '../../media/read';
import { readAgain } from '../../media/read-again';
import { resolveOwn } from '../../media/resolve';
import { storeMedia } from '../../media/write';
import type { ImagePart } from '../../providers/provider';
import type { ImageSources } from '../../images/chat-images';

const wait = (ms: number): Promise<void> => scheduler.wait(ms);

/** Largest picture that is handed on whole, in or out. */
const MAX_BYTES = 20 * 1_048_576;

/** Pictures through this gateway's media cache. */
export function imagesOf(
  env: Env,
  ctx: Lifetime,
  settings: Settings,
  requestUrl: string,
): ImageSources {
  return imageSources(mediaDeps(env, (work) => ctx.waitUntil(work), settings, requestUrl));
}

function imageSources(deps: MediaDeps): ImageSources {
  const assetOf = ({ url }: ImagePart, tokenId: string | null) =>
    ({ kind: 'image', url, tokenId }) as const;
  return {
    async link(part, tokenId) {
      const asset = assetOf(part, tokenId);
      const link = await mediaLink(deps, asset);
      // What came along need not be fetched again when the link is followed.
      if (part.base64 !== undefined) {
        deps.waitUntil(keep(deps, asset, part.base64));
      }
      return link;
    },
    async base64(part, tokenId) {
      if (part.base64 !== undefined) return part.base64;
      const asset = assetOf(part, tokenId);
      const { bytes } = await readAgain(() => readMedia(deps, asset, MAX_BYTES), wait);
      return bytes.toBase64();
    },
    async find(url) {
      const media = await resolveOwn(deps, url);
      return media === null ? null : new URL(url, deps.base).href;
    },
    async own(url) {
      const media = await resolveOwn(deps, url);
      return media === null ? null : readMedia(deps, media, MAX_BYTES);
    },
  };
}

async function keep(deps: MediaDeps, asset: MediaAsset, base64: string): Promise<void> {
  try {
    await storeMedia(deps, asset, Uint8Array.fromBase64(base64), 'image/jpeg');
  } catch (error) {
    // It is fetched when the link is followed.
    logWarning('picture_not_kept', { error });
  }
}
