import { HOUR_MS } from '../lib/time';
import type { HourRollup, Rollup } from './rollups';

/** Statements of what is kept about usage besides the calls: batches seen, daily sums, refusals. */

/**
 * Whether an outcome counts as failed in `usage_daily.failed`. A caller who leaves did not see a
 * failure.
 */
const FAILED = (outcome: string): string => `${outcome} NOT IN ('done', 'aborted')`;

/** What the consumer asks before it writes. */
export interface Seen {
  /** Batches that have been applied. */
  readonly batchIds: ReadonlySet<string>;
  /** Calls that are stored. */
  readonly callIds: ReadonlySet<string>;
  /** Some corrections wait for their call. */
  readonly hasCorrections: boolean;
}

/** Which of these batches and calls are stored, and whether corrections wait. One read. */
export async function readSeen(
  db: D1Database,
  batchIds: readonly string[],
  callIds: readonly string[],
): Promise<Seen> {
  const { results } = await db
    .prepare(
      `SELECT 'batch' AS kind, batch_id AS id FROM usage_batches
      WHERE batch_id IN (SELECT value FROM json_each(?1))
      UNION ALL
      SELECT 'call', id FROM calls WHERE id IN (SELECT value FROM json_each(?2))
      UNION ALL
      SELECT 'correction', '' WHERE EXISTS (SELECT 1 FROM usage_corrections)`,
    )
    .bind(JSON.stringify(batchIds), JSON.stringify(callIds))
    .all<{ kind: 'batch' | 'call' | 'correction'; id: string }>();
  const ids = (kind: string) =>
    new Set(results.filter((row) => row.kind === kind).map((row) => row.id));
  return {
    batchIds: ids('batch'),
    callIds: ids('call'),
    hasCorrections: ids('correction').size > 0,
  };
}

/** Claims batches. Fails, and with it the D1 batch it opens, when one of them has been applied. */
export function insertBatches(
  db: D1Database,
  batchIds: readonly string[],
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO usage_batches (batch_id, received_at)
      SELECT value, ?2 FROM json_each(?1)`,
    )
    .bind(JSON.stringify(batchIds), now);
}

/** Adds sums of calls to the daily ones, in the D1 batch that stores those calls. */
export function addToRollups(db: D1Database, rollups: readonly Rollup[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO usage_daily (
        day, key_id, model, provider, calls, failed, units,
        input_tokens, output_tokens, cached_tokens, reasoning_tokens, estimated, duration_ms
      )
      SELECT
        value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
        value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12
      FROM json_each(?1)
      WHERE true
      ON CONFLICT (day, key_id, model) DO UPDATE SET
        provider = excluded.provider,
        calls = calls + excluded.calls,
        failed = failed + excluded.failed,
        units = units + excluded.units,
        input_tokens = input_tokens + excluded.input_tokens,
        output_tokens = output_tokens + excluded.output_tokens,
        cached_tokens = cached_tokens + excluded.cached_tokens,
        reasoning_tokens = reasoning_tokens + excluded.reasoning_tokens,
        estimated = estimated + excluded.estimated,
        duration_ms = duration_ms + excluded.duration_ms`,
    )
    .bind(JSON.stringify(rollups.map((sum) => Object.values(sum))));
}

/** Adds sums of calls to those of their hours, in the D1 batch that stores those calls. */
export function addToHours(db: D1Database, hours: readonly HourRollup[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO usage_hourly (hour, calls, failed, input_tokens, output_tokens, duration_ms)
      SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
      FROM json_each(?1)
      WHERE true
      ON CONFLICT (hour) DO UPDATE SET
        calls = calls + excluded.calls,
        failed = failed + excluded.failed,
        input_tokens = input_tokens + excluded.input_tokens,
        output_tokens = output_tokens + excluded.output_tokens,
        duration_ms = duration_ms + excluded.duration_ms`,
    )
    .bind(JSON.stringify(hours.map((sum) => Object.values(sum))));
}

/** Sums that a later word on a call changes, besides its failure. */
const HOURLY_SUMS = ['input_tokens', 'output_tokens', 'duration_ms'];
const DAILY_SUMS = [...HOURLY_SUMS, 'cached_tokens', 'reasoning_tokens', 'estimated'];

/** Moves the daily sums by what waiting corrections change of their calls. Before `applyCorrections`. */
export function correctRollups(db: D1Database): D1PreparedStatement {
  return correctSums(db, 'usage_daily', DAILY_SUMS, {
    day: 'call.day',
    key_id: 'call.key_id',
    model: 'call.model',
  });
}

/** The same of the sums of hours. Before `applyCorrections`. */
export function correctHours(db: D1Database): D1PreparedStatement {
  return correctSums(db, 'usage_hourly', HOURLY_SUMS, {
    hour: `call.at - call.at % ${HOUR_MS}`,
  });
}

/** @param key - the primary key of the table: each column, and where a call has it. */
function correctSums(
  db: D1Database,
  table: string,
  sums: readonly string[],
  key: Readonly<Record<string, string>>,
): D1PreparedStatement {
  const columns = Object.keys(key);
  const changes = sums.map(
    (sum) => `sum(coalesce(word.${sum}, 0) - coalesce(call.${sum}, 0)) AS ${sum}`,
  );
  return db.prepare(
    `UPDATE ${table}
    SET ${['failed', ...sums].map((sum) => `${sum} = ${table}.${sum} + change.${sum}`).join(', ')}
    FROM (
      SELECT
        ${columns.map((column) => `${key[column]} AS ${column}`).join(', ')},
        sum((${FAILED('word.outcome')}) - (${FAILED('call.outcome')})) AS failed,
        ${changes.join(', ')}
      FROM usage_corrections AS word
      JOIN calls AS call ON call.id = word.id
      WHERE call.outcome = 'lost'
      GROUP BY ${columns.map((_, n) => n + 1).join(', ')}
    ) AS change
    WHERE ${columns.map((column) => `${table}.${column} = change.${column}`).join(' AND ')}`,
  );
}

/** @param refusalsJson JSON array of `RefusalCount` */
export function addRefusals(db: D1Database, refusalsJson: string): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO usage_refusals (minute, key_id, code, count)
      SELECT value ->> '$.minute', value ->> '$.keyId', value ->> '$.code', sum(value ->> '$.count')
      FROM json_each(?1)
      WHERE true
      GROUP BY 1, 2, 3
      ON CONFLICT (minute, key_id, code) DO UPDATE SET count = count + excluded.count`,
    )
    .bind(refusalsJson);
}

/** Calls summed from a day on: at least as many as there are rows of those days. */
export async function countCallsSince(db: D1Database, day: string): Promise<number> {
  const total = await db
    .prepare('SELECT coalesce(sum(calls), 0) AS total FROM usage_daily WHERE day >= ?1')
    .bind(day)
    .first<number>('total');
  return total ?? 0;
}

/**
 * Forgets at most `limit` batches. Reads all of them: without an index on their age a batch costs one
 * row to write instead of two, and a row written costs as much as a thousand read.
 */
export function deleteBatchesBefore(
  db: D1Database,
  beforeAt: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM usage_batches
      WHERE batch_id IN (SELECT batch_id FROM usage_batches WHERE received_at < ?1 LIMIT ?2)`,
    )
    .bind(beforeAt, limit);
}

export function deleteRefusalsBefore(
  db: D1Database,
  beforeAt: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM usage_refusals
      WHERE (minute, key_id, code) IN (
        SELECT minute, key_id, code FROM usage_refusals WHERE minute < ?1 LIMIT ?2
      )`,
    )
    .bind(beforeAt, limit);
}
