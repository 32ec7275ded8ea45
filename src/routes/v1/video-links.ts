import type { MediaDeps } from '../../media/deps';
import { mediaLink } from '../../media/links';
import type { VideoPart } from '../../providers/provider';
import type { VideoLinks } from '../../videos/video-html';

/** Links of a video and its poster through the media cache. @throws AppError as `mediaLink`. */
export async function linkVideo(
  deps: MediaDeps,
  { url, posterUrl }: VideoPart,
  tokenId: string,
): Promise<VideoLinks> {
  const video = await mediaLink(deps, { kind: 'video', url, tokenId });
  const poster =
    posterUrl === null ? null : await mediaLink(deps, { kind: 'image', url: posterUrl, tokenId });
  return { video, poster };
}
