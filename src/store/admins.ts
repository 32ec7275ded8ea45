import type { Role } from '../contract/sessions';

/** A person who may sign in. `password` is the encoded hash. Times are Unix ms. */
export interface Admin {
  readonly id: string;
  readonly username: string;
  readonly password: string;
  readonly role: Role;
  readonly createdAt: number;
}

interface Row {
  id: string;
  username: string;
  password: string;
  role: Role;
  created_at: number;
}

const COLUMNS = 'id, username, password, role, created_at';

export async function hasAdmin(db: D1Database): Promise<boolean> {
  return (await db.prepare('SELECT 1 AS found FROM admins LIMIT 1').first('found')) !== null;
}

/** Names differ by more than case. */
export async function findAdmin(db: D1Database, username: string): Promise<Admin | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM admins WHERE username = ?1`)
    .bind(username)
    .first<Row>();
  return row === null ? null : fromRow(row);
}

export async function findAdminById(db: D1Database, id: string): Promise<Admin | null> {
  const row = await db.prepare(`SELECT ${COLUMNS} FROM admins WHERE id = ?1`).bind(id).first<Row>();
  return row === null ? null : fromRow(row);
}

export async function listAdmins(db: D1Database): Promise<Admin[]> {
  const { results } = await db.prepare(`SELECT ${COLUMNS} FROM admins ORDER BY id`).all<Row>();
  return results.map(fromRow);
}

/** Stores the first admin. @returns false when there is one already, however close the race. */
export async function insertFirstAdmin(db: D1Database, admin: Admin): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO admins (id, username, password, role, created_at, updated_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?5
        WHERE NOT EXISTS (SELECT 1 FROM admins)`,
    )
    .bind(admin.id, admin.username, admin.password, admin.role, admin.createdAt)
    .run();
  return meta.changes > 0;
}

/** @returns false when the name is taken. */
export async function insertAdmin(db: D1Database, admin: Admin): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO admins (id, username, password, role, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?5)
       ON CONFLICT (username) DO NOTHING`,
    )
    .bind(admin.id, admin.username, admin.password, admin.role, admin.createdAt)
    .run();
  return meta.changes > 0;
}

export async function setPassword(
  db: D1Database,
  id: string,
  password: string,
  now: number,
): Promise<void> {
  await db
    .prepare('UPDATE admins SET password = ?2, updated_at = ?3 WHERE id = ?1')
    .bind(id, password, now)
    .run();
}

/** @returns false when nobody with the role `admin` would be left. */
export async function setRole(
  db: D1Database,
  id: string,
  role: Role,
  now: number,
): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE admins
          SET role = ?2, updated_at = ?3
        WHERE id = ?1
          AND (?2 = 'admin' OR EXISTS (SELECT 1 FROM admins WHERE role = 'admin' AND id <> ?1))`,
    )
    .bind(id, role, now)
    .run();
  return meta.changes > 0;
}

/** Sets somebody's password and ends all their sessions. */
export async function resetPassword(
  db: D1Database,
  id: string,
  password: string,
  now: number,
): Promise<void> {
  await db.batch([
    db
      .prepare('UPDATE admins SET password = ?2, updated_at = ?3 WHERE id = ?1')
      .bind(id, password, now),
    db.prepare('DELETE FROM sessions WHERE admin_id = ?1').bind(id),
  ]);
}

/** Deletes an admin with all sessions, unless nobody with the role `admin` would be left. */
export async function deleteAdmin(db: D1Database, id: string): Promise<boolean> {
  const [deleted] = await db.batch([
    db
      .prepare(
        `DELETE FROM admins
          WHERE id = ?1
            AND EXISTS (SELECT 1 FROM admins WHERE role = 'admin' AND id <> ?1)`,
      )
      .bind(id),
    db
      .prepare('DELETE FROM sessions WHERE admin_id = ?1 AND ?1 NOT IN (SELECT id FROM admins)')
      .bind(id),
  ]);
  return (deleted?.meta.changes ?? 0) > 0;
}

function fromRow(row: Row): Admin {
  return {
    id: row.id,
    username: row.username,
    password: row.password,
    role: row.role,
    createdAt: row.created_at,
  };
}
