import { CLIENT_LEFT_CODE, CLIENT_LEFT_STATUS, publicError } from '../calls/endings';
import { TERM_GRACE_MS } from '../config';
import { AppError } from '../errors';
import { logWarning } from '../lib/log';
import type { Settlement } from '../pool/call';
import { ProviderError, type VideoPart } from '../providers/provider';
import { FilmRun } from './film-run';
import { ended, failure, settlementOf, type VideoJobState } from './job';
import { LEAST_LOOK_MS, LOOK_TIMEOUT_MS } from './limits';
import { change, type JobPorts } from './ports';

/**
 * What a job does when it is woken, by what is stored of it. Waking it at any time, and more than once,
 * does no harm: nothing is submitted but by the step from `queued` to `running`, which is stored first.
 */
export class VideoWork {
  readonly #ports: JobPorts;
  #film: FilmRun | null = null;

  constructor(ports: JobPorts) {
    this.#ports = ports;
  }

  /** Does what is due: films, looks for a video, tells the pool. At most 12 minutes, and some seconds. */
  async wake(): Promise<void> {
    const job = this.#ports.store.read();
    if (job === null) return;
    if (job.stage === 'queued') await this.#begin(job);
    else if (job.stage === 'running' && this.#film === null) await this.#recover(job);
    else if (job.stage === 'finding') await this.#look(job);
    await this.#tellPool();
  }

  /** Stops the job; it is forgotten once the pool has heard. */
  cancel(): void {
    const { store, now } = this.#ports;
    const job = store.read();
    if (job === null) return;
    store.write({ ...job, isDeleted: true });
    if (job.stage === 'ended') return;
    if (this.#film !== null) return this.#film.cancel();
    const wasSent = job.stage !== 'queued';
    const settlement = settlementOf(
      job,
      wasSent
        ? { outcome: 'aborted', clientEmpty: false }
        : { outcome: 'unused', clientEmpty: true },
      { status: CLIENT_LEFT_STATUS, error: CLIENT_LEFT_CODE },
    );
    const result = failure(new AppError('video_interrupted', 'The video was given up.'));
    store.write({ ...ended(job, result, [settlement], now()), isDeleted: true });
  }

  /** Sends the job, if its lease is still open: the route that got it may have given it back. */
  async #begin(job: VideoJobState): Promise<void> {
    const { store, pool, now } = this.#ports;
    const { callId, attempt } = job.lease;
    let settings: Awaited<ReturnType<JobPorts['settings']>>;
    let isOpen: boolean;
    try {
      settings = await this.#ports.settings();
      isOpen = await pool.extend(callId, attempt, Math.max(0, now() - job.createdAt));
    } catch (error) {
      logWarning('video_not_begun', { video: job.id, error });
      if (now() > job.createdAt + job.totalMs) this.#fail(job, overdue(), 'unused');
      return;
    }
    if (store.read()?.stage !== 'queued') return;
    if (!isOpen) return store.write(ended(job, failure(interrupted()), [], now()));
    const running: VideoJobState = { ...job, stage: 'running', startedAt: now() };
    // Stored before anything is sent: whoever finds it so does not send it again.
    store.write(running);
    this.#film = new FilmRun(this.#ports, running, settings);
    try {
      await this.#film.work();
    } finally {
      this.#film = null;
    }
  }

  /** The object died with a call under way. */
  async #recover(job: VideoJobState): Promise<void> {
    const { store, now } = this.#ports;
    if (job.videoId === null) {
      // It may have been submitted, so it is not sent again.
      return this.#fail(job, interrupted(), 'faulty', 'restarted');
    }
    const deadline = (job.startedAt ?? job.createdAt) + job.totalMs;
    const findUntil = Math.max(deadline, now() + LEAST_LOOK_MS);
    await this.#holdLease(job, findUntil);
    change(store, { stage: 'finding', findUntil });
    const finding = store.read();
    if (finding !== null) await this.#look(finding);
  }

  /** The lease must outlast the search. If it has ended, the pool has counted it as lost: so be it. */
  async #holdLease({ lease, createdAt }: VideoJobState, until: number): Promise<void> {
    const addMs = until + TERM_GRACE_MS - (createdAt + lease.termMs);
    if (addMs <= 0) return;
    try {
      await this.#ports.pool.extend(lease.callId, lease.attempt, addMs);
    } catch (error) {
      logWarning('video_lease_not_extended', { callId: lease.callId, error });
    }
  }

  /** Looks once for a video that was submitted earlier, with the credential that submitted it. */
  async #look(job: VideoJobState): Promise<void> {
    const { store, now } = this.#ports;
    let video: VideoPart | null = null;
    let thrown: unknown = null;
    try {
      video = await this.#find(job);
    } catch (error) {
      thrown = error;
    }
    const still = store.read();
    if (still?.stage !== 'finding') return;
    if (video !== null) {
      const { url, posterUrl } = video;
      const done = settlementOf(
        still,
        { outcome: 'done', clientEmpty: false },
        { status: 200, error: null },
      );
      return store.write(ended(still, { ok: true, url, posterUrl }, [done], now()));
    }
    if (isSessionOver(thrown)) return this.#fail(still, publicError(thrown), 'partial', thrown);
    if (now() >= (still.findUntil ?? 0)) this.#fail(still, overdue(), 'faulty', 'not found');
  }

  async #find(job: VideoJobState): Promise<VideoPart | null> {
    const { openSecret, egress, providerSettings } = this.#ports;
    const { lease, videoId } = job;
    const settings = await this.#ports.settings();
    const provider = this.#ports.provider(job);
    if (provider.findVideo === undefined || videoId === null) return null;
    return provider.findVideo(
      {
        secret: await openSecret(lease.tokenId, lease.sealedSecret),
        egress: egress(lease.egress),
        settings: providerSettings(settings, job),
        signal: AbortSignal.timeout(LOOK_TIMEOUT_MS),
      },
      { videoId },
    );
  }

  /** Ends a job that no run of its own can end. */
  #fail(
    job: VideoJobState,
    error: AppError,
    outcome: 'unused' | 'faulty' | 'partial',
    cause?: string | ProviderError,
  ): void {
    const record = { status: error.status, error: error.code };
    const reason = cause instanceof ProviderError ? cause.detail.reason : cause;
    const own = settlementOf(
      job,
      {
        outcome,
        clientEmpty: true,
        ...(cause instanceof ProviderError ? { cause: cause.outcome } : {}),
        ...(reason === undefined ? {} : { reason }),
      },
      record,
    );
    const settled = job.retrying === null ? [own] : afterRetry(job.retrying, record);
    this.#ports.store.write(ended(job, failure(error), settled, this.#ports.now()));
  }

  async #tellPool(): Promise<void> {
    const { store, pool } = this.#ports;
    const told = store.read()?.unheard ?? [];
    if (told.length === 0) return;
    try {
      await pool.settle(told);
    } catch (error) {
      // It stays unheard, and the next alarm tries again.
      logWarning('video_not_settled', { callId: told[0]?.callId, error });
      return;
    }
    const unheard = (store.read()?.unheard ?? []).slice(told.length);
    change(store, { unheard });
  }
}

/** The pool may have heard of the failed attempt or not; of the next one, nothing was used. */
function afterRetry(failed: Settlement, record: Pick<Settlement['record'], 'status' | 'error'>) {
  const next: Settlement = {
    callId: failed.callId,
    attempt: failed.attempt + 1,
    outcome: 'unused',
    clientEmpty: true,
    record: { ...record, firstPartMs: null, usage: null },
  };
  return [failed, next];
}

function isSessionOver(thrown: unknown): thrown is ProviderError {
  return (
    thrown instanceof ProviderError && (thrown.outcome === 'revoked' || thrown.outcome === 'banned')
  );
}

function interrupted(): AppError {
  return new AppError(
    'video_interrupted',
    'The gateway was restarted while it asked for this video; it is not asked for twice.',
  );
}

function overdue(): AppError {
  return new AppError('upstream_timeout', 'The video took longer than the gateway allows.');
}
