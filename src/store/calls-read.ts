import type { CallItem, CallListQuery } from '../contract/calls';

interface Row extends Omit<CallItem, 'stream' | 'uncertain' | 'estimated'> {
  readonly stream: number;
  readonly uncertain: number;
  readonly estimated: number | null;
}

const SELECT = `SELECT c.id, c.at, c.duration_ms, c.first_part_ms, c.key_id, k.name AS key_name, c.kind,
                       c.model, c.provider, c.token_id, c.attempts, c.stream, c.outcome, c.error,
                       c.status, c.units, c.uncertain, c.day, c.input_tokens, c.output_tokens,
                       c.cached_tokens, c.reasoning_tokens, c.estimated
                  FROM calls AS c LEFT JOIN api_keys AS k ON k.id = c.key_id`;

/** Every filter is optional; one statement, so that the same parameters are always bound. */
const MATCHES = `(?1 IS NULL OR c.key_id = ?1)
             AND (?2 IS NULL OR c.model = ?2)
             AND (?3 IS NULL OR c.token_id = ?3)
             AND (?4 IS NULL OR c.status BETWEEN ?4 AND ?5)
             AND (?6 IS NULL OR c.outcome = ?6)
             AND (?7 IS NULL OR c.at >= ?7)
             AND (?8 IS NULL OR c.at <= ?8)
             AND (?9 IS NULL OR instr(lower(c.id), ?9) OR instr(lower(c.model), ?9)
                  OR instr(lower(coalesce(k.name, '')), ?9) OR instr(lower(coalesce(c.error, '')), ?9))`;

export interface CallPage {
  readonly calls: readonly CallItem[];
  readonly next: string | null;
}

/** Calls, newest first: ids sort by time, so the primary key is the order. */
export async function listCalls(db: D1Database, query: CallListQuery): Promise<CallPage> {
  const [least, most] = statusRange(query.status);
  const { results } = await db
    .prepare(
      `${SELECT} WHERE ${MATCHES} AND (?10 IS NULL OR c.id < ?10) ORDER BY c.id DESC LIMIT ?11`,
    )
    .bind(
      query.key ?? null,
      query.model ?? null,
      query.token ?? null,
      least,
      most,
      query.outcome ?? null,
      query.from ?? null,
      query.to ?? null,
      query.text === undefined || query.text === '' ? null : query.text.toLowerCase(),
      query.after ?? null,
      query.limit + 1,
    )
    .all<Row>();
  const calls = results.slice(0, query.limit).map(fromRow);
  return { calls, next: results.length > query.limit ? (calls.at(-1)?.id ?? null) : null };
}

export async function findCall(db: D1Database, id: string): Promise<CallItem | null> {
  const row = await db.prepare(`${SELECT} WHERE c.id = ?1`).bind(id).first<Row>();
  return row === null ? null : fromRow(row);
}

/** How many calls the log holds, and when the newest was (Unix ms). */
export async function callLogExtent(
  db: D1Database,
): Promise<{ readonly rows: number; readonly newestAt: number | null }> {
  const row = await db
    .prepare('SELECT count(*) AS rows, max(at) AS newest_at FROM calls')
    .first<{ rows: number; newest_at: number | null }>();
  return { rows: row?.rows ?? 0, newestAt: row?.newest_at ?? null };
}

/** Empties the call log; rollups stay. @returns how many rows went. */
export async function clearCalls(db: D1Database): Promise<number> {
  const { meta } = await db.prepare('DELETE FROM calls').run();
  return meta.changes;
}

/** `4xx` → 400 to 499; `429` → 429 to 429; nothing → nulls. */
function statusRange(status: string | undefined): readonly [number | null, number | null] {
  if (status === undefined) return [null, null];
  if (!status.endsWith('xx')) return [Number(status), Number(status)];
  const least = Number(status.charAt(0)) * 100;
  return [least, least + 99];
}

function fromRow(row: Row): CallItem {
  return {
    ...row,
    stream: row.stream === 1,
    uncertain: row.uncertain === 1,
    estimated: row.estimated === null ? null : row.estimated === 1,
  };
}
