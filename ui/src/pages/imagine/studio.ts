import { drawImages, type ImageAsk } from '../../api/images';
import type { ImagineMessage, ImagineStart, LineState } from '../../api/imagine-socket';
import { apiKey } from '../../state/api-key';
import { Store } from '../../state/store';
import { fieldsOf, keep, listOf, newId, readKept } from '../../state/tab-store';
import { DrawSession } from './session';
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

/** Sessions that draw at once, at most. */
const MAX_SESSIONS = 3;
/** The most telling first: a line that has dropped, one that draws. */
const LINES: readonly LineState[] = ['waiting', 'connecting', 'open', 'closed'];

/** What this tab has drawn and is drawing: by requests, and by sessions that go on by themselves. */
class Studio extends Store {
  wall: Wall;
  lastFailure: unknown = null;
  readonly #requests = new Set<AbortController>();
  readonly #sessions: readonly DrawSession[];

  constructor() {
    super();
    const { wall, sessions } = fieldsOf(readKept(KEPT));
    this.wall = restored(wall);
    const kept = listOf(sessions);
    this.#sessions = Array.from({ length: MAX_SESSIONS }, (_, index) => {
      return new DrawSession(kept[index], `panel-${newId()}`, {
        message: (message, job) => this.#take(message, job),
        failed: (failure) => (this.lastFailure = failure),
        changed: () => this.changed(),
      });
    });
  }

  get isDrawing(): boolean {
    return this.#requests.size > 0 || this.#sessions.some(({ runId }) => runId !== null);
  }

  /** How the lines stand: the one that needs a reader most. */
  get line(): LineState {
    return LINES.find((state) => this.#sessions.some(({ line }) => line === state)) ?? 'closed';
  }

  get openLines(): number {
    return this.#sessions.filter(({ line }) => line === 'open').length;
  }

  /** Draws in so many sessions at once, batch by batch; runs under way are replaced or stopped. */
  start(plan: ImagineStart, concurrency: number): void {
    this.lastFailure = null;
    for (const [index, session] of this.#sessions.entries()) {
      if (index < concurrency) session.start(apiKey(), plan);
      else session.stop();
    }
    this.#changed();
  }

  /** Comes back to the sessions of this tab, if it had any: after a reload, or another page. */
  attach(): void {
    for (const session of this.#sessions) session.attach(apiKey());
  }

  /** The page is left: requests go on, sessions wait a minute for their reader. */
  detach(): void {
    for (const session of this.#sessions) session.detach();
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
    for (const session of this.#sessions) session.stop();
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

  #take(message: ImagineMessage, job: DrawJob): void {
    if (message.type === 'error') this.lastFailure = failureOf(message.code, message.message);
    this.wall = afterMessage(this.wall, message, job);
    this.#changed();
  }

  #changed(): void {
    this.changed();
    const sessions = this.#sessions.map(({ kept }) => kept);
    keep(KEPT, { wall: keepable(this.wall), sessions });
  }
}

export const studio = new Studio();
