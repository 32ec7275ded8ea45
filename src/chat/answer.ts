import { type ChatRequest, wantsThinking } from '../contract/chat';
import type { TokenUsage } from '../contract/usage';
import type { ProviderId } from '../models/model-spec';
import type { Part } from '../providers/provider';
import { AnswerShape, type AnswerSink, type ThinkingStyle } from './shape';
import { estimateInput } from './usage';

/** An answer as it comes in: its parts go to a sink by the rules, its tokens are counted. */
export class Answer {
  readonly #request: ChatRequest;
  readonly #shape: AnswerShape;
  #upstreamUsage: TokenUsage | null = null;

  constructor(request: ChatRequest, style: ThinkingStyle, sink: AnswerSink) {
    this.#request = request;
    this.#shape = new AnswerShape(style, sink);
  }

  take(parts: readonly Part[]): void {
    for (const part of parts) {
      this.#shape.take(part);
      if (part.type === 'finish') this.#upstreamUsage = part.usage;
    }
  }

  /** The answer broke off. */
  abandon(): void {
    this.#shape.abandon();
  }

  /** Upstream's count, else our own estimate of what has come so far. */
  usage(): TokenUsage {
    if (this.#upstreamUsage !== null) return this.#upstreamUsage;
    const { output, reasoning } = this.#shape.counted;
    return { input: estimateInput(this.#request), output, cached: 0, reasoning, estimated: true };
  }
}

/**
 * How this call shows reasoning: the request's word wins over the setting, which is about the Grok site
 * only; official APIs are asked for reasoning by choosing a model that does it.
 */
export function thinkingStyle(
  request: ChatRequest,
  provider: ProviderId,
  grokThinking: boolean,
): ThinkingStyle {
  const isShown = wantsThinking(request) ?? (provider === 'grok-web' ? grokThinking : true);
  if (!isShown) return 'none';
  return request.thinking_format === 'tags' ? 'tags' : 'field';
}
