import { AppError } from '../../errors';
import type { MediaDeps } from '../../media/deps';
import { mediaLink } from '../../media/links';
import type { VideoObject } from '../../contract/videos';
import type { VideoRow } from '../../store/videos';
import { videoObject } from '../../videos/view';
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

/** A job as it is told, with the links of a video that is there. */
export async function withLinks(deps: MediaDeps, row: VideoRow): Promise<VideoObject> {
  const { status, url, posterUrl, tokenId } = row;
  if (status !== 'completed' || url === null || tokenId === null) return videoObject(row);
  try {
    return videoObject(row, await linkVideo(deps, { type: 'video', url, posterUrl }, tokenId));
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    // At an address that is not served any more: one such does not hide the others.
    return videoObject(row);
  }
}
