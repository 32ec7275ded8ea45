import type { Answer, Choice } from './openai-answer';
import type { OpenAiRequest } from './openai-request';

type Delta = Readonly<Record<string, unknown>>;

/** One event of the stream. `isToken` marks those that carry a piece of the answer. */
export interface Chunk {
  readonly data: Readonly<Record<string, unknown>>;
  readonly isToken: boolean;
}

/** The answer as one `chat.completion`. */
export function completionOf(
  answer: Answer,
  request: OpenAiRequest,
): Readonly<Record<string, unknown>> {
  return {
    id: answer.id,
    object: 'chat.completion',
    created: answer.createdS,
    model: answer.model,
    system_fingerprint: 'fp_simulator',
    choices: answer.choices.map((choice, index) => ({
      index,
      message: {
        role: 'assistant',
        content: choice.toolCalls.length > 0 ? null : choice.tokens.join(''),
        ...(choice.reasoning.length > 0 ? { reasoning_content: choice.reasoning.join('') } : {}),
        ...(choice.toolCalls.length > 0 ? { tool_calls: choice.toolCalls.map(wholeToolCall) } : {}),
      },
      logprobs: request.logprobs === true ? { content: choice.tokens.map(logprob) } : null,
      finish_reason: choice.finish,
    })),
    ...(answer.usage === null ? {} : { usage: answer.usage }),
  };
}

/** The answer as `chat.completion.chunk`s, without `[DONE]`; choices take turns, tool calls too. */
export function chunksOf(answer: Answer, request: OpenAiRequest): Chunk[] {
  const includesUsage = request.stream_options?.include_usage === true && answer.usage !== null;
  const chunk = (choices: readonly Delta[], more: Delta = {}): Delta => ({
    id: answer.id,
    object: 'chat.completion.chunk',
    created: answer.createdS,
    model: answer.model,
    system_fingerprint: 'fp_simulator',
    choices,
    ...(includesUsage ? { usage: null } : {}),
    ...more,
  });
  const perChoice = answer.choices.map((choice, index) =>
    eventsOf(choice).map(({ delta, finish, text, isToken }) => {
      const logprobs =
        text !== null && request.logprobs === true ? { content: [logprob(text)] } : null;
      return { isToken, data: chunk([{ index, delta, logprobs, finish_reason: finish }]) };
    }),
  );
  const chunks: Chunk[] = interleaved(perChoice);
  if (includesUsage) chunks.push({ data: chunk([], { usage: answer.usage }), isToken: false });
  return chunks;
}

interface ChoiceEvent {
  readonly delta: Delta;
  readonly finish: Choice['finish'] | null;
  /** The answer text it carries; null when none. */
  readonly text: string | null;
  readonly isToken: boolean;
}

function eventsOf(choice: Choice): ChoiceEvent[] {
  const aside = { finish: null, text: null, isToken: false };
  const tools = interleaved(choice.toolCalls.map((call, index) => toolDeltas(call, index)));
  const content = choice.toolCalls.length > 0 ? null : '';
  return [
    { ...aside, delta: { role: 'assistant', content } },
    ...choice.reasoning.map((token) => ({ ...aside, delta: { reasoning_content: token } })),
    ...choice.tokens.map((text) => ({ ...aside, delta: { content: text }, text, isToken: true })),
    ...tools.map((delta) => ({ ...aside, delta: { tool_calls: [delta] }, isToken: true })),
    { ...aside, delta: {}, finish: choice.finish },
  ];
}

const ARGUMENT_PIECE_CHARACTERS = 7;

function toolDeltas(call: Choice['toolCalls'][number], index: number): Delta[] {
  const pieces =
    call.arguments.match(new RegExp(`[^]{1,${ARGUMENT_PIECE_CHARACTERS}}`, 'gu')) ?? [];
  return [
    { index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } },
    ...pieces.map((piece) => ({ index, function: { arguments: piece } })),
  ];
}

function wholeToolCall(call: Choice['toolCalls'][number]): Delta {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  };
}

function logprob(token: string) {
  const bytes = [...new TextEncoder().encode(token)];
  return { token, logprob: -0.1, bytes, top_logprobs: [{ token, logprob: -0.1, bytes }] };
}

/** First of each, second of each, … */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => list.slice(at, at + 1)),
  ).flat();
}
