import * as z from 'zod';
import type { KeyLimits } from '../pool/key';

/** The limits of a key as its D1 row keeps them: read whole, never queried. */
export type StoredLimits = Pick<
  KeyLimits,
  'expiresAt' | 'models' | 'ips' | 'rpm' | 'concurrency' | 'perDay'
>;

/** A caller's key as D1 knows it. The key itself is stored nowhere. Times are Unix ms. */
export interface ApiKey {
  readonly id: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly name: string;
  readonly display: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly limits: StoredLimits;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastUsedAt: number | null;
}

interface Row {
  id: string;
  hash: string;
  name: string;
  display: string;
  version: number;
  enabled: number;
  limits: string;
  created_at: number;
  updated_at: number;
  last_used_at: number | null;
}

const Count = z.nullable(z.int());
const Limits = z.object({
  expiresAt: Count,
  models: z.nullable(z.array(z.string())),
  ips: z.nullable(z.array(z.string())),
  rpm: Count,
  concurrency: Count,
  perDay: z.object({ chat: Count, heavy: Count, image: Count, video: Count }),
});

const COLUMNS =
  'id, hash, name, display, version, enabled, limits, created_at, updated_at, last_used_at';

/** The row of one presented key, by its hash; null when there is none. */
export async function findKeyByHash(db: D1Database, hash: string): Promise<ApiKey | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM api_keys WHERE hash = ?1`)
    .bind(hash)
    .first<Row>();
  return row === null ? null : fromRow(row);
}

export async function findKeyById(db: D1Database, id: string): Promise<ApiKey | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM api_keys WHERE id = ?1`)
    .bind(id)
    .first<Row>();
  return row === null ? null : fromRow(row);
}

/** Those of the ids that exist, in the order of their ids. Any number of ids. */
export async function findKeys(db: D1Database, ids: readonly string[]): Promise<ApiKey[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS}
         FROM api_keys
        WHERE id IN (SELECT value FROM json_each(?1))
        ORDER BY id`,
    )
    .bind(JSON.stringify(ids))
    .all<Row>();
  return results.map(fromRow);
}

export interface KeyPage {
  readonly keys: readonly ApiKey[];
  readonly next: string | null;
  readonly total: number;
}

/** Which keys; every filter narrows. */
export interface KeyRows {
  /** In the name or the mask, or the whole id. */
  readonly search: string;
  readonly enabled?: boolean;
  /** Only these. */
  readonly ids?: readonly string[];
}

const MATCHES = `(?1 = '' OR instr(lower(name), ?1) OR instr(lower(display), ?1) OR id = ?2)
             AND (?3 IS NULL OR enabled = ?3)
             AND (?4 IS NULL OR id IN (SELECT value FROM json_each(?4)))`;

const bound = ({ search, enabled, ids }: KeyRows) => [
  search.toLowerCase(),
  search,
  enabled === undefined ? null : Number(enabled),
  ids === undefined ? null : JSON.stringify(ids),
];

/** A page of keys by id, which sorts by time of creation: after the id `after`, or before it when the newest come first. */
export async function listKeys(
  db: D1Database,
  query: KeyRows & {
    readonly after: string;
    readonly limit: number;
    readonly newestFirst?: boolean;
  },
): Promise<KeyPage> {
  const order =
    query.newestFirst === true
      ? `AND (?5 = '' OR id < ?5) ORDER BY id DESC`
      : 'AND id > ?5 ORDER BY id';
  const [page, count] = await Promise.all([
    db
      .prepare(`SELECT ${COLUMNS} FROM api_keys WHERE ${MATCHES} ${order} LIMIT ?6`)
      .bind(...bound(query), query.after, query.limit + 1)
      .all<Row>(),
    db
      .prepare(`SELECT count(*) AS n FROM api_keys WHERE ${MATCHES}`)
      .bind(...bound(query))
      .first<number>('n'),
  ]);
  const keys = page.results.slice(0, query.limit).map(fromRow);
  const next = page.results.length > query.limit ? (keys.at(-1)?.id ?? null) : null;
  return { keys, next, total: count ?? 0 };
}

/** Ids and names alone, the newest first. */
export async function listKeyNames(
  db: D1Database,
  query: KeyRows,
  limit: number,
): Promise<{ readonly id: string; readonly name: string }[]> {
  const { results } = await db
    .prepare(`SELECT id, name FROM api_keys WHERE ${MATCHES} ORDER BY id DESC LIMIT ?5`)
    .bind(...bound(query), limit)
    .all<{ id: string; name: string }>();
  return results;
}

/** How many keys there are, how many are on, and how many are among these ids. */
export async function countKeys(
  db: D1Database,
  ids: readonly string[],
): Promise<{ readonly total: number; readonly active: number; readonly among: number }> {
  const counts = await db
    .prepare(
      `SELECT count(*) AS total, coalesce(sum(enabled), 0) AS active,
              coalesce(sum(id IN (SELECT value FROM json_each(?1))), 0) AS among
         FROM api_keys`,
    )
    .bind(JSON.stringify(ids))
    .first<{ total: number; active: number; among: number }>();
  return counts ?? { total: 0, active: 0, among: 0 };
}

/** Inserts any number of keys, all or none. Throws when an id or hash is taken. */
export async function insertKeys(db: D1Database, keys: readonly ApiKey[]): Promise<void> {
  await db
    .prepare(
      `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
       SELECT value ->> 'id', value ->> 'hash', value ->> 'name', value ->> 'display',
              value ->> 'version', iif(value ->> 'enabled', 1, 0), value -> 'limits',
              value ->> 'createdAt', value ->> 'updatedAt'
         FROM json_each(?1)`,
    )
    .bind(JSON.stringify(keys))
    .run();
}

/**
 * Writes a key's editable columns if its row still has the version that was read.
 * @returns false when another edit came first, or the key is gone.
 */
export async function updateKey(
  db: D1Database,
  key: ApiKey,
  readVersion: number,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE api_keys
          SET name = ?3, version = ?4, enabled = ?5, limits = ?6, updated_at = ?7
        WHERE id = ?1 AND version = ?2`,
    )
    .bind(
      key.id,
      readVersion,
      key.name,
      key.version,
      key.enabled ? 1 : 0,
      JSON.stringify(key.limits),
      key.updatedAt,
    )
    .run();
  return meta.changes > 0;
}

/** One key to switch: the version its row was read with, and the one the pool has taken. */
export interface KeySwitch {
  readonly id: string;
  readonly readVersion: number;
  readonly version: number;
}

/** Switches any number of keys on or off. @returns the ids whose rows still had the version read. */
export async function setKeysEnabled(
  db: D1Database,
  switches: readonly KeySwitch[],
  enabled: boolean,
  now: number,
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `UPDATE api_keys
          SET enabled = ?2, version = edit.version, updated_at = ?3
         FROM (SELECT value ->> 'id' AS id, value ->> 'readVersion' AS read_version,
                      value ->> 'version' AS version
                 FROM json_each(?1)) AS edit
        WHERE api_keys.id = edit.id AND api_keys.version = edit.read_version
       RETURNING api_keys.id`,
    )
    .bind(JSON.stringify(switches), enabled ? 1 : 0, now)
    .all<{ id: string }>();
  return results.map((row) => row.id);
}

/** When a key was last seen at work. `at` is Unix ms. */
export interface KeyUse {
  readonly id: string;
  readonly at: number;
}

/**
 * Notes when keys were last used: a row is written only where the note is at least `everyMs` older, so
 * that a busy key costs one row an hour rather than one a call.
 */
export function noteKeyUse(
  db: D1Database,
  uses: readonly KeyUse[],
  everyMs: number,
): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE api_keys
          SET last_used_at = usage.at
         FROM (SELECT value ->> 'id' AS id, value ->> 'at' AS at FROM json_each(?1)) AS usage
        WHERE api_keys.id = usage.id
          AND coalesce(api_keys.last_used_at, -?2) + ?2 <= usage.at`,
    )
    .bind(JSON.stringify(uses), everyMs);
}

/** @returns how many of the ids existed. */
export async function deleteKeys(db: D1Database, ids: readonly string[]): Promise<number> {
  const { meta } = await db
    .prepare('DELETE FROM api_keys WHERE id IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(ids))
    .run();
  return meta.changes;
}

/** The key in the shape that the pool enforces. */
export function poolKey(key: ApiKey, deleted = false): KeyLimits {
  return { id: key.id, version: key.version, enabled: key.enabled, deleted, ...key.limits };
}

function fromRow(row: Row): ApiKey {
  return {
    id: row.id,
    hash: row.hash,
    name: row.name,
    display: row.display,
    version: row.version,
    enabled: row.enabled === 1,
    limits: Limits.parse(JSON.parse(row.limits)),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    lastUsedAt: row.last_used_at,
  };
}
