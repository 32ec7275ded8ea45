import { request } from './call';
import { cutOff, failureIn, readSse } from './sse';

/** Chats over the public API. */

export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ChatPart[];
}

export interface ChatAsk {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream: boolean;
  readonly temperature?: number;
  readonly reasoning_effort?: string;
}

export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

export interface ChatSource {
  readonly url: string;
  readonly title: string;
}

/** A piece of an answer, in order. */
export type ChatPiece =
  | { readonly type: 'text' | 'reasoning'; readonly text: string }
  | { readonly type: 'sources'; readonly sources: readonly ChatSource[] }
  | { readonly type: 'usage'; readonly usage: ChatUsage };

interface Words {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly reasoning_content?: string | null;
  readonly annotations?: readonly { readonly url_citation: ChatSource }[];
}

/** A chunk of a stream, or a whole answer. */
interface Reply {
  readonly choices?: readonly { readonly delta?: Words; readonly message?: Words }[];
  readonly usage?: ChatUsage | null;
}

/**
 * Asks, and gives the answer piece by piece; one that is not streamed comes in one go.
 * @throws ApiError, also in the middle; DOMException when aborted.
 */
export async function* askChat(
  ask: ChatAsk,
  key: string,
  signal: AbortSignal,
): AsyncGenerator<ChatPiece> {
  const body = ask.stream ? { ...ask, stream_options: { include_usage: true } } : ask;
  const response = await request('POST', '/v1/chat/completions', { body, bearer: key, signal });
  if (!ask.stream) {
    yield* piecesOf(await response.json());
    return;
  }
  for await (const { data } of readSse(response, signal)) {
    if (data === '[DONE]') return;
    const value: unknown = JSON.parse(data);
    const failure = failureIn(value, response);
    if (failure !== null) throw failure;
    yield* piecesOf(value);
  }
  throw cutOff(response);
}

function* piecesOf(value: unknown): Generator<ChatPiece> {
  // SAFETY: every field is optional, and looked at before it is used.
  const { choices = [], usage } = value as Reply;
  const words = choices[0]?.delta ?? choices[0]?.message;
  if (words !== undefined) yield* wordsOf(words);
  if (usage !== undefined && usage !== null) yield { type: 'usage', usage };
}

function* wordsOf({
  reasoning_content: reasoning,
  content,
  refusal,
  annotations = [],
}: Words): Generator<ChatPiece> {
  if (reasoning) yield { type: 'reasoning', text: reasoning };
  if (content) yield { type: 'text', text: content };
  if (refusal) yield { type: 'text', text: refusal };
  if (annotations.length === 0) return;
  yield { type: 'sources', sources: annotations.map(({ url_citation: source }) => source) };
}
