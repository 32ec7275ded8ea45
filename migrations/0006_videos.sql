-- Videos made as jobs. The job's object is the truth while it runs; these rows are what is listed, and
-- what is left of it afterwards. Ids sort by time, so that the primary key is the list of one key's jobs.
CREATE TABLE videos (
  key_id TEXT NOT NULL,
  id TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  size TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'in_progress', 'completed', 'failed')),
  progress INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  completed_at INTEGER,
  expires_at INTEGER,
  error_code TEXT,
  error_message TEXT,
  -- Where upstream keeps it, and whose account may read it.
  url TEXT,
  poster_url TEXT,
  token_id TEXT,
  PRIMARY KEY (key_id, id)
) STRICT, WITHOUT ROWID;
-- For the cron: what has expired, and jobs whose object should have ended long ago.
CREATE INDEX videos_by_expiry ON videos (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX videos_unfinished ON videos (created_at) WHERE expires_at IS NULL;
