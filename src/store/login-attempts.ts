/** Tries of one subject in its window. `windowStart` is Unix ms. */
export interface Attempts {
  readonly failures: number;
  readonly windowStart: number;
}

/**
 * Counts one try before it is made, so that tries made at once cannot pass the limit together.
 * A window that has ended starts anew.
 */
export async function countAttempt(
  db: D1Database,
  subject: string,
  windowMs: number,
  now: number,
): Promise<Attempts> {
  const row = await db
    .prepare(
      `INSERT INTO login_attempts (subject, failures, window_start)
       VALUES (?1, 1, ?2)
       ON CONFLICT (subject) DO UPDATE
          SET failures = iif(window_start <= ?2 - ?3, 1, failures + 1),
              window_start = iif(window_start <= ?2 - ?3, ?2, window_start)
       RETURNING failures, window_start`,
    )
    .bind(subject, now, windowMs)
    .first<{ failures: number; window_start: number }>();
  return { failures: row?.failures ?? 1, windowStart: row?.window_start ?? now };
}

/** Takes one try back: it succeeded. Failures of before stay counted. */
export async function forgiveAttempt(db: D1Database, subject: string): Promise<void> {
  await db
    .prepare(
      'UPDATE login_attempts SET failures = failures - 1 WHERE subject = ?1 AND failures > 0',
    )
    .bind(subject)
    .run();
}

/** Forgets a subject's failures. */
export async function clearAttempts(db: D1Database, subject: string): Promise<void> {
  await db.prepare('DELETE FROM login_attempts WHERE subject = ?1').bind(subject).run();
}
