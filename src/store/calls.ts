import type { UsageRecord } from '../contract/usage';

/** Statements of `calls`, one row an admitted call, and of the corrections that wait for their call. */

const CALL_COLUMNS = `
  id, at, duration_ms, first_part_ms, key_id, kind, model, provider, token_id, attempts, stream,
  outcome, error, status, units, uncertain, day,
  input_tokens, output_tokens, cached_tokens, reasoning_tokens, estimated, charged`;

/** Fields of a call in the order of the columns. */
const callRow = (record: UsageRecord): readonly (string | number | boolean | null)[] => [
  record.id,
  record.at,
  record.durationMs,
  record.firstPartMs,
  record.keyId,
  record.kind,
  record.model,
  record.provider,
  record.tokenId,
  record.attempts,
  record.stream,
  record.outcome,
  record.error,
  record.status,
  record.units,
  record.uncertain,
  record.day,
  record.usage?.input ?? null,
  record.usage?.output ?? null,
  record.usage?.cached ?? null,
  record.usage?.reasoning ?? null,
  record.usage?.estimated ?? null,
  record.charged,
];
const CALL_FIELDS = Array.from({ length: 23 }, (_, field) => `value ->> ${field}`).join(', ');

/**
 * Stores calls, all in one statement. A call that is there already is left as it is. Rows travel as
 * arrays: names would be half of the text, and looked up once a field.
 */
export function insertCalls(db: D1Database, records: readonly UsageRecord[]): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO calls (${CALL_COLUMNS})
      SELECT ${CALL_FIELDS}
      FROM json_each(?1)
      WHERE true
      ON CONFLICT (id) DO NOTHING`,
    )
    .bind(JSON.stringify(records.map(callRow)));
}

/**
 * Puts corrections down until they are applied, which may be in the same batch.
 *
 * @param correctionsJson JSON array of `UsageCorrection`
 */
export function insertCorrections(
  db: D1Database,
  correctionsJson: string,
  now: number,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO usage_corrections (
        id, outcome, error, status, duration_ms, first_part_ms,
        input_tokens, output_tokens, cached_tokens, reasoning_tokens, estimated, received_at
      )
      SELECT
        value ->> '$.id', value ->> '$.outcome', value ->> '$.error', value ->> '$.status',
        value ->> '$.durationMs', value ->> '$.firstPartMs',
        value ->> '$.usage.input', value ->> '$.usage.output', value ->> '$.usage.cached',
        value ->> '$.usage.reasoning', value ->> '$.usage.estimated', ?2
      FROM json_each(?1)
      WHERE true
      ON CONFLICT (id) DO NOTHING`,
    )
    .bind(correctionsJson, now);
}

/**
 * Replaces what is known of lost calls by the late word, and forgets the words that found their
 * call. `correctRollups` goes before it: it needs both sides.
 */
export function applyCorrections(db: D1Database): readonly D1PreparedStatement[] {
  return [
    db.prepare(
      `UPDATE calls
      SET
        outcome = word.outcome, error = word.error, status = word.status, uncertain = 0,
        duration_ms = word.duration_ms, first_part_ms = word.first_part_ms,
        input_tokens = word.input_tokens, output_tokens = word.output_tokens,
        cached_tokens = word.cached_tokens, reasoning_tokens = word.reasoning_tokens,
        estimated = word.estimated
      FROM usage_corrections AS word
      WHERE calls.id = word.id AND calls.outcome = 'lost'`,
    ),
    db.prepare('DELETE FROM usage_corrections WHERE id IN (SELECT id FROM calls)'),
  ];
}

/**
 * Deletes those of the oldest `limit` calls that were admitted before a moment. Ids sort by time, so
 * only as many rows are read as may be deleted.
 */
export function deleteCallsBefore(
  db: D1Database,
  beforeAt: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM calls
      WHERE id IN (
        SELECT id
        FROM (SELECT id, at FROM calls ORDER BY id LIMIT ?2)
        WHERE at < ?1
      )`,
    )
    .bind(beforeAt, limit);
}

/** Id of the newest call that is one too many; null while there are at most `rows` calls. */
export async function findSurplus(db: D1Database, rows: number): Promise<string | null> {
  return db
    .prepare('SELECT id FROM calls ORDER BY id DESC LIMIT 1 OFFSET ?1')
    .bind(rows)
    .first<string>('id');
}

/** Deletes at most `limit` calls from the oldest up to and with this id. */
export function deleteCallsUpTo(
  db: D1Database,
  lastId: string,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM calls
      WHERE id IN (SELECT id FROM calls WHERE id <= ?1 ORDER BY id LIMIT ?2)`,
    )
    .bind(lastId, limit);
}

/** Deletes corrections whose call never came. */
export function deleteCorrectionsBefore(db: D1Database, beforeAt: number): D1PreparedStatement {
  return db.prepare('DELETE FROM usage_corrections WHERE received_at < ?1').bind(beforeAt);
}
