import type { UsageSum } from '../contract/calls';
import type { CallKind } from '../contract/usage';

/** Sums of the daily rollups, which outlive the call log. */
const SUMS = `coalesce(sum(calls), 0) AS calls, coalesce(sum(failed), 0) AS failed,
              coalesce(sum(units), 0) AS units, coalesce(sum(input_tokens), 0) AS input_tokens,
              coalesce(sum(output_tokens), 0) AS output_tokens,
              coalesce(sum(cached_tokens), 0) AS cached_tokens,
              coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
              coalesce(sum(duration_ms), 0) AS duration_ms`;

const MAX_ROWS = 1_000;

export interface DailyStats {
  readonly totals: UsageSum;
  readonly perDay: readonly (UsageSum & { readonly day: string })[];
  readonly perModel: readonly (UsageSum & { readonly model: string })[];
  readonly perKey: readonly (UsageSum & {
    readonly key_id: string;
    readonly key_name: string | null;
  })[];
}

const NOTHING: UsageSum = {
  calls: 0,
  failed: 0,
  units: 0,
  input_tokens: 0,
  output_tokens: 0,
  cached_tokens: 0,
  reasoning_tokens: 0,
  duration_ms: 0,
};

/** Everything since a day (`YYYY-MM-DD`), summed in the database. */
export async function dailyStats(db: D1Database, sinceDay: string): Promise<DailyStats> {
  const [totals, perDay, perModel, perKey] = await Promise.all([
    db.prepare(`SELECT ${SUMS} FROM usage_daily WHERE day >= ?1`).bind(sinceDay).first<UsageSum>(),
    db
      .prepare(`SELECT day, ${SUMS} FROM usage_daily WHERE day >= ?1 GROUP BY day ORDER BY day`)
      .bind(sinceDay)
      .all<UsageSum & { day: string }>(),
    db
      .prepare(
        `SELECT model, ${SUMS}
           FROM usage_daily
          WHERE day >= ?1
          GROUP BY model
          ORDER BY calls DESC, model
          LIMIT ${MAX_ROWS}`,
      )
      .bind(sinceDay)
      .all<UsageSum & { model: string }>(),
    db
      .prepare(
        `SELECT u.*, k.name AS key_name
           FROM (SELECT key_id, ${SUMS} FROM usage_daily WHERE day >= ?1 GROUP BY key_id) AS u
           LEFT JOIN api_keys AS k ON k.id = u.key_id
          ORDER BY u.calls DESC, u.key_id
          LIMIT ${MAX_ROWS}`,
      )
      .bind(sinceDay)
      .all<UsageSum & { key_id: string; key_name: string | null }>(),
  ]);
  return {
    totals: totals ?? NOTHING,
    perDay: perDay.results,
    perModel: perModel.results,
    perKey: perKey.results,
  };
}

/** Calls of one hour. `at` is the hour's start, Unix ms. */
export interface HourStats {
  readonly at: number;
  readonly calls: number;
  /** As `failed` of the daily sums. */
  readonly failed: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly duration_ms: number;
}

/** Calls by hour since a moment (Unix ms), whatever the call log still holds; hours without calls are absent. */
export async function hourlyStats(db: D1Database, since: number): Promise<HourStats[]> {
  const { results } = await db
    .prepare(
      `SELECT hour AS at, calls, failed, input_tokens, output_tokens, duration_ms
         FROM usage_hourly
        WHERE hour >= ?1
        ORDER BY hour`,
    )
    .bind(since)
    .all<HourStats>();
  return results;
}

/** Calls the gateway refused since a moment (Unix ms), by code. */
export async function refusalStats(
  db: D1Database,
  since: number,
): Promise<{ readonly code: string; readonly count: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT code, sum(count) AS count
         FROM usage_refusals
        WHERE minute >= ?1
        GROUP BY code
        ORDER BY 2 DESC, code`,
    )
    .bind(since)
    .all<{ code: string; count: number }>();
  return results;
}

/** Calls that were ever counted. */
export async function totalCalls(db: D1Database): Promise<number> {
  return (
    (await db.prepare('SELECT coalesce(sum(calls), 0) AS n FROM usage_daily').first<number>('n')) ??
    0
  );
}

/** Calls of one day by key, model, kind and outcome, from the call log. */
export interface DayCalls {
  readonly key_id: string;
  readonly model: string;
  readonly kind: CallKind;
  readonly outcome: string;
  readonly count: number;
  /** Units of the call's kind charged; null for chats that were stored without it. */
  readonly charged: number | null;
}

/** The day's rows of the call log, grouped, and how many calls its rollups know. */
export async function callsOfDay(
  db: D1Database,
  day: string,
): Promise<{ readonly groups: readonly DayCalls[]; readonly rollup: number }> {
  // One transaction: calls that are stored between the two would be in one of them only.
  const [rows, rollup] = await db.batch([
    db
      .prepare(
        `SELECT key_id, model, kind, outcome, count(*) AS count, sum(charged) AS charged
           FROM calls
          WHERE day = ?1
          GROUP BY key_id, model, kind, outcome, charged IS NULL`,
      )
      .bind(day),
    db.prepare('SELECT coalesce(sum(calls), 0) AS n FROM usage_daily WHERE day = ?1').bind(day),
  ]);
  // SAFETY: the rows of the statements above.
  const groups = (rows?.results ?? []) as DayCalls[];
  const [sum] = (rollup?.results ?? []) as { readonly n: number }[];
  return { groups, rollup: sum?.n ?? 0 };
}
