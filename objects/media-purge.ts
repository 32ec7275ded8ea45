import { DurableObject } from 'cloudflare:workers';
import type { PurgeProgress, PurgeTarget } from '../src/contract/cache';
import { logError, logWarning } from '../src/lib/log';
import { type DayZone, dayEndAt, HOUR_MS } from '../src/lib/time';
import { type PurgeDeps, purgeBatch, purgeStep, surplusBytes } from '../src/media/purge';
import {
  afterFailure,
  afterStep,
  cancelled,
  hasGivenUp,
  isOver,
  newPurge,
  progressOf,
  type PurgeJob,
} from '../src/media/purge-job';
import type { MediaPurgeRpc } from '../src/media/purge-rpc';
import { dayOffsetMinutes } from '../src/settings/pool-settings';
import { readSettings } from '../src/store/settings-read';

/** Purges that wait their turn, the one that runs first. */
const JOBS = 'jobs';
/** The last one that ended. */
const LAST = 'last';
/** When the purge of the night is due. Unix ms. */
const NIGHT = 'night';
/** When the cache was last measured. Unix ms. */
const MEASURED = 'measured';

const MEBI = 1_048_576;
/** Measuring reads every row. */
const MEASURE_EVERY_MS = HOUR_MS;

/**
 * Clears the media cache away, one step an invocation; rules are in `src/media/purge*.ts`, this is their
 * wiring: storage and the alarm. There is one of it.
 */
export class MediaPurge extends DurableObject<Env> implements MediaPurgeRpc {
  /** Steps go one after the other, whoever asks for them. */
  #steps: Promise<void> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    void ctx.blockConcurrencyWhile(async () => {
      if ((await ctx.storage.getAlarm()) === null) await this.#arm();
    });
  }

  async tend(): Promise<void> {
    const now = Date.now();
    const { kv } = this.ctx.storage;
    const { zone, capBytes } = await this.#world();
    const night = kv.get<number>(NIGHT);
    // One that is due stays due; one to come moves with the zone.
    if (night === undefined || night > now) kv.put(NIGHT, dayEndAt(now, zone));
    if (now - (kv.get<number>(MEASURED) ?? 0) >= MEASURE_EVERY_MS) {
      kv.put(MEASURED, now);
      const surplus = await surplusBytes({ db: this.env.DB, now, capBytes });
      if (surplus > 0) this.#add('cap', 'all', now);
    }
    await this.#arm();
  }

  async clear(target: PurgeTarget): Promise<PurgeProgress> {
    const isAlone = this.#jobs().length === 0;
    this.#add('clear', target, Date.now());
    // Set before the first step: a kill cannot stop the rest.
    await this.#arm();
    if (isAlone) await this.#inTurn();
    return this.#progress();
  }

  async cancel(): Promise<PurgeProgress> {
    // A step that is under way writes its job when it is done.
    const turn = this.#steps.then(() => this.#cancel(Date.now()));
    this.#steps = turn.catch(() => undefined);
    await turn;
    await this.#arm();
    return this.#progress();
  }

  async progress(): Promise<PurgeProgress> {
    if ((await this.ctx.storage.getAlarm()) === null) await this.#arm();
    return this.#progress();
  }

  override async alarm(): Promise<void> {
    try {
      this.#beginNight(Date.now());
      await this.#inTurn();
    } catch (error) {
      logError('media_purge_alarm_failed', { error });
    } finally {
      await this.#arm();
    }
  }

  #beginNight(now: number): void {
    const { kv } = this.ctx.storage;
    const night = kv.get<number>(NIGHT);
    if (night === undefined || night > now) return;
    this.#add('night', 'all', now);
    // The cron names the next one, by the zone that holds then.
    kv.delete(NIGHT);
  }

  /** A purge that has not begun and does the same already covers this one. */
  #add(task: PurgeJob['task'], target: PurgeTarget, now: number): void {
    const jobs = this.#jobs();
    const isSame = (job: PurgeJob): boolean => job.task === task && job.target === target;
    const waiting = jobs.filter((job, index) => index > 0 && isSame(job));
    if (task !== 'clear' && jobs.some(isSame)) return;
    // A later clearing also takes what has come since the earlier one was asked for.
    const others = jobs.filter((job) => !waiting.includes(job));
    this.ctx.storage.kv.put(JOBS, [...others, newPurge(task, target, now)]);
  }

  #inTurn(): Promise<void> {
    const turn = this.#steps.then(() => this.#step());
    this.#steps = turn.catch(() => undefined);
    return turn;
  }

  async #step(): Promise<void> {
    const job = this.#jobs()[0];
    if (job === undefined || job.nextAt > Date.now()) return;
    let kvCalls = 0;
    let next: PurgeJob;
    try {
      const deps = await this.#deps(() => kvCalls++);
      next = afterStep(job, await purgeStep(deps, job), Date.now());
    } catch (error) {
      logWarning('media_purge_step_failed', { task: job.task, error });
      next = afterFailure(job, kvCalls, Date.now());
      if (hasGivenUp(next)) logError('media_purge_gave_up', { task: job.task });
    }
    this.#write(next);
  }

  #cancel(now: number): void {
    const { kv } = this.ctx.storage;
    const jobs = this.#jobs();
    const [running] = jobs;
    if (running?.task === 'clear') kv.put(LAST, cancelled(running, now));
    kv.put(
      JOBS,
      jobs.filter(({ task }) => task !== 'clear'),
    );
  }

  #write(job: PurgeJob): void {
    const { kv } = this.ctx.storage;
    const others = this.#jobs().slice(1);
    kv.put(JOBS, isOver(job) ? others : [job, ...others]);
    if (isOver(job)) kv.put(LAST, job);
  }

  async #arm(): Promise<void> {
    const { storage } = this.ctx;
    const night = storage.kv.get<number>(NIGHT) ?? Number.POSITIVE_INFINITY;
    const due = Math.min(night, this.#jobs()[0]?.nextAt ?? Number.POSITIVE_INFINITY);
    if (Number.isFinite(due)) await storage.setAlarm(due);
  }

  #progress(): PurgeProgress {
    const [job, ...waiting] = this.#jobs();
    return progressOf(job ?? this.ctx.storage.kv.get<PurgeJob>(LAST) ?? null, waiting.length);
  }

  #jobs(): readonly PurgeJob[] {
    return this.ctx.storage.kv.get<PurgeJob[]>(JOBS) ?? [];
  }

  async #deps(onKvCall: () => void): Promise<PurgeDeps> {
    const { capBytes, clearsExpired } = await this.#world();
    return {
      db: this.env.DB,
      kv: this.env.KV_CACHE,
      files: this.env.FILES ?? null,
      now: Date.now(),
      batch: purgeBatch(this.env),
      capBytes,
      clearsExpired,
      onKvCall,
    };
  }

  async #world(): Promise<{
    readonly zone: DayZone;
    readonly capBytes: number;
    readonly clearsExpired: boolean;
  }> {
    const { app, cache } = (await readSettings(this.env.DB)).settings;
    return {
      zone: {
        timeZone: app.time_zone === '' ? null : app.time_zone,
        offsetMinutes: dayOffsetMinutes(this.env),
      },
      capBytes: cache.limit_mb * MEBI,
      clearsExpired: cache.enable_auto_clean,
    };
  }
}
