-- What is cached of pictures and videos, and what callers uploaded: one row an object, for listing and
-- clearing away. The bytes are in KV or R2 under keys that follow from name and etag.
CREATE TABLE media (
  -- `image/p_…`, `video/u_…`, or `image/upload-<uuid>.png`
  name TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'video')),
  place TEXT NOT NULL CHECK (place IN ('kv', 'r2')),
  content_type TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  -- empty while an object of R2 is on its way
  etag TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- coarse: written at most once an hour
  read_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX media_by_expiry ON media (expires_at);
CREATE INDEX media_by_reading ON media (kind, read_at);

-- Where the links that were handed out lead, while links are open: a path that is not here and needs a
-- credential leads nowhere.
CREATE TABLE media_links (
  name TEXT PRIMARY KEY,
  url TEXT NOT NULL,
  token_id TEXT,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
