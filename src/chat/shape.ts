import type { FinishReason, Part } from '../providers/provider';
import { estimateTokens, IMAGE_TOKENS } from './usage';

/** How reasoning is shown: dropped, in a field of its own, or as `<think>` text inside the content. */
export type ThinkingStyle = 'none' | 'field' | 'tags';

/** A link the answer was drawn from, as OpenAI writes it. */
export interface Annotation {
  readonly type: 'url_citation';
  readonly url_citation: {
    readonly url: string;
    readonly title: string;
    readonly start_index: number;
    readonly end_index: number;
  };
}

export type ToolCallPart = Extract<Part, { type: 'tool-call-delta' }>;

/** What both modes make of an answer. Streaming writes each word at once, collecting keeps them. */
export interface AnswerSink {
  content(choice: number, text: string, logprobs: unknown): void;
  reasoning(choice: number, text: string): void;
  refusal(choice: number, text: string): void;
  toolCall(choice: number, part: ToolCallPart): void;
  /** Upstream's own fingerprint of the model. */
  fingerprint(value: string): void;
  /** Comes once a choice, after everything else of it, and only when the whole answer is. */
  end(choice: number, reason: FinishReason, annotations: readonly Annotation[]): void;
}

interface Choice {
  thinking: boolean;
  hasContent: boolean;
  /** Why a choice that called something ends when upstream does not say. */
  calls: 'tool_calls' | 'function_call' | null;
  reason: FinishReason | null;
}

const OPEN_TAG = '<think>\n';
const CLOSE_TAG = '\n</think>\n';

/**
 * The rules that turn parts into an answer, the same for both modes. Ends of choices are held until the
 * answer is whole: a failure after one must not look like a finished answer.
 */
export class AnswerShape {
  readonly #style: ThinkingStyle;
  readonly #sink: AnswerSink;
  readonly #choices = new Map<number, Choice>();
  readonly #annotations = new Map<string, Annotation>();
  #outputTokens = 0;
  #reasoningTokens = 0;

  constructor(style: ThinkingStyle, sink: AnswerSink) {
    this.#style = style;
    this.#sink = sink;
  }

  /** Estimated tokens received so far, shown or not. */
  get counted(): { readonly output: number; readonly reasoning: number } {
    return { output: Math.ceil(this.#outputTokens), reasoning: Math.ceil(this.#reasoningTokens) };
  }

  take(part: Part): void {
    switch (part.type) {
      case 'text-delta':
        this.#outputTokens += estimateTokens(part.text);
        return this.#content(part.choice ?? 0, part.text, part.logprobs);
      case 'reasoning-delta':
        return this.#reasoning(part.choice ?? 0, part.text);
      case 'refusal-delta':
        this.#outputTokens += estimateTokens(part.text);
        this.#visible(part.choice ?? 0);
        return this.#sink.refusal(part.choice ?? 0, part.text);
      case 'tool-call-delta':
        return this.#toolCall(part);
      case 'image':
        this.#outputTokens += IMAGE_TOKENS;
        return this.#image(part.url);
      case 'source':
        return this.#source(part.url, part.title);
      case 'about':
        if (part.fingerprint !== undefined) this.#sink.fingerprint(part.fingerprint);
        return;
      case 'choice-end':
        this.#choice(part.choice).reason = part.reason;
        return;
      case 'finish':
        return this.#finish();
      // Told in words by whoever lets a chat draw or film; a thread is kept, not shown.
      case 'image-progress':
      case 'image-failed':
      case 'video-progress':
      case 'video':
      case 'thread':
        return;
    }
  }

  /** The answer broke off: an open `<think>` is closed, and no choice ends. */
  abandon(): void {
    for (const index of this.#choices.keys()) this.#visible(index);
  }

  #choice(index: number): Choice {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const made = { thinking: false, hasContent: false, calls: null, reason: null };
    this.#choices.set(index, made);
    return made;
  }

  /** Something other than reasoning comes: an open `<think>` is closed first. */
  #visible(index: number): Choice {
    const choice = this.#choice(index);
    if (choice.thinking) {
      choice.thinking = false;
      this.#sink.content(index, CLOSE_TAG, undefined);
    }
    return choice;
  }

  #content(index: number, text: string, logprobs: unknown): void {
    this.#visible(index).hasContent = true;
    this.#sink.content(index, text, logprobs);
  }

  #reasoning(index: number, text: string): void {
    const tokens = estimateTokens(text);
    this.#outputTokens += tokens;
    this.#reasoningTokens += tokens;
    if (this.#style === 'none') return;
    const choice = this.#choice(index);
    if (this.#style === 'field') return this.#sink.reasoning(index, text);
    const opening = choice.thinking ? '' : OPEN_TAG;
    choice.thinking = true;
    this.#sink.content(index, opening + text, undefined);
  }

  #toolCall(part: ToolCallPart): void {
    const index = part.choice ?? 0;
    this.#outputTokens += estimateTokens(part.name ?? '') + estimateTokens(part.arguments ?? '');
    this.#visible(index).calls = part.kind === 'legacy' ? 'function_call' : 'tool_calls';
    this.#sink.toolCall(index, part);
  }

  #image(url: string): void {
    const lead = this.#choice(0).hasContent ? '\n' : '';
    this.#content(0, `${lead}![Generated image](${url})\n`, undefined);
  }

  #source(url: string, title: string): void {
    if (this.#annotations.has(url)) return;
    const citation = { url, title, start_index: 0, end_index: 0 };
    this.#annotations.set(url, { type: 'url_citation', url_citation: citation });
  }

  #finish(): void {
    if (this.#choices.size === 0) this.#choice(0);
    for (const index of [...this.#choices.keys()].sort((a, b) => a - b)) {
      const { reason, calls } = this.#visible(index);
      const sources = index === 0 ? [...this.#annotations.values()] : [];
      this.#sink.end(index, reason ?? calls ?? 'stop', sources);
    }
  }
}
