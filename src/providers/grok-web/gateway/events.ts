import type { Part } from '../../provider';
import {
  name,
  readCard,
  takeAnswer,
  takeCard,
  takeReasoning,
  tellAbout,
  type AnswerState,
} from '../answer-state';
import { cardsOf } from '../cards';
import { drawnImage } from '../images';
import { isPresent, list, number, record, text, type Json } from '../narrow';
import { webHost } from '../sources';
import { gatewayFault } from './faults';

/** Where the reading of one turn stands. */
export interface EventState {
  readonly answer: AnswerState;
  /** Whole headings so far: each stands apart from the next. */
  headings: number;
  citations: number;
}

/**
 * Reads one event of an answer under way and adds what it means to `out`. Events that mean nothing here
 * add nothing.
 *
 * @throws ProviderError for an error that came in the event.
 */
export function stepEvent(state: EventState, event: Json, out: Part[]): void {
  const { answer } = state;
  const from = out.length;
  switch (event['type']) {
    case 'response.created':
      name(answer, 'model', text(record(event['response'])?.['model']));
      break;
    case 'response.chunk':
      readChunk(state, record(event['chunk']) ?? {}, out);
      break;
    case 'response.output_text.delta':
      takeAnswer(answer, { token: text(event['delta']), tag: ANSWER }, out);
      break;
    case 'response.output_text.done':
      answer.message = text(event['text']) || answer.message;
      break;
    case 'response.search.result':
      readPage(answer, record(event['result']), out);
      break;
    case 'response.grok.output':
      readOutput(answer, record(event['output']) ?? {}, out);
      break;
  }
  if (out.length > from) tellAbout(answer, out, from);
}

const ANSWER = 'final';

function readChunk(state: EventState, chunk: Json, out: Part[]): void {
  const words = record(chunk['text']);
  if (words !== null) readText(state, words, record(chunk['metadata']) ?? {}, out);
  const citation = record(chunk['render_citation']);
  if (citation !== null) readCitation(state, citation, out);
  readToolResult(state.answer, record(chunk['tool_result']), out);
}

function readText(state: EventState, words: Json, metadata: Json, out: Part[]): void {
  const token = text(words['text']);
  const tag = tagOf(words['channel']);
  if (token === '' || tag === null) return;
  if (tag === ANSWER) {
    takeAnswer(state.answer, { token, tag }, out);
    return;
  }
  const step = `${text(metadata['rollout_id'])}/${number(metadata['step_id']) ?? ''}`;
  const place = tag === 'header' ? `${step}#${state.headings++}` : step;
  takeReasoning(state.answer, { token, tag, place }, out);
}

/** Names behind upstream's numbers. */
const CHANNELS: Readonly<Record<number, string>> = {
  1: 'CHANNEL_ASSISTANT_RESPONSE',
  2: 'CHANNEL_ASSISTANT_THINKING',
  3: 'CHANNEL_ASSISTANT_NOTETAKER_HEADER',
  4: 'CHANNEL_ASSISTANT_NOTETAKER_SUMMARY',
};

/** What REST would tag such a text with; null for a channel that is not shown. */
function tagOf(channel: unknown): string | null {
  const index = number(channel);
  const word = index === null ? text(channel).toUpperCase() : (CHANNELS[index] ?? 'UNKNOWN');
  if (word === '' || word === 'CHANNEL_ASSISTANT_RESPONSE') return ANSWER;
  if (word.includes('NOTETAKER_HEADER')) return 'header';
  if (word.includes('NOTETAKER')) return 'summary';
  return /THINKING|ANALYSIS|REASONING/.test(word) ? 'analysis' : null;
}

/** REST has a tag in its text where the gateway sends an event: it is shown or hidden like one. */
function readCitation(state: EventState, citation: Json, out: Part[]): void {
  const url = text(citation['url']);
  if (webHost(url) === null) return;
  takeCard(state.answer, { id: `citation-${state.citations++}`, url }, out);
  state.answer.sources.add(url, '', out);
}

function readToolResult(answer: AnswerState, result: Json | null, out: Part[]): void {
  if (result === null) return;
  for (const found of Object.values(result).map(record)) {
    for (const page of list(found?.['webpages'])) readPage(answer, record(page), out);
    for (const post of list(found?.['posts']).map(record)) {
      answer.sources.addPost(text(post?.['userhandle']), text(post?.['post_id']), out);
    }
  }
}

function readPage(answer: AnswerState, page: Json | null, out: Part[]): void {
  if (page !== null) answer.sources.add(text(page['url']), text(page['title']), out);
}

function readOutput(answer: AnswerState, output: Json, out: Part[]): void {
  if (isPresent(output['stream_error'])) throw gatewayFault(output['stream_error']);
  const attachment = record(output['card_attachment']);
  if (attachment !== null) {
    // A picture may come without its card around it.
    const bare = drawnImage(attachment) === null ? [] : [attachment];
    for (const card of [...cardsOf({ cardAttachment: attachment }), ...bare]) {
      readCard(answer, card, out);
    }
  }
  readToolResult(answer, record(output['tool_result']), out);
}
