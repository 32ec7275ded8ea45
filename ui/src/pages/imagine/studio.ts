import { drawImages, type ImageAsk } from '../../api/images';
import {
  type ImagineMessage,
  ImagineSocket,
  type ImagineStart,
  type LineState,
} from '../../api/imagine-socket';
import { apiKey } from '../../state/api-key';
import { Store } from '../../state/store';
import { fieldsOf, keep, newId, numberOf, readKept, textOf } from '../../state/tab-store';
import {
  afterMessage,
  changed,
  type DrawJob,
  drawingAt,
  ended,
  failureOf,
  finished,
  keepable,
  pending,
  restored,
  type Wall,
  withNew,
} from './wall';

const KEPT = 'imagine';

/** What this tab has drawn and is drawing: by requests, and by one session that goes on by itself. */
class Studio extends Store {
  wall: Wall;
  line: LineState = 'closed';
  /** The session's run under way. */
  runId: string | null = null;
  lastFailure: unknown = null;
  #socket: ImagineSocket | null = null;
  #socketKey = '';
  readonly #requests = new Set<AbortController>();
  /** The session of this tab, and the last of its messages that is known here. */
  readonly #user: string;
  #lastSeq: number;
  /** What the session draws. */
  #job: DrawJob;

  constructor() {
    super();
    const { wall, user, seq, plan } = fieldsOf(readKept(KEPT));
    this.wall = restored(wall);
    const { prompt, size, model } = fieldsOf(plan);
    this.#job = jobOf(textOf(prompt), textOf(size), textOf(model));
    this.#lastSeq = numberOf(seq) ?? -1;
    this.#user = textOf(user, `panel-${newId()}`);
  }

  get isDrawing(): boolean {
    return this.#requests.size > 0 || this.runId !== null;
  }

  /** Draws in the session, batch by batch; a run under way is replaced. */
  start(plan: ImagineStart): void {
    this.#job = jobOf(plan.prompt, plan.aspect_ratio, plan.model);
    this.lastFailure = null;
    this.#attached().start(plan);
    this.#changed();
  }

  /** Comes back to the session of this tab, if it had one: after a reload, or another page. */
  attach(): void {
    if (this.#lastSeq >= 0 && apiKey() !== '') this.#attached();
  }

  /** The page is left: requests go on, the session waits a minute for its reader. */
  detach(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  /** Draws by one request. */
  async draw(ask: ImageAsk, sources: readonly string[]): Promise<void> {
    const job = { ask: { ...ask, n: 1, concurrency: 1 }, sources };
    const batch = newId();
    const slots = Array.from({ length: ask.n }, (_, slot) => pending(batch, slot, job));
    this.wall = withNew(this.wall, slots);
    await this.#run(batch, ask, sources);
  }

  /** Asks for a picture that failed once more, in its place. */
  async retry(id: string): Promise<void> {
    const picture = this.wall.find((one) => one.id === id);
    if (picture === undefined || picture.again === null) return;
    const { ask, sources } = picture.again;
    const batch = newId();
    this.wall = changed(this.wall, id, { ...pending(batch, 0, picture.again), id });
    await this.#run(batch, ask, sources);
  }

  stop(): void {
    for (const request of this.#requests) request.abort();
    if (this.runId !== null) this.#socket?.stop();
  }

  clear(): void {
    this.wall = this.wall.filter(({ state }) => state === 'drawing');
    this.lastFailure = null;
    this.#changed();
  }

  async #run(batch: string, ask: ImageAsk, sources: readonly string[]): Promise<void> {
    const abort = new AbortController();
    this.#requests.add(abort);
    this.#changed();
    const startedAt = performance.now();
    let missing = failureOf('upstream_error', 'The picture did not come.');
    try {
      for await (const news of drawImages(ask, sources, apiKey(), abort.signal)) {
        if (news.type === 'missing') {
          missing = failureOf(news.reasons[0] ?? 'upstream_error', missing.message);
          continue;
        }
        const picture =
          drawingAt(this.wall, batch, news.index) ?? drawingAt(this.wall, batch, null);
        if (picture === undefined) continue;
        const { base64 = '' } = news.type === 'progress' ? news : {};
        const preview = base64 === '' ? {} : { preview: `data:image/jpeg;base64,${base64}` };
        const change =
          news.type === 'picture'
            ? finished(news.url, performance.now() - startedAt)
            : { progress: news.progress, ...preview };
        this.wall = changed(this.wall, picture.id, change);
        this.#changed();
      }
      this.#endOf(batch, missing);
    } catch (thrown) {
      this.#endOf(batch, abort.signal.aborted ? null : thrown);
    } finally {
      this.#requests.delete(abort);
      this.#changed();
    }
  }

  /** @param failure why the rest did not come; null when its reader stopped it */
  #endOf(batch: string, failure: unknown): void {
    const isOpen = drawingAt(this.wall, batch, null) !== undefined;
    if (isOpen && failure !== null) this.lastFailure = failure;
    const state = failure === null ? 'stopped' : 'failed';
    this.wall = ended(this.wall, batch, { state, failure });
  }

  #attached(): ImagineSocket {
    const key = apiKey();
    if (this.#socket !== null && this.#socketKey === key && this.line !== 'closed') {
      return this.#socket;
    }
    this.#socket?.close();
    const socket = new ImagineSocket(key, this.#user, Math.max(0, this.#lastSeq), {
      message: (message) => this.#take(message),
      line: (state, failure) => {
        if (this.#socket !== socket) return;
        this.line = state;
        if (failure !== undefined) this.lastFailure = failure;
        if (state === 'closed') this.runId = null;
        this.changed();
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
    if (message.type === 'error') this.lastFailure = failureOf(message.code, message.message);
    if (message.type === 'status') {
      if (message.status === 'running') {
        const { run_id: id, prompt, aspect_ratio: ratio, model } = message;
        this.runId = id;
        this.#job = jobOf(prompt, ratio ?? '', model);
      } else if (message.run_id === null || message.run_id === this.runId) {
        this.runId = null;
      }
    }
    this.wall = afterMessage(this.wall, message, this.#job);
    this.#changed();
  }

  #changed(): void {
    this.changed();
    const { prompt, size, model } = this.#job.ask;
    keep(KEPT, {
      wall: keepable(this.wall),
      user: this.#user,
      seq: this.#lastSeq,
      plan: { prompt, size, model },
    });
  }
}

function jobOf(prompt: string, size: string, model: string): DrawJob {
  return { ask: { prompt, size, model, n: 1, concurrency: 1 }, sources: [] };
}

export const studio = new Studio();
