-- What is listed and edited: API keys, settings, admins and their sessions, the audit log.
-- Times are Unix ms. The pool object is the truth of every limit; these rows are what people list and search.

CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  -- SHA-256 of the key, hex: the key itself is shown once and never stored.
  hash TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  -- First 6, ****, last 4.
  display TEXT NOT NULL,
  -- Raised by each edit, by the pool first; the tick repairs rows that are behind.
  version INTEGER NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  -- JSON of the limits, in the shape of the pool's KeyLimits: read whole, never queried.
  limits TEXT NOT NULL,
  shard TEXT NOT NULL DEFAULT 'main',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;

CREATE TABLE settings (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL,
  -- JSON of contract/settings, and of the old contract's keys without meaning.
  value TEXT NOT NULL,
  ignored TEXT NOT NULL DEFAULT '{}',
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE admins (
  id TEXT PRIMARY KEY,
  username TEXT NOT NULL UNIQUE COLLATE NOCASE,
  -- scrypt with its parameters: scrypt$N$r$p$salt$hash
  password TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'viewer')),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  -- SHA-256 of the session token, hex.
  hash TEXT PRIMARY KEY,
  admin_id TEXT NOT NULL REFERENCES admins (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  ip TEXT NOT NULL,
  user_agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_admin ON sessions (admin_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- Failed logins by address and by account; rows older than the window are pruned by cron.
CREATE TABLE login_attempts (
  subject TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  window_start INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  admin TEXT NOT NULL,
  ip TEXT NOT NULL,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
