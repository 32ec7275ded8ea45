import * as z from 'zod';

/** The public chat request: OpenAI's shape, plus the fields of Grok2API's clients. Unknown fields are accepted. */

const TextPart = z.looseObject({ type: z.enum(['text', 'input_text']), text: z.string() });
const ImagePart = z.looseObject({
  type: z.enum(['image_url', 'input_image']),
  image_url: z.union([
    z.string().min(1),
    z.looseObject({ url: z.string().min(1), detail: z.optional(z.string()) }),
  ]),
});
/** Kinds that a provider may understand; an adapter that cannot refuses them by name. */
const OtherPart = z.looseObject({ type: z.enum(['refusal', 'input_audio', 'file', 'video_url']) });
export const ContentPart = z.union([TextPart, ImagePart, OtherPart]);
export type ContentPart = z.infer<typeof ContentPart>;

const Content = z.union([z.string(), z.array(ContentPart)]);

/** A type without a function of its own is the provider's affair. */
const hasItsFunction = {
  error: 'expected the function that it is',
  path: ['function'],
};

/** Of `function`, and of types that some providers have beside it, such as `builtin_function`. */
const ToolCall = z
  .looseObject({
    id: z.string(),
    type: z.optional(z.nullable(z.string())),
    function: z.optional(
      z.nullable(z.looseObject({ name: z.string(), arguments: z.optional(z.string()) })),
    ),
  })
  .refine((call) => isOtherType(call.type) || isThere(call.function), hasItsFunction);

export const Message = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.optional(z.nullable(Content)),
  name: z.optional(z.nullable(z.string())),
  reasoning_content: z.optional(z.nullable(z.string())),
  tool_calls: z.optional(z.nullable(z.array(ToolCall))),
  tool_call_id: z.optional(z.nullable(z.string())),
});
export type Message = z.infer<typeof Message>;

/** As a call: `web_search` and `retrieval` of Zai, `builtin_function` of Moonshot, and whatever follows. */
const Tool = z
  .looseObject({
    type: z.string().min(1),
    function: z.optional(
      z.nullable(
        z.looseObject({
          name: z.string().min(1),
          description: z.optional(z.nullable(z.string())),
          parameters: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
          strict: z.optional(z.nullable(z.boolean())),
        }),
      ),
    ),
  })
  .refine((tool) => isOtherType(tool.type) || isThere(tool.function), hasItsFunction);

const ResponseFormat = z.union([
  z.looseObject({ type: z.enum(['text', 'json_object']) }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: z.string(),
      schema: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
    }),
  }),
]);

export const REASONING_EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

export const ChatRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  stream: z.optional(z.nullable(z.boolean())),
  stream_options: z.optional(
    z.nullable(z.looseObject({ include_usage: z.optional(z.nullable(z.boolean())) })),
  ),
  temperature: z.optional(z.nullable(z.number().min(0).max(2))),
  top_p: z.optional(z.nullable(z.number().min(0).max(1))),
  max_tokens: z.optional(z.nullable(z.int().min(1))),
  max_completion_tokens: z.optional(z.nullable(z.int().min(1))),
  n: z.optional(z.nullable(z.int().min(1).max(16))),
  stop: z.optional(z.nullable(z.union([z.string(), z.array(z.string()).max(16)]))),
  seed: z.optional(z.nullable(z.int())),
  presence_penalty: z.optional(z.nullable(z.number().min(-2).max(2))),
  frequency_penalty: z.optional(z.nullable(z.number().min(-2).max(2))),
  logprobs: z.optional(z.nullable(z.boolean())),
  top_logprobs: z.optional(z.nullable(z.int().min(0).max(20))),
  logit_bias: z.optional(z.nullable(z.record(z.string(), z.number()))),
  tools: z.optional(z.nullable(z.array(Tool))),
  tool_choice: z.optional(z.nullable(z.union([z.string(), z.looseObject({ type: z.string() })]))),
  parallel_tool_calls: z.optional(z.nullable(z.boolean())),
  response_format: z.optional(z.nullable(ResponseFormat)),
  user: z.optional(z.nullable(z.string())),
  prompt_cache_key: z.optional(z.nullable(z.string())),
  /** Explicit conversation id: calls that share it prefer the same credential. */
  conversation: z.optional(z.nullable(z.union([z.string(), z.looseObject({ id: z.string() })]))),
  reasoning_effort: z.optional(z.nullable(z.enum(REASONING_EFFORTS))),
  /** `enabled` / `disabled`, as a word or as `{type}`. */
  thinking: z.optional(
    z.nullable(
      z.union([
        z.enum(['enabled', 'disabled']),
        z.looseObject({ type: z.enum(['enabled', 'disabled', 'auto']) }),
      ]),
    ),
  ),
  /** `field` (default): `reasoning_content`; `tags`: `<think>` text inside the content. */
  thinking_format: z.optional(z.nullable(z.enum(['field', 'tags']))),
  /** Per-call override of the settings of the same name. Grok web only. */
  temporary: z.optional(z.nullable(z.boolean())),
  /** Upstream keeps the conversation, and the answer's id can be continued. Models of the newest wire only. */
  store: z.optional(z.nullable(z.boolean())),
  /** Id of a stored answer: only the messages after the last assistant message are sent. */
  previous_response_id: z.optional(z.nullable(z.string().min(1).max(100))),
  filter_tags: z.optional(z.nullable(z.array(z.string()))),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function isOtherType(type: string | null | undefined): boolean {
  return typeof type === 'string' && type !== 'function';
}

/** Whether the caller wants reasoning in the answer; null when the request does not say. */
export function wantsThinking(request: ChatRequest): boolean | null {
  const { thinking, reasoning_effort: effort } = request;
  if (thinking !== undefined && thinking !== null) {
    return (typeof thinking === 'string' ? thinking : thinking.type) !== 'disabled';
  }
  return effort === undefined || effort === null ? null : effort !== 'none';
}
