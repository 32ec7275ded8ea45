import type { ChatRequest } from '../contract/chat';
import { ImageChat, MAX_PICTURES } from '../contract/images';
import type { Settings } from '../contract/settings';
import { AppError } from '../errors';
import { check } from '../http/body';
import type { ModelSpec } from '../models/model-spec';
import type { ImagePart, Original, Part, PartStream } from '../providers/provider';
import { Album } from './album';
import { type FindOwn, originalsOf, promptOf, type ReadOwn, toOriginal } from './originals';
import type { PictureOutlet } from './picture';
import { type DrawPlan, planDraw } from './plan';
import { ratioOf } from './ratio';

/** Where pictures come from and go to. */
export interface ImageSources extends PictureOutlet {
  readonly own: ReadOwn;
  readonly find: FindOwn;
}

export interface ChatImages extends DrawPlan {
  /** What has come by now. */
  readonly charged: () => { readonly image: number };
  /** How a picture is shown: a link, or a data URI. */
  readonly show: (part: ImagePart, tokenId: string | null) => Promise<string>;
  /** A picture could not be shown: it is missing, and not charged. */
  readonly lost: (part: ImagePart) => void;
}

/**
 * A chat with a model that draws or edits: the user's last words are drawn; what is edited is in that
 * message, or is the last picture before it.
 * @throws AppError
 */
export async function chatImages(
  model: ModelSpec,
  chat: ChatRequest,
  settings: Settings,
  sources: ImageSources,
): Promise<ChatImages> {
  const config = check(ImageChat, chat).image_config ?? {};
  const prompt = promptOf(chat.messages);
  if (prompt === '') {
    throw new AppError('invalid_request', 'The last user message holds no text to draw.', {
      param: 'messages',
    });
  }
  const n = config.n ?? chat.n ?? 1;
  if (n > MAX_PICTURES) {
    throw new AppError('invalid_request', `'n' is not valid: at most ${MAX_PICTURES} pictures.`, {
      param: 'n',
    });
  }
  const ratio = ratioOf(config.size, 'image_config.size');
  let album = new Album(n);
  const plan = planDraw(model, settings.grok.image_generation_method, {
    prompt,
    n,
    ratio: ratio ?? (model.kind === 'image' ? '1:1' : null),
    concurrency: 1,
    images: await originals(model, chat, sources.find),
    enableNsfw: settings.images.enable_nsfw,
  });
  const isLink = (config.response_format ?? settings.app.image_format) === 'url';
  return {
    ...plan,
    begin: async (attempt) => {
      album = new Album(n);
      return new ChatPictures(await plan.begin(attempt), album);
    },
    charged: () => ({ image: album.delivered }),
    lost: (part) => album.lose(part),
    show: async (part, tokenId) =>
      isLink ? sources.link(part, tokenId) : dataUri(await sources.base64(part, tokenId)),
  };
}

/** A model that edits needs something to edit; one that draws takes nothing along. */
async function originals(
  model: ModelSpec,
  { messages }: ChatRequest,
  find: FindOwn,
): Promise<readonly Original[]> {
  const { media } = model;
  if (media?.task !== 'edit') return [];
  const urls = originalsOf(messages);
  if (urls.length === 0) {
    throw new AppError('invalid_request', 'This model edits pictures: the messages hold none.', {
      param: 'messages',
    });
  }
  if (urls.length > media.maxImages) {
    throw new AppError('invalid_image', `This model edits at most ${media.maxImages} pictures.`, {
      param: 'messages',
    });
  }
  const images: Original[] = [];
  for (const url of urls) images.push(await toOriginal(url, find, 'messages'));
  return images;
}

/** PNG begins with these six characters; everything else upstream draws is JPEG or says so itself. */
function dataUri(base64: string): string {
  const mime = base64.startsWith('iVBORw') ? 'png' : base64.startsWith('UklGR') ? 'webp' : 'jpeg';
  return `data:image/${mime};base64,${base64}`;
}

/**
 * Pictures being drawn, as parts of a chat: how far they are is told as reasoning, what is missing in words.
 * The end is a read of its own: by then it is known which of the pictures could be shown.
 */
class ChatPictures implements PartStream {
  readonly #drawing: PartStream;
  readonly #album: Album;
  readonly #progress = new Map<number, number>();
  #ending: Part | null = null;
  #hasEnded = false;
  readonly unitsSpent?: () => number;

  constructor(drawing: PartStream, album: Album) {
    this.#drawing = drawing;
    this.#album = album;
    if (drawing.unitsSpent !== undefined) this.unitsSpent = () => drawing.unitsSpent?.() ?? 0;
  }

  async read(): Promise<readonly Part[] | null> {
    if (this.#hasEnded) return null;
    for (;;) {
      if (this.#ending !== null) return this.#end(this.#ending);
      const parts = await this.#next();
      if (parts === null) return null;
      const out: Part[] = [];
      for (const part of parts) this.#take(part, out);
      if (out.length > 0) return out;
    }
  }

  cancel(): void {
    this.#drawing.cancel();
  }

  /** A failure after some pictures does not take them back. @throws ProviderError before the first. */
  async #next(): Promise<readonly Part[] | null> {
    try {
      return await this.#drawing.read();
    } catch (thrown) {
      if (this.#album.delivered === 0) throw thrown;
      return [{ type: 'finish', usage: null }];
    }
  }

  #take(part: Part, out: Part[]): void {
    switch (part.type) {
      case 'image':
        if (!this.#album.wants(part)) return;
        this.#album.add(part);
        out.push(part);
        return;
      case 'image-failed':
        return this.#album.miss(part.code);
      case 'image-progress':
        return this.#further(part.index, part.progress, out);
      case 'finish':
        this.#ending = part;
        return;
      case 'about':
      case 'thread':
        out.push(part);
        return;
      // Words of upstream beside its pictures are about its own prompt, not an answer.
      case 'text-delta':
      case 'reasoning-delta':
      case 'refusal-delta':
      case 'tool-call-delta':
      case 'source':
      case 'video-progress':
      case 'video':
      case 'choice-end':
        return;
    }
  }

  #further(index: number, progress: number, out: Part[]): void {
    if (progress <= (this.#progress.get(index) ?? -1)) return;
    this.#progress.set(index, progress);
    out.push({
      type: 'reasoning-delta',
      text: `Picture ${index + 1}: ${Math.round(progress)} %\n`,
    });
  }

  /** @throws ProviderError when there is nothing to show. */
  #end(finish: Part): readonly Part[] {
    this.#hasEnded = true;
    this.#album.assertNotEmpty();
    const incomplete = this.#album.incomplete();
    if (incomplete === null) return [finish];
    const { requested, delivered, reasons } = incomplete;
    const text = `\n${delivered} of ${requested} pictures came (${reasons.join(', ')}).\n`;
    return [{ type: 'text-delta', text }, finish];
  }
}
