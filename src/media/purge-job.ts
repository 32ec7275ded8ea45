import type { PurgeProgress, PurgeTarget } from '../contract/cache';
import { MINUTE_MS, SECOND_MS } from '../lib/time';

/** One walk over a table. A step is a piece of it. */
export type PurgePhase = 'expired' | 'files' | 'cap' | 'clear';

/** A purge, as it is stored between its steps. Times are Unix ms. */
export interface PurgeJob {
  readonly task: 'night' | 'cap' | 'clear';
  readonly target: PurgeTarget;
  /** Walks still to be done, the one under way first; empty at the end. */
  readonly phases: readonly PurgePhase[];
  /** Where the walk under way stands; null at its beginning. */
  readonly cursor: PurgeCursor | null;
  /** What came after this is left alone. */
  readonly startedAt: number;
  readonly updatedAt: number;
  /** Not before this. */
  readonly nextAt: number;
  readonly deleted: number;
  readonly deletedBytes: number;
  readonly steps: number;
  readonly kvCalls: number;
  readonly maxKvCalls: number;
  readonly failed: number;
  readonly failedInARow: number;
  /** Absent in jobs that were stored before there was a way to stop one. */
  readonly cancelled?: boolean;
}

export interface PurgeCursor {
  /** Unix ms; of rows by expiry. */
  readonly expiresAt: number;
  readonly name: string;
}

/** What one step has done. */
export interface StepResult {
  readonly deleted: number;
  readonly deletedBytes: number;
  readonly kvCalls: number;
  /** Null: this walk is over. */
  readonly cursor: PurgeCursor | null;
}

const FIRST_BACKOFF_MS = SECOND_MS;
const MAX_BACKOFF_MS = 5 * MINUTE_MS;
/** About an hour and a half of trying. */
export const MAX_FAILED_IN_A_ROW = 25;

const PHASES = {
  night: ['expired', 'files', 'cap'],
  cap: ['cap'],
  clear: ['clear'],
} as const satisfies Record<PurgeJob['task'], readonly PurgePhase[]>;

export function newPurge(task: PurgeJob['task'], target: PurgeTarget, now: number): PurgeJob {
  return {
    task,
    target,
    phases: PHASES[task],
    cursor: null,
    startedAt: now,
    updatedAt: now,
    nextAt: now,
    deleted: 0,
    deletedBytes: 0,
    steps: 0,
    kvCalls: 0,
    maxKvCalls: 0,
    failed: 0,
    failedInARow: 0,
  };
}

export function afterStep(job: PurgeJob, result: StepResult, now: number): PurgeJob {
  return {
    ...job,
    phases: result.cursor === null ? job.phases.slice(1) : job.phases,
    cursor: result.cursor,
    updatedAt: now,
    nextAt: now,
    deleted: job.deleted + result.deleted,
    deletedBytes: job.deletedBytes + result.deletedBytes,
    steps: job.steps + 1,
    kvCalls: job.kvCalls + result.kvCalls,
    maxKvCalls: Math.max(job.maxKvCalls, result.kvCalls),
    failedInARow: 0,
  };
}

/** The same step comes again, later each time. */
export function afterFailure(job: PurgeJob, kvCalls: number, now: number): PurgeJob {
  const backoff = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** job.failedInARow);
  return {
    ...job,
    updatedAt: now,
    nextAt: now + backoff,
    steps: job.steps + 1,
    kvCalls: job.kvCalls + kvCalls,
    maxKvCalls: Math.max(job.maxKvCalls, kvCalls),
    failed: job.failed + 1,
    failedInARow: job.failedInARow + 1,
  };
}

/** Ends it where it is. Each object that is left has its row. */
export function cancelled(job: PurgeJob, now: number): PurgeJob {
  return { ...job, phases: [], cancelled: true, updatedAt: now };
}

export function hasGivenUp(job: PurgeJob): boolean {
  return job.failedInARow >= MAX_FAILED_IN_A_ROW;
}

export function isOver(job: PurgeJob): boolean {
  return job.phases.length === 0 || hasGivenUp(job);
}

/** @param job - the one that runs, or else the last one; null when there has been none. */
export function progressOf(job: PurgeJob | null, waiting = 0): PurgeProgress {
  return {
    running: job !== null && !isOver(job),
    task: job?.task ?? null,
    target: job?.target ?? null,
    deleted: job?.deleted ?? 0,
    deleted_bytes: job?.deletedBytes ?? 0,
    steps: job?.steps ?? 0,
    kv_calls: job?.kvCalls ?? 0,
    max_kv_calls: job?.maxKvCalls ?? 0,
    failed: job?.failed ?? 0,
    gave_up: job !== null && hasGivenUp(job),
    cancelled: job?.cancelled === true,
    started_at: job?.startedAt ?? null,
    updated_at: job?.updatedAt ?? null,
    waiting,
  };
}
