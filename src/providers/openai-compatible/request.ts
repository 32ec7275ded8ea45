import {
  type ChatRequest,
  type ContentPart,
  type Message,
  wantsThinking,
} from '../../contract/chat';
import type { ModelSpec } from '../../models/model-spec';
import type { Dialect } from './dialects';

/** What is sent upstream besides the credential. */
export interface UpstreamRequest {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Set by this adapter, or meant for the gateway alone: never copied from the caller. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'max_tokens',
  'max_completion_tokens',
  'thinking',
  'reasoning_effort',
  'user',
  'stop',
  'prompt_cache_key',
  'conversation',
  'thinking_format',
  'temporary',
  'filter_tags',
]);

/** A header value that needs no encoding. */
const HEADER_SAFE = /^[\x21-\x7e]{1,256}$/;

/**
 * Says a chat request in a provider's words. Fields that this gateway does not know are passed on,
 * and nulls are left out, because several providers refuse them.
 *
 * @param messages - the request's own, or a copy with images inlined.
 */
export function upstreamRequest(
  dialect: Dialect,
  model: ModelSpec,
  request: ChatRequest,
  messages: readonly Message[],
): UpstreamRequest {
  const upstreamModel = modelName(model, request);
  const refused =
    dialect.refused?.models.test(upstreamModel) === true ? dialect.refused.fields : [];
  const body: Record<string, unknown> = {
    model: upstreamModel,
    messages: messages.map(upstreamMessage),
  };
  for (const [name, value] of Object.entries(request)) {
    if (value !== null && value !== undefined && !OWN_FIELDS.has(name) && !refused.includes(name)) {
      body[name] = value;
    }
  }
  if (request.tools) body['tools'] = request.tools.map(upstreamTool);
  addStream(body, request);
  addLimits(body, dialect, request);
  addThinking(body, dialect, upstreamModel, request, refused);
  const headers = addCacheKey(body, dialect, request);
  return { body: JSON.stringify(body), headers };
}

/** `upstream.mode` names the sibling that does not think, where a provider has two models for one. */
function modelName(model: ModelSpec, request: ChatRequest): string {
  const { mode, model: name } = model.upstream;
  return mode !== undefined && wantsThinking(request) === false ? mode : name;
}

/** Figures are always asked for: they are counted whether the caller wants them or not. */
function addStream(body: Record<string, unknown>, request: ChatRequest): void {
  if (request.stream !== true) return;
  body['stream'] = true;
  body['stream_options'] = { ...request.stream_options, include_usage: true };
}

function addLimits(body: Record<string, unknown>, dialect: Dialect, request: ChatRequest): void {
  const { stop, user } = request;
  const maxTokens = request.max_completion_tokens ?? request.max_tokens;
  if (maxTokens !== undefined && maxTokens !== null) body[dialect.maxTokens] = maxTokens;
  if (stop !== undefined && stop !== null) {
    body['stop'] = dialect.stopIsList && typeof stop === 'string' ? [stop] : stop;
  }
  // Zai refuses a `user_id` outside 6–128 characters.
  if (
    typeof user === 'string' &&
    (dialect.user === 'user' || (user.length >= 6 && user.length <= 128))
  ) {
    body[dialect.user] = user;
  }
}

function addThinking(
  body: Record<string, unknown>,
  dialect: Dialect,
  upstreamModel: string,
  request: ChatRequest,
  refused: readonly string[],
): void {
  const { thinking, reasoning_effort: effort } = request;
  const given = typeof thinking === 'string' ? { type: thinking } : thinking;
  // `auto` leaves the choice to the provider.
  const wanted = given?.type === 'auto' ? null : wantsThinking(request);
  if (wanted !== null && dialect.thinking?.models.test(upstreamModel) === true) {
    if (dialect.thinking.style === 'flag') body['enable_thinking'] = wanted;
    else body['thinking'] = { ...given, type: wanted ? 'enabled' : 'disabled' };
  }
  const word = effort === undefined || effort === null ? undefined : dialect.efforts?.[effort];
  if (word !== undefined && wanted !== false && !refused.includes('reasoning_effort')) {
    body['reasoning_effort'] = word;
  }
}

/** @returns the headers to send. */
function addCacheKey(
  body: Record<string, unknown>,
  dialect: Dialect,
  request: ChatRequest,
): Readonly<Record<string, string>> {
  const { conversation } = request;
  const named = typeof conversation === 'string' ? conversation : conversation?.id;
  const key = request.prompt_cache_key ?? named;
  if (key === undefined || dialect.promptCacheKey === null) return {};
  if (dialect.promptCacheKey === 'body') body['prompt_cache_key'] = key;
  else if (HEADER_SAFE.test(key)) return { [dialect.promptCacheKey]: key };
  return {};
}

/**
 * `developer` is OpenAI's newer name for `system`; these providers know the older one. An answer that is
 * sent back carries fields that say nothing, and some of these providers refuse them.
 */
function upstreamMessage(message: Message): Message {
  const { role, content, tool_calls: calls, ...others } = message;
  if (role === 'assistant' && isEmptyList(others['annotations'])) delete others['annotations'];
  return {
    role: role === 'developer' ? 'system' : role,
    // `null` is how a message of tool calls alone is written.
    ...(content === undefined
      ? {}
      : { content: Array.isArray(content) ? content.map(upstreamContent) : content }),
    ...withoutNulls(others),
    ...(calls ? { tool_calls: calls.map(withoutNulls) } : {}),
  };
}

function upstreamTool<T extends NonNullable<ChatRequest['tools']>[number]>(tool: T): T {
  const plain = withoutNulls(tool);
  return plain.function ? { ...plain, function: withoutNulls(plain.function) } : plain;
}

/** The same object where it holds no null. */
function withoutNulls<T extends object>(value: T): T {
  const names = Object.entries(value).filter(([, held]) => held === null);
  if (names.length === 0) return value;
  const copy = { ...value };
  for (const [name] of names) Reflect.deleteProperty(copy, name);
  return copy;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Names of the Responses API become those of chat, and an image's address an object. */
function upstreamContent(part: ContentPart): ContentPart {
  if (part.type === 'input_text') return { ...part, type: 'text' };
  if (part.type !== 'image_url' && part.type !== 'input_image') return part;
  const { image_url: image } = part;
  return {
    ...part,
    type: 'image_url',
    image_url: typeof image === 'string' ? { url: image } : image,
  };
}
