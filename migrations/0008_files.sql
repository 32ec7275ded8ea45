-- Files that callers keep for their chats. The bytes are in KV or R2 under the id.
CREATE TABLE files (
  key_id TEXT NOT NULL,
  -- `file-…`; ids sort by time, so that the primary key is the list of one key's files.
  id TEXT NOT NULL,
  filename TEXT NOT NULL,
  purpose TEXT NOT NULL,
  content_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  place TEXT NOT NULL CHECK (place IN ('kv', 'r2')),
  -- 0 while an object of R2 is on its way: R2 forgets nothing, so nothing may be there that no row knows.
  is_stored INTEGER NOT NULL CHECK (is_stored IN (0, 1)),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (key_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX files_by_expiry ON files (expires_at);
