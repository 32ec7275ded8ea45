import type { Upload } from './uploads';

/** Rows hold at most 2 MB. */
const PIECE_BYTES = 1_048_576;
/** Uploads whose bytes are kept; older ones go as new ones come. */
const UPLOADS_KEPT = 200;

type UploadRow = { credential: string; name: string; mime: string; size_bytes: number };

/** Keeps an upload's bytes in pieces. */
export function keepUpload(sql: SqlStorage, { id, credential, name, mime, bytes }: Upload): void {
  sql.exec(
    'INSERT INTO uploads (id, credential, name, mime, size_bytes) VALUES (?, ?, ?, ?, ?)',
    id,
    credential,
    name,
    mime,
    bytes.byteLength,
  );
  for (let at = 0; at < bytes.byteLength; at += PIECE_BYTES) {
    const piece = bytes.slice(at, at + PIECE_BYTES).buffer;
    sql.exec('INSERT INTO upload_pieces (id, at, bytes) VALUES (?, ?, ?)', id, at, piece);
  }
  sql.exec('DELETE FROM uploads WHERE seq <= (SELECT MAX(seq) FROM uploads) - ?', UPLOADS_KEPT);
  sql.exec('DELETE FROM upload_pieces WHERE id NOT IN (SELECT id FROM uploads)');
}

export function readUpload(sql: SqlStorage, id: string): Upload | null {
  const [row] = sql
    .exec<UploadRow>('SELECT credential, name, mime, size_bytes FROM uploads WHERE id = ?', id)
    .toArray();
  if (row === undefined) return null;
  const bytes = new Uint8Array(row.size_bytes);
  for (const piece of sql.exec<{ at: number; bytes: ArrayBuffer }>(
    'SELECT at, bytes FROM upload_pieces WHERE id = ? ORDER BY at',
    id,
  )) {
    bytes.set(new Uint8Array(piece.bytes), piece.at);
  }
  return { id, credential: row.credential, name: row.name, mime: row.mime, bytes };
}
