import type { Role } from '../contract/sessions';

/** A signed-in admin. `hash` is the SHA-256 of the token; the token is stored nowhere. Unix ms. */
export interface Session {
  readonly hash: string;
  readonly adminId: string;
  readonly username: string;
  readonly role: Role;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly ip: string;
  readonly userAgent: string;
}

interface Row {
  hash: string;
  admin_id: string;
  username: string;
  role: Role;
  created_at: number;
  expires_at: number;
  ip: string;
  user_agent: string;
}

/** Most sessions one admin keeps; signing in again ends the oldest. */
const MAX_SESSIONS = 20;

/** Characters of the hash that name a session to people. */
const ID_CHARS = 16;

const SELECT = `SELECT s.hash, s.admin_id, a.username, a.role, s.created_at, s.expires_at, s.ip, s.user_agent
                  FROM sessions AS s JOIN admins AS a ON a.id = s.admin_id`;

export async function findSession(db: D1Database, hash: string): Promise<Session | null> {
  const row = await db.prepare(`${SELECT} WHERE s.hash = ?1`).bind(hash).first<Row>();
  return row === null ? null : fromRow(row);
}

/** An admin's sessions that have not expired, newest first. */
export async function listSessions(
  db: D1Database,
  adminId: string,
  now: number,
): Promise<Session[]> {
  const { results } = await db
    .prepare(`${SELECT} WHERE s.admin_id = ?1 AND s.expires_at > ?2 ORDER BY s.created_at DESC`)
    .bind(adminId, now)
    .all<Row>();
  return results.map(fromRow);
}

/** Stores a session; prunes expired ones of everybody and the oldest of this admin. */
export async function insertSession(
  db: D1Database,
  session: Omit<Session, 'username' | 'role'>,
): Promise<void> {
  await db.batch([
    db.prepare('DELETE FROM sessions WHERE expires_at <= ?1').bind(session.createdAt),
    db
      .prepare(
        `INSERT INTO sessions (hash, admin_id, created_at, expires_at, ip, user_agent)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
      )
      .bind(
        session.hash,
        session.adminId,
        session.createdAt,
        session.expiresAt,
        session.ip,
        session.userAgent,
      ),
    db
      .prepare(
        `DELETE FROM sessions
          WHERE admin_id = ?1
            AND hash NOT IN (SELECT hash FROM sessions
                              WHERE admin_id = ?1
                              ORDER BY created_at DESC, rowid DESC
                              LIMIT ?2)`,
      )
      .bind(session.adminId, MAX_SESSIONS),
  ]);
}

export async function slideSession(db: D1Database, hash: string, expiresAt: number): Promise<void> {
  await db
    .prepare('UPDATE sessions SET expires_at = ?2 WHERE hash = ?1 AND expires_at < ?2')
    .bind(hash, expiresAt)
    .run();
}

export async function deleteSession(db: D1Database, hash: string): Promise<void> {
  await db.prepare('DELETE FROM sessions WHERE hash = ?1').bind(hash).run();
}

/** Ends one of an admin's sessions by its short id. @returns whether there was one. */
export async function deleteSessionById(
  db: D1Database,
  adminId: string,
  id: string,
): Promise<boolean> {
  const { meta } = await db
    .prepare(`DELETE FROM sessions WHERE admin_id = ?1 AND substr(hash, 1, ${ID_CHARS}) = ?2`)
    .bind(adminId, id)
    .run();
  return meta.changes > 0;
}

/** Ends an admin's sessions but one. @returns how many. */
export async function deleteOtherSessions(
  db: D1Database,
  adminId: string,
  keepHash: string,
): Promise<number> {
  const { meta } = await db
    .prepare('DELETE FROM sessions WHERE admin_id = ?1 AND hash <> ?2')
    .bind(adminId, keepHash)
    .run();
  return meta.changes;
}

/** The piece of the hash that names a session in lists. */
export function sessionId(hash: string): string {
  return hash.slice(0, ID_CHARS);
}

function fromRow(row: Row): Session {
  return {
    hash: row.hash,
    adminId: row.admin_id,
    username: row.username,
    role: row.role,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    ip: row.ip,
    userAgent: row.user_agent,
  };
}
