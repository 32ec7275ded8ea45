import {
  type ImagineMessage,
  ImagineSocket,
  type ImagineStart,
  type LineState,
} from '../../api/imagine-socket';
import { fieldsOf, numberOf, textOf } from '../../state/tab-store';
import type { DrawJob } from './wall';

/** Who hears of a session. */
export interface SessionListener {
  /** `job` makes a picture of it again. */
  message(message: ImagineMessage, job: DrawJob): void;
  failed(failure: unknown): void;
  changed(): void;
}

/** One drawing session of this tab, found again after a reload. */
export class DrawSession {
  line: LineState = 'closed';
  /** Its run under way. */
  runId: string | null = null;
  readonly #listener: SessionListener;
  readonly #user: string;
  #socket: ImagineSocket | null = null;
  #socketKey = '';
  /** The last of its messages that is known here; −1 before the first. */
  #lastSeq: number;
  /** What it draws. */
  #job: DrawJob;

  /** @param kept what `kept` gave, or anything */
  constructor(kept: unknown, newUser: string, listener: SessionListener) {
    const { user, seq, prompt, size, model } = fieldsOf(kept);
    this.#user = textOf(user, newUser);
    this.#lastSeq = numberOf(seq) ?? -1;
    this.#job = jobOf(textOf(prompt), textOf(size), textOf(model));
    this.#listener = listener;
  }

  get kept(): object {
    const { prompt, size, model } = this.#job.ask;
    return { user: this.#user, seq: this.#lastSeq, prompt, size, model };
  }

  /** Draws, batch by batch; a run under way is replaced. */
  start(key: string, plan: ImagineStart): void {
    this.#job = jobOf(plan.prompt, plan.aspect_ratio, plan.model);
    this.#attached(key).start(plan);
  }

  /** Comes back to what it drew before, if there was anything. */
  attach(key: string): void {
    if (this.#lastSeq >= 0 && key !== '') this.#attached(key);
  }

  /** Leaves it; it waits a minute for its reader. */
  detach(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  stop(): void {
    if (this.runId !== null) this.#socket?.stop();
  }

  #attached(key: string): ImagineSocket {
    if (this.#socket !== null && this.#socketKey === key && this.line !== 'closed') {
      return this.#socket;
    }
    this.#socket?.close();
    const socket = new ImagineSocket(key, this.#user, Math.max(0, this.#lastSeq), {
      message: (message) => this.#take(message),
      line: (state, failure) => {
        if (this.#socket !== socket) return;
        this.line = state;
        if (failure !== undefined) this.#listener.failed(failure);
        if (state === 'closed') this.runId = null;
        this.#listener.changed();
      },
    });
    this.#socketKey = key;
    this.#socket = socket;
    socket.open();
    return socket;
  }

  #take(message: ImagineMessage): void {
    if (message.seq !== undefined) this.#lastSeq = message.seq;
    if (message.type === 'attached') this.runId = message.run_id;
    if (message.type === 'status') {
      if (message.status === 'running') {
        const { run_id: id, prompt, aspect_ratio: ratio, model } = message;
        this.runId = id;
        this.#job = jobOf(prompt, ratio ?? '', model);
      } else if (message.run_id === null || message.run_id === this.runId) {
        this.runId = null;
      }
    }
    this.#listener.message(message, this.#job);
  }
}

function jobOf(prompt: string, size: string, model: string): DrawJob {
  return { ask: { prompt, size, model, n: 1, concurrency: 1 }, sources: [] };
}
