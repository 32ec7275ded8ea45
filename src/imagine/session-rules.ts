import type { Settlement } from '../pool/call';
import { GRACE_MS, KEEP_MS, MAX_RUN_MS } from './limits';
import type { ErrorBody, ImageBody, ImagineCode, StatusBody, StopReason } from './protocol';
import type { Batch, Run, State } from './session-state';

/** What follows from a session's state and the time, and from nothing else. */

/** Time between two tries to have a settlement heard. */
const SETTLE_AGAIN_MS = 1_000;

/** Why the run must stop before its next batch; null when it may go on. */
export function stopReason({ run, detachedAt }: State, now: number): StopReason | null {
  if (run === null) return null;
  if (now - run.startedAt >= MAX_RUN_MS) return 'time_limit';
  const isWatched = detachedAt === null || now - detachedAt < GRACE_MS;
  return run.mode === 'single' || isWatched ? null : 'abandoned';
}

/** Whether the session is over: nobody came back in time. */
export function isOver({ run, batch, unheard, detachedAt }: State, now: number): boolean {
  const isIdle = run === null && batch === null && unheard.length === 0;
  return isIdle && detachedAt !== null && now - detachedAt >= KEEP_MS;
}

/** Unix ms when the object must wake by itself; null when it need not. */
export function dueAt({ run, unheard, detachedAt }: State, now: number): number | null {
  if (unheard.length > 0) return now + SETTLE_AGAIN_MS;
  if (run !== null) return now;
  return detachedAt === null ? null : detachedAt + KEEP_MS;
}

/**
 * The words for a batch whose runner died: `lost`, so that its units are spent and in doubt and no
 * credential is blamed, but charged with what was delivered. The pool may already have lent the next
 * attempt when the runner died: whichever of the two is open ends, the other word is ignored.
 */
export function lostBatch({ callId, attempt, delivered }: Batch): Settlement[] {
  const lost = (n: number): Settlement => ({
    callId,
    attempt: n,
    outcome: 'lost',
    clientEmpty: delivered === 0,
    charges: { image: delivered },
    record: { status: 0, error: 'session_restarted', firstPartMs: null, usage: null },
  });
  return [lost(attempt), lost(attempt + 1)];
}

export function statusOf(
  status: StatusBody['status'],
  run: Run,
  reason: StopReason | undefined,
): StatusBody {
  return {
    type: 'status',
    status,
    run_id: run.id,
    prompt: run.prompt,
    aspect_ratio: run.ratio,
    mode: run.mode,
    model: run.model,
    ...(reason === undefined ? {} : { reason }),
  };
}

export function imageOf(picture: {
  readonly run: Run;
  readonly batch: Batch;
  readonly url: string;
  readonly sequence: number;
  readonly now: number;
}): ImageBody {
  const { run, batch, url, sequence, now } = picture;
  return {
    type: 'image',
    url,
    sequence,
    created_at: now,
    elapsed_ms: now - batch.startedAt,
    aspect_ratio: run.ratio,
    run_id: run.id,
  };
}

/** What a failed batch said. */
export interface Failure {
  readonly code: ImagineCode;
  readonly message: string;
  readonly retryAfterS?: number;
}

export function errorOf(runId: string, { code, message, retryAfterS }: Failure): ErrorBody {
  return {
    type: 'error',
    message,
    code,
    run_id: runId,
    ...(retryAfterS === undefined ? {} : { retry_after: retryAfterS }),
  };
}
