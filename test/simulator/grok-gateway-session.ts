import { ClientGone, openCall } from './call';
import type { Call } from './call';
import { DEFAULT_QUOTA_UNITS, drawOf } from './grok-catalog';
import { answerEvents } from './grok-gateway-answer';
import { errorEvent, sessionEvents } from './grok-gateway-events';
import type { GatewayEvent } from './grok-gateway-events';
import { ClientMessage, ItemCreate, SessionCreate, messageOf } from './grok-gateway-request';
import type { GatewayMessage } from './grok-gateway-request';
import { GatewayWire } from './grok-gateway-wire';
import type { GrokRequest } from './grok-request';
import { rpcError } from './grok-refusals';
import { ledgerOf } from './ledger';
import { parsed } from './recording';

interface Conversation {
  readonly id: string;
  readonly model: string;
  readonly inChunks: boolean;
}

/** One connection: a session, a message, an answer, in this order and once each. */
export class GatewaySession {
  readonly #grok: GrokRequest;
  readonly #socket: WebSocket;
  readonly #wire: GatewayWire;
  /** What the client has sent, for the record. */
  readonly #heard: unknown[] = [];
  #conversation: Conversation | null = null;
  #message: GatewayMessage | null = null;
  #isAsked = false;
  #call: Call | null = null;
  #hasLeft = false;
  readonly #over = Promise.withResolvers<void>();
  /** Messages are taken in one at a time. */
  #last: Promise<void> = Promise.resolve();

  constructor(grok: GrokRequest, socket: WebSocket) {
    this.#grok = grok;
    this.#socket = socket;
    this.#wire = new GatewayWire(socket, grok.script);
  }

  /** Takes messages in until the client or the script closes the socket. */
  listen(): void {
    // A closed socket ends its context at once: how the client left could not be recorded.
    this.#grok.stage.ctx.waitUntil(this.#over.promise);
    this.#socket.addEventListener('message', ({ data }) => {
      this.#last = this.#last.then(() => this.#take(data)).catch(() => this.#fail());
    });
    this.#socket.addEventListener('close', () => {
      this.#call?.left();
      void this.#last.then(() => this.#leave()).finally(() => this.#over.resolve());
    });
  }

  async #take(data: unknown): Promise<void> {
    // Only text frames count.
    if (typeof data !== 'string') return;
    const message = ClientMessage.safeParse(parsed(data));
    if (!message.success) return this.#refuse('invalidArgument', 'Invalid message');
    this.#heard.push(message.data);
    const { session_id: sessionId, event } = message.data;
    switch (event.type) {
      case 'ping':
        return this.#wire.send({ type: 'pong' });
      case 'session.create':
        return this.#create(event, sessionId ?? null);
      case 'conversation.item.create':
        return this.#note(event, sessionId ?? null);
      case 'response.create':
        return this.#ask(sessionId ?? null);
    }
  }

  async #create(event: { event_id?: string | undefined }, sessionId: string | null): Promise<void> {
    const create = SessionCreate.safeParse(event);
    if (!create.success || this.#conversation !== null) {
      return this.#refuse('invalidArgument', 'Invalid session');
    }
    const { model, x_grok: options } = create.data.session;
    if (drawOf({ modeId: model }) === null) return this.#refuse('invalidArgument', 'Unknown model');
    const known = options.conversation_id ?? null;
    if (known !== null && !(await this.#canLoad(known, sessionId, options.load_existing))) {
      return this.#refuse('notFound', 'Conversation not found');
    }
    const id = known ?? crypto.randomUUID();
    this.#conversation = { id, model, inChunks: options.use_chunk === true };
    this.#wire.sessionId = id;
    const events = sessionEvents(id, event.event_id ?? '');
    for (const one of this.#grok.script.has('attachfirst') ? events.toReversed() : events) {
      this.#wire.send(one);
    }
  }

  async #canLoad(id: string, sessionId: string | null, load?: boolean): Promise<boolean> {
    if (load !== true || sessionId !== id) return false;
    const { stage, credential } = this.#grok;
    return ledgerOf(stage.env).hasConversation(credential, id);
  }

  #note(event: object, sessionId: string | null): void {
    const create = ItemCreate.safeParse(event);
    if (!create.success || sessionId === null || sessionId !== this.#conversation?.id) {
      return this.#refuse('invalidArgument', 'Invalid item');
    }
    this.#message = messageOf(create.data);
  }

  async #ask(sessionId: string | null): Promise<void> {
    const conversation = this.#conversation;
    const message = this.#message;
    if (conversation === null || message === null || this.#isAsked) {
      return this.#refuse('invalidArgument', 'There is nothing to answer');
    }
    if (sessionId !== conversation.id) return this.#refuse('invalidArgument', 'Unknown session');
    this.#isAsked = true;
    const call = await this.#open(conversation, message);
    this.#call = call;
    if (this.#hasLeft) call.left();
    // Not awaited: the client's pings and its leaving are heard meanwhile.
    void this.#answer(call, conversation, message);
  }

  #open({ id, model }: Conversation, { parentId, fileIds }: GatewayMessage): Promise<Call> {
    const { stage, credential, script } = this.#grok;
    const draw = drawOf({ modeId: model });
    const isRefusedInBand =
      script.has('inband7') || script.has('inband8') || script.has('usagelimit');
    const charge = {
      limitUnits: script.quotaUnits ?? DEFAULT_QUOTA_UNITS,
      windowS: script.windowS,
    };
    return openCall(stage, {
      credential,
      bodyText: JSON.stringify(this.#heard),
      charge: draw === null || isRefusedInBand ? null : { ...draw, ...charge },
      luck: { once500: script.has('once500'), flakyPercent: script.flakyPercent },
      files: fileIds,
      follows: parentId === null ? null : { conversationId: id, responseId: parentId },
    });
  }

  async #answer(call: Call, conversation: Conversation, message: GatewayMessage): Promise<void> {
    const { stage, credential, script } = this.#grok;
    const responseId = crypto.randomUUID();
    const turn = { call, env: stage.env, credential, script, responseId, text: message.text };
    try {
      for await (const event of answerEvents({ ...turn, inChunks: conversation.inChunks })) {
        if (isWhole(event)) await this.#remember(call, conversation.id, responseId);
        this.#wire.send(event);
      }
      this.#wire.flush();
      call.closed('complete');
    } catch (error) {
      if (error instanceof ClientGone) return;
      call.closed('cut');
      this.#fail();
    }
  }

  async #remember(call: Call, conversationId: string, responseId: string): Promise<void> {
    const { stage, credential } = this.#grok;
    const end = { conversationId, responseId };
    await ledgerOf(stage.env).keepAnswer(credential, end, call.reply.turn);
  }

  #refuse(kind: 'invalidArgument' | 'notFound', message: string): void {
    this.#wire.send(errorEvent(rpcError(kind, message)));
    this.#wire.flush();
  }

  /** The client closed the socket. A turn that was never asked for is recorded all the same. */
  async #leave(): Promise<void> {
    this.#hasLeft = true;
    if (this.#isAsked) return this.#call?.left();
    const { stage, credential } = this.#grok;
    const call = await openCall(stage, { credential, bodyText: JSON.stringify(this.#heard) });
    call.left();
  }

  #fail(): void {
    this.#wire.flush();
    this.#socket.close(1011, 'internal error');
    this.#over.resolve();
  }
}

function isWhole(event: GatewayEvent): boolean {
  return event.type === 'response.persisted';
}
