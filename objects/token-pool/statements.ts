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
    /** The texts of these slots, given as a JSON array. */
    tokensAt: (slotsJson: string) =>
      read<TokenRow>(
        `SELECT ${TOKEN_COLUMNS} FROM tokens WHERE slot IN (SELECT value FROM json_each(?1))`,
        slotsJson,
      ),
    /** Of these slots, given as a JSON array, those whose token holds a text (lower case) in id, mask or note. */
    slotsHolding: (slotsJson: string, text: string, limit: number) =>
      read<{ slot: number }>(
        `SELECT slot FROM tokens
          WHERE slot IN (SELECT value FROM json_each(?1))
            AND instr(lower(id || char(10) || mask || char(10) || note), ?2) > 0
          ORDER BY slot LIMIT ?3`,
        slotsJson,
        text,
        limit,
      ).map(({ slot }) => slot),
    /** A keyset page of the slots that have a tag. */
    taggedSlots: (tag: string, after: number, limit: number) =>
      read<{ slot: number }>(
        'SELECT slot FROM token_tags WHERE tag = ?1 AND slot > ?2 ORDER BY slot LIMIT ?3',
        tag,
        after,
        limit,
      ).map(({ slot }) => slot),
    /** Every tag in use, sorted: from one to the next by the key, however many tokens have each. */
    tags: () =>
      read<{ tag: string }>(
        `WITH RECURSIVE used (tag) AS (
           SELECT min(tag) FROM token_tags
           UNION ALL
           SELECT (SELECT min(tag) FROM token_tags WHERE tag > used.tag) FROM used
            WHERE used.tag IS NOT NULL
         )
         SELECT tag FROM used WHERE tag IS NOT NULL`,
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
    /**
     * Before their rows are written, or deleted: forgets the tags that these tokens have no longer. Given
     * as a JSON array of `[slot, tags]`, tags as the row keeps them.
     */
    dropTags: (tagsJson: string) =>
      write(
        `DELETE FROM token_tags
          WHERE (tag, slot) IN (
            SELECT was.value, stored.slot
              FROM json_each(?1) AS given
              JOIN tokens AS stored ON stored.slot = given.value ->> 0,
                   json_each(stored.tags) AS was
             WHERE was.value NOT IN (SELECT value FROM json_each(given.value ->> 1))
          )`,
        tagsJson,
      ),
    /** Writes the tags that these tokens have; those that are there stay. */
    putTags: (tagsJson: string) =>
      write(
        `INSERT INTO token_tags (tag, slot)
         SELECT tag.value, given.value ->> 0
           FROM json_each(?1) AS given, json_each(given.value ->> 1) AS tag
          WHERE true
         ON CONFLICT (tag, slot) DO NOTHING`,
        tagsJson,
      ),

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
    /** A keyset page of keys. */
    keysAfter: (id: string, limit: number) =>
      read<KeyRow>(
        'SELECT id, version, limits, counters FROM keys WHERE id > ?1 ORDER BY id LIMIT ?2',
        id,
        limit,
      ),
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
