import { directEgress } from '../egress/direct';
import { DAY_MS, MINUTE_MS } from '../lib/time';
import { logError } from '../lib/log';
import { mediaPurge } from '../media/purge-rpc';
import { poolStub } from '../pool/stub';
import { backendFrom, sendSettlements } from '../queue/backend';
import { applyCorrections } from '../store/calls';
import { poolSettingsOf } from '../settings/pool-settings';
import { readSettings } from '../store/settings-read';
import { listDueSettlements } from '../store/settlements';
import { correctRollups } from '../store/usage';
import {
  pruneAudit,
  pruneBatches,
  pruneCalls,
  pruneLinks,
  pruneLogins,
  pruneRefusals,
  pruneSettlements,
  pruneThreads,
} from './prune';
import { tendRefreshAll } from './refresh-all';
import { repairKeys } from './repair';
import { tendVideos } from './videos';

/** Settlements of one run, oldest first; the round ends at the first that fails. */
const MAX_SETTLEMENTS = 200;

/** The Worker's cron handler, every 5 minutes. Each task is caught apart: none stops the others. */
export async function runCron(
  controller: ScheduledController,
  env: Env,
  _ctx: ExecutionContext,
): Promise<void> {
  const now = Date.now();
  const tasks: Readonly<Record<string, () => Promise<unknown>>> = {
    'pool-tick': () => poolStub(env).tick(),
    'refresh-all': () => tendRefreshAll(env),
    'repair-keys': () => repairKeys(env.DB, poolStub(env), controller.scheduledTime),
    corrections: () => env.DB.batch([correctRollups(env.DB), ...applyCorrections(env.DB)]),
    'pool-settings': () => repeatSettings(env),
    'prune-calls': () => pruneByRetention(env.DB, now),
    'prune-audit': async () => isFirstOfDay(controller) && pruneAuditByRetention(env.DB, now),
    'prune-batches': async () => isFirstOfDay(controller) && pruneBatches(env.DB, now),
    'prune-refusals': () => pruneRefusals(env.DB, now),
    'prune-logins': () => pruneLogins(env.DB, now),
    'prune-links': async () => isFirstOfDay(controller) && pruneLinks(env.DB, now),
    'prune-threads': () => pruneThreads(env.DB, now),
    videos: () => tendVideos(env, now),
    'media-purge': () => mediaPurge(env).tend(),
    settlements: () => resendSettlements(env, now),
    'prune-settlements': async () => isFirstOfDay(controller) && dropUnsendable(env, now),
  };
  for (const [task, run] of Object.entries(tasks)) {
    try {
      await run();
    } catch (error) {
      logError('cron_task_failed', { task, error });
    }
  }
}

function isFirstOfDay({ scheduledTime }: ScheduledController): boolean {
  return scheduledTime % DAY_MS < 5 * MINUTE_MS;
}

/** Reads the settings itself: a run must not prune by what an isolate remembers. */
async function pruneByRetention(db: D1Database, now: number): Promise<void> {
  const { app } = (await readSettings(db)).settings;
  await pruneCalls(db, { days: app.call_retention_days, rows: app.call_retention_rows }, now);
}

/** What the backend has not confirmed, or was never asked because a Worker died. */
async function resendSettlements(env: Env, now: number): Promise<void> {
  const backend = backendFrom(env, directEgress(env.EGRESS));
  if (backend === null) return;
  const due = await listDueSettlements(env.DB, now, MAX_SETTLEMENTS);
  await sendSettlements(env.DB, backend, due, now);
}

async function pruneAuditByRetention(db: D1Database, now: number): Promise<void> {
  const { app } = (await readSettings(db)).settings;
  await pruneAudit(db, app.audit_retention_days, now);
}

/** What a backend that is not configured, or lacks its secret, has not been told for a month. */
async function dropUnsendable(env: Env, now: number): Promise<void> {
  if (backendFrom(env, directEgress(env.EGRESS)) !== null) return;
  const count = await pruneSettlements(env.DB, now);
  if (count > 0) logError('settlements_dropped', { count });
}

/**
 * Tells the pool the settings once more: an edit is stored first, and may not have reached the pool.
 * Isolates learn of an edit by the pool's version; the same settings again change nothing.
 */
async function repeatSettings(env: Env): Promise<void> {
  const { version, settings } = await readSettings(env.DB);
  if (version > 0) await poolStub(env).configure(poolSettingsOf(settings, env, version));
}
