import type { SqlPort, SqlValue } from './ports';

/** The texts of one token, as stored. */
export interface TokenRow {
  readonly slot: number;
  readonly id: string;
  readonly provider: string;
  readonly tier: string;
  readonly sealed: string;
  readonly fingerprint: string;
  readonly mask: string;
  readonly note: string;
  /** JSON array. */
  readonly tags: string;
  readonly source: string | null;
  readonly created_at_ms: number;
  readonly reason: string | null;
  readonly last_failure: string | null;
}

export interface NameRow {
  readonly id: number;
  readonly kind: 'provider' | 'bucket';
  readonly name: string;
  readonly metered: number;
}

export interface KeyRow {
  readonly id: string;
  readonly version: number;
  readonly limits: string;
  readonly counters: string;
}

const TOKEN_COLUMNS =
  'slot, id, provider, tier, sealed, fingerprint, mask, note, tags, source, created_at_ms, reason, last_failure';

const TOKEN_FIELDS = TOKEN_COLUMNS.split(', ')
  .map((_, field) => `value ->> ${field}`)
  .join(', ');

/** The fields of a row in the order of the columns. */
export const tokenFields = (row: TokenRow): readonly (string | number | null)[] => [
  row.slot,
  row.id,
  row.provider,
  row.tier,
  row.sealed,
  row.fingerprint,
  row.mask,
  row.note,
  row.tags,
  row.source,
  row.created_at_ms,
  row.reason,
  row.last_failure,
];

/** Every statement of the pool, by name. `written` counts the rows that storage bills. */
export function statements(sql: SqlPort) {
  let written = 0;
  const read = <Row>(query: string, ...bindings: SqlValue[]) =>
    sql.exec<Row>(query, ...bindings).toArray();
  const write = (query: string, ...bindings: SqlValue[]): void => {
    written += sql.exec(query, ...bindings).rowsWritten ?? 0;
  };
  return {
    written: () => written,

    meta: () =>
      new Map(
        read<{ name: string; value: string }>('SELECT name, value FROM meta').map((row) => [
          row.name,
          row.value,
        ]),
      ),
    setMeta: (name: string, value: string) =>
      write(
        'INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
        name,
        value,
      ),

    names: () => read<NameRow>('SELECT id, kind, name, metered FROM names ORDER BY id'),
    addName: (row: NameRow) =>
      write(
        'INSERT INTO names (id, kind, name, metered) VALUES (?1, ?2, ?3, ?4)',
        row.id,
        row.kind,
        row.name,
        row.metered,
      ),

    tokenBySlot: (slot: number) =>
      read<TokenRow>(`SELECT ${TOKEN_COLUMNS} FROM tokens WHERE slot = ?1`, slot)[0] ?? null,
    tokenById: (id: string) =>
      read<TokenRow>(`SELECT ${TOKEN_COLUMNS} FROM tokens WHERE id = ?1`, id)[0] ?? null,
    tokenByFingerprint: (fingerprint: string) =>
      read<TokenRow>(
        `SELECT ${TOKEN_COLUMNS} FROM tokens WHERE fingerprint = ?1`,
        fingerprint,
      )[0] ?? null,
    /** Rows that have one of these ids or fingerprints, given as JSON arrays. */
    tokensAmong: (idsJson: string, fingerprintsJson: string) =>
      read<TokenRow>(
        `SELECT ${TOKEN_COLUMNS} FROM tokens WHERE id IN (SELECT value FROM json_each(?1))
         UNION
         SELECT ${TOKEN_COLUMNS} FROM tokens WHERE fingerprint IN (SELECT value FROM json_each(?2))`,
        idsJson,
        fingerprintsJson,
      ),
    /** A keyset page of texts in slot order. */
    tokensAfter: (slot: number, limit: number) =>
      read<TokenRow>(
        `SELECT ${TOKEN_COLUMNS} FROM tokens WHERE slot > ?1 ORDER BY slot LIMIT ?2`,
        slot,
        limit,
      ),
    /** Tokens that hold a text (lower case) in id, mask or note, of slots after one up to another. */
    tokensHolding: (after: number, upTo: number, text: string, limit: number) =>
      read<TokenRow>(
        `SELECT ${TOKEN_COLUMNS} FROM tokens
          WHERE slot > ?1 AND slot <= ?2
            AND instr(lower(id || char(10) || mask || char(10) || note), ?3) > 0
          ORDER BY slot LIMIT ?4`,
        after,
        upTo,
        text,
        limit,
      ),
    tags: () =>
      read<{ tag: string }>(
        `SELECT DISTINCT value AS tag
           FROM (SELECT DISTINCT tags FROM tokens WHERE tags <> '[]') AS used, json_each(used.tags)
          ORDER BY value`,
      ).map((row) => row.tag),
    /** Writes rows, given as a JSON array of arrays in the order of the columns. */
    putTokens: (rowsJson: string) =>
      write(
        `INSERT INTO tokens (${TOKEN_COLUMNS})
         SELECT ${TOKEN_FIELDS} FROM json_each(?1) WHERE true
         ON CONFLICT (slot) DO UPDATE SET tier = excluded.tier, sealed = excluded.sealed, fingerprint = excluded.fingerprint,
           mask = excluded.mask, note = excluded.note, tags = excluded.tags, source = excluded.source,
           reason = excluded.reason, last_failure = excluded.last_failure`,
        rowsJson,
      ),
    deleteToken: (slot: number) => write('DELETE FROM tokens WHERE slot = ?1', slot),

    pages: (bucket: number) =>
      read<{ page: number; body: ArrayBuffer }>(
        'SELECT page, body FROM pages WHERE bucket = ?1',
        bucket,
      ),
    putPage: (bucket: number, page: number, body: Uint8Array) =>
      write(
        'INSERT INTO pages (bucket, page, body) VALUES (?1, ?2, ?3) ON CONFLICT (bucket, page) DO UPDATE SET body = excluded.body',
        bucket,
        page,
        body,
      ),

    key: (id: string) =>
      read<KeyRow>('SELECT id, version, limits, counters FROM keys WHERE id = ?1', id)[0] ?? null,
    putKey: (row: KeyRow) =>
      write(
        `INSERT INTO keys (id, version, limits, counters) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET version = excluded.version, limits = excluded.limits, counters = excluded.counters`,
        row.id,
        row.version,
        row.limits,
        row.counters,
      ),

    journal: (after: number) =>
      read<{ seq: number; body: string }>(
        'SELECT seq, body FROM journal WHERE seq > ?1 ORDER BY seq',
        after,
      ),
    addJournal: (seq: number, body: string) =>
      write('INSERT INTO journal (seq, body) VALUES (?1, ?2)', seq, body),
    deleteJournal: (through: number) => write('DELETE FROM journal WHERE seq <= ?1', through),

    outboxIds: () =>
      read<{ batch: number; sealed_at_ms: number }>(
        'SELECT batch, sealed_at_ms FROM outbox ORDER BY batch',
      ),
    outboxBody: (batch: number) =>
      read<{ body: string }>('SELECT body FROM outbox WHERE batch = ?1', batch)[0]?.body ?? null,
    addOutbox: (batch: number, body: string, sealedAt: number) =>
      write(
        'INSERT INTO outbox (batch, body, sealed_at_ms) VALUES (?1, ?2, ?3)',
        batch,
        body,
        sealedAt,
      ),
    deleteOutbox: (batch: number) => write('DELETE FROM outbox WHERE batch = ?1', batch),
  };
}
export type Statements = ReturnType<typeof statements>;
