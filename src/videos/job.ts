import type { ErrorCode } from '../contract/errors';
import type { VideoStatus } from '../contract/videos';
import type { AppError } from '../errors';
import type { ModelSpec } from '../models/model-spec';
import type { Ask, Lease, Settlement } from '../pool/call';
import type { FilmTask } from '../providers/provider';
import { KEEP_MS, LOOK_PAUSE_MS, REPEAT_MS } from './limits';

/** A video to make, as the route hands it over. Plain data: it crosses into the job's object. */
export interface NewVideo {
  /** `video_…`, after the call that pays for it. */
  readonly id: string;
  /** What was admitted, and the lease it got. */
  readonly ask: Ask;
  readonly lease: Lease;
  readonly model: ModelSpec;
  /** The first frame travels apart: it can be large. */
  readonly film: Omit<FilmTask, 'image'>;
  /** Such as `1280x720`. */
  readonly size: string;
  /** Hosts that serve this gateway: the first frame is not fetched from them. */
  readonly ownHosts: readonly string[];
  /** Unix ms of the admission. */
  readonly createdAt: number;
  /** Longest it may take. Ms. */
  readonly totalMs: number;
}

/**
 * Where a job is. `queued`: not sent yet. `running`: a call is under way, or was when the object died.
 * `finding`: submitted, the answer to it lost; the video is looked for. `ended`: nothing more comes.
 */
export type Stage = 'queued' | 'running' | 'finding' | 'ended';

export type VideoResult =
  | { readonly ok: true; readonly url: string; readonly posterUrl: string | null }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

/** A job as its object stores it. Times are Unix ms. */
export interface VideoJobState extends NewVideo {
  readonly stage: Stage;
  readonly startedAt: number | null;
  readonly firstPartMs: number | null;
  /** Percent, 0–100; never falls. */
  readonly progress: number;
  /** What identifies the video upstream, from its first sign on. */
  readonly videoId: string | null;
  readonly postId: string | null;
  /** Looked for until then. */
  readonly findUntil: number | null;
  /** An attempt that failed, while the pool is asked for another credential. */
  readonly retrying: Settlement | null;
  readonly result: VideoResult | null;
  readonly endedAt: number | null;
  /** Settlements that the pool has not heard. */
  readonly unheard: readonly Settlement[];
  /** Its caller wants nothing of it any more: it goes once the pool has heard. */
  readonly isDeleted: boolean;
}

export function newJob(video: NewVideo): VideoJobState {
  return {
    ...video,
    stage: 'queued',
    startedAt: null,
    firstPartMs: null,
    progress: 0,
    videoId: null,
    postId: null,
    findUntil: null,
    retrying: null,
    result: null,
    endedAt: null,
    unheard: [],
    isDeleted: false,
  };
}

/** The job after its end. */
export function ended(
  job: VideoJobState,
  result: VideoResult,
  settled: readonly Settlement[],
  now: number,
): VideoJobState {
  return {
    ...job,
    stage: 'ended',
    result,
    progress: result.ok ? 100 : job.progress,
    endedAt: now,
    findUntil: null,
    retrying: null,
    unheard: [...job.unheard, ...settled],
  };
}

export function failure(error: AppError): VideoResult {
  return { ok: false, code: error.code, message: error.message };
}

/** When a job must be looked after next; Unix ms. @param isRowWritten - D1 knows of its end. */
export function nextWakeAt(job: VideoJobState, isRowWritten: boolean, now: number): number {
  switch (job.stage) {
    // Asked again soon: the pool could not be reached, or the call was lost with an earlier object.
    case 'queued':
    case 'running':
      return now + REPEAT_MS;
    case 'finding':
      return now + LOOK_PAUSE_MS;
    case 'ended':
      if (job.unheard.length > 0 || !isRowWritten || job.isDeleted) return now + REPEAT_MS;
      return expiresAt(job) ?? now;
  }
}

/** Unix ms until which a job's result is kept; null before its end. */
export function expiresAt({ endedAt }: Pick<VideoJobState, 'endedAt'>): number | null {
  return endedAt === null ? null : endedAt + KEEP_MS;
}

export function statusOf({ stage, result }: VideoJobState): VideoStatus {
  if (result !== null) return result.ok ? 'completed' : 'failed';
  return stage === 'queued' ? 'queued' : 'in_progress';
}

/** What the pool is told of an attempt that nobody runs any more. */
export function settlementOf(
  job: VideoJobState,
  ending: Pick<Settlement, 'outcome' | 'clientEmpty' | 'cause' | 'reason'>,
  record: { readonly status: number; readonly error: string | null },
): Settlement {
  const { callId, attempt } = job.lease;
  return {
    callId,
    attempt,
    ...ending,
    record: { ...record, firstPartMs: job.firstPartMs, usage: null },
  };
}
