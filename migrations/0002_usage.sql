-- Usage as it leaves the pool's outbox. One row a call, sorted by its id (ids sort by time): no further index.

CREATE TABLE calls (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  first_part_ms INTEGER,
  key_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  model TEXT NOT NULL,
  provider TEXT NOT NULL,
  token_id TEXT,
  attempts INTEGER NOT NULL,
  stream INTEGER NOT NULL CHECK (stream IN (0, 1)),
  outcome TEXT NOT NULL,
  error TEXT,
  status INTEGER NOT NULL,
  units INTEGER NOT NULL,
  uncertain INTEGER NOT NULL CHECK (uncertain IN (0, 1)),
  day TEXT NOT NULL,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cached_tokens INTEGER,
  reasoning_tokens INTEGER,
  estimated INTEGER CHECK (estimated IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Changes only in the batch that inserts the rows it sums.
CREATE TABLE usage_daily (
  day TEXT NOT NULL,
  key_id TEXT NOT NULL,
  model TEXT NOT NULL,
  provider TEXT NOT NULL,
  calls INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  units INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  reasoning_tokens INTEGER NOT NULL,
  estimated INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL,
  PRIMARY KEY (day, key_id, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_refusals (
  minute INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  code TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (minute, key_id, code)
) STRICT, WITHOUT ROWID;

-- A batch id that is here has been applied: a repeat is only acknowledged.
CREATE TABLE usage_batches (
  batch_id TEXT PRIMARY KEY,
  received_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
