/**
 * Adds to what a key has uploaded on a day, unless that would be more than it may. Its earlier days are
 * forgotten. @returns whether it was added.
 */
export async function addUpload(
  db: D1Database,
  upload: { readonly keyId: string; readonly day: string; readonly bytes: number },
  maxBytes: number,
): Promise<boolean> {
  const { keyId, day, bytes } = upload;
  const [added] = await db.batch([
    db
      .prepare(
        `INSERT INTO upload_days (key_id, day, bytes)
         SELECT ?1, ?2, ?3
         WHERE ?3 <= ?4
         ON CONFLICT (key_id, day) DO UPDATE SET bytes = bytes + excluded.bytes
         WHERE bytes + excluded.bytes <= ?4
         RETURNING bytes`,
      )
      .bind(keyId, day, bytes, maxBytes),
    db.prepare('DELETE FROM upload_days WHERE key_id = ?1 AND day < ?2').bind(keyId, day),
  ]);
  return (added?.results.length ?? 0) > 0;
}
