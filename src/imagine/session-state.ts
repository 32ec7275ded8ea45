import * as z from 'zod';
import { OutcomeKind } from '../contract/usage';
import type { Settlement } from '../pool/call';
import type { SessionSql } from './event-log';

/** A run under way. */
const Run = z.object({
  /** 32 hex digits. */
  id: z.string(),
  keyId: z.string(),
  prompt: z.string(),
  ratio: z.nullable(z.string()),
  mode: z.enum(['single', 'continuous']),
  n: z.int(),
  model: z.string(),
  /** Where its client reached the gateway: base of the links. */
  origin: z.string(),
  ip: z.nullable(z.string()),
  startedAt: z.int(),
  /** Pictures delivered so far. */
  sequence: z.int(),
  /** Short limits waited for in a row. */
  waits: z.int(),
});
export type Run = z.infer<typeof Run>;

/** The batch in flight: what the books are settled from if its runner dies. */
const Batch = z.object({
  callId: z.string(),
  runId: z.string(),
  attempt: z.int(),
  startedAt: z.int(),
  /** Pictures stored as events. */
  delivered: z.int(),
});
export type Batch = z.infer<typeof Batch>;

/** Written by ourselves: checked for what the pool could misread. */
const Unheard = z.custom<Settlement>(
  (value) =>
    z.looseObject({ callId: z.string(), attempt: z.int(), outcome: OutcomeKind }).safeParse(value)
      .success,
);

const State = z.object({
  run: z.nullable(Run),
  batch: z.nullable(Batch),
  /** Settlements that the pool has not heard yet. */
  unheard: z.array(Unheard),
  /** Unix ms since when nobody is attached; null while somebody is. */
  detachedAt: z.nullable(z.int()),
  startedAt: z.int(),
});
export type State = z.infer<typeof State>;

/** A session that nobody has used. */
export const EMPTY: State = { run: null, batch: null, unheard: [], detachedAt: null, startedAt: 0 };

const TABLES = `
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    json TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS session (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    json TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS used_tickets (
    nonce TEXT PRIMARY KEY,
    until_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Makes what is not there: a session that was forgotten has no tables. */
export function createTables(sql: SessionSql): void {
  sql.exec(TABLES);
}

export function readState(sql: SessionSql): State {
  const [row] = sql.exec<{ json: string }>('SELECT json FROM session WHERE id = 1').toArray();
  return row === undefined ? EMPTY : State.parse(JSON.parse(row.json));
}

export function writeState(sql: SessionSql, state: State): void {
  sql.exec(
    `INSERT INTO session (id, json) VALUES (1, ?1)
     ON CONFLICT (id) DO UPDATE SET json = excluded.json`,
    JSON.stringify(state),
  );
}

/** Uses a ticket. @returns whether it had not been used before. */
export function useTicket(sql: SessionSql, nonce: string, until: number, now: number): boolean {
  sql.exec('DELETE FROM used_tickets WHERE until_ms <= ?1', now);
  return (
    sql
      .exec<{ nonce: string }>(
        `INSERT INTO used_tickets (nonce, until_ms) VALUES (?1, ?2)
         ON CONFLICT (nonce) DO NOTHING
         RETURNING nonce`,
        nonce,
        until,
      )
      .toArray().length === 1
  );
}
