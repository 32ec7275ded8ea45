import type { Part } from '../provider';
import { CardLedger } from './cards';
import { cutFault, moderatedFault, pictureFault } from './faults';
import { gapBefore, newPlace, type Place } from './gaps';
import { drawnImage, ImageLedger } from './images';
import { text, type Json } from './narrow';
import { SourceLedger } from './sources';
import { TagFilter, tagRules } from './tags';

/** Where the reading of one answer stands. */
export interface AnswerState {
  readonly answer: TagFilter;
  readonly reasoning: TagFilter;
  readonly cards: CardLedger;
  readonly sources: SourceLedger;
  readonly images: ImageLedger;
  readonly answerPlace: Place;
  readonly reasoningPlace: Place;
  /** The answer's tokens as they came, to be compared with the final message. */
  raw: string;
  /** The final message, once upstream has sent it. */
  message: string;
  /** Names of the model and its build; held back until the first content, so that an early failure can still be retried. */
  about: { model?: string; fingerprint?: string };
  isAboutTold: boolean;
  hasText: boolean;
  /** Upstream has said that the text is complete. */
  hasEnded: boolean;
}

/**
 * The state before the first frame. Filters are names of tags, such as `grok:render`.
 * @param tellsProgress - how far its pictures are is told, too.
 */
export function newAnswer(filterTags: readonly string[], tellsProgress = false): AnswerState {
  const rules = tagRules(filterTags);
  const cards = new CardLedger();
  const hidesCards = filterTags.some((tag) => tag.toLowerCase() === 'grok:render');
  return {
    answer: new TagFilter(rules, (attributes, isAdjacent) =>
      hidesCards ? '' : cards.markdown(attributes, isAdjacent),
    ),
    reasoning: new TagFilter(rules, () => ''),
    cards,
    sources: new SourceLedger(),
    images: new ImageLedger(tellsProgress),
    answerPlace: newPlace(),
    reasoningPlace: newPlace(),
    raw: '',
    message: '',
    about: {},
    isAboutTold: false,
    hasText: false,
    hasEnded: false,
  };
}

/**
 * Ends the answer: what was held back, the tail of the final message that was not streamed, and
 * `finish`. Upstream never counts tokens, so usage is null.
 *
 * @throws ProviderError when nothing came that could be an answer, or the text broke off: a body that
 * ends is no word of upstream's that all of it has come.
 */
export function finish(state: AnswerState, out: Part[]): void {
  const from = out.length;
  tellReasoning(state.reasoning.flush(), out);
  const { raw, message } = state;
  if (message.length > raw.length && message.startsWith(raw)) {
    tellText(state, state.answer.push(message.slice(raw.length)), out);
  }
  tellText(state, state.answer.flush(), out);
  if (!state.hasText && !state.images.anyTold) {
    if (state.images.anyWithheld) throw moderatedFault();
    if (state.images.failure !== null) throw pictureFault(state.images.failure);
    if (!state.hasEnded) throw cutFault('ended without an answer');
  }
  if (state.hasText && !state.hasEnded) throw cutFault('ended in the middle of the text');
  tellAbout(state, out, from);
  out.push({ type: 'choice-end', choice: 0, reason: 'stop' }, { type: 'finish', usage: null });
}

/** A card draws a picture, or stays for the answer's tags to point at. */
export function readCard(state: AnswerState, card: Json, out: Part[]): void {
  const drawn = drawnImage(card);
  if (drawn !== null) state.images.progress(drawn, out);
  else state.cards.add(card);
  if (card['type'] === 'render_inline_citation') state.sources.add(text(card['url']), '', out);
}

/** The first name wins; the final message only repeats it. */
export function name(state: AnswerState, key: 'model' | 'fingerprint', value: string): void {
  if (value !== '' && !state.isAboutTold) state.about[key] ??= value;
}

/** A token of the answer, under the tag that upstream gave it. */
export function takeAnswer(
  state: AnswerState,
  { token, tag }: { readonly token: string; readonly tag: string },
  out: Part[],
): void {
  state.raw += token;
  const shown = state.answer.push(token);
  if (shown !== '') tellText(state, gapBefore(state.answerPlace, tag, '', shown) + shown, out);
}

/** A token of the reasoning; its place names the step and the agent it belongs to. */
export function takeReasoning(
  state: AnswerState,
  { token, tag, place }: { readonly token: string; readonly tag: string; readonly place: string },
  out: Part[],
): void {
  const shown = state.reasoning.push(token);
  if (shown === '') return;
  tellReasoning(gapBefore(state.reasoningPlace, tag, place, shown) + shown, out);
}

/** Shows a card at this place of the answer, by the rules of the tags that point at cards. */
export function takeCard(
  state: AnswerState,
  card: Json & { readonly id: string },
  out: Part[],
): void {
  state.cards.add(card);
  tellText(state, state.answer.push(`<grok:render card_id="${card.id}"></grok:render>`), out);
}

/** Puts the model's names, once, ahead of the content that begins at `from`. */
export function tellAbout(state: AnswerState, out: Part[], from: number): void {
  const { model, fingerprint } = state.about;
  if (state.isAboutTold || (model === undefined && fingerprint === undefined)) return;
  state.isAboutTold = true;
  out.splice(from, 0, { type: 'about', ...state.about });
}

/** What is held of the reasoning comes ahead of the answer. */
function tellText(state: AnswerState, shown: string, out: Part[]): void {
  if (shown === '') return;
  if (!state.hasText) tellReasoning(state.reasoning.flush(), out);
  state.hasText = true;
  out.push({ type: 'text-delta', text: shown });
}

function tellReasoning(shown: string, out: Part[]): void {
  if (shown !== '') out.push({ type: 'reasoning-delta', text: shown });
}
