import type { AuditQuery } from '../contract/calls';

/** One change somebody made. `detail` is short and holds no secrets. */
export interface AuditEntry {
  /** Unix ms. */
  readonly at: number;
  /** Name of the admin, or `setup`. */
  readonly admin: string;
  readonly ip: string;
  /** Such as `keys.create`. */
  readonly action: string;
  /** Ids, or how many. */
  readonly target: string;
  readonly detail: string;
}

export interface AuditRow extends AuditEntry {
  readonly id: number;
}

const MAX_TEXT_CHARS = 500;

export async function insertAudit(db: D1Database, entry: AuditEntry): Promise<void> {
  await db
    .prepare(
      'INSERT INTO audit_log (at, admin, ip, action, target, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)',
    )
    .bind(
      entry.at,
      entry.admin,
      entry.ip,
      entry.action,
      entry.target.slice(0, MAX_TEXT_CHARS),
      entry.detail.slice(0, MAX_TEXT_CHARS),
    )
    .run();
}

/** Changes, newest first, older than the row `after` when given. Every filter is optional. */
export async function listAudit(
  db: D1Database,
  { after, limit, text = '', action = '', admin = '' }: AuditQuery,
): Promise<{ readonly entries: readonly AuditRow[]; readonly next: number | null }> {
  const { results } = await db
    .prepare(
      `SELECT id, at, admin, ip, action, target, detail
         FROM audit_log
        WHERE (?1 IS NULL OR id < ?1)
          AND (?3 = '' OR action = ?3 OR substr(action, 1, length(?3) + 1) = ?3 || '.')
          AND (?4 = '' OR admin = ?4 COLLATE NOCASE)
          AND (?5 = '' OR instr(lower(concat_ws(char(10), admin, ip, action, target, detail)), ?5))
        ORDER BY id DESC
        LIMIT ?2`,
    )
    .bind(after ?? null, limit + 1, action, admin, text.toLowerCase())
    .all<AuditRow>();
  const entries = results.slice(0, limit);
  return { entries, next: results.length > limit ? (entries.at(-1)?.id ?? null) : null };
}

/** Deletes at most `limit` entries from before a moment (Unix ms), oldest first. */
export function deleteAuditBefore(
  db: D1Database,
  beforeAt: number,
  limit: number,
): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM audit_log
      WHERE id IN (SELECT id FROM audit_log WHERE at < ?1 ORDER BY id LIMIT ?2)`,
    )
    .bind(beforeAt, limit);
}
