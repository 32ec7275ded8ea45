import { LimitReached } from '../calls/endings';
import type { CallPool } from '../calls/ports';
import { CallRun } from '../calls/run-call';
import type { WatchLimits } from '../calls/watch';
import { watchCall } from '../calls/watch-call';
import type { Settings } from '../contract/settings';
import { AppError } from '../errors';
import type { Admission, Refusal, Settlement } from '../pool/call';
import {
  type Part,
  ProviderError,
  type VideoPart,
  type VideoProgressPart,
} from '../providers/provider';
import { filmOnce } from './film-once';
import { ended, failure, type VideoJobState } from './job';
import { jobWatchLimits, LOOK_AFTER_CUT_MS } from './limits';
import { change, type JobPorts } from './ports';

/**
 * The one call of a job, from the lease that the route was given to the video. What it learns is stored
 * as it comes, so that another object can go on from there.
 */
export class FilmRun {
  readonly #ports: JobPorts;
  readonly #run: CallRun;
  readonly #settings: Settings;
  readonly #settled: Settlement[] = [];

  /** @param job - `running`, with its lease still open. */
  constructor(ports: JobPorts, job: VideoJobState, settings: Settings) {
    this.#ports = ports;
    this.#settings = settings;
    const { ask, model, film, ownHosts } = job;
    const task = { ...film, image: ports.store.image() };
    const provider = ports.provider(job);
    this.#run = new CallRun(
      {
        pool: this.#poolFor(job),
        egress: ports.egress,
        openSecret: ports.openSecret,
        fetchImage: (url, signal) => ports.fetchImage(url, ownHosts, signal),
        settings: () => ({
          provider: ports.providerSettings(settings, job),
          maxAttempts: settings.retry.max_attempts,
        }),
        now: ports.now,
        wait: ports.wait,
      },
      { ask, model, begin: (attempt) => filmOnce(provider, attempt, task) },
    );
  }

  /** Nobody wants the video any more. */
  cancel(): void {
    this.#run.interruption.clientLeft();
  }

  /** Runs to the end of the job, or until it is to be looked for later. Never rejects for upstream. */
  async work(): Promise<void> {
    let video: VideoPart | null = null;
    let thrown: unknown = null;
    try {
      video = await this.#film();
    } catch (error) {
      thrown = this.#run.interruption.reason ?? error;
    }
    const findUntil = thrown === null ? null : this.#findUntil(thrown);
    if (findUntil !== null) {
      // The lease stays as it is: whoever finds the video settles it.
      this.#run.interruption.abort();
      change(this.#ports.store, { stage: 'finding', findUntil });
      return;
    }
    const result =
      video === null
        ? failure(this.#run.fail(thrown))
        : ({ ok: true, url: video.url, posterUrl: video.posterUrl } as const);
    this.#run.end({ clientHasSome: false, isHeadSent: false, usage: null });
    const job = this.#ports.store.read();
    if (job === null) return;
    this.#ports.store.write(ended(job, result, this.#settled, this.#ports.now()));
  }

  async #film(): Promise<VideoPart> {
    const run = this.#run;
    const limits = (): WatchLimits => jobWatchLimits(this.#settings);
    const watch = watchCall(run, limits, undefined, this.#ports.now);
    let video: VideoPart | null = null;
    try {
      const first = await run.open();
      for (let parts: typeof first | null = first; parts !== null; parts = await run.read()) {
        for (const part of parts) if (part.type === 'video') video = part;
        this.#note(parts);
        watch.reading();
      }
    } finally {
      watch.stop();
    }
    if (video === null) throw new Error('a whole film has no video');
    return video;
  }

  /** Keeps how far the video is, and from its first sign on what identifies it. */
  #note(parts: readonly Part[]): void {
    const signs = parts.filter((part) => part.type === 'video-progress');
    const job = this.#ports.store.read();
    if (signs.length === 0 || job === null) return;
    const find = (name: 'videoId' | 'postId'): string | null =>
      job[name] ?? signs.map((sign: VideoProgressPart) => sign[name]).find(Boolean) ?? null;
    change(this.#ports.store, {
      progress: Math.max(job.progress, ...signs.map(({ progress }) => progress)),
      videoId: find('videoId'),
      postId: find('postId'),
      firstPartMs: job.firstPartMs ?? this.#ports.now() - (job.startedAt ?? job.createdAt),
    });
  }

  /** Until when a video is worth looking for whose call broke off; null when it has failed. Unix ms. */
  #findUntil(thrown: unknown): number | null {
    const job = this.#ports.store.read();
    if (job === null || job.videoId === null || job.isDeleted) return null;
    if (this.#ports.provider(job).findVideo === undefined) return null;
    const now = this.#ports.now();
    const deadline = (job.startedAt ?? job.createdAt) + job.totalMs;
    if (thrown instanceof LimitReached) {
      const until =
        thrown.limit === 'total' ? deadline : Math.min(deadline, now + LOOK_AFTER_CUT_MS);
      return until > now ? until : null;
    }
    const isCut = thrown instanceof ProviderError && thrown.outcome === 'faulty';
    return isCut ? Math.min(deadline, now + LOOK_AFTER_CUT_MS) : null;
  }

  /** The first lease is the one that the route was given; a later one is stored before it is used. */
  #poolFor({ ask, lease }: VideoJobState): CallPool {
    const { store, pool } = this.#ports;
    return {
      admit: () =>
        Promise.resolve({
          ok: true,
          lease,
          versions: { settings: ask.settingsVersion, key: ask.keyVersion },
          rates: { rpm: null, day: null },
        }),
      retry: async (failed): Promise<Admission | Refusal> => {
        change(store, { retrying: failed });
        const reply = await pool.retry(failed);
        if (!reply.ok && reply.code === 'unknown_key') {
          throw new AppError('internal', 'The pool has lost the API key of a video.');
        }
        change(store, reply.ok ? { retrying: null, lease: reply.lease } : { retrying: null });
        return reply;
      },
      settle: (settlement) => this.#settled.push(settlement),
    };
  }
}
