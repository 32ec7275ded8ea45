-- What the queue consumer must remember beyond the rows themselves.

-- Settled usage on its way to BACKEND_URL: written in the batch that stores the calls, deleted once
-- the backend has said yes. Empty when there is no backend.
CREATE TABLE settlements (
  batch_id TEXT PRIMARY KEY,
  -- The request's JSON, as it is sent each time.
  body TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Unix ms before which cron leaves it alone.
  next_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Corrections whose call has not arrived yet: the queue keeps no order. Applied and deleted when it has.
CREATE TABLE usage_corrections (
  id TEXT PRIMARY KEY,
  outcome TEXT NOT NULL,
  error TEXT,
  status INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  first_part_ms INTEGER,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  reasoning_tokens INTEGER,
  estimated INTEGER CHECK (estimated IN (0, 1)),
  received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
