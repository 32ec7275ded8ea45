import type { VideoPart, VideoProgressPart } from '../../provider';
import { cutFault, moderatedFault } from '../faults';
import { firstText, list, number, record, text, type Json } from '../narrow';
import { absoluteUrl, idInPath } from './asset-url';
import { responseOf } from './frame-response';

const URL_FIELDS = [
  'videoUrl',
  'contentUrl',
  'contentURL',
  'assetUrl',
  'assetURL',
  'fileUri',
  'fileURL',
] as const;

/** Reads the frames of one video. */
export class FilmFrames {
  #percent = -1;
  #videoId: string | null = null;
  #postId: string | null = null;
  #url: string | null = null;
  #posterUrl: string | null = null;
  /** A file of the final message, should no frame name the video. */
  #attached: string | null = null;
  #resolution = '';
  #isModerated = false;

  /** Upstream has begun to film. */
  get hasBegun(): boolean {
    return this.#percent >= 0;
  }

  /** What upstream says that it films in, such as `480p`; empty when it does not say. */
  get resolution(): string {
    return this.#resolution;
  }

  get videoId(): string | null {
    return this.#videoId ?? (this.#url === null ? null : idInPath(this.#url));
  }

  /**
   * @returns how far the video is, when that has grown or its names have become known.
   * @throws ProviderError for an error that came in the frame.
   */
  step(frame: Json): VideoProgressPart | null {
    const response = responseOf(frame);
    if (response === null) return null;
    const message = record(response['modelResponse']);
    if (message !== null) this.#message(message);
    const film = record(response['streamingVideoGenerationResponse']);
    return film === null ? null : this.#film(film);
  }

  /**
   * The video, once the frames have ended.
   * @throws ProviderError when upstream withholds it, or ended without one.
   */
  video(): VideoPart {
    if (this.#isModerated) throw moderatedFault();
    const url = this.#url ?? this.#attached;
    if (url === null) throw cutFault('ended without a video');
    return { type: 'video', url, posterUrl: this.#posterUrl };
  }

  #film(film: Json): VideoProgressPart | null {
    if (film['moderated'] === true) this.#isModerated = true;
    const known = this.#videoId !== null;
    this.#videoId ??= firstText(film, 'videoId', 'assetId') || null;
    this.#postId ??= firstText(film, 'videoPostId') || null;
    this.#resolution = firstText(film, 'resolutionName') || this.#resolution;
    this.#url = videoUrl(firstText(film, ...URL_FIELDS)) ?? this.#url;
    this.#posterUrl = absoluteUrl(firstText(film, 'thumbnailImageUrl')) ?? this.#posterUrl;
    const percent = Math.min(100, Math.max(0, Math.floor(number(film['progress']) ?? 0)));
    const isNamed = !known && this.#videoId !== null;
    if (percent <= this.#percent && !isNamed) return null;
    this.#percent = Math.max(this.#percent, percent);
    return {
      type: 'video-progress',
      progress: this.#percent,
      videoId: this.#videoId,
      postId: this.#postId,
    };
  }

  #message(message: Json): void {
    for (const file of list(message['fileAttachments'])) this.#attached ??= videoUrl(text(file));
  }
}

/** A video's absolute address: a file `.mp4`, or the content of an upload. Null for anything else. */
function videoUrl(given: string): string | null {
  const isVideo = /\.mp4(?:[?#]|$)/i.test(given) || given.includes('/content');
  return isVideo ? absoluteUrl(given) : null;
}
