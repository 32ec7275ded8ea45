import type { Part } from '../provider';
import {
  name,
  readCard,
  takeAnswer,
  takeReasoning,
  tellAbout,
  type AnswerState,
} from './answer-state';
import { cardsOf } from './cards';
import { inBandFault } from './faults';
import { firstText, isPresent, list, number, record, text, type Json } from './narrow';

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
    const place = `${text(response['rolloutId'])}/${number(response['messageStepId']) ?? ''}`;
    takeReasoning(state, { token, tag, place }, out);
    return;
  }
  takeAnswer(state, { token, tag }, out);
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
  for (const card of cardsOf(from)) readCard(state, card, out);
}

function readNames(state: AnswerState, response: Json): void {
  const echo = record(response['userResponse']);
  if (echo !== null) name(state, 'model', text(echo['model']));
  const info = record(response['llmInfo']);
  if (info !== null) name(state, 'fingerprint', firstText(info, 'modelHash'));
}
