import type { Part } from '../provider';
import { CardLedger, cardsOf } from './cards';
import { cutFault, inBandFault, moderatedFault } from './faults';
import { gapBefore, newPlace, type Place } from './gaps';
import { drawnImage, ImageLedger } from './images';
import { firstText, list, number, record, text, type Json } from './narrow';
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

/** The state before the first frame. Filters are names of tags, such as `grok:render`. */
export function newAnswer(filterTags: readonly string[]): AnswerState {
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
    images: new ImageLedger(),
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
 * Reads one frame and adds what it means to `out`. Frames that mean nothing here (layout, title,
 * follow-ups, code results, unknown kinds) add nothing.
 *
 * @throws ProviderError for an error that came in the frame.
 */
export function step(state: AnswerState, frame: Json, out: Part[]): void {
  const result = record(frame['result']);
  if (isPresent(frame['error'])) throw inBandFault(frame['error']);
  if (result === null) {
    // Some failures come as a bare status object.
    if (isPresent(frame['code']) && isPresent(frame['message'])) throw inBandFault(frame);
    return;
  }
  if (record(result['title']) !== null) state.hasEnded = true;
  const response = record(result['response']);
  if (response === null) return;
  if (isPresent(response['error'])) throw inBandFault(response['error']);

  const from = out.length;
  const modelResponse = record(response['modelResponse']);
  if (modelResponse !== null) readMessage(state, modelResponse, out);
  readNames(state, response);
  state.sources.collect(response, out);
  readCards(state, response, out);
  const drawing = record(response['streamingImageGenerationResponse']);
  if (drawing !== null) state.images.progress(drawing, out);
  readToken(state, response, out);
  const isStop = response['isSoftStop'] === true || isPresent(response['finalMetadata']);
  if (isStop) state.hasEnded = true;
  if (out.length > from) tellAbout(state, out, from);
}

/**
 * Ends the answer: what was held back, the tail of the final message that was not streamed, and
 * `finish`. Upstream never counts tokens, so usage is null.
 *
 * @throws ProviderError when nothing came that could be an answer.
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
    if (!state.hasEnded) throw cutFault('ended without an answer');
  }
  tellAbout(state, out, from);
  out.push({ type: 'choice-end', choice: 0, reason: 'stop' }, { type: 'finish', usage: null });
}

/** Tags whose tokens are machine talk. */
const MACHINE_TAGS = new Set(['tool_usage_card', 'raw_function_result']);
/** Tags that mark reasoning where the frame does not say whether it is. */
const REASONING_TAGS = new Set(['header', 'summary', 'analysis']);

function readToken(state: AnswerState, response: Json, out: Part[]): void {
  const { token, isThinking } = response;
  // Some frames hold an array here; it is no text.
  if (typeof token !== 'string' || token === '') return;
  const tag = text(response['messageTag']);
  if (MACHINE_TAGS.has(tag) || isPresent(response['toolUsageCard'])) return;
  if (isThinking === true || (typeof isThinking !== 'boolean' && REASONING_TAGS.has(tag))) {
    if (isPresent(response['toolUsageCardId'])) return;
    const shown = state.reasoning.push(token);
    if (shown === '') return;
    const place = `${text(response['rolloutId'])}/${number(response['messageStepId']) ?? ''}`;
    tellReasoning(gapBefore(state.reasoningPlace, tag, place, shown) + shown, out);
    return;
  }
  state.raw += token;
  const shown = state.answer.push(token);
  if (shown !== '') tellText(state, gapBefore(state.answerPlace, tag, '', shown) + shown, out);
}

/** The complete answer: its text is kept for the end, because an early one may still grow. */
function readMessage(state: AnswerState, message: Json, out: Part[]): void {
  if (isPresent(message['error'])) throw inBandFault(message['error']);
  const [failure] = list(message['streamErrors']);
  if (isPresent(failure)) throw inBandFault(failure);
  state.message = text(message['message']) || state.message;
  if (message['partial'] !== true) state.hasEnded = true;
  const info = record(record(message['metadata'])?.['llm_info']);
  name(state, 'model', text(message['model']));
  if (info !== null) name(state, 'fingerprint', text(info['modelHash']));
  state.sources.collect(message, out);
  readCards(state, message, out);
  state.images.generated(message['generatedImageUrls'], out);
}

function readCards(state: AnswerState, from: Json, out: Part[]): void {
  for (const card of cardsOf(from)) {
    const drawn = drawnImage(card);
    if (drawn !== null) state.images.progress(drawn, out);
    else state.cards.add(card);
    if (card['type'] === 'render_inline_citation') state.sources.add(text(card['url']), '', out);
  }
}

function readNames(state: AnswerState, response: Json): void {
  const echo = record(response['userResponse']);
  if (echo !== null) name(state, 'model', text(echo['model']));
  const info = record(response['llmInfo']);
  if (info !== null) name(state, 'fingerprint', firstText(info, 'modelHash'));
}

/** The first name wins; the final message only repeats it. */
function name(state: AnswerState, key: 'model' | 'fingerprint', value: string): void {
  if (value !== '' && !state.isAboutTold) state.about[key] ??= value;
}

function tellText(state: AnswerState, shown: string, out: Part[]): void {
  if (shown === '') return;
  if (!state.hasText) tellReasoning(state.reasoning.flush(), out);
  state.hasText = true;
  out.push({ type: 'text-delta', text: shown });
}

function tellReasoning(shown: string, out: Part[]): void {
  if (shown !== '') out.push({ type: 'reasoning-delta', text: shown });
}

/** Puts the model's names, once, ahead of the content that begins at `from`. */
function tellAbout(state: AnswerState, out: Part[], from: number): void {
  const { model, fingerprint } = state.about;
  if (state.isAboutTold || (model === undefined && fingerprint === undefined)) return;
  state.isAboutTold = true;
  out.splice(from, 0, { type: 'about', ...state.about });
}

/** Upstream writes "none" as an absent key, null, an empty text, false or 0. */
function isPresent(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== '' && value !== false && number(value) !== 0
  );
}
