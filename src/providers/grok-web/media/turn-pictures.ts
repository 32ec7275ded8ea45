import type { ProviderError } from '../../provider';
import { cardsOf } from '../cards';
import { inBandFault, moderatedFault } from '../faults';
import { drawnImage } from '../images';
import { firstText, list, number, record, text, type Json } from '../narrow';
import { absoluteUrl, bareBase64, fileKey } from './asset-url';
import { shortFault } from './conclude';
import { responseOf } from './frame-response';

/** What the frames of one turn say of its pictures. `index` is upstream's own, from 0. */
export type PictureEvent =
  | {
      readonly type: 'progress';
      readonly index: number;
      readonly percent: number;
      readonly base64?: string;
    }
  | { readonly type: 'picture'; readonly index: number; readonly url: string }
  | { readonly type: 'withheld'; readonly url: string }
  /** The turn is over; why, should it have brought fewer pictures than it was to. */
  | { readonly type: 'end'; readonly shortage: ProviderError };

/** Numbers in a card's `systemErrCode` that stand for moderation, and for a limit. */
const MODERATION_CODES: ReadonlySet<number> = new Set([1_001, 1_002, 1_003, 1_004, 1_005]);
const LIMIT_CODES: ReadonlySet<unknown> = new Set([1_006, 1_008, 'rate_limit']);

/** The pictures in the frames of one turn. What was finished ahead of a failure is told first. */
export async function* picturesIn(
  frames: AsyncIterable<Json>,
): AsyncGenerator<PictureEvent, void, undefined> {
  const pictures = new TurnPictures();
  try {
    for await (const frame of frames) yield* pictures.step(frame);
  } catch (thrown) {
    yield* pictures.release();
    throw thrown;
  }
  yield* pictures.release();
  yield { type: 'end', shortage: pictures.shortage };
}

/**
 * Reads the pictures of one turn. A finished one is held back until the final message names it or the
 * turn ends: until then upstream may still withhold it, and one that it withheld never comes out.
 */
export class TurnPictures {
  /** By file, in the order they were finished. */
  readonly #held = new Map<string, { readonly url: string; readonly index: number }>();
  readonly #indexes = new Map<string, number>();
  readonly #withheld = new Set<string>();
  #isModerated = false;
  #failure: ProviderError | null = null;

  /** @throws ProviderError for an error that came in the frame. */
  step(frame: Json): readonly PictureEvent[] {
    const response = responseOf(frame);
    if (response === null) return [];
    const events: PictureEvent[] = [];
    const drawing = record(response['streamingImageGenerationResponse']);
    if (drawing !== null) this.#drawing(drawing, events);
    this.#cards(response, events);
    const message = record(response['modelResponse']);
    if (message !== null) {
      this.#cards(message, events);
      this.#message(list(message['generatedImageUrls']), events);
    }
    return events;
  }

  /** Pictures that were finished and that no final message named. */
  release(): readonly PictureEvent[] {
    const held = [...this.#held.values()];
    this.#held.clear();
    return held.map(({ url, index }) => ({ type: 'picture', url, index }));
  }

  /** Why the turn brought fewer pictures than it should. */
  get shortage(): ProviderError {
    return this.#isModerated ? moderatedFault() : (this.#failure ?? shortFault('no picture'));
  }

  #cards(from: Json, events: PictureEvent[]): void {
    for (const card of cardsOf(from)) {
      const drawn = drawnImage(card);
      if (drawn !== null) this.#drawing(drawn, events);
    }
  }

  /** `streamingImageGenerationResponse`, or the `image_chunk` of a card. */
  #drawing(image: Json, events: PictureEvent[]): void {
    const given = firstText(image, 'imageUrl', 'image_url', 'url');
    const url = absoluteUrl(given);
    const index = number(image['imageIndex']) ?? number(image['sideBySideIndex']) ?? 0;
    if (this.#isStopped(image)) {
      this.#isModerated ||= this.#failure === null;
      if (url === null) return;
      this.#withheld.add(fileKey(url));
      this.#held.delete(fileKey(url));
      events.push({ type: 'withheld', url });
      return;
    }
    const percent = number(image['progress']) ?? 0;
    const isFinal = image['isFinal'] === true || percent >= 100;
    // A URL with `-part-` is a preview, whatever its frame says.
    if (isFinal && url !== null && !url.includes('-part-')) this.#hold(url, index);
    const base64 = /^data:image\//i.test(given) ? bareBase64(given) : null;
    if (percent > 0) {
      events.push({ type: 'progress', index, percent, ...(base64 !== null && { base64 }) });
    }
  }

  /** Whether upstream gave this picture up; a reason other than moderation is remembered. */
  #isStopped(image: Json): boolean {
    if (image['moderated'] === true) return true;
    const code = image['systemErrCode'];
    if (code === undefined || code === null || code === 0 || code === '') return false;
    if (typeof code === 'number' && MODERATION_CODES.has(code)) return true;
    this.#failure = LIMIT_CODES.has(code)
      ? inBandFault({ code: 8 })
      : shortFault('picture not made');
    return true;
  }

  #hold(url: string, index: number): void {
    const key = fileKey(url);
    if (this.#withheld.has(key)) return;
    this.#indexes.set(key, index);
    this.#held.set(key, { url, index });
  }

  /** `generatedImageUrls`; an empty list, or `/`, stands there for "not yet". */
  #message(urls: readonly unknown[], events: PictureEvent[]): void {
    const named = urls.map((url) => absoluteUrl(text(url))).filter((url) => url !== null);
    for (const [place, url] of named.entries()) {
      const key = fileKey(url);
      if (!url.includes('-part-')) this.#hold(url, this.#indexes.get(key) ?? place);
    }
    if (named.length > 0) events.push(...this.release());
  }
}
