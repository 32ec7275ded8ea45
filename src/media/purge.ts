import { HOUR_MS } from '../lib/time';
import {
  listClearable,
  listExpired,
  listLeastRead,
  mediaSizes,
  type PurgeQuery,
  type StoredMedia,
} from '../store/media-purge';
import { purgeFiles } from '../files/purge-files';
import type { PurgeJob, StepResult } from './purge-job';
import { type RemoveDeps, removeMedia, withinKvCalls } from './remove';

/** What a step goes by. */
export interface PurgeDeps extends RemoveDeps {
  /** Objects that one step deletes. 1–400. */
  readonly batch: number;
  /** Above this the least recently read go. */
  readonly capBytes: number;
  /** Whether the night clears away what has expired and is still there, in R2. Callers' files always go. */
  readonly clearsExpired: boolean;
}

const DEFAULT_BATCH = 200;
const MAX_BATCH = 400;
/** No fill takes so long: an object of R2 that began before is not on its way any more. */
const GIVEN_UP_MS = HOUR_MS;

/** `KV_CLEANUP_BATCH`, between 1 and 400; 200 for what is no number. */
export function purgeBatch({ KV_CLEANUP_BATCH: text }: Pick<Env, 'KV_CLEANUP_BATCH'>): number {
  const batch = Math.floor(Number(text));
  return batch >= 1 ? Math.min(batch, MAX_BATCH) : DEFAULT_BATCH;
}

/**
 * Does one step of a purge: a step that was cut short and is done again changes nothing for the worse.
 * @throws when storage fails.
 */
export async function purgeStep(deps: PurgeDeps, job: PurgeJob): Promise<StepResult> {
  const [phase] = job.phases;
  if (phase === undefined) return NOTHING;
  switch (phase) {
    case 'expired':
      return removeExpired(deps, job);
    case 'files':
      return purgeFiles(deps);
    case 'cap':
      return removeSurplus(deps);
    case 'clear':
      return removeKind(deps, job);
  }
}

/** How much more there is than there may be; 0 when the cache is small enough. */
export async function surplusBytes({
  db,
  now,
  capBytes,
}: Pick<PurgeDeps, 'db' | 'now' | 'capBytes'>): Promise<number> {
  const sizes = await mediaSizes(db, now);
  return Math.max(0, sizes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - capBytes);
}

const NOTHING: StepResult = { deleted: 0, deletedBytes: 0, kvCalls: 0, cursor: null };

/** Rows of what KV has forgotten by itself always go: they stand for nothing. */
async function removeExpired(deps: PurgeDeps, job: PurgeJob): Promise<StepResult> {
  const query = queryOf(deps, job.startedAt);
  const reachable = { ...query, hasBucket: query.hasBucket && deps.clearsExpired };
  const rows = await listExpired(deps.db, reachable, job.cursor);
  return remove(deps, rows, rows.length === deps.batch);
}

async function removeKind(deps: PurgeDeps, { startedAt, target, cursor }: PurgeJob) {
  const kind = target === 'all' ? null : target;
  const query = queryOf(deps, startedAt);
  const rows = await listClearable(deps.db, query, kind, cursor?.name ?? null);
  return remove(deps, rows, rows.length === deps.batch);
}

/** Measures anew each time, so that a step that was cut short counts for what it did. */
async function removeSurplus(deps: PurgeDeps): Promise<StepResult> {
  let surplus = await surplusBytes(deps);
  if (surplus === 0) return NOTHING;
  const rows = await listLeastRead(deps.db, queryOf(deps, deps.now));
  const enough = rows.findIndex(({ sizeBytes }) => (surplus -= sizeBytes) <= 0);
  const taken = enough === -1 ? rows : rows.slice(0, enough + 1);
  return remove(deps, taken, enough === -1 && rows.length > 0);
}

/** @param hasMore - rows may follow after all of these. */
async function remove(
  deps: PurgeDeps,
  rows: readonly StoredMedia[],
  hasMore: boolean,
): Promise<StepResult> {
  const taken = withinKvCalls(rows, deps.now);
  let kvCalls = 0;
  const counting = {
    ...deps,
    onKvCall: () => {
      kvCalls++;
      deps.onKvCall?.();
    },
  };
  const deleted = await removeMedia(counting, taken);
  const last = taken.at(-1);
  const goesOn = last !== undefined && (hasMore || taken.length < rows.length);
  return {
    deleted,
    deletedBytes: taken.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    kvCalls,
    cursor: goesOn ? { expiresAt: last.expiresAt, name: last.name } : null,
  };
}

function queryOf({ now, files, batch }: PurgeDeps, before: number): PurgeQuery {
  return {
    now: before,
    givenUpAt: now - GIVEN_UP_MS,
    hasBucket: files !== null,
    limit: batch,
  };
}
