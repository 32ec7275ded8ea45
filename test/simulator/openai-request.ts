import * as z from 'zod';

const Part = z.looseObject({ type: z.string(), text: z.optional(z.string()) });

const Message = z.looseObject({
  role: z.string(),
  content: z.optional(z.nullable(z.union([z.string(), z.array(Part)]))),
});
type Message = z.infer<typeof Message>;

const Tool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name: z.string().min(1),
    parameters: z.optional(z.record(z.string(), z.unknown())),
  }),
});
export type Tool = z.infer<typeof Tool>;

/** The provider's own reading of a chat request: strict where providers are. */
export const OpenAiRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  stream: z.optional(z.nullable(z.boolean())),
  stream_options: z.optional(z.nullable(z.looseObject({ include_usage: z.optional(z.boolean()) }))),
  max_tokens: z.optional(z.nullable(z.int().min(1))),
  max_completion_tokens: z.optional(z.nullable(z.int().min(1))),
  n: z.optional(z.nullable(z.int().min(1).max(8))),
  stop: z.optional(z.nullable(z.union([z.string(), z.array(z.string())]))),
  logprobs: z.optional(z.nullable(z.boolean())),
  tools: z.optional(z.nullable(z.array(Tool))),
  tool_choice: z.optional(z.nullable(z.union([z.string(), z.looseObject({ type: z.string() })]))),
  parallel_tool_calls: z.optional(z.nullable(z.boolean())),
  response_format: z.optional(
    z.nullable(
      z.looseObject({
        type: z.enum(['text', 'json_object', 'json_schema']),
        json_schema: z.optional(
          z.looseObject({
            name: z.string(),
            schema: z.optional(z.record(z.string(), z.unknown())),
          }),
        ),
      }),
    ),
  ),
  thinking: z.optional(z.nullable(z.looseObject({ type: z.string() }))),
  enable_thinking: z.optional(z.nullable(z.boolean())),
});
export type OpenAiRequest = z.infer<typeof OpenAiRequest>;

/** Text of the last message of a role; empty when there is none. */
export function lastText(request: OpenAiRequest, role: string): string {
  const message = request.messages.findLast((one) => one.role === role);
  return message === undefined ? '' : textOf(message);
}

/** Whether the answer comes with `reasoning_content`. */
export function reasons(request: OpenAiRequest): boolean {
  const { model, thinking, enable_thinking: enabled } = request;
  const asked =
    thinking?.type ?? (typeof enabled === 'boolean' ? (enabled ? 'enabled' : 'disabled') : null);
  if (model === 'deepseek-reasoner' || model === 'kimi-k2-thinking') return true;
  if (asked !== null) return asked === 'enabled';
  return model.startsWith('glm-5') || lastText(request, 'user').includes('[[think]]');
}

/** The beginning that prompt caches are keyed by. */
export function promptPrefix(request: OpenAiRequest): string {
  return JSON.stringify([request.model, request.messages[0]]).slice(0, 4_096);
}

/** About four characters a token, of everything that was sent as a message. */
export function promptTokens(request: OpenAiRequest): number {
  const characters = request.messages.reduce((sum, message) => sum + textOf(message).length + 8, 0);
  return Math.max(1, Math.ceil(characters / 4));
}

function textOf(message: Message): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  return (content ?? []).map((part) => part.text ?? '').join('');
}
