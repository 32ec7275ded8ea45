import type { Part } from '../provider';
import { firstText, list, number, record, text, type Json } from './narrow';

const ASSETS_PREFIX = /^(?:https:\/\/assets\.grok\.com)?\/*/;

/** Pictures of one answer: each final one is told once, withheld ones never. */
export class ImageLedger {
  readonly #told = new Set<string>();
  readonly #withheld = new Set<string>();

  get anyTold(): boolean {
    return this.#told.size > 0;
  }

  get anyWithheld(): boolean {
    return this.#withheld.size > 0;
  }

  /** A drawing in progress: `{imageUrl, progress, isFinal?, moderated?}` or a card's `image_chunk`. */
  progress(image: Json, out: Part[]): void {
    const url = firstText(image, 'imageUrl', 'image_url', 'url');
    if (image['moderated'] === true) {
      this.#withheld.add(keyOf(url));
      return;
    }
    const isFinal = image['isFinal'] === true || (number(image['progress']) ?? 0) >= 100;
    if (isFinal) this.#tell(url, out);
  }

  /** The final message's `generatedImageUrls`; `/` stands there for "not yet". */
  generated(urls: unknown, out: Part[]): void {
    for (const url of list(urls)) this.#tell(text(url), out);
  }

  #tell(url: string, out: Part[]): void {
    const key = keyOf(url);
    // A URL with `-part-` is a preview, whatever its frame says.
    if (key === '' || key.includes('-part-')) return;
    if (this.#told.has(key) || this.#withheld.has(key)) return;
    this.#told.add(key);
    out.push({ type: 'image', url });
  }
}

/** One name for a picture that is given relative here and absolute there. */
function keyOf(url: string): string {
  return url.replace(ASSETS_PREFIX, '');
}

/** The `image_chunk` of a card that draws a picture; null for other cards. */
export function drawnImage(card: Json): Json | null {
  return record(card['image_chunk']) ?? record(card['imageChunk']);
}
