import { DurableObject } from 'cloudflare:workers';
import { AppError, errorResponse, toAppError } from '../src/errors';
import { SSE_HEADERS } from '../src/http/sse';
import { Visitor, VISITOR_HEADER } from '../src/imagine/attach';
import { Audience } from '../src/imagine/audience';
import { imagineModel } from '../src/imagine/batch-plan';
import { attachmentOf, tell } from '../src/imagine/clients';
import { GRACE_MS, MAX_CLIENTS } from '../src/imagine/limits';
import {
  type ImagineCode,
  parseCommand,
  type Passing,
  type Plan,
  type StopReason,
} from '../src/imagine/protocol';
import { SessionBook } from '../src/imagine/session-book';
import type { SessionSql } from '../src/imagine/event-log';
import { invalidTicket } from '../src/imagine/ticket';
import { logError } from '../src/lib/log';
import { retryAfterSeconds } from '../src/lib/time';
import { currentSettings } from '../src/store/settings-cache';
import { Runner } from './imagine-session/runner';

/** Who starts a run. */
export interface Starter {
  readonly keyId: string;
  readonly ip: string | null;
  readonly origin: string;
}

export type StartReply =
  | { readonly ok: true; readonly runId: string }
  | {
      readonly ok: false;
      readonly code: ImagineCode;
      readonly message: string;
      readonly retryAfterS?: number;
    };

const PING = '{"type":"ping"}';
const PONG = '{"type":"pong"}';

/**
 * One drawing session of one key and `user`. Clients attach and leave as they like; what was stored is
 * told again to whoever comes back. Batches are drawn inside `alarm()`, so that the object is kept awake
 * while one is in flight, and woken again when it died over one.
 */
export class ImagineSession extends DurableObject<Env> {
  readonly #book: SessionBook;
  readonly #audience: Audience;
  readonly #runner: Runner;
  /** The alarm's handler is at work; it arms the next alarm itself. */
  #isAtWork = false;
  #grace: ReturnType<typeof setTimeout> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { storage } = ctx;
    this.#audience = new Audience(ctx, () => this.#left());
    this.#book = new SessionBook({
      // SAFETY: the port is the same method, its row type not bound to the platform's.
      sql: storage.sql as unknown as SessionSql,
      transaction: (run) => storage.transactionSync(run),
      forget: () => void storage.deleteAll(),
      emit: (event) => this.#audience.event(event, this.#runner.base64),
      randomId: () => crypto.randomUUID().replaceAll('-', ''),
    });
    this.#runner = new Runner({ env, ctx, book: this.#book, audience: this.#audience });
    // Answered by the runtime: a ping wakes nobody.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    this.#book.recover(this.#audience.count() > 0, Date.now());
    void ctx.blockConcurrencyWhile(() => this.#arm());
  }

  /** Takes a visitor in whose right was checked: a WebSocket upgrade, or a request for an event stream. */
  override async fetch(request: Request): Promise<Response> {
    try {
      const visitor = Visitor.parse(JSON.parse(request.headers.get(VISITOR_HEADER) ?? 'null'));
      return this.#attach(visitor, request.headers.get('upgrade') !== null);
    } catch (thrown) {
      return errorResponse(toAppError(thrown));
    }
  }

  async start(starter: Starter, plan: Plan): Promise<StartReply> {
    try {
      const { settings } = await currentSettings(this.env.DB);
      const model = imagineModel(plan.model, settings.grok.generations).id;
      const now = Date.now();
      const waitMs = this.#book.startWaitMs(now);
      if (waitMs > 0) {
        const message = 'A session starts at most one run a second.';
        const retryAfterS = retryAfterSeconds(waitMs);
        return { ok: false, code: 'start_too_soon', message, retryAfterS };
      }
      const run = this.#book.start({ ...plan, ...starter, model }, this.#isWatched, now);
      this.#runner.interrupt();
      await this.#arm();
      if (!this.#isWatched) this.#startGrace();
      return { ok: true, runId: run.id };
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      return { ok: false, code, message };
    }
  }

  /** Ends the run and the batch in flight. @returns the id of the run; null when there was none. */
  async stop(): Promise<string | null> {
    return this.#stop('stop');
  }

  override async webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
    this.#audience.heard(socket);
    const command = parseCommand(frame);
    const say = (message: Passing): void => tell(socket, JSON.stringify(message));
    switch (command.type) {
      case 'ping':
        say({ type: 'pong' });
        return;
      case 'stop':
        if (this.#stop('stop') === null) say({ type: 'status', status: 'stopped', run_id: null });
        return;
      case 'start': {
        const starter = attachmentOf(socket);
        if (starter === null) return;
        const { keyId, ip, origin } = starter;
        const reply = await this.start({ keyId, ip, origin }, command.plan);
        if (reply.ok) return;
        const { code, message, retryAfterS } = reply;
        const wait = retryAfterS === undefined ? {} : { retry_after: retryAfterS };
        say({ type: 'error', message, code, ...wait });
        return;
      }
      case 'mistake':
        say({ type: 'error', message: command.message, code: command.code });
    }
  }

  override async webSocketClose(socket: WebSocket): Promise<void> {
    this.#left(socket);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#left(socket);
  }

  /** Draws the next batch, repeats a settlement, or forgets a session that nobody came back to. */
  override async alarm(): Promise<void> {
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    try {
      await this.#runner.settle();
      const { run, unheard } = this.#book;
      if (unheard.length > 0) return;
      if (run !== null) await this.#runner.draw(run);
      else if (this.#book.isOver(Date.now())) this.#book.forget();
    } catch (error) {
      logError('imagine_session_failed', { error });
      this.#book.stop('error', Date.now());
    } finally {
      this.#isAtWork = false;
      await this.#arm();
    }
  }

  get #isWatched(): boolean {
    return this.#audience.count() > 0;
  }

  #attach(visitor: Visitor, isSocket: boolean): Response {
    const { format, after, ticket, keyId, session, ip, origin } = visitor;
    if (this.#audience.count() >= MAX_CLIENTS) {
      throw new AppError('too_many_clients', `A session has at most ${MAX_CLIENTS} clients.`, {
        retryAfterS: 1,
      });
    }
    if (ticket !== null && !this.#book.useTicket(ticket.nonce, ticket.until, Date.now())) {
      throw invalidTicket();
    }
    this.#book.attached();
    if (this.#grace !== null) clearTimeout(this.#grace);
    this.#grace = null;
    const { firstSeq, lastSeq, run } = this.#book;
    const first: Passing = {
      type: 'attached',
      session,
      first_seq: firstSeq,
      last_seq: lastSeq,
      run_id: run?.id ?? null,
    };
    const missed = this.#book.eventsAfter(after);
    if (!isSocket) {
      const stream = this.#audience.addStream(format, first, missed);
      return new Response(stream, { headers: SSE_HEADERS });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#audience.addSocket(server, { format, keyId, ip, origin }, first, missed);
    return new Response(null, { status: 101, webSocket: client });
  }

  #left(socket?: WebSocket): void {
    if (this.#audience.count(socket) > 0) return;
    this.#book.detached(Date.now());
    if (this.#book.run !== null) this.#startGrace();
    this.ctx.waitUntil(this.#arm());
  }

  /** Between batches the book knows; in the middle of one only a timer does. */
  #startGrace(): void {
    if (this.#grace !== null) clearTimeout(this.#grace);
    this.#grace = setTimeout(() => {
      if (!this.#isWatched && this.#book.run?.mode === 'continuous') this.#stop('abandoned');
    }, GRACE_MS);
  }

  #stop(reason: StopReason | 'finished'): string | null {
    const runId = this.#book.stop(reason, Date.now());
    if (runId !== null) this.#runner.interrupt();
    this.#runner.hangUp();
    return runId;
  }

  async #arm(): Promise<void> {
    if (this.#isAtWork) return;
    const due = this.#book.dueAt(Date.now());
    if (due === null) return;
    const armed = await this.ctx.storage.getAlarm();
    if (armed === null || armed > due) await this.ctx.storage.setAlarm(due);
  }
}
