import type { CallItem } from '../contract/calls';
import { deleteCallsUpTo, findSurplus } from './calls';

/** What the paged log is narrowed to; null is "any". Times are Unix ms, both included. */
export interface CallFilter {
  readonly tokenIds: readonly string[] | null;
  readonly isSuccess: boolean | null;
  /** Part of the model's name, in lower case. */
  readonly model: string | null;
  readonly from: number | null;
  readonly to: number | null;
}

export type LoggedCall = Pick<
  CallItem,
  | 'id'
  | 'at'
  | 'model'
  | 'duration_ms'
  | 'status'
  | 'outcome'
  | 'key_name'
  | 'token_id'
  | 'units'
  | 'error'
>;

/** A caller who leaves did not see a failure. */
const SUCCESS = `outcome IN ('done', 'aborted')`;

const MATCHES = `(?1 IS NULL OR c.token_id IN (SELECT value FROM json_each(?1)))
             AND (?2 IS NULL OR (c.${SUCCESS}) = ?2)
             AND (?3 IS NULL OR instr(lower(c.model), ?3))
             AND (?4 IS NULL OR c.at >= ?4)
             AND (?5 IS NULL OR c.at <= ?5)`;

const bound = ({ tokenIds, isSuccess, model, from, to }: CallFilter) => [
  tokenIds === null ? null : JSON.stringify(tokenIds),
  isSuccess === null ? null : Number(isSuccess),
  model,
  from,
  to,
];

/** A page of the call log by number, newest first, and how many calls all its pages hold. */
export async function pageCalls(
  db: D1Database,
  filter: CallFilter,
  { skip, limit }: { readonly skip: number; readonly limit: number },
): Promise<{ readonly calls: readonly LoggedCall[]; readonly total: number }> {
  const [page, total] = await Promise.all([
    db
      .prepare(
        `SELECT c.id, c.at, c.model, c.duration_ms, c.status, c.outcome, k.name AS key_name,
                c.token_id, c.units, c.error
           FROM calls AS c LEFT JOIN api_keys AS k ON k.id = c.key_id
          WHERE ${MATCHES}
          ORDER BY c.id DESC
          LIMIT ?6 OFFSET ?7`,
      )
      .bind(...bound(filter), limit, skip)
      .all<LoggedCall>(),
    db
      .prepare(`SELECT count(*) AS n FROM calls AS c WHERE ${MATCHES}`)
      .bind(...bound(filter))
      .first<number>('n'),
  ]);
  return { calls: page.results, total: total ?? 0 };
}

/** Models that the log holds calls of, sorted. */
export async function calledModels(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare('SELECT DISTINCT model FROM calls ORDER BY model')
    .all<{ model: string }>();
  return results.map(({ model }) => model);
}

export interface CallLogSums {
  readonly total: number;
  readonly success: number;
  /** Calls of one configured day. */
  readonly today: number;
}

/** Counts over the log as far as it is kept. */
export async function sumCallLog(db: D1Database, today: string): Promise<CallLogSums> {
  const sums = await db
    .prepare(
      `SELECT count(*) AS total, coalesce(sum(${SUCCESS}), 0) AS success,
              coalesce(sum(day = ?1), 0) AS today
         FROM calls`,
    )
    .bind(today)
    .first<CallLogSums>();
  return sums ?? { total: 0, success: 0, today: 0 };
}

/** Rows of one statement. */
const CHUNK = 10_000;

/** Deletes all calls but the newest `rows`; rollups stay. @returns how many went. */
export async function keepNewestCalls(db: D1Database, rows: number): Promise<number> {
  const last = await findSurplus(db, rows);
  if (last === null) return 0;
  let deleted = 0;
  for (;;) {
    const { meta } = await deleteCallsUpTo(db, last, CHUNK).run();
    deleted += meta.changes;
    if (meta.changes < CHUNK) return deleted;
  }
}
