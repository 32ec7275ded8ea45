import * as z from 'zod';
import type { KeyLimits } from '../pool/key';

/** The reads of `api_keys` that authentication needs. Limits are JSON: read whole, never queried. */
const COLUMNS = 'id, version, enabled, limits';

const Daily = z.nullable(z.int().min(0)).default(null);
const Limits = z.object({
  expiresAt: z.nullable(z.int()).default(null),
  models: z.nullable(z.array(z.string())).default(null),
  ips: z.nullable(z.array(z.string())).default(null),
  rpm: z.nullable(z.int().min(0)).default(null),
  concurrency: z.nullable(z.int().min(0)).default(null),
  perDay: z
    .object({ chat: Daily, heavy: Daily, image: Daily, video: Daily })
    .default({ chat: null, heavy: null, image: null, video: null }),
});

interface KeyRow {
  readonly id: string;
  readonly version: number;
  readonly enabled: number;
  readonly limits: string;
}

/** The key whose SHA-256 (hex) this is; null when there is none. */
export async function findKeyByHash(db: D1Database, hash: string): Promise<KeyLimits | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM api_keys WHERE hash = ?1`)
    .bind(hash)
    .first<KeyRow>();
  return row === null ? null : toKey(row);
}

/** The key of this id; null when there is none. */
export async function findKeyById(db: D1Database, id: string): Promise<KeyLimits | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM api_keys WHERE id = ?1`)
    .bind(id)
    .first<KeyRow>();
  return row === null ? null : toKey(row);
}

/** @throws when the limits are damaged: a key whose limits cannot be read must not be served without them. */
function toKey(row: KeyRow): KeyLimits {
  return {
    ...Limits.parse(JSON.parse(row.limits)),
    id: row.id,
    version: row.version,
    enabled: row.enabled === 1,
    deleted: false,
  };
}
