import type { Script } from './faults';
import { exampleOf } from './json-schema';
import type { OpenAiRequest, Tool } from './openai-request';
import { lastText, promptTokens, reasons } from './openai-request';
import { tokensOf, wordTokens } from './text';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly arguments: string;
}

export interface Choice {
  readonly reasoning: readonly string[];
  /** Answer tokens; empty when tools are called. */
  readonly tokens: readonly string[];
  readonly toolCalls: readonly ToolCall[];
  readonly finish: 'stop' | 'length' | 'tool_calls';
}

/** A whole answer, before it is written down as one completion or as chunks. */
export interface Answer {
  readonly id: string;
  /** Unix seconds. */
  readonly createdS: number;
  readonly model: string;
  readonly choices: readonly Choice[];
  /** Null when the key's name says `nousage`. */
  readonly usage: Usage | null;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
}

const MAX_TOOL_CALLS = 2;

/** What the provider answers: an echo, tool calls, or JSON that fits the schema. */
export function answerTo(request: OpenAiRequest, script: Script, prefixSeen: boolean): Answer {
  const count = request.n ?? 1;
  const choices = Array.from({ length: count }, (_, index) => choiceOf(request, script, index));
  return {
    id: `chatcmpl-${crypto.randomUUID()}`,
    createdS: Math.floor(Date.now() / 1_000),
    model: request.model,
    choices,
    usage: script.has('nousage') ? null : usageOf(request, choices, prefixSeen),
  };
}

function choiceOf(request: OpenAiRequest, script: Script, index: number): Choice {
  const thinks = script.has('thinking') || reasons(request);
  const reasoning = thinks ? tokensOf('The user wants an echo.') : [];
  const toolCalls = toolCallsOf(request);
  if (toolCalls.length > 0) return { reasoning, tokens: [], toolCalls, finish: 'tool_calls' };
  const tokens = answerTokens(request, script, index);
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  return tokens.length > limit
    ? { reasoning, tokens: tokens.slice(0, limit), toolCalls, finish: 'length' }
    : { reasoning, tokens, toolCalls, finish: 'stop' };
}

function answerTokens(request: OpenAiRequest, script: Script, index: number): string[] {
  if (script.answerTokens !== null) return wordTokens(script.answerTokens);
  const { response_format: format } = request;
  const user = lastText(request, 'user');
  if (format?.type === 'json_schema') {
    return tokensOf(JSON.stringify(exampleOf(format.json_schema?.schema ?? {})));
  }
  if (format?.type === 'json_object') return tokensOf(JSON.stringify({ echo: user }));
  const tool = request.messages.at(-1)?.role === 'tool' ? lastText(request, 'tool') : null;
  const text = tool === null ? `Echo: ${user}` : `Tool said: ${tool}`;
  return tokensOf(stopped(index === 0 ? text : `${index + 1}. ${text}`, request));
}

/** The text up to the first stop sequence. */
function stopped(text: string, { stop }: OpenAiRequest): string {
  const sequences = typeof stop === 'string' ? [stop] : (stop ?? []);
  const ends = sequences.map((one) => text.indexOf(one)).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

/** The first two tools, in parallel, when the last message is a user's that says `[[tool]]`. */
function toolCallsOf(request: OpenAiRequest): ToolCall[] {
  const { tools, tool_choice: choice, messages } = request;
  const asked = messages.at(-1)?.role === 'user' && lastText(request, 'user').includes('[[tool]]');
  const forced = choice === 'required' || typeof choice === 'object';
  if (choice === 'none' || !(asked || (forced && choice !== null))) return [];
  const count = request.parallel_tool_calls === false ? 1 : MAX_TOOL_CALLS;
  return named(tools ?? [], choice)
    .slice(0, count)
    .map((tool) => ({
      id: `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`,
      name: tool.function.name,
      arguments: JSON.stringify(exampleOf(tool.function.parameters ?? { type: 'object' })),
    }));
}

/** The tools that the choice leaves: the one it names, or all. */
function named(tools: readonly Tool[], choice: OpenAiRequest['tool_choice']): readonly Tool[] {
  if (typeof choice !== 'object' || choice === null) return tools;
  const { function: wanted } = choice;
  if (typeof wanted !== 'object' || wanted === null || !('name' in wanted)) return tools;
  return tools.filter((tool) => tool.function.name === wanted.name);
}

function usageOf(request: OpenAiRequest, choices: readonly Choice[], prefixSeen: boolean): Usage {
  const prompt = promptTokens(request);
  const sum = (count: (choice: Choice) => number) =>
    choices.reduce((total, choice) => total + count(choice), 0);
  const reasoning = sum((choice) => choice.reasoning.length);
  const completion =
    reasoning + sum(({ tokens, toolCalls }) => tokens.length + toolCalls.length * 10);
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: prefixSeen ? Math.max(1, Math.floor(prompt / 2)) : 0 },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}
