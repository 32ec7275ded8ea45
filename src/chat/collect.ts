import { type FinishReason, ProviderError } from '../providers/provider';
import type { AnswerHead } from './chunks';
import type { Annotation, AnswerSink, ToolCallPart } from './shape';
import type { OpenAiUsage } from './usage';

interface ToolCall {
  readonly id: string;
  /** `function`, or a type of the provider's. */
  readonly type: string;
  readonly function: CalledFunction;
}

interface CalledFunction {
  readonly name: string;
  readonly arguments: string;
}

/** One answer, whole, as OpenAI writes it. */
export interface Completion {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string | null;
  readonly choices: readonly CompletionChoice[];
  readonly usage: OpenAiUsage;
}

export interface CompletionChoice {
  readonly index: number;
  readonly message: {
    readonly role: 'assistant';
    readonly content: string | null;
    readonly refusal: string | null;
    readonly annotations: readonly Annotation[];
    readonly reasoning_content?: string;
    readonly tool_calls?: readonly ToolCall[];
    readonly function_call?: CalledFunction;
  };
  readonly logprobs: unknown;
  readonly finish_reason: FinishReason;
}

interface Draft {
  content: string | null;
  reasoning: string;
  refusal: string | null;
  tools: Map<number, ToolDraft>;
  logprobs: Record<string, unknown[]>;
  reason: FinishReason;
  annotations: readonly Annotation[];
}

interface ToolDraft {
  id: string;
  kind: string;
  name: string;
  arguments: string;
}

/** Most text of an answer that is given whole, in UTF-16 units: it is kept in memory to its end. */
export const MAX_COLLECTED_CHARS = 16 * 1_024 * 1_024;

/**
 * Keeps what the rules say and gives it as one completion.
 * @throws ProviderError `upstream_error` when the answer grows beyond what can be kept.
 */
export class Collector implements AnswerSink {
  readonly #choices = new Map<number, Draft>();
  #fingerprint: string | null = null;
  #room = MAX_COLLECTED_CHARS;

  content(choice: number, text: string, logprobs: unknown): void {
    this.#keep(text);
    const draft = this.#draft(choice);
    draft.content = (draft.content ?? '') + text;
    if (logprobs !== undefined && logprobs !== null) mergeLogprobs(draft.logprobs, logprobs);
  }

  reasoning(choice: number, text: string): void {
    this.#keep(text);
    this.#draft(choice).reasoning += text;
  }

  refusal(choice: number, text: string): void {
    this.#keep(text);
    const draft = this.#draft(choice);
    draft.refusal = (draft.refusal ?? '') + text;
  }

  toolCall(choice: number, part: ToolCallPart): void {
    const { tools } = this.#draft(choice);
    const call = tools.get(part.index) ?? { id: '', kind: 'function', name: '', arguments: '' };
    if (part.id !== undefined) call.id = part.id;
    if (part.kind !== undefined) call.kind = part.kind;
    this.#keep((part.name ?? '') + (part.arguments ?? ''));
    call.name += part.name ?? '';
    call.arguments += part.arguments ?? '';
    tools.set(part.index, call);
  }

  fingerprint(value: string): void {
    this.#fingerprint = value;
  }

  end(choice: number, reason: FinishReason, annotations: readonly Annotation[]): void {
    const draft = this.#draft(choice);
    draft.reason = reason;
    draft.annotations = annotations;
  }

  completion(head: AnswerHead, usage: OpenAiUsage): Completion {
    const choices = [...this.#choices].sort(([a], [b]) => a - b);
    return {
      id: head.id,
      object: 'chat.completion',
      created: head.created,
      model: head.model,
      system_fingerprint: this.#fingerprint,
      choices: choices.map(([index, draft]) => toChoice(index, draft)),
      usage,
    };
  }

  #keep(text: string): void {
    this.#room -= text.length;
    if (this.#room >= 0) return;
    // Nobody's credential is to blame for a long answer.
    throw new ProviderError(
      'The answer is too long to be given whole.',
      'refused',
      'upstream_error',
      {
        retryable: false,
        counted: true,
        reason: 'answer too large',
      },
    );
  }

  #draft(index: number): Draft {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const made: Draft = {
      content: null,
      reasoning: '',
      refusal: null,
      tools: new Map(),
      logprobs: {},
      reason: 'stop',
      annotations: [],
    };
    this.#choices.set(index, made);
    return made;
  }
}

function toChoice(index: number, draft: Draft): CompletionChoice {
  const called = [...draft.tools].sort(([a], [b]) => a - b).map(([, call]) => call);
  const tools = called.filter(({ kind }) => kind !== 'legacy').map(toToolCall);
  const legacy = called.find(({ kind }) => kind === 'legacy');
  return {
    index,
    message: {
      role: 'assistant',
      // Null belongs to an answer of tools or a refusal only; an empty answer is empty text.
      content: draft.content ?? (called.length > 0 || draft.refusal !== null ? null : ''),
      refusal: draft.refusal,
      annotations: draft.annotations,
      ...(draft.reasoning === '' ? {} : { reasoning_content: draft.reasoning }),
      ...(tools.length === 0 ? {} : { tool_calls: tools }),
      ...(legacy === undefined ? {} : { function_call: toFunction(legacy) }),
    },
    logprobs: Object.keys(draft.logprobs).length === 0 ? null : draft.logprobs,
    finish_reason: draft.reason,
  };
}

function toToolCall(call: ToolDraft): ToolCall {
  return { id: call.id, type: call.kind, function: toFunction(call) };
}

function toFunction(call: ToolDraft): CalledFunction {
  return { name: call.name, arguments: call.arguments };
}

/** Streamed log probabilities are lists under names such as `content`; whole ones are those lists joined. */
function mergeLogprobs(into: Record<string, unknown[]>, logprobs: unknown): void {
  if (typeof logprobs !== 'object' || logprobs === null) return;
  for (const [name, list] of Object.entries(logprobs)) {
    if (Array.isArray(list)) (into[name] ??= []).push(...list);
  }
}
