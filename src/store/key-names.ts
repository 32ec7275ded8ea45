/** Ids of the keys that have these hashes. Any number of hashes. */
export async function findKeysByHash(db: D1Database, hashes: readonly string[]): Promise<string[]> {
  const { results } = await db
    .prepare('SELECT id FROM api_keys WHERE hash IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(hashes))
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}
