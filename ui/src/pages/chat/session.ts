import { askChat, type ChatAsk, type ChatPiece } from '../../api/chat-stream';
import { apiKey } from '../../state/api-key';
import { Store } from '../../state/store';
import { fieldsOf, keep, numberOf, readKept, textOf } from '../../state/tab-store';
import {
  type AnswerTurn,
  answerTurn,
  keepable,
  restored,
  toMessages,
  type Turn,
  userTurn,
} from './turns';

export const EFFORTS = ['', 'none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;
export type Effort = (typeof EFFORTS)[number];

/** How answers are asked for. */
export interface ChatOptions {
  readonly model: string;
  readonly system: string;
  readonly isStreamed: boolean;
  /** Null and empty leave it to the model. */
  readonly temperature: number | null;
  readonly effort: Effort;
}

const KEPT = 'chat';
const KEEP_EVERY_MS = 1_000;

/** The conversation of this tab. An answer goes on while another page is open. */
class ChatSession extends Store {
  turns: readonly Turn[];
  options: ChatOptions;
  #answering: AbortController | null = null;
  #keptAt = 0;

  constructor() {
    super();
    const { turns, options } = fieldsOf(readKept(KEPT));
    this.turns = restored(turns);
    this.options = optionsOf(options);
  }

  get isSending(): boolean {
    return this.#answering !== null;
  }

  setOptions(change: Partial<ChatOptions>): void {
    this.options = { ...this.options, ...change };
    this.#changed();
  }

  send(text: string, images: readonly string[]): void {
    if (this.isSending) return;
    this.turns = [...this.turns, userTurn(text, images)];
    void this.#answer();
  }

  stop(): void {
    this.#answering?.abort();
  }

  /** Asks for the last answer once more. */
  retry(): void {
    if (this.isSending) return;
    const last = this.turns.findLastIndex(({ role }) => role === 'user');
    if (last === -1) return;
    this.turns = this.turns.slice(0, last + 1);
    void this.#answer();
  }

  /** Says a message in other words; what came after it is gone. */
  resend(id: string, text: string): void {
    const index = this.turns.findIndex((turn) => turn.id === id);
    const turn = this.turns[index];
    if (this.isSending || turn?.role !== 'user') return;
    this.turns = [...this.turns.slice(0, index), userTurn(text, turn.images)];
    void this.#answer();
  }

  clear(): void {
    this.stop();
    this.turns = [];
    this.#changed();
  }

  async #answer(): Promise<void> {
    const { model } = this.options;
    const asked = this.#ask();
    const turn = answerTurn(model);
    const abort = new AbortController();
    this.#answering = abort;
    this.turns = [...this.turns, turn];
    this.changed();
    const startedAt = performance.now();
    let draft: AnswerTurn = turn;
    const put = (change: Partial<AnswerTurn>): void => {
      draft = { ...draft, ...change };
      this.turns = this.turns.map((one) => (one.id === turn.id ? draft : one));
    };
    try {
      for await (const piece of askChat(asked, apiKey(), abort.signal)) {
        const firstMs = draft.firstMs ?? performance.now() - startedAt;
        put({ firstMs, ...grown(draft, piece) });
        this.#changed(KEEP_EVERY_MS);
      }
      put({ state: 'done' });
    } catch (thrown) {
      put(abort.signal.aborted ? { state: 'stopped' } : { state: 'failed', failure: thrown });
    } finally {
      put({ totalMs: performance.now() - startedAt });
      if (this.#answering === abort) this.#answering = null;
      this.#changed();
    }
  }

  #ask(): ChatAsk {
    const { model, system, isStreamed, temperature, effort } = this.options;
    return {
      model,
      messages: toMessages(this.turns, system),
      stream: isStreamed,
      ...(temperature === null ? {} : { temperature }),
      ...(effort === '' ? {} : { reasoning_effort: effort }),
    };
  }

  /** @param restMs not kept again before this has passed */
  #changed(restMs = 0): void {
    this.changed();
    if (Date.now() - this.#keptAt < restMs) return;
    this.#keptAt = Date.now();
    keep(KEPT, { turns: keepable(this.turns), options: this.options });
  }
}

function grown(turn: AnswerTurn, piece: ChatPiece): Partial<AnswerTurn> {
  switch (piece.type) {
    case 'text':
      return { text: turn.text + piece.text };
    case 'reasoning':
      return { reasoning: turn.reasoning + piece.text };
    case 'sources':
      return { sources: piece.sources };
    case 'usage':
      return { usage: piece.usage };
  }
}

function optionsOf(value: unknown): ChatOptions {
  const fields = fieldsOf(value);
  return {
    model: textOf(fields['model'], 'grok-4.20-beta'),
    system: textOf(fields['system']),
    isStreamed: fields['isStreamed'] !== false,
    temperature: numberOf(fields['temperature']),
    effort: EFFORTS.find((effort) => effort === fields['effort']) ?? '',
  };
}

export const chatSession = new ChatSession();
