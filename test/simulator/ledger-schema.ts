/** Rows of calls kept in all; older ones go as new ones come. */
export const CALLS_KEPT = 20_000;

export const LEDGER_SCHEMA = `
CREATE TABLE IF NOT EXISTS buckets (
  credential TEXT NOT NULL,
  bucket TEXT NOT NULL,
  accepted_calls INTEGER NOT NULL DEFAULT 0,
  accepted_units INTEGER NOT NULL DEFAULT 0,
  used_units INTEGER NOT NULL DEFAULT 0,
  limit_units INTEGER,
  started_ms INTEGER,
  PRIMARY KEY (credential, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS calls (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  credential TEXT NOT NULL,
  host TEXT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  request_id TEXT,
  headers TEXT NOT NULL,
  body TEXT NOT NULL,
  verdict TEXT NOT NULL,
  status INTEGER,
  ended TEXT NOT NULL DEFAULT 'open'
) STRICT;

CREATE TABLE IF NOT EXISTS credentials (
  credential TEXT PRIMARY KEY,
  calls INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS files (
  id TEXT PRIMARY KEY,
  credential TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS uploads (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  credential TEXT NOT NULL,
  name TEXT NOT NULL,
  mime TEXT NOT NULL,
  size_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS upload_pieces (
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (id, at)
) STRICT;

CREATE TABLE IF NOT EXISTS answers (
  response_id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  credential TEXT NOT NULL,
  turn INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS answers_by_conversation ON answers (conversation_id);

CREATE TABLE IF NOT EXISTS prompts (
  credential TEXT NOT NULL,
  prefix TEXT NOT NULL,
  PRIMARY KEY (credential, prefix)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS posts (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  path TEXT NOT NULL,
  bearer TEXT NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL,
  failed INTEGER NOT NULL CHECK (failed IN (0, 1))
) STRICT;

CREATE TABLE IF NOT EXISTS settings (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** Every table, for a reset. */
export const TABLES = [
  'assets',
  'buckets',
  'calls',
  'credentials',
  'files',
  'uploads',
  'upload_pieces',
  'answers',
  'prompts',
  'posts',
  'settings',
] as const;

export type WindowRow = { used_units: number; started_ms: number | null };

export type BucketRow = WindowRow & {
  credential: string;
  bucket: string;
  accepted_calls: number;
  accepted_units: number;
  limit_units: number | null;
};

export type CallRow = {
  seq: number;
  at_ms: number;
  credential: string;
  host: string;
  method: string;
  path: string;
  request_id: string | null;
  headers: string;
  body: string;
  verdict: string;
  status: number | null;
  ended: string;
};

export type PostRow = {
  at_ms: number;
  path: string;
  bearer: string;
  headers: string;
  body: string;
  failed: number;
};
