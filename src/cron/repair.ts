import type { KeyLimits } from '../pool/key';
import type { TokenPoolRpc } from '../pool/rpc';
import { MINUTE_MS } from '../lib/time';
import type { StoredLimits } from '../store/api-keys';

/** Keys compared in one run, and per call of the pool. */
const PAGE_KEYS = 500;
const RUN_MS = 5 * MINUTE_MS;

interface KeyVersion {
  readonly id: string;
  readonly version: number;
}

/**
 * Brings rows of `api_keys` up to the pool's version: an edit goes to the pool first, so a Worker
 * that died between the two left D1 behind. Looks at one page of keys a run, all pages in turn.
 *
 * @param at Unix ms of the run; chooses the page
 * @returns how many rows were mended
 */
export async function repairKeys(
  db: D1Database,
  pool: Pick<TokenPoolRpc, 'keyStatus'>,
  at: number,
): Promise<number> {
  const keys = await readPage(db, at);
  if (keys.length === 0) return 0;
  const standing = await pool.keyStatus(keys.map((key) => key.id));
  const rowVersions = new Map(keys.map((key) => [key.id, key.version]));
  const behind = standing
    .map((status) => status.limits)
    .filter((limits) => limits.version > (rowVersions.get(limits.id) ?? limits.version));
  if (behind.length > 0) await db.batch(behind.map((limits) => mend(db, limits, at)));
  return behind.length;
}

async function readPage(db: D1Database, at: number): Promise<readonly KeyVersion[]> {
  const total = (await db.prepare('SELECT count(*) AS n FROM api_keys').first<number>('n')) ?? 0;
  const pages = Math.max(1, Math.ceil(total / PAGE_KEYS));
  const page = Math.floor(at / RUN_MS) % pages;
  const { results } = await db
    .prepare('SELECT id, version FROM api_keys ORDER BY id LIMIT ?1 OFFSET ?2')
    .bind(PAGE_KEYS, page * PAGE_KEYS)
    .all<KeyVersion>();
  return results;
}

/** Guarded by the version: an edit that reaches D1 meanwhile wins. */
function mend(db: D1Database, limits: KeyLimits, now: number): D1PreparedStatement {
  if (limits.deleted) {
    return db
      .prepare('DELETE FROM api_keys WHERE id = ?1 AND version < ?2')
      .bind(limits.id, limits.version);
  }
  const { expiresAt, models, ips, rpm, concurrency, perDay } = limits;
  const stored: StoredLimits = { expiresAt, models, ips, rpm, concurrency, perDay };
  return db
    .prepare(
      `UPDATE api_keys
      SET version = ?2, enabled = ?3, limits = ?4, updated_at = ?5
      WHERE id = ?1 AND version < ?2`,
    )
    .bind(limits.id, limits.version, limits.enabled ? 1 : 0, JSON.stringify(stored), now);
}
