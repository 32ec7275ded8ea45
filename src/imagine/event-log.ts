import type { StoredBody } from './protocol';

/** The shape of a Durable Object's `ctx.storage.sql`, as far as a session needs it. */
export interface SessionSql {
  exec<Row>(query: string, ...bindings: (string | number)[]): { toArray(): Row[] };
}

/** An event as it is stored and sent: its JSON has the `seq`. */
export interface StoredEvent {
  readonly seq: number;
  readonly json: string;
}

/** Events that go at once when there is no more room. */
const TRIMMED = 16;

/**
 * The numbered events of one session: without gaps, each number once. Numbers begin at the Unix ms of
 * the first event, so that a session that was forgotten and begun anew never uses a number again, and a
 * client that comes back late misses nothing.
 */
export class EventLog {
  readonly #sql: SessionSql;
  readonly #maxChars: number;
  #first: number | null = null;
  #last: number | null = null;
  #chars = 0;

  /** @param maxChars - of the JSON of all events; the oldest go first. */
  constructor(sql: SessionSql, maxChars: number) {
    this.#sql = sql;
    this.#maxChars = maxChars;
    this.reload();
  }

  /** Goes by what is stored. */
  reload(): void {
    const [row] = this.#sql
      .exec<{ first: number | null; last: number | null; chars: number | null }>(
        'SELECT min(seq) AS first, max(seq) AS last, sum(length(json)) AS chars FROM events',
      )
      .toArray();
    this.#chars = row?.chars ?? 0;
    this.#first = row?.first ?? null;
    this.#last = row?.last ?? null;
  }

  /** Number of the oldest stored event; null when there is none. */
  get firstSeq(): number | null {
    return this.#first;
  }

  get lastSeq(): number | null {
    return this.#last;
  }

  /** Stores an event; the oldest goes when there are too many. */
  append(body: StoredBody, now: number): StoredEvent {
    const seq = this.#last === null ? now : this.#last + 1;
    const json = JSON.stringify({ ...body, seq });
    this.#sql.exec('INSERT INTO events (seq, at_ms, json) VALUES (?1, ?2, ?3)', seq, now, json);
    this.#last = seq;
    this.#first ??= seq;
    this.#chars += json.length;
    if (this.#chars > this.#maxChars) this.#trim(seq);
    return { seq, json };
  }

  /** Deletes the oldest, a handful at a time; the newest stays whatever its length. */
  #trim(newest: number): void {
    while (this.#chars > this.#maxChars) {
      const oldest = this.#sql
        .exec<{ seq: number; chars: number }>(
          `SELECT seq, length(json) AS chars FROM events WHERE seq < ?1 ORDER BY seq LIMIT ${TRIMMED}`,
          newest,
        )
        .toArray();
      const last = oldest.at(-1);
      if (last === undefined) return;
      this.#sql.exec('DELETE FROM events WHERE seq <= ?1', last.seq);
      this.#first = last.seq + 1;
      this.#chars -= oldest.reduce((sum, { chars }) => sum + chars, 0);
    }
  }

  /** All stored events after this number, oldest first. */
  after(seq: number): StoredEvent[] {
    if (this.#last === null) return [];
    return this.#sql
      .exec<StoredEvent>('SELECT seq, json FROM events WHERE seq > ?1 ORDER BY seq', seq)
      .toArray();
  }

  /** Goes by a table that was dropped. */
  clear(): void {
    this.#first = null;
    this.#last = null;
    this.#chars = 0;
  }
}
