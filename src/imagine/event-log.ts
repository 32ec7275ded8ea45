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

/**
 * The numbered events of one session: without gaps, each number once. Numbers begin at the Unix ms of
 * the first event, so that a session that was forgotten and begun anew never uses a number again, and a
 * client that comes back late misses nothing.
 */
export class EventLog {
  readonly #sql: SessionSql;
  readonly #maxEvents: number;
  #first: number | null = null;
  #last: number | null = null;

  constructor(sql: SessionSql, maxEvents: number) {
    this.#sql = sql;
    this.#maxEvents = maxEvents;
    this.reload();
  }

  /** Goes by what is stored. */
  reload(): void {
    const [row] = this.#sql
      .exec<{ first: number | null; last: number | null }>(
        'SELECT min(seq) AS first, max(seq) AS last FROM events',
      )
      .toArray();
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
    if (seq - this.#first >= this.#maxEvents) {
      this.#first = seq - this.#maxEvents + 1;
      this.#sql.exec('DELETE FROM events WHERE seq < ?1', this.#first);
    }
    return { seq, json };
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
  }
}
