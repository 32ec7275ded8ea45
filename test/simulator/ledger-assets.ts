/** What an asset holds. */
export type AssetKind = 'upload' | 'image' | 'video';

/** A file of an account, as the listing and the assets host know it. */
export interface Asset {
  readonly id: string;
  readonly credential: string;
  readonly kind: AssetKind;
  readonly name: string;
  readonly mime: string;
  /** 0 when nobody has counted. */
  readonly sizeBytes: number;
  /** Unix ms. */
  readonly createdAt: number;
  /** Unix ms: from then on it can be read. */
  readonly readyAt: number;
}

/** What the assets host may say of an id: `unready` and `deleted` are both a 404. */
export type AssetState = 'unknown' | 'unready' | 'deleted' | 'foreign' | 'ready';

export interface AssetList {
  readonly assets: readonly Asset[];
  /** Where the next page begins; null at the end. */
  readonly nextSeq: number | null;
}

export const ASSETS_SCHEMA = `
CREATE TABLE IF NOT EXISTS assets (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  credential TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('upload', 'image', 'video')),
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  ready_ms INTEGER NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;

CREATE INDEX IF NOT EXISTS assets_of_credential ON assets (credential, seq);
`;

type AssetRow = {
  seq: number;
  id: string;
  credential: string;
  kind: AssetKind;
  name: string;
  mime: string;
  size_bytes: number;
  created_ms: number;
  ready_ms: number;
};
type StateRow = { credential: string; ready_ms: number; deleted: number };

/** Adds an asset; its id may from now on be referred to by calls of the same credential. */
export function keepAsset(sql: SqlStorage, asset: Asset): void {
  sql.exec(
    `INSERT OR IGNORE INTO assets (id, credential, kind, name, mime, size_bytes, created_ms, ready_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    asset.id,
    asset.credential,
    asset.kind,
    asset.name,
    asset.mime,
    asset.sizeBytes,
    asset.createdAt,
    asset.readyAt,
  );
  sql.exec(
    'INSERT OR IGNORE INTO files (id, credential) VALUES (?, ?)',
    asset.id,
    asset.credential,
  );
}

/** Says that an asset can be read from now on. */
export function readyAsset(sql: SqlStorage, id: string, nowMs: number): void {
  sql.exec('UPDATE assets SET ready_ms = MIN(ready_ms, ?) WHERE id = ?', nowMs, id);
}

export function assetState(
  sql: SqlStorage,
  credential: string,
  id: string,
  nowMs: number,
): AssetState {
  const [row] = sql
    .exec<StateRow>('SELECT credential, ready_ms, deleted FROM assets WHERE id = ?', id)
    .toArray();
  if (row === undefined) return 'unknown';
  if (row.credential !== credential) return 'foreign';
  if (row.deleted === 1) return 'deleted';
  return row.ready_ms > nowMs ? 'unready' : 'ready';
}

/** A page of an account's readable assets, the newest first. */
export function listAssets(
  sql: SqlStorage,
  credential: string,
  page: { readonly size: number; readonly beforeSeq: number | null; readonly nowMs: number },
): AssetList {
  const rows = sql
    .exec<AssetRow>(
      `SELECT seq, id, credential, kind, name, mime, size_bytes, created_ms, ready_ms FROM assets
       WHERE credential = ?1 AND deleted = 0 AND ready_ms <= ?2 AND (?3 IS NULL OR seq < ?3)
       ORDER BY seq DESC LIMIT ?4`,
      credential,
      page.nowMs,
      page.beforeSeq,
      page.size + 1,
    )
    .toArray();
  const shown = rows.slice(0, page.size);
  return {
    assets: shown.map((row) => ({
      id: row.id,
      credential: row.credential,
      kind: row.kind,
      name: row.name,
      mime: row.mime,
      sizeBytes: row.size_bytes,
      createdAt: row.created_ms,
      readyAt: row.ready_ms,
    })),
    nextSeq: rows.length > page.size ? (shown.at(-1)?.seq ?? null) : null,
  };
}

/** Deletes an account's asset; false when it has none of that id. */
export function deleteAsset(sql: SqlStorage, credential: string, id: string): boolean {
  const { rowsWritten } = sql.exec(
    'UPDATE assets SET deleted = 1 WHERE id = ? AND credential = ? AND deleted = 0',
    id,
    credential,
  );
  sql.exec('DELETE FROM files WHERE id = ? AND credential = ?', id, credential);
  return rowsWritten > 0;
}
