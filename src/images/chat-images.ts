import type { ChatRequest } from '../contract/chat';
import { ImageChat, MAX_PICTURES } from '../contract/images';
import type { Settings } from '../contract/settings';
import { AppError } from '../errors';
import { check } from '../http/body';
import type { ModelSpec } from '../models/model-spec';
import {
  type ImagePart,
  type Original,
  type Part,
  type PartStream,
  ProviderError,
} from '../providers/provider';
import { Album } from './album';
import {
  attachedTo,
  type FindOwn,
  originalsOf,
  promptOf,
  type ReadOwn,
  toOriginal,
} from './originals';
import type { PictureOutlet } from './picture';
import { editRow } from '../models/grok-media-models';
import { type DrawPlan, planWithFallback } from './plan';
import { ratioOf } from './ratio';

/** Where pictures come from and go to. */
export interface ImageSources extends PictureOutlet {
  readonly own: ReadOwn;
  readonly find: FindOwn;
}

export interface ChatImages extends DrawPlan {
  /** Another way of drawing, for when the first fails before a picture. */
  readonly instead?: { readonly plan: DrawPlan; readonly canHelp: () => boolean };
  /** What has come by now. */
  readonly charged: () => { readonly image: number };
  /** How a picture is shown: a link, or a data URI. */
  readonly show: (part: ImagePart, tokenId: string | null) => Promise<string>;
  /** A picture could not be shown: it is missing, and not charged. */
  readonly lost: (part: ImagePart) => void;
}

/**
 * A chat with a model that draws or edits: the user's last words are drawn; what is edited is in that
 * message, or is the last picture before it. A model that draws edits, too, where there is such a picture.
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
  const { row, images } = await subjectOf(model, chat, sources.find);
  let album = new Album(n);
  const [first, second] = planWithFallback(row, settings.grok.image_generation_method, {
    prompt,
    n,
    ratio: ratio ?? (row.media?.task === 'draw' ? '1:1' : null),
    concurrency: 1,
    images,
    enableNsfw: settings.images.enable_nsfw,
  });
  const drawn = (plan: DrawPlan): DrawPlan => ({
    ...plan,
    begin: async (attempt) => {
      album = new Album(n);
      return new ChatPictures(await plan.begin(attempt), album);
    },
  });
  const canHelp = (): boolean => album.delivered === 0 && !album.isUnreadable;
  const isLink = (config.response_format ?? settings.app.image_format) === 'url';
  return {
    ...drawn(first),
    ...(second === undefined ? {} : { instead: { plan: drawn(second), canHelp } }),
    charged: () => ({ image: album.delivered }),
    lost: (part) => album.lose(part),
    show: async (part, tokenId) =>
      isLink ? sources.link(part, tokenId) : dataUri(await sources.base64(part, tokenId)),
  };
}

/** What is drawn from, and the row that does it. */
interface Subject {
  readonly row: ModelSpec;
  readonly images: readonly Original[];
}

/** @throws AppError for a picture that cannot be edited. */
async function subjectOf(
  model: ModelSpec,
  { messages }: ChatRequest,
  find: FindOwn,
): Promise<Subject> {
  const urls = originalsOf(messages);
  if (model.media?.task !== 'draw') {
    return { row: model, images: await originals(model, urls, find) };
  }
  const words: Subject = { row: model, images: [] };
  if (urls.length === 0) return words;
  const row = editRow(model);
  if (row === null) {
    const message = 'This model draws from words only: it edits no pictures.';
    throw new AppError('invalid_request', message, { param: 'messages' });
  }
  try {
    return { row, images: await originals(row, urls, find) };
  } catch (thrown) {
    // A chat goes on when the link of an earlier picture has expired: who draws can draw anew.
    const isEarlier = attachedTo(messages).length === 0;
    if (isEarlier && thrown instanceof AppError) return words;
    throw thrown;
  }
}

/** A model that edits needs something to edit. */
async function originals(
  { media }: ModelSpec,
  urls: readonly string[],
  find: FindOwn,
): Promise<readonly Original[]> {
  if (media?.task !== 'edit') return [];
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
  #failure: ProviderError | null = null;
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

  /** What upstream said after the pictures that came: of the credential, perhaps. */
  failure(): ProviderError | null {
    return this.#failure;
  }

  /** A failure after some pictures does not take them back. @throws ProviderError before the first. */
  async #next(): Promise<readonly Part[] | null> {
    try {
      return await this.#drawing.read();
    } catch (thrown) {
      if (this.#album.delivered === 0 || !(thrown instanceof ProviderError)) throw thrown;
      this.#failure = thrown;
      this.#album.miss(thrown.code);
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
    if (this.#failure !== null && this.#album.delivered === 0) throw this.#failure;
    this.#album.assertNotEmpty();
    const incomplete = this.#album.incomplete();
    if (incomplete === null) return [finish];
    const { requested, delivered, reasons } = incomplete;
    const text = `\n${delivered} of ${requested} pictures came (${reasons.join(', ')}).\n`;
    return [{ type: 'text-delta', text }, finish];
  }
}
