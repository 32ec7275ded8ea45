import type { ChatRequest, ContentPart, Message } from '../../contract/chat';
import { AppError } from '../../errors';

/** Most images one request may carry. */
export const MAX_IMAGES = 10;

/** What one turn of the site takes: a single text, and the images that go with it. */
export interface Prompt {
  readonly text: string;
  /** Data URIs and https URLs, in the order of the messages, each once. */
  readonly images: readonly string[];
}

const LABELS = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  tool: 'tool',
  function: 'tool',
} as const satisfies Record<Message['role'], string>;

/** How a conversation is told. */
export interface Telling {
  /**
   * `colon`: `role: text`, the last user message bare. `brackets`: `[role]` on a line of its own above
   * every message.
   */
  readonly labels: 'colon' | 'brackets';
  /** Index of the first message to tell; those before it are known upstream. */
  readonly from: number;
}

const WHOLE: Telling = { labels: 'colon', from: 0 };

/**
 * Flattens a conversation, because the site takes one text per turn: blocks with a blank line between
 * them. Messages without text are left out.
 *
 * History of tools is told in square brackets, so that it reads as a note and not as speech:
 * `[called get_weather({"city":"Bern"}) as call_1]` and `tool: [result of call_1] 12 °C`.
 * `response_format` has no counterpart upstream and is asked for in a closing paragraph.
 *
 * @throws AppError `unsupported_parameter` for audio and files, `invalid_image` for too many
 * images, `invalid_request` when nothing is left to send.
 */
export function flatten(request: ChatRequest, telling: Telling = WHOLE): Prompt {
  const { messages } = request;
  const lastUser = messages.findLastIndex((message) => message.role === 'user');
  const blocks: string[] = [];
  const images = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (index < telling.from) continue;
    const text = textOf(message, index, images);
    if (text === '') continue;
    blocks.push(
      telling.labels === 'brackets'
        ? `${bracketLabel(message)}\n${text}`
        : colonBlock(message, text, index === lastUser),
    );
  }
  if (images.size > MAX_IMAGES) {
    throw new AppError(
      'invalid_image',
      `At most ${MAX_IMAGES} images can be sent in one request.`,
      {
        param: 'messages',
      },
    );
  }
  if (blocks.length === 0 && images.size === 0) {
    throw new AppError('invalid_request', 'The messages hold no text.', { param: 'messages' });
  }
  const format = formatInstruction(request);
  if (format !== '') blocks.push(format);
  return { text: blocks.join('\n\n'), images: [...images] };
}

function textOf(message: Message, index: number, images: Set<string>): string {
  const lines: string[] = [];
  const { content } = message;
  if (typeof content === 'string') {
    if (content.trim() !== '') lines.push(content);
  } else {
    for (const [at, part] of (content ?? []).entries()) {
      const text = partText(part, `messages.${index}.content.${at}`, images);
      if (text.trim() !== '') lines.push(text);
    }
  }
  for (const call of message.tool_calls ?? []) {
    const { name = call.type ?? '', arguments: written = '' } = call.function ?? {};
    lines.push(`[called ${name}(${written}) as ${call.id}]`);
  }
  return lines.join('\n');
}

function colonBlock(message: Message, text: string, isLastUser: boolean): string {
  if (isLastUser) return text;
  const label = LABELS[message.role];
  return label === 'tool' ? `tool: [result of ${toolOf(message)}] ${text}` : `${label}: ${text}`;
}

function bracketLabel(message: Message): string {
  const label = LABELS[message.role];
  return label === 'tool' ? `[tool result for ${toolOf(message)}]` : `[${label}]`;
}

function toolOf(message: Message): string {
  return message.tool_call_id ?? message.name ?? 'the tool';
}

/** A part's text; an image is put aside and has none. */
function partText(part: ContentPart, param: string, images: Set<string>): string {
  switch (part.type) {
    case 'text':
    case 'input_text':
      return part.text;
    case 'image_url':
    case 'input_image':
      images.add(typeof part.image_url === 'string' ? part.image_url : part.image_url.url);
      return '';
    case 'refusal':
      return typeof part['refusal'] === 'string' ? part['refusal'] : '';
    case 'input_audio':
    case 'file':
    case 'video_url':
      throw new AppError(
        'unsupported_parameter',
        `This model does not take message parts of type ${part.type}.`,
        { param },
      );
  }
}

function formatInstruction({ response_format: format }: ChatRequest): string {
  if (format === undefined || format === null || format.type === 'text') return '';
  const rule = 'Answer with one JSON object and nothing else: no prose around it, no code fence.';
  if (format.type !== 'json_schema') return rule;
  const { schema } = format.json_schema;
  return schema === undefined || schema === null
    ? rule
    : `${rule} It must be valid under this JSON Schema: ${JSON.stringify(schema)}`;
}
