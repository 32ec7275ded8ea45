import type { CallRun } from '../../src/calls/run-call';
import { poolOf } from '../../src/deps';
import { type AppError, toAppError } from '../../src/errors';
import type { Audience } from '../../src/imagine/audience';
import { HOLD_MS, MAX_WAIT_MS } from '../../src/imagine/limits';
import type { ImagineCode } from '../../src/imagine/protocol';
import type { BatchEnd } from '../../src/imagine/run-batch';
import type { SessionBook } from '../../src/imagine/session-book';
import type { Run } from '../../src/imagine/session-state';
import { SocketHolder } from '../../src/imagine/socket-holder';
import { logError } from '../../src/lib/log';
import { SECOND_MS } from '../../src/lib/time';
import { callPool } from '../../src/pool/client';
import { drawBatch } from './draw-batch';

interface RunnerPorts {
  readonly env: Env;
  readonly ctx: Pick<DurableObjectState, 'waitUntil' | 'id'>;
  readonly book: SessionBook;
  readonly audience: Audience;
}

/** Draws a session's batches, one after another, and has the pool hear of each. */
export class Runner {
  readonly #ports: RunnerPorts;
  readonly #book: SessionBook;
  /** The call of the batch in flight. */
  #call: CallRun | null = null;
  /** The upstream socket between two batches. */
  readonly #sockets = new SocketHolder(HOLD_MS);
  /** Ends a wait between two batches. */
  #wake: (() => void) | null = null;

  /** The picture of the event that is being stored. */
  base64: string | null = null;

  constructor(ports: RunnerPorts) {
    this.#ports = ports;
    this.#book = ports.book;
  }

  /** The run is over, or another one: what is in flight ends at once. */
  interrupt(): void {
    this.#call?.interruption.clientLeft();
    this.#wake?.();
  }

  /** Nothing more is drawn for now: upstream is left at once. */
  hangUp(): void {
    this.#sockets.close();
  }

  /** Has the pool hear what it has not heard; what fails is repeated by the alarm. */
  async settle(): Promise<void> {
    const { unheard } = this.#book;
    if (unheard.length === 0) return;
    try {
      await callPool(poolOf(this.#ports.env), (pool) => pool.settle(unheard));
      this.#book.heard(unheard.length);
    } catch (error) {
      logError('imagine_settlement_failed', { error });
    }
  }

  /** Draws the next batch of a run, or ends the run. */
  async draw(run: Run): Promise<void> {
    const reason = this.#book.stopReason(Date.now());
    if (reason !== null) {
      this.#book.stop(reason, Date.now());
      this.hangUp();
      return;
    }
    const end = await this.#drawBatch(run);
    if (end.failure !== null || this.#book.run?.id !== run.id) this.hangUp();
    await this.settle();
    if (this.#book.run?.id !== run.id) return;
    if (end.failure !== null) await this.#failed(run, end.failure);
    else if (end.delivered === 0) this.#book.stop('error', Date.now());
    else if (run.mode === 'single') this.#book.stop('finished', Date.now());
  }

  async #drawBatch(run: Run): Promise<BatchEnd> {
    const missing = (code: ImagineCode): void =>
      this.#book.fail(run.id, { code, message: 'A picture could not be drawn.' }, Date.now());
    try {
      return await drawBatch(run, {
        env: this.#ports.env,
        ctx: this.#ports.ctx,
        book: this.#book,
        affinity: this.#ports.ctx.id.toString(),
        sockets: this.#sockets,
        begun: (call) => {
          this.#call = call;
        },
        picture: (callId, url, base64) => {
          this.base64 = base64;
          try {
            return this.#book.deliver(callId, url, Date.now());
          } finally {
            this.base64 = null;
          }
        },
        preview: ({ index: slot, progress, base64 }) => {
          if (this.#book.run?.id !== run.id) return;
          const picture = base64 === undefined ? {} : { b64_json: base64 };
          const message = { type: 'preview', run_id: run.id, slot, progress, ...picture } as const;
          this.#ports.audience.preview(slot, message);
        },
        missing,
      });
    } catch (thrown) {
      return { delivered: 0, failure: toAppError(thrown) };
    } finally {
      this.#call = null;
      this.#ports.audience.forgetPreviews();
    }
  }

  /** A limit that ends soon is waited for; anything else ends the run. */
  async #failed(run: Run, failure: AppError): Promise<void> {
    const { code, message, status } = failure;
    const { retryAfterS } = failure.detail;
    const wait = retryAfterS === undefined ? {} : { retryAfterS };
    this.#book.fail(run.id, { code, message, ...wait }, Date.now());
    const waitMs = (retryAfterS ?? Number.POSITIVE_INFINITY) * SECOND_MS;
    const canWait = run.mode === 'continuous' && status === 429 && waitMs <= MAX_WAIT_MS;
    if (!canWait || !this.#book.waits()) {
      this.#book.stop('error', Date.now());
      return;
    }
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([scheduler.wait(waitMs), woken]);
    this.#wake = null;
  }
}
