/**
 * Long work over many things, step by step from this page. What is left is kept in the browser after
 * each step, so that a reload goes on where it stopped.
 */

/** Does one step. @returns how many of the items failed. Throws to stop the job with an error. */
export type JobStep = (items: readonly string[], job: JobState) => Promise<number>;

export interface JobState {
  readonly id: string;
  /** Which step does it, such as `tokens.refresh`. */
  readonly kind: string;
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly remaining: readonly string[];
  /** What the step needs besides the items, such as a tag. Never a secret. */
  readonly details: Readonly<Record<string, string>>;
  readonly status: 'running' | 'paused' | 'stopped' | 'finished' | 'failed';
  /** Why it failed, for people. */
  readonly error: string | null;
}

/** Told on `window` when a job moves. */
export class JobChangedEvent extends Event {
  constructor(readonly job: JobState) {
    super('job-changed');
  }
}

interface Work {
  readonly step: JobStep;
  /** Items a step takes. */
  readonly size: number;
}

const KEPT = 'jobs';
const works = new Map<string, Work>();
const jobs = new Map<string, JobState>();

/** Names what can be done; a job of that kind that a reload interrupted goes on at once. */
export function defineJob(kind: string, size: number, step: JobStep): void {
  works.set(kind, { step, size });
  restore();
  for (const job of jobs.values()) {
    if (job.kind === kind && job.status === 'running') void run(job.id);
  }
}

export function startJob(
  kind: string,
  items: readonly string[],
  details: JobState['details'] = {},
): JobState {
  restore();
  const job: JobState = {
    id: crypto.randomUUID(),
    kind,
    total: items.length,
    done: 0,
    failed: 0,
    remaining: items,
    details,
    status: items.length === 0 ? 'finished' : 'running',
    error: null,
  };
  save(job);
  void run(job.id);
  return job;
}

export function listJobs(): readonly JobState[] {
  restore();
  return [...jobs.values()];
}

export function stopJob(id: string): void {
  change(id, { status: 'stopped', remaining: [] });
}

export function pauseJob(id: string): void {
  change(id, { status: 'paused' });
}

export function resumeJob(id: string): void {
  change(id, { status: 'running', error: null });
  void run(id);
}

export function forgetJob(id: string): void {
  const job = jobs.get(id);
  if (job === undefined) return;
  jobs.delete(id);
  keep();
  window.dispatchEvent(new JobChangedEvent({ ...job, status: 'stopped', remaining: [] }));
}

const running = new Set<string>();

async function run(id: string): Promise<void> {
  if (running.has(id)) return;
  running.add(id);
  try {
    for (;;) {
      const job = jobs.get(id);
      const work = job === undefined ? undefined : works.get(job.kind);
      if (job === undefined || work === undefined || job.status !== 'running') return;
      const items = job.remaining.slice(0, work.size);
      const failed = await work.step(items, job);
      const now = jobs.get(id);
      if (now === undefined) return;
      const remaining = now.remaining.slice(items.length);
      const isOver = remaining.length === 0 && now.status === 'running';
      change(id, {
        done: now.done + items.length,
        failed: now.failed + failed,
        remaining,
        ...(isOver ? { status: 'finished' } : {}),
      });
    }
  } catch (thrown) {
    change(id, { status: 'failed', error: thrown instanceof Error ? thrown.message : '' });
  } finally {
    running.delete(id);
  }
}

function change(id: string, fields: Partial<JobState>): void {
  const job = jobs.get(id);
  if (job !== undefined) save({ ...job, ...fields });
}

function save(job: JobState): void {
  jobs.set(job.id, job);
  keep();
  window.dispatchEvent(new JobChangedEvent(job));
}

function keep(): void {
  try {
    const open = [...jobs.values()].filter(({ status }) => status !== 'finished');
    localStorage.setItem(KEPT, JSON.stringify(open));
  } catch {
    // Too much to keep, or nothing is kept: the job goes on, only a reload would end it.
  }
}

let isRestored = false;

function restore(): void {
  if (isRestored) return;
  isRestored = true;
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]');
    if (!Array.isArray(kept)) return;
    for (const job of kept) if (isJob(job)) jobs.set(job.id, job);
  } catch {
    // Unreadable: nothing goes on.
  }
}

function isJob(value: unknown): value is JobState {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'kind' in value &&
    'remaining' in value &&
    Array.isArray(value.remaining)
  );
}
