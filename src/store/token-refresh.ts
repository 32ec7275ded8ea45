/** How the run that reads all tokens anew stands. Times are Unix ms. */
export interface RefreshRow {
  /** Names the run: a step of an earlier one changes nothing. */
  readonly run: string;
  readonly isRunning: boolean;
  readonly after: string;
  readonly total: number;
  readonly done: number;
  readonly succeeded: number;
  readonly updatedAt: number;
}

interface Row extends Omit<RefreshRow, 'isRunning'> {
  readonly isRunning: number;
}

const COLUMNS =
  'run, is_running AS isRunning, after, total, done, succeeded, updated_at AS updatedAt';

/** The last run; null when there has been none. */
export async function findRefresh(db: D1Database): Promise<RefreshRow | null> {
  const row = await db.prepare(`SELECT ${COLUMNS} FROM token_refresh WHERE id = 1`).first<Row>();
  return row === null ? null : fromRow(row);
}

/** Begins a run in one statement. @returns false when one is under way. */
export async function beginRefresh(
  db: D1Database,
  run: string,
  total: number,
  now: number,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO token_refresh
         (id, run, is_running, after, total, done, succeeded, lease_until, updated_at)
       VALUES (1, ?1, 1, '', ?2, 0, 0, 0, ?3)
       ON CONFLICT (id) DO UPDATE
          SET run = excluded.run, is_running = 1, after = '', total = excluded.total, done = 0,
              succeeded = 0, lease_until = 0, updated_at = excluded.updated_at
        WHERE token_refresh.is_running = 0`,
    )
    .bind(run, total, now)
    .run();
  return meta.changes > 0;
}

/** Takes the right to make the next step; null when nothing runs or another step is under way. */
export async function leaseRefresh(
  db: D1Database,
  now: number,
  leaseMs: number,
): Promise<RefreshRow | null> {
  const row = await db
    .prepare(
      `UPDATE token_refresh
          SET lease_until = ?1 + ?2
        WHERE id = 1 AND is_running = 1 AND lease_until <= ?1
       RETURNING ${COLUMNS}`,
    )
    .bind(now, leaseMs)
    .first<Row>();
  return row === null ? null : fromRow(row);
}

/** What one step came to; `next` is null at the end. */
export interface RefreshStep {
  readonly next: string | null;
  readonly total: number;
  readonly done: number;
  readonly succeeded: number;
}

/** Writes a step down and gives the lease back, unless another step has gone on from the same place. */
export async function advanceRefresh(
  db: D1Database,
  from: RefreshRow,
  step: RefreshStep,
  now: number,
): Promise<void> {
  await db
    .prepare(
      `UPDATE token_refresh
          SET after = ?3, is_running = ?4, done = done + ?6,
              total = iif(?4 = 0, done + ?6, max(?5, done + ?6)),
              succeeded = succeeded + ?7, lease_until = 0, updated_at = ?8
        WHERE id = 1 AND run = ?1 AND after = ?2 AND is_running = 1`,
    )
    .bind(
      from.run,
      from.after,
      step.next ?? from.after,
      step.next === null ? 0 : 1,
      step.total,
      step.done,
      step.succeeded,
      now,
    )
    .run();
}

function fromRow(row: Row): RefreshRow {
  return { ...row, isRunning: row.isRunning === 1 };
}
