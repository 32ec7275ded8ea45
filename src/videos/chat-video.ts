import type { Demand } from '../calls/ask';
import type { Call } from '../calls/ports';
import type { ChatRequest } from '../contract/chat';
import type { Settings } from '../contract/settings';
import { type ReadOwn, readFrame } from '../images/originals';
import type { ModelSpec } from '../models/model-spec';
import type { VideoPart } from '../providers/provider';
import { providerOf } from '../providers/registry';
import { filmOnce } from './film-once';
import { filmModel, filmOfChat } from './film-task';
import type { VideoLinks } from './video-html';
import { VideoWords } from './video-words';

/** Makes the links that a caller is given of a video. */
export type LinkVideo = (video: VideoPart, tokenId: string) => Promise<VideoLinks>;

/** Where first frames come from and videos go to. */
export interface VideoSources {
  readonly own: ReadOwn;
  readonly link: LinkVideo;
}

/** A chat with a model that films. */
export interface ChatVideo extends Demand {
  readonly begin: Call['begin'];
  /** What has come by now. */
  readonly charged: () => { readonly video: number };
}

/**
 * A chat with a model that films: the user's last words, begun with the picture beside them. Progress is
 * told as reasoning, the video in HTML.
 * @throws AppError
 */
export async function chatVideo(
  model: ModelSpec,
  chat: ChatRequest,
  settings: Settings,
  sources: VideoSources,
): Promise<ChatVideo> {
  const asked = filmOfChat(model, chat, settings);
  const image = asked.image === null ? null : await readFrame(asked.image, sources.own, 'messages');
  const task = { ...asked, image };
  const row = filmModel(model, task);
  let hasVideo = false;
  return {
    kind: 'video',
    model: row,
    units: row.units,
    charges: row.charges,
    begin: async (attempt) =>
      new VideoWords(
        await filmOnce(providerOf(row.provider), attempt, task),
        async (video) => {
          const links = await sources.link(video, attempt.tokenId);
          hasVideo = true;
          return links;
        },
        settings.video.poster_preview,
      ),
    charged: () => ({ video: hasVideo ? 1 : 0 }),
  };
}
