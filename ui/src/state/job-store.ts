/**
 * What the browser keeps of jobs, for all its tabs. Each fact has a key of its own and one who writes it,
 * so that no tab overwrites what another has written:
 *
 * - `job:<id>`: what it is, and `job-items:<id>`: the ids; by whoever starts it, once
 * - `job-state:<id>`: running, paused, …; by whoever acts on it
 * - `job-done:<id>`: how far it is; by the tab that runs it, a few bytes a step
 */

export type JobStatus = 'running' | 'paused' | 'stopped' | 'finished' | 'failed';

export interface JobState {
  readonly id: string;
  /** Which step does it, such as `tokens.refresh`. */
  readonly kind: string;
  readonly total: number;
  /** Also where the next step begins. */
  readonly done: number;
  readonly failed: number;
  /** What the step needs besides the items, such as a tag. Never a secret. */
  readonly details: Readonly<Record<string, string>>;
  readonly status: JobStatus;
  /** Why it failed, for people. */
  readonly error: string | null;
  /** Unix ms. */
  readonly startedAt: number;
}

const FACT = 'job:';
const ITEMS = 'job-items:';
const STATE = 'job-state:';
const DONE = 'job-done:';
const PREFIXES = [FACT, ITEMS, STATE, DONE];
const STATUSES: readonly JobStatus[] = ['running', 'paused', 'stopped', 'finished', 'failed'];
/** Ids hold no line breaks. */
const BETWEEN = '\n';

/** The job that a key of `localStorage` is about; null for other keys. */
export function jobIdOf(key: string): string | null {
  const prefix = PREFIXES.find((known) => key.startsWith(known));
  return prefix === undefined ? null : key.slice(prefix.length);
}

/** @returns whether a reload will find it: what is too much to keep is not. */
export function keepJob(job: JobState, items: readonly string[]): boolean {
  const { id, kind, total, details, startedAt } = job;
  const isKept =
    write(ITEMS + id, items.join(BETWEEN)) &&
    write(FACT + id, JSON.stringify({ kind, total, details, startedAt }));
  if (!isKept) dropJob(id);
  else keepStatus(job);
  return isKept;
}

export function keepStatus({ id, status, error }: JobState): void {
  write(STATE + id, JSON.stringify({ status, error }));
}

export function keepProgress({ id, done, failed }: JobState): void {
  write(DONE + id, JSON.stringify({ done, failed }));
}

/** What is over needs its items no longer. */
export function dropItems(id: string): void {
  remove(ITEMS + id);
}

export function dropJob(id: string): void {
  for (const prefix of PREFIXES) remove(prefix + id);
}

export function readItems(id: string): readonly string[] {
  const text = read(ITEMS + id);
  return text === null || text === '' ? [] : text.split(BETWEEN);
}

/** @returns null when it is not kept, or no longer. */
export function readJob(id: string): JobState | null {
  const fact = fieldsOf(FACT + id);
  const { kind, total, details, startedAt } = fact;
  if (typeof kind !== 'string' || typeof total !== 'number') return null;
  const state = fieldsOf(STATE + id);
  const progress = fieldsOf(DONE + id);
  return {
    id,
    kind,
    total,
    done: number(progress['done']),
    failed: number(progress['failed']),
    details: textsOf(details),
    status: STATUSES.find((status) => status === state['status']) ?? 'running',
    error: typeof state['error'] === 'string' ? state['error'] : null,
    startedAt: number(startedAt),
  };
}

/** All that are kept, the oldest first. */
export function readJobs(): readonly JobState[] {
  const ids = keys().flatMap((key) => (key.startsWith(FACT) ? [key.slice(FACT.length)] : []));
  const jobs = ids.flatMap((id) => readJob(id) ?? []);
  return jobs.toSorted((a, b) => a.startedAt - b.startedAt);
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}

function fieldsOf(key: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(read(key) ?? 'null');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function keys(): readonly string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function remove(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing is kept here.
  }
}
