import type { Part } from '../provider';
import { absoluteUrl, bareBase64 } from './media/asset-url';
import { firstText, isPresent, list, number, record, text, type Json } from './narrow';

const ASSETS_PREFIX = /^(?:https:\/\/assets\.grok\.com)?\/*/;

/** Pictures of one answer: each final one is told once, withheld ones never. */
export class ImageLedger {
  readonly #told = new Set<string>();
  readonly #withheld = new Set<string>();
  readonly #tellsProgress: boolean;
  /** Why a picture could not be drawn, where upstream said so; moderation apart. */
  failure: 'limited' | 'faulty' | null = null;

  /** @param tellsProgress - a chat is not told how far its pictures are: that is no part of its answer. */
  constructor(tellsProgress = false) {
    this.#tellsProgress = tellsProgress;
  }

  get anyTold(): boolean {
    return this.#told.size > 0;
  }

  get anyWithheld(): boolean {
    return this.#withheld.size > 0;
  }

  /** A drawing in progress: `{imageUrl, progress, isFinal?, moderated?}` or a card's `image_chunk`. */
  progress(image: Json, out: Part[]): void {
    const url = firstText(image, 'imageUrl', 'image_url', 'url');
    const verdict = verdictOf(image);
    if (verdict === 'withheld') {
      this.#withheld.add(keyOf(url));
      return;
    }
    if (verdict !== null) {
      this.failure = verdict;
      return;
    }
    const percent = number(image['progress']) ?? 0;
    if (image['isFinal'] === true || percent >= 100) this.#tell(url, out);
    else if (this.#tellsProgress && percent > 0) out.push(progressOf(image, url, percent));
  }

  /** The final message's `generatedImageUrls`; `/` stands there for "not yet". */
  generated(urls: unknown, out: Part[]): void {
    for (const url of list(urls)) this.#tell(text(url), out);
  }

  #tell(url: string, out: Part[]): void {
    const key = keyOf(url);
    const address = absoluteUrl(url);
    // A URL with `-part-` is a preview, whatever its frame says; so is a picture in a `data:` URI.
    if (address === null || key.includes('-part-')) return;
    if (this.#told.has(key) || this.#withheld.has(key)) return;
    this.#told.add(key);
    out.push({ type: 'image', url: address });
  }
}

/** A preview comes as a `data:` URI in the place of the address. */
function progressOf(image: Json, url: string, progress: number): Part {
  const index = number(image['imageIndex']) ?? number(image['sideBySideIndex']) ?? 0;
  const base64 = /^data:image\//i.test(url) ? bareBase64(url) : null;
  return { type: 'image-progress', index, progress, ...(base64 !== null && { base64 }) };
}

/** What upstream's number on a picture means: 1001 to 1005 are checks, 1006 and 1008 limits. */
function verdictOf(image: Json): 'withheld' | 'limited' | 'faulty' | null {
  const code = image['systemErrCode'];
  if (image['moderated'] === true) return 'withheld';
  if (!isPresent(code)) return null;
  if (code === 'rate_limit' || code === 1006 || code === 1008) return 'limited';
  return typeof code === 'number' && code >= 1001 && code <= 1005 ? 'withheld' : 'faulty';
}

/** One name for a picture that is given relative here and absolute there. */
function keyOf(url: string): string {
  return url.replace(ASSETS_PREFIX, '');
}

/** The `image_chunk` of a card that draws a picture; null for other cards. */
export function drawnImage(card: Json): Json | null {
  return record(card['image_chunk']) ?? record(card['imageChunk']);
}
