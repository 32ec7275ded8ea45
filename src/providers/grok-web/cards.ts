import { firstText, list, parseRecord, record, text, type Json } from './narrow';
import { webHost } from './sources';

/** Most cards one answer keeps for its tags to point at. */
const MAX_CARDS = 1_000;

/** Cards that the answer's `grok:render` tags point at, and the numbers of its citations. */
export class CardLedger {
  readonly #cards = new Map<string, Json>();
  readonly #numbers = new Map<string, number>();
  #lastUrl = '';

  add(card: Json): void {
    const id = text(card['id']);
    if (id !== '' && this.#cards.size < MAX_CARDS) this.#cards.set(id, card);
  }

  /**
   * Markdown for one tag: `[[n]](url)` for a citation, where n counts distinct pages and a repeat
   * right behind itself is left out; a picture for a found image; nothing for the rest.
   */
  markdown(attributes: string, isAdjacent: boolean): string {
    const [, id = ''] = /card_id=["']([^"']*)["']/.exec(attributes) ?? [];
    const card = this.#cards.get(id);
    if (card === undefined) return '';
    const image = record(card['image']);
    if (image !== null) return pictureOf(image);
    const url = text(card['url']);
    if (webHost(url) === null || (isAdjacent && url === this.#lastUrl)) return '';
    this.#lastUrl = url;
    const known = this.#numbers.get(url);
    const number = known ?? this.#numbers.size + 1;
    if (known === undefined) this.#numbers.set(url, number);
    return `[[${number}]](${escapeUrl(url)})`;
  }
}

/** Every card that a frame or the final message carries. */
export function cardsOf(from: Json): readonly Json[] {
  const { cardAttachment: one, cardAttachments: many, cardAttachmentsJson: texts } = from;
  // Most frames are one token: they must not cost lists.
  if (one === undefined && many === undefined && texts === undefined) return NO_CARDS;
  return [one, ...list(many), ...list(texts)].map(decode).filter((card) => card !== null);
}

const NO_CARDS: readonly Json[] = [];

/** A card is the JSON in `jsonData`, an object there, or JSON by itself. */
function decode(value: unknown): Json | null {
  if (typeof value === 'string') return parseRecord(value);
  const data = record(value)?.['jsonData'];
  return typeof data === 'string' ? parseRecord(data) : record(data);
}

function pictureOf(image: Json): string {
  const url = firstText(image, 'original', 'thumbnail', 'link');
  if (webHost(url) === null) return '';
  return `![${text(image['title'])
    .replaceAll(/[[\]\n]/g, ' ')
    .trim()}](${escapeUrl(url)})`;
}

/** A URL that Markdown cannot end too early. */
function escapeUrl(url: string): string {
  return url.replaceAll(/[()\s<>]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
