import { estimateTokens, IMAGE_TOKENS } from '../chat/usage';
import type { ImageUsage } from '../contract/images';
import type { TokenUsage } from '../contract/usage';

/** What a request for pictures is taken to cost before any has come. */
export interface InputTokens {
  readonly text: number;
  readonly images: number;
}

/** @param originals - pictures that are to be edited. */
export function inputTokensOf(prompt: string, originals: number): InputTokens {
  return { text: Math.ceil(estimateTokens(prompt)), images: originals * IMAGE_TOKENS };
}

/** Our own estimate: upstream counts no tokens of pictures. */
export function estimateUsage({ text, images }: InputTokens, pictures: number): TokenUsage {
  return {
    input: text + images,
    output: pictures * IMAGE_TOKENS,
    cached: 0,
    reasoning: 0,
    estimated: true,
  };
}

/** The public form, as OpenAI's image API writes it. */
export function toImageUsage(usage: TokenUsage, { images }: InputTokens): ImageUsage {
  const imageTokens = Math.min(usage.input, images);
  return {
    total_tokens: usage.input + usage.output,
    input_tokens: usage.input,
    output_tokens: usage.output,
    input_tokens_details: { text_tokens: usage.input - imageTokens, image_tokens: imageTokens },
    ...(usage.estimated ? { estimated: true } : {}),
  };
}
