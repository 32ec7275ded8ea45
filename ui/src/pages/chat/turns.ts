import type { ChatMessage, ChatPart, ChatSource, ChatUsage } from '../../api/chat-stream';
import { fieldsOf, listOf, newId, numberOf, textOf } from '../../state/tab-store';

/** A conversation, and what of it is sent and kept. */

export interface UserTurn {
  readonly role: 'user';
  readonly id: string;
  readonly text: string;
  /** `data:` URIs. */
  readonly images: readonly string[];
}

export interface AnswerTurn {
  readonly role: 'assistant';
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly sources: readonly ChatSource[];
  readonly usage: ChatUsage | null;
  /** From asking to the first word, and to the end. */
  readonly firstMs: number | null;
  readonly totalMs: number | null;
  readonly state: 'sending' | 'done' | 'stopped' | 'failed';
  readonly failure: unknown;
}

export type Turn = UserTurn | AnswerTurn;

export function userTurn(text: string, images: readonly string[]): UserTurn {
  return { role: 'user', id: newId(), text, images };
}

export function answerTurn(model: string): AnswerTurn {
  return {
    role: 'assistant',
    id: newId(),
    model,
    text: '',
    reasoning: '',
    sources: [],
    usage: null,
    firstMs: null,
    totalMs: null,
    state: 'sending',
    failure: null,
  };
}

/** The conversation as it is sent; answers without a word are left out. */
export function toMessages(turns: readonly Turn[], system: string): ChatMessage[] {
  const messages: ChatMessage[] =
    system.trim() === '' ? [] : [{ role: 'system', content: system.trim() }];
  for (const turn of turns) {
    if (turn.role === 'user') messages.push({ role: 'user', content: contentOf(turn) });
    else if (turn.text !== '') messages.push({ role: 'assistant', content: turn.text });
  }
  return messages;
}

function contentOf({ text, images }: UserTurn): ChatMessage['content'] {
  if (images.length === 0) return text;
  const pictures = images.map((url): ChatPart => ({ type: 'image_url', image_url: { url } }));
  return text === '' ? pictures : [{ type: 'text', text }, ...pictures];
}

/** A browser keeps some 5 million characters a site, for everything. */
const MAX_KEPT_CHARS = 1_000_000;
const MAX_KEPT_IMAGE_CHARS = 150_000;

/** The newest turns that can be kept over a reload, without large pictures. */
export function keepable(turns: readonly Turn[]): readonly Turn[] {
  const kept: Turn[] = [];
  let room = MAX_KEPT_CHARS;
  for (const turn of turns.toReversed()) {
    const light = turn.role === 'user' ? withoutLarge(turn) : { ...turn, failure: null };
    room -= JSON.stringify(light).length;
    if (room < 0) break;
    kept.unshift(light);
  }
  return kept;
}

function withoutLarge(turn: UserTurn): UserTurn {
  return { ...turn, images: turn.images.filter(({ length }) => length <= MAX_KEPT_IMAGE_CHARS) };
}

/** What was kept, read back; an answer that a reload cut off was stopped by it. */
export function restored(value: unknown): Turn[] {
  return listOf(value).map((kept): Turn => {
    const fields = fieldsOf(kept);
    const text = textOf(fields['text']);
    if (fields['role'] === 'user') {
      const images = listOf(fields['images']).map((image) => textOf(image));
      return userTurn(text, images);
    }
    const { state, usage } = fields;
    return {
      ...answerTurn(textOf(fields['model'])),
      text,
      reasoning: textOf(fields['reasoning']),
      sources: listOf(fields['sources']).map(sourceOf),
      usage: usage === null ? null : usageOf(usage),
      firstMs: numberOf(fields['firstMs']),
      totalMs: numberOf(fields['totalMs']),
      state: state === 'done' ? 'done' : 'stopped',
    };
  });
}

function sourceOf(value: unknown): ChatSource {
  const { url, title } = fieldsOf(value);
  return { url: textOf(url), title: textOf(title) };
}

function usageOf(value: unknown): ChatUsage {
  const { prompt_tokens: input, completion_tokens: output } = fieldsOf(value);
  return { prompt_tokens: numberOf(input) ?? 0, completion_tokens: numberOf(output) ?? 0 };
}
