import { DurableObject } from 'cloudflare:workers';
import { providerSettings } from '../src/config';
import { directEgress } from '../src/egress/direct';
import { fetchImage } from '../src/egress/images';
import { logError } from '../src/lib/log';
import { open } from '../src/lib/seal';
import { callPool } from '../src/pool/client';
import { poolStub } from '../src/pool/stub';
import type { TokenPoolRpc } from '../src/pool/rpc';
import { providerOf } from '../src/providers/registry';
import { readSettings } from '../src/store/settings-read';
import { insertVideo, updateVideo, type VideoRow } from '../src/store/videos';
import { newJob, type NewVideo, nextWakeAt, type VideoJobState } from '../src/videos/job';
import type { JobPorts } from '../src/videos/ports';
import type { VideoJobRpc } from '../src/videos/rpc';
import { VideoWork } from '../src/videos/video-work';
import { rowOf } from '../src/videos/view';

const JOB = 'job';
const ROW_WRITTEN = 'row-written';
/** The first frame in pieces, because a value is at most 2 MB: `image/000`, … */
const IMAGE = 'image/';
const PIECE_CHARS = 1_000_000;
/** Progress is written to the list in steps of this many percent. */
const ROW_STEP = 20;

/**
 * Makes one video. The call runs inside `alarm()`, which comes again after a crash; rules are in
 * `src/videos/`, this is their wiring: storage, the alarm, the row of the list.
 */
export class VideoJob extends DurableObject<Env> implements VideoJobRpc {
  readonly #work: VideoWork;
  /** What the list was last told; writes to it go one after the other. */
  #row: VideoRow | null = null;
  #rowWork: Promise<void> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#work = new VideoWork(this.#ports());
  }

  async start(video: NewVideo, image: string | null): Promise<void> {
    if (this.#read() !== null) return;
    const job = newJob(video);
    await insertVideo(this.env.DB, rowOf(job));
    if (this.#read() !== null) return;
    const { kv } = this.ctx.storage;
    for (let at = 0; image !== null && at < image.length; at += PIECE_CHARS) {
      const number = String(at / PIECE_CHARS).padStart(3, '0');
      kv.put(IMAGE + number, image.slice(at, at + PIECE_CHARS));
    }
    this.#row = rowOf(job);
    kv.put(JOB, job);
    await this.ctx.storage.setAlarm(Date.now());
  }

  async status(): Promise<VideoRow | null> {
    const job = this.#read();
    if (job === null || job.isDeleted) return null;
    if ((await this.ctx.storage.getAlarm()) === null) await this.#arm(Date.now());
    return rowOf(job);
  }

  async remove(): Promise<void> {
    if (this.#read() === null) return;
    this.#work.cancel();
    await this.ctx.storage.setAlarm(Date.now());
  }

  override async alarm(): Promise<void> {
    try {
      await this.#work.wake();
      await this.#tellList();
    } catch (error) {
      logError('video_alarm_failed', { video: this.#read()?.id, error });
    } finally {
      await this.#arm(null);
    }
  }

  /** Sets the alarm to what is due next, or lets go of everything. @param at - Unix ms; null for that. */
  async #arm(at: number | null): Promise<void> {
    const { storage } = this.ctx;
    const job = this.#read();
    if (job === null) return;
    const now = Date.now();
    const isOver = job.stage === 'ended' && job.unheard.length === 0;
    const due = nextWakeAt(job, storage.kv.get(ROW_WRITTEN) === true, now);
    if (isOver && (job.isDeleted || due <= now)) {
      await storage.deleteAlarm();
      await storage.deleteAll();
      return;
    }
    await storage.setAlarm(at ?? due);
  }

  #read(): VideoJobState | null {
    return this.ctx.storage.kv.get<VideoJobState>(JOB) ?? null;
  }

  #write(job: VideoJobState): void {
    const { kv } = this.ctx.storage;
    kv.put(JOB, job);
    if (job.stage === 'ended') {
      const pieces = Array.from(kv.list({ prefix: IMAGE }), ([key]) => key);
      for (const key of pieces) kv.delete(key);
      return;
    }
    const row = rowOf(job);
    const isNews =
      row.status !== this.#row?.status || row.progress >= this.#row.progress + ROW_STEP;
    if (!isNews) return;
    this.#row = row;
    // What is missed here is told at the end.
    this.ctx.waitUntil(this.#writeRow(row).catch(() => undefined));
  }

  /** Tells the list of the job's end, until it has heard. */
  async #tellList(): Promise<void> {
    const job = this.#read();
    const { kv } = this.ctx.storage;
    if (job?.stage !== 'ended' || job.isDeleted || kv.get(ROW_WRITTEN) === true) return;
    await this.#writeRow(rowOf(job));
    kv.put(ROW_WRITTEN, true);
  }

  #writeRow(row: VideoRow): Promise<void> {
    const work = this.#rowWork.then(() => updateVideo(this.env.DB, row));
    this.#rowWork = work.catch(() => undefined);
    return work;
  }

  #ports(): JobPorts {
    const { env } = this;
    const egress = directEgress(env.EGRESS);
    const ask = <T>(call: (pool: TokenPoolRpc) => Promise<T>): Promise<T> =>
      callPool(() => poolStub(env), call);
    return {
      store: {
        read: () => this.#read(),
        write: (job) => this.#write(job),
        image: () => this.#image(),
      },
      pool: {
        extend: (callId, attempt, addMs) => ask((pool) => pool.extend(callId, attempt, addMs)),
        retry: (ended) => ask((pool) => pool.retry(ended)),
        settle: (settled) => ask((pool) => pool.settle(settled)),
      },
      provider: ({ model }) => providerOf(model.provider),
      settings: async () => (await readSettings(env.DB)).settings,
      providerSettings: (settings, { model }) => providerSettings(env, settings, model.provider),
      egress: () => egress,
      openSecret: (tokenId, sealed) => open(env, tokenId, sealed),
      fetchImage: (url, ownHosts, signal) => fetchImage(url, { egress, ownHosts }, signal),
      now: Date.now,
      wait: (ms) => scheduler.wait(ms),
    };
  }

  #image(): string | null {
    const pieces = [...this.ctx.storage.kv.list<string>({ prefix: IMAGE })];
    return pieces.length === 0 ? null : pieces.map(([, piece]) => piece).join('');
  }
}
