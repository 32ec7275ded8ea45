import type { ChatRequest } from '../contract/chat';
import type { TokenUsage } from '../contract/usage';

/** `usage` as OpenAI writes it; `estimated` is ours and absent when upstream counted. */
export interface OpenAiUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: { readonly cached_tokens: number };
  readonly completion_tokens_details: { readonly reasoning_tokens: number };
  readonly estimated?: true;
}

/** The public form of a call's token counts. */
export function toOpenAiUsage(usage: TokenUsage): OpenAiUsage {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
    ...(usage.estimated ? { estimated: true } : {}),
  };
}

/** Tokens that a picture is taken to be, given or drawn, when upstream does not say. */
export const IMAGE_TOKENS = 258;
/** Role and separators of one message. */
const MESSAGE_TOKENS = 4;

/** First code unit of the scripts whose characters are about a token each: CJK, Kana, Hangul. */
const WIDE_FROM = 0x2e80;

/**
 * Tokens that a text is taken to be, as a fraction: four characters make one; a CJK character is one,
 * and so is a character outside the first plane, whose two halves count half each.
 */
export function estimateTokens(text: string): number {
  let quarters = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < WIDE_FROM) quarters += 1;
    else quarters += code >= 0xd800 && code <= 0xdfff ? 2 : 4;
  }
  return quarters / 4;
}

/** Tokens that a request is taken to be. */
export function estimateInput(request: ChatRequest): number {
  let tokens = 0;
  for (const message of request.messages) {
    tokens += MESSAGE_TOKENS;
    const { content, tool_calls: toolCalls } = message;
    if (typeof content === 'string') tokens += estimateTokens(content);
    else for (const part of content ?? []) tokens += estimatePart(part);
    for (const call of toolCalls ?? []) {
      const { name = '', arguments: written = '' } = call.function ?? {};
      tokens += estimateTokens(name) + estimateTokens(written);
    }
  }
  if (request.tools) tokens += estimateTokens(JSON.stringify(request.tools));
  return Math.ceil(tokens);
}

function estimatePart(
  part: Exclude<ChatRequest['messages'][number]['content'], string | null | undefined>[number],
): number {
  switch (part.type) {
    case 'text':
    case 'input_text':
      return typeof part.text === 'string' ? estimateTokens(part.text) : 0;
    case 'image_url':
    case 'input_image':
      return IMAGE_TOKENS;
    case 'refusal':
    case 'input_audio':
    case 'file':
    case 'video_url':
      return 0;
  }
}
