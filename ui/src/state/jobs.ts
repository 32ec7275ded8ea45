import {
  dropItems,
  dropJob,
  jobIdOf,
  type JobState,
  type JobStatus,
  keepJob,
  keepProgress,
  keepStatus,
  readItems,
  readJob,
  readJobs,
} from './job-store';
import { inOneTab } from './one-tab';
import { newId } from './tab-store';

/**
 * Long work over many things, step by step from this page. How far it is is kept in the browser after
 * each step, so that a reload goes on where it stopped. One tab does the work, every tab shows it.
 */

export type { JobState } from './job-store';

/** Does one step. @returns how many of the items failed. Throws to stop the job with an error. */
export type JobStep = (items: readonly string[], job: JobState) => Promise<number>;

/** Told on `window` when a job moves, in this tab or another. */
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

/** Ids of tens of thousands are written once the reader sees that it begins, not before. */
const SEEN_MS = 30;
/** How long what is over stays in the list of a page that is loaded anew. */
const SHOWN_MS = 86_400_000;

const works = new Map<string, Work>();
const jobs = new Map<string, JobState>();
/** Items of jobs that were begun here, or are done here. */
const items = new Map<string, readonly string[]>();

/** Names what can be done; a job of that kind that a reload interrupted goes on at once. */
export function defineJob(kind: string, size: number, step: JobStep): void {
  works.set(kind, { step, size });
  restore();
  for (const job of jobs.values()) if (job.kind === kind) void run(job.id);
}

export function startJob(
  kind: string,
  chosen: readonly string[],
  details: JobState['details'] = {},
): JobState {
  restore();
  const job: JobState = {
    id: newId(),
    kind,
    total: chosen.length,
    done: 0,
    failed: 0,
    details,
    status: chosen.length === 0 ? 'finished' : 'running',
    error: null,
    startedAt: Date.now(),
  };
  items.set(job.id, chosen);
  show(job);
  setTimeout(() => begin(job, chosen), SEEN_MS);
  return job;
}

function begin(job: JobState, chosen: readonly string[]): void {
  const now = jobs.get(job.id);
  if (now === undefined) return;
  // Too much to keep: the job goes on, only a reload would end it.
  keepJob(now, chosen);
  void run(job.id);
}

export function listJobs(): readonly JobState[] {
  restore();
  return [...jobs.values()];
}

/** Whether there is something for a page to go on with. */
export function hasOpenJobs(): boolean {
  return listJobs().some(({ status }) => status === 'running');
}

export function stopJob(id: string): void {
  setStatus(id, 'stopped');
}

export function pauseJob(id: string): void {
  setStatus(id, 'paused');
}

export function resumeJob(id: string): void {
  setStatus(id, 'running');
  void run(id);
}

export function forgetJob(id: string): void {
  const job = jobs.get(id);
  if (job === undefined) return;
  drop(job);
  dropJob(id);
}

const running = new Set<string>();

async function run(id: string): Promise<void> {
  if (running.has(id) || jobs.get(id)?.status !== 'running') return;
  running.add(id);
  try {
    await inOneTab(`job ${id}`, () => runHere(id));
  } finally {
    running.delete(id);
  }
}

async function runHere(id: string): Promise<void> {
  // Another tab may have done all or some of it meanwhile.
  adopt(id);
  const job = jobs.get(id);
  if (job?.status !== 'running') return;
  const all = items.get(id) ?? readItems(id);
  items.set(id, all);
  while (await runStep(id, all));
  if (!isOpen(jobs.get(id))) forgetItems(id);
}

/** @returns whether there is more to do. */
async function runStep(id: string, all: readonly string[]): Promise<boolean> {
  const job = jobs.get(id);
  const work = job === undefined ? undefined : works.get(job.kind);
  if (job === undefined || work === undefined || job.status !== 'running') return false;
  const step = all.slice(job.done, job.done + work.size);
  if (step.length === 0) {
    setStatus(id, 'finished');
    return false;
  }
  try {
    advance(id, step.length, await work.step(step, job));
    return true;
  } catch (thrown) {
    // What was stopped or paused meanwhile stays so.
    const error = thrown instanceof Error ? thrown.message : '';
    if (jobs.get(id)?.status === 'running') setStatus(id, 'failed', error);
    return false;
  }
}

function advance(id: string, count: number, failed: number): void {
  const job = jobs.get(id);
  if (job === undefined) return;
  const next: JobState = { ...job, done: job.done + count, failed: job.failed + failed };
  const isOver = next.done >= next.total && next.status === 'running';
  keepProgress(next);
  if (isOver) keepStatus({ ...next, status: 'finished' });
  show(isOver ? { ...next, status: 'finished' } : next);
}

function setStatus(id: string, status: JobStatus, error: string | null = null): void {
  const job = jobs.get(id);
  if (job === undefined) return;
  const next: JobState = { ...job, status, error };
  keepStatus(next);
  if (!isOpen(next) && !running.has(id)) forgetItems(id);
  show(next);
}

/** What is paused or has met an error can go on. */
function isOpen(job: JobState | undefined): boolean {
  return job?.status === 'running' || job?.status === 'paused' || job?.status === 'failed';
}

function forgetItems(id: string): void {
  items.delete(id);
  dropItems(id);
}

function show(job: JobState): void {
  jobs.set(job.id, job);
  window.dispatchEvent(new JobChangedEvent(job));
}

function drop(job: JobState): void {
  jobs.delete(job.id);
  items.delete(job.id);
  window.dispatchEvent(new JobChangedEvent({ ...job, status: 'stopped' }));
}

/** Takes over what the browser keeps of a job. @returns whether it keeps it. */
function adopt(id: string): boolean {
  const kept = readJob(id);
  if (kept === null) return false;
  const known = jobs.get(id);
  // The tab that does the work knows best how far it is.
  const isMine = known !== undefined && running.has(id) && known.done > kept.done;
  show(isMine ? { ...kept, done: known.done, failed: known.failed } : kept);
  return true;
}

let isRestored = false;

function restore(): void {
  if (isRestored) return;
  isRestored = true;
  for (const job of readJobs()) {
    if (!isOpen(job) && Date.now() - job.startedAt > SHOWN_MS) dropJob(job.id);
    else jobs.set(job.id, job);
  }
  window.addEventListener('storage', changedElsewhere);
}

/** Another tab has begun, moved, paused or dismissed a job. */
function changedElsewhere({ key }: StorageEvent): void {
  const id = key === null ? null : jobIdOf(key);
  if (id === null) return;
  const job = jobs.get(id);
  if (adopt(id)) void run(id);
  else if (job !== undefined) drop(job);
}
