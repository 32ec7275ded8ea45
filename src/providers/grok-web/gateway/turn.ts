import type { Part, Thread } from '../../provider';
import { finish, type AnswerState } from '../answer-state';
import { cutFault, unreadableFault } from '../faults';
import { record, text, type Json } from '../narrow';
import { stepEvent, type EventState } from './events';
import { gatewayFault, unfinishedFault } from './faults';

/** What one turn asks. */
export interface TurnAsk {
  /** `fast`, `auto`, `expert`, `heavy`. */
  readonly mode: string;
  readonly text: string;
  /** Ids of uploaded files. */
  readonly attachments: readonly string[];
  /** Kept out of the account's history. */
  readonly temporary: boolean;
  /** Upstream keeps the conversation, and the answer ends with its `thread`. */
  readonly keep: boolean;
  /** The conversation that is continued; null begins one. */
  readonly thread: Thread | null;
}

/** What a turn takes from outside of itself. */
export interface TurnSource {
  uuid(): string;
  /** Unix ms. */
  now(): number;
}

const SESSION = {
  protocol_capabilities: ['conversation_attached', 'custom_methods_v1'],
  use_chunk: true,
  enable_side_by_side: true,
  force_side_by_side: false,
  enable_image_generation: true,
  image_generation_count: 2,
  disable_text_follow_ups: false,
  disable_artifact: true,
  force_concise: false,
} as const;

/**
 * One turn over one socket, without the socket: frames in, frames to send and parts out.
 *
 * It opens a session; once upstream has both created it and attached a conversation, in either order, it
 * puts the question, once; then it reads events to the end of the answer.
 */
export class GatewayTurn {
  readonly #ask: TurnAsk;
  readonly #events: EventState;
  readonly #source: TurnSource;
  readonly #openingId: string;
  #isCreated = false;
  #sessionId: string;
  #conversationId = '';
  #isAsked = false;
  #isOver = false;

  constructor(ask: TurnAsk, answer: AnswerState, source: TurnSource) {
    this.#ask = ask;
    this.#events = { answer, headings: 0, citations: 0 };
    this.#source = source;
    this.#openingId = `evt_init_${source.uuid()}`;
    this.#sessionId = ask.thread?.conversationId ?? '';
  }

  /** The question was put: from here on upstream may count the call. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** The answer is whole: nothing more is read. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The first frame to send. */
  open(): string {
    const { mode, keep, temporary, thread } = this.#ask;
    const kept =
      thread === null
        ? { keep_context: keep, is_temporary: temporary && !keep, disable_memory: true }
        : { conversation_id: thread.conversationId, load_existing: true, needs_history: false };
    return this.#frame({
      type: 'session.create',
      event_id: this.#openingId,
      session: { model: mode, x_grok: { ...SESSION, ...kept } },
    });
  }

  /** Keeps the socket alive. */
  ping(): string {
    return JSON.stringify({ event: { type: 'ping', event_id: `evt_hb_${this.#source.now()}` } });
  }

  /**
   * Reads one frame and adds what it means to `out`.
   * @returns frames to send now.
   * @throws ProviderError
   */
  take(frame: Json, out: Part[]): readonly string[] {
    const event = record(frame['event']);
    if (event === null || this.#isOver) return [];
    switch (event['type']) {
      case 'error':
        throw gatewayFault(event['error']);
      case 'session.ended':
        throw cutFault('session ended');
      case 'session.created':
        return this.#created(frame, event);
      case 'conversation.attached':
        return this.#attached(frame, event);
      case 'response.done':
        this.#done(record(event['response']) ?? {}, out);
        return [];
    }
    stepEvent(this.#events, event, out);
    return [];
  }

  #created(frame: Json, event: Json): readonly string[] {
    const answers = text(event['client_event_id']);
    // An answer to somebody else's opening.
    if (answers !== '' && answers !== this.#openingId) return [];
    this.#isCreated = true;
    this.#sessionId = text(frame['session_id']) || this.#sessionId;
    return this.#question();
  }

  #attached(frame: Json, event: Json): readonly string[] {
    if (this.#isAsked) return [];
    this.#conversationId = text(record(event['conversation'])?.['id']);
    if (this.#conversationId === '') throw unreadableFault('no conversation');
    if (!this.#isCreated) this.#sessionId = text(frame['session_id']) || this.#sessionId;
    return this.#question();
  }

  /** The question, when it is time for it. */
  #question(): readonly string[] {
    if (this.#isAsked || !this.#isCreated || this.#conversationId === '') return [];
    if (this.#sessionId === '') this.#sessionId = this.#conversationId;
    const { thread } = this.#ask;
    const expected = thread?.conversationId ?? this.#sessionId;
    if (this.#conversationId !== this.#sessionId || this.#conversationId !== expected) {
      throw unreadableFault('another conversation');
    }
    this.#isAsked = true;
    const now = this.#source.now();
    return [
      this.#frame(this.#message(now)),
      this.#frame({ type: 'response.create', event_id: `evt_resp_${now}` }),
    ];
  }

  #message(now: number): object {
    const { attachments, text: words, thread } = this.#ask;
    const files = attachments.length === 0 ? {} : { file_attachment_ids: attachments };
    const mentions = attachments.map((id) => ({
      mention: { target: { file_mention: { file_id: id } } },
    }));
    return {
      type: 'conversation.item.create',
      event_id: `evt_msg_${now}`,
      ...(thread !== null && { parent_response_id: thread.responseId }),
      ...files,
      item: {
        type: 'message',
        role: 'user',
        ...files,
        x_grok: {
          client_message_id: this.#source.uuid(),
          input_chunks: [...mentions, ...(words === '' ? [] : [{ text: { text: words } }])],
        },
      },
    };
  }

  #done(response: Json, out: Part[]): void {
    const status = text(response['status']).toLowerCase();
    if (status !== '' && status !== 'completed') {
      const details = record(response['status_details']);
      throw unfinishedFault(status, text(details?.['reason']));
    }
    this.#isOver = true;
    this.#events.answer.hasEnded = true;
    finish(this.#events.answer, out);
    const responseId = text(response['id']);
    if (!this.#ask.keep || responseId === '') return;
    const thread = { conversationId: this.#conversationId, responseId };
    // `finish` stays last.
    out.splice(-1, 0, { type: 'thread', thread });
  }

  #frame(event: object): string {
    const session = this.#sessionId === '' ? {} : { session_id: this.#sessionId };
    return JSON.stringify({ ...session, event });
  }
}
