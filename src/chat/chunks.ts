import type { FinishReason } from '../providers/provider';
import type { Annotation, AnswerSink, ToolCallPart } from './shape';
import type { OpenAiUsage } from './usage';

/** What every chunk of one stream has in common. */
export interface AnswerHead {
  /** `chatcmpl-…` */
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
}

/**
 * Writes an answer as `chat.completion.chunk` events. What does not change is written once, as a prefix;
 * one `take` gives all events since the last one as one text, for one network chunk.
 */
export class ChunkWriter implements AnswerSink {
  readonly #head: AnswerHead;
  /** OpenAI sends `usage: null` on every chunk but the last when usage was asked for. */
  readonly #includeUsage: boolean;
  readonly #started = new Set<number>();
  #fingerprint: string | null = null;
  #prefix = '';
  #out = '';

  constructor(head: AnswerHead, includeUsage: boolean) {
    this.#head = head;
    this.#includeUsage = includeUsage;
    this.#writePrefix();
  }

  /** All events since the last call; empty when there are none. */
  take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  content(choice: number, text: string, logprobs: unknown): void {
    this.#delta(choice, `"content":${JSON.stringify(text)}`, logprobs);
  }

  reasoning(choice: number, text: string): void {
    this.#delta(choice, `"reasoning_content":${JSON.stringify(text)}`);
  }

  refusal(choice: number, text: string): void {
    this.#delta(choice, `"refusal":${JSON.stringify(text)}`);
  }

  toolCall(choice: number, part: ToolCallPart): void {
    const { kind = 'function' } = part;
    const called = {
      ...(part.name === undefined ? {} : { name: part.name }),
      ...(part.arguments === undefined ? {} : { arguments: part.arguments }),
    };
    const content = this.#started.has(choice) ? '' : '"content":null,';
    if (kind === 'legacy') {
      this.#delta(choice, `${content}"function_call":${JSON.stringify(called)}`);
      return;
    }
    const call = {
      index: part.index,
      ...(part.id === undefined ? {} : { id: part.id, type: kind }),
      function: called,
    };
    this.#delta(choice, `${content}"tool_calls":[${JSON.stringify(call)}]`);
  }

  fingerprint(value: string): void {
    this.#fingerprint = value;
    this.#writePrefix();
  }

  end(choice: number, reason: FinishReason, annotations: readonly Annotation[]): void {
    const sources = annotations.length === 0 ? '' : `"annotations":${JSON.stringify(annotations)}`;
    // An answer without a word still has its role, and empty content rather than none.
    const fields = this.#started.has(choice) || sources !== '' ? sources : '"content":""';
    this.#event(choice, this.#withRole(choice, fields), 'null', `"${reason}"`);
  }

  /** The chunk with `choices: []` that closes a stream whose client asked for usage. */
  usage(usage: OpenAiUsage): void {
    this.#out += `${this.#prefix}],"usage":${JSON.stringify(usage)}}\n\n`;
  }

  #delta(choice: number, fields: string, logprobs?: unknown): void {
    const probabilities = logprobs === undefined ? 'null' : JSON.stringify(logprobs);
    this.#event(choice, this.#withRole(choice, fields), probabilities, 'null');
  }

  #withRole(choice: number, fields: string): string {
    if (this.#started.has(choice)) return fields;
    this.#started.add(choice);
    return fields === '' ? '"role":"assistant"' : `"role":"assistant",${fields}`;
  }

  #event(choice: number, delta: string, logprobs: string, reason: string): void {
    const end = this.#includeUsage ? '}],"usage":null}\n\n' : '}]}\n\n';
    this.#out += `${this.#prefix}{"index":${choice},"delta":{${delta}},"logprobs":${logprobs},"finish_reason":${reason}${end}`;
  }

  #writePrefix(): void {
    const { id, created, model } = this.#head;
    const head = JSON.stringify({
      id,
      object: 'chat.completion.chunk',
      created,
      model,
      system_fingerprint: this.#fingerprint,
    });
    this.#prefix = `data: ${head.slice(0, -1)},"choices":[`;
  }
}
