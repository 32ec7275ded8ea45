import type { Demand } from '../calls/ask';
import type { Fallback } from '../calls/fallback';
import type { Call } from '../calls/ports';
import type { ChatRequest } from '../contract/chat';
import type { Settings } from '../contract/settings';
import { chatImages, type ImageSources } from '../images/chat-images';
import type { DrawPlan } from '../images/plan';
import type { ModelSpec } from '../models/model-spec';
import type { ProviderCall } from '../providers/provider';
import { providerOf } from '../providers/registry';
import { chatVideo, type LinkVideo } from '../videos/chat-video';
import type { AnswerJob, ShowImage } from './job';
import { storingThread, type ThreadWorld, threadToContinue } from './threads';

/** What a chat of this model takes and how it is asked: the one place where kinds of models part. */
export interface ChatPlan extends Demand {
  readonly begin: Call['begin'];
  /** Another way to the same answer. */
  readonly instead?: Instead;
  readonly show: ShowImage;
  /** This credential and no other. */
  readonly tokenId?: string;
  /** What it has taken of the key's daily limits by now, where that can be less than was asked for. */
  readonly charged?: NonNullable<AnswerJob['charged']>;
  readonly lost?: NonNullable<AnswerJob['lost']>;
}

/** A call of its own for when the first fails. */
export interface Instead extends Pick<Fallback, 'canHelp'> {
  readonly plan: DrawPlan;
}

/** What a plan is made with. */
export interface ChatWorld {
  readonly settings: Settings;
  /** Made when they are needed: most chats have no picture. */
  readonly images: () => ImageSources;
  readonly linkVideo: LinkVideo;
  readonly threads: ThreadWorld;
}

/**
 * Plans a chat: text, or a model of pictures or videos spoken to as if it were text.
 * @throws AppError when the request cannot be served by this kind of model.
 */
export async function planChat(
  model: ModelSpec,
  chat: ChatRequest,
  world: ChatWorld,
): Promise<ChatPlan> {
  if (model.kind !== 'chat') await threadToContinue(model, chat, world.threads, Date.now());
  switch (model.kind) {
    case 'image':
    case 'edit':
      return chatImages(model, chat, world.settings, world.images());
    case 'video': {
      const images = world.images();
      const plan = await chatVideo(model, chat, world.settings, {
        own: (url) => images.own(url),
        link: world.linkVideo,
      });
      return { ...plan, show: (part, tokenId) => images.link(part, tokenId) };
    }
    case 'chat':
      return {
        kind: 'chat',
        model,
        units: model.units,
        charges: model.charges,
        ...(await planText(model, chat, world.threads)),
        show: (part, tokenId) => world.images().link(part, tokenId),
      };
  }
}

/** The next turn of a stored answer, or a first one; itself stored, where the request says so. */
async function planText(
  model: ModelSpec,
  chat: ChatRequest,
  threads: ThreadWorld,
): Promise<Pick<ChatPlan, 'begin' | 'tokenId'>> {
  const thread = await threadToContinue(model, chat, threads, Date.now());
  const provider = providerOf(model.provider);
  return {
    ...(thread !== null && { tokenId: thread.tokenId }),
    begin: async (attempt) => {
      // Not a copy: the attempt's signal is made when it is read.
      const call: ProviderCall = Object.assign(attempt, {
        request: chat,
        ...(thread !== null && { thread }),
      });
      const stream = await provider.stream(call);
      if (chat.store !== true) return stream;
      const { db, keyId, callId: id } = threads;
      return storingThread(stream, db, { id, keyId, tokenId: attempt.tokenId, model: model.id });
    },
  };
}
