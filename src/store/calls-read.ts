import type { CallFilter, CallItem } from '../contract/calls';
import { firstCallId } from '../lib/ids';
import { HOUR_MS } from '../lib/time';

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

/**
 * Every filter is optional; one statement, so that the same parameters are always bound. Ids sort by time:
 * their range keeps a look at the last hour from reading the whole log.
 */
const MATCHES = `c.id >= ?1 AND c.id < ?2
             AND (?3 IS NULL OR c.key_id = ?3)
             AND (?4 IS NULL OR c.model = ?4)
             AND (?5 IS NULL OR c.token_id = ?5)
             AND (?6 IS NULL OR c.status BETWEEN ?6 AND ?7)
             AND (?8 IS NULL OR c.outcome = ?8)
             AND (?9 IS NULL OR c.at >= ?9)
             AND (?10 IS NULL OR c.at <= ?10)
             AND (?11 IS NULL OR instr(lower(c.id), ?11) OR instr(lower(c.model), ?11)
                  OR instr(lower(coalesce(c.error, '')), ?11)
                  OR c.key_id IN (SELECT id FROM api_keys WHERE instr(lower(name), ?11)))`;

/** An id is made when its request comes, its call is dated when it is admitted: they are this near. */
const ID_SLACK_MS = HOUR_MS;
const LAST_ID = '~';

function bound(filter: CallFilter, after: string | undefined): (string | number | null)[] {
  const { key, model, token, status, outcome, from, to, text = '' } = filter;
  const lastId = to === undefined ? LAST_ID : firstCallId(to + ID_SLACK_MS);
  return [
    from === undefined ? '' : firstCallId(from - ID_SLACK_MS),
    after !== undefined && after < lastId ? after : lastId,
    key ?? null,
    model ?? null,
    token ?? null,
    ...statusRange(status),
    outcome ?? null,
    from ?? null,
    to ?? null,
    text === '' ? null : text.toLowerCase(),
  ];
}

export interface CallPageQuery extends CallFilter {
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface CallPage {
  readonly calls: readonly CallItem[];
  readonly next: string | null;
}

/** Calls, newest first: ids sort by time, so the primary key is the order. */
export async function listCalls(db: D1Database, query: CallPageQuery): Promise<CallPage> {
  const { results } = await db
    .prepare(`${SELECT} WHERE ${MATCHES} ORDER BY c.id DESC LIMIT ?12`)
    .bind(...bound(query, query.after), query.limit + 1)
    .all<Row>();
  const calls = results.slice(0, query.limit).map(fromRow);
  return { calls, next: results.length > query.limit ? (calls.at(-1)?.id ?? null) : null };
}

/** Sums of calls of one hour (`at`: its start, Unix ms) or of one configured day. */
export interface CallSum {
  readonly at: number;
  readonly day: string;
  readonly total: number;
  readonly failed: number;
  readonly today: number;
  readonly units: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

/** The calls that match, summed by the database; hours and days without any are absent. */
export async function sumCalls(
  db: D1Database,
  filter: CallFilter,
  step: 'hour' | 'day',
  today: string,
): Promise<readonly CallSum[]> {
  const { results } = await db
    .prepare(
      `SELECT min(c.at) - min(c.at) % ${HOUR_MS} AS at, min(c.day) AS day, count(*) AS total,
              sum(c.outcome NOT IN ('done', 'aborted')) AS failed, sum(c.day = ?12) AS today,
              sum(c.units) AS units, coalesce(sum(c.input_tokens), 0) AS input_tokens,
              coalesce(sum(c.output_tokens), 0) AS output_tokens
         FROM calls AS c
        WHERE ${MATCHES}
        GROUP BY ${step === 'hour' ? `c.at / ${HOUR_MS}` : 'c.day'}
        ORDER BY 1`,
    )
    .bind(...bound(filter, undefined), today)
    .all<CallSum>();
  return results;
}

/** When the oldest call of the log was (Unix ms); null when there is none. */
export function oldestCallAt(db: D1Database): Promise<number | null> {
  return db.prepare('SELECT at FROM calls ORDER BY id LIMIT 1').first<number>('at');
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
