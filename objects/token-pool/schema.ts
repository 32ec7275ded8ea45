import type { ObjectMigration } from '../lib/migrate';

export const MIGRATIONS: readonly ObjectMigration[] = [
  {
    id: '001_pool',
    sql: `
      CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;

      -- Providers and buckets by the small number that memory and pages use. Number 0 is the health table.
      CREATE TABLE names (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL CHECK (kind IN ('provider', 'bucket')),
        name TEXT NOT NULL,
        metered INTEGER NOT NULL CHECK (metered IN (0, 1))
      ) STRICT;

      -- The texts of a token. Its numbers are in pages: a chat must not write a row here.
      CREATE TABLE tokens (
        slot INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        provider TEXT NOT NULL,
        tier TEXT NOT NULL,
        sealed TEXT NOT NULL,
        fingerprint TEXT NOT NULL UNIQUE,
        mask TEXT NOT NULL,
        note TEXT NOT NULL,
        tags TEXT NOT NULL,
        source TEXT,
        shard TEXT NOT NULL DEFAULT 'main',
        created_at_ms INTEGER NOT NULL,
        reason TEXT,
        last_failure TEXT
      ) STRICT;

      -- Numbers of 64 slots, of one bucket or of health, as of the last checkpoint.
      CREATE TABLE pages (
        bucket INTEGER NOT NULL,
        page INTEGER NOT NULL,
        body BLOB NOT NULL,
        PRIMARY KEY (bucket, page)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE keys (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        limits TEXT NOT NULL,
        counters TEXT NOT NULL,
        shard TEXT NOT NULL DEFAULT 'main'
      ) STRICT, WITHOUT ROWID;

      -- One row a commit: all that it changed, as it stood afterwards.
      CREATE TABLE journal (
        seq INTEGER PRIMARY KEY,
        body TEXT NOT NULL
      ) STRICT;

      -- Sealed usage batches, until the consumer acknowledges them.
      CREATE TABLE outbox (
        batch INTEGER PRIMARY KEY,
        body TEXT NOT NULL,
        sealed_at_ms INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    id: '002_tags',
    // The tags in use are read from the index alone, and only tagged tokens are in it.
    sql: `CREATE INDEX tokens_by_tags ON tokens (tags) WHERE tags <> '[]';`,
  },
  {
    id: '003_token_tags',
    // A row a tag of a token, instead of the index: as dear for one tag, and it finds the tokens of a tag.
    sql: `
      CREATE TABLE token_tags (
        tag TEXT NOT NULL,
        slot INTEGER NOT NULL,
        PRIMARY KEY (tag, slot)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO token_tags (tag, slot)
        SELECT DISTINCT tag.value, tokens.slot FROM tokens, json_each(tokens.tags) AS tag;
      DROP INDEX tokens_by_tags;
    `,
  },
];
