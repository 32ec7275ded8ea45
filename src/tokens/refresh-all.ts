import { newId } from '../lib/ids';
import { SECOND_MS } from '../lib/time';
import type { TokenPoolRpc } from '../pool/rpc';
import {
  advanceRefresh,
  beginRefresh,
  findRefresh,
  leaseRefresh,
  type RefreshRow,
} from '../store/token-refresh';
import { type RefreshDeps, refreshTokens } from './refresh-tokens';

/**
 * Reads every token of the pool anew, a step at a time. A run is a row of D1: it is begun by one
 * statement, and each step takes a lease, so that two never do the same work and one that dies leaves
 * nothing running for ever (D-51). Steps are made by whoever asks how it stands, and by cron.
 */

/** Tokens of one step: each costs a few calls upstream. */
export const STEP_TOKENS = 25;
/** After this a step counts as dead, and the next one does its work. */
export const LEASE_MS = 90 * SECOND_MS;

/** How the last run stands, in the words older clients read. `updated_at` is Unix ms. */
export interface RefreshProgress {
  readonly running: boolean;
  readonly current: number;
  readonly total: number;
  readonly success: number;
  readonly failed: number;
  readonly updated_at: number | null;
}

interface StartDeps {
  readonly db: D1Database;
  readonly pool: Pick<TokenPoolRpc, 'listTokens'>;
}

/** @returns whether it was begun; false when a run is under way. */
export async function startRefreshAll({ db, pool }: StartDeps, now: number): Promise<boolean> {
  const { total } = await pool.listTokens({ limit: 1 });
  return beginRefresh(db, newId('run', now), total, now);
}

export async function refreshProgress(db: D1Database): Promise<RefreshProgress> {
  const row = await findRefresh(db);
  if (row === null) {
    return { running: false, current: 0, total: 0, success: 0, failed: 0, updated_at: null };
  }
  return {
    running: row.isRunning,
    current: row.done,
    total: row.total,
    success: row.succeeded,
    failed: row.done - row.succeeded,
    updated_at: row.updatedAt,
  };
}

export interface StepDeps {
  readonly db: D1Database;
  readonly pool: Pick<TokenPoolRpc, 'listTokens'>;
  /** Asked for once there is something to do: it reads the settings. */
  readonly refresh: () => Promise<RefreshDeps>;
  readonly now: () => number;
}

/** Makes the next step. @returns whether more of the run is left for this caller to do. */
export async function stepRefreshAll(deps: StepDeps): Promise<boolean> {
  const row = await leaseRefresh(deps.db, deps.now(), LEASE_MS);
  return row !== null && makeStep(deps, row);
}

async function makeStep({ db, pool, refresh, now }: StepDeps, row: RefreshRow): Promise<boolean> {
  const page = await pool.listTokens({
    limit: STEP_TOKENS,
    ...(row.after === '' ? {} : { after: row.after }),
  });
  const fresh = await refreshTokens(await refresh(), page.tokens);
  const succeeded = [...fresh.values()].filter(Boolean).length;
  const step = { next: page.next, total: page.total, done: page.tokens.length, succeeded };
  await advanceRefresh(db, row, step, now());
  return page.next !== null;
}
