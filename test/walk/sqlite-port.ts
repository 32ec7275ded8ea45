import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

type Binding = string | number | null | ArrayBuffer | Uint8Array;

/** The shape of a Durable Object's `ctx.storage.sql`, as far as the pool uses it. */
export interface WalkSql {
  exec<T>(query: string, ...bindings: Binding[]): { toArray(): T[]; raw(): Iterable<unknown[]> };
}

/** An SQLite database in memory that outlives the pools built over it, and can fail inside a commit. */
export interface WalkDatabase {
  readonly sql: WalkSql;
  transaction<T>(run: () => T): T;
  /** The n-th statement of the next transaction throws, or its COMMIT if it has fewer. */
  failNextTransactionAt(statement: number): void;
  disarm(): void;
  readonly transactions: number;
}

/** What a torn commit throws. */
export class TornCommit extends Error {
  override readonly name = 'TornCommit';
}

/** Opens an empty database. */
export function openDatabase(): WalkDatabase {
  const database = new DatabaseSync(':memory:');
  const statements = new Map<string, StatementSync>();
  const fault = { armed: null as number | null, left: null as number | null, inside: false };
  const counts = { transactions: 0 };

  const prepare = (query: string): StatementSync => {
    const known = statements.get(query);
    if (known !== undefined) return known;
    const statement = database.prepare(query);
    statements.set(query, statement);
    return statement;
  };
  const tick = (): void => {
    if (!fault.inside || fault.left === null) return;
    fault.left -= 1;
    if (fault.left < 0) throw new TornCommit('the disk failed inside a commit');
  };
  const exec = <T>(query: string, ...bindings: Binding[]) => {
    tick();
    if (bindings.length === 0 && isScript(query)) {
      database.exec(query);
      return { toArray: (): T[] => [], raw: (): Iterable<unknown[]> => [] };
    }
    const rows = prepare(query)
      .all(...bindings.map(toInput))
      .map(fromRow);
    return {
      // SAFETY: as in the platform's own API, the caller names the row type of its query.
      toArray: (): T[] => rows as T[],
      raw: (): Iterable<unknown[]> => rows.map((row) => Object.values(row)),
    };
  };
  const transaction = <T>(run: () => T): T => {
    if (fault.inside) throw new Error('transactions do not nest');
    counts.transactions += 1;
    database.exec('BEGIN');
    fault.inside = true;
    fault.left = fault.armed;
    fault.armed = null;
    try {
      const result = run();
      if (fault.left !== null) throw new TornCommit('the disk failed at COMMIT');
      database.exec('COMMIT');
      return result;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    } finally {
      fault.inside = false;
      fault.left = null;
    }
  };
  return {
    sql: { exec },
    transaction,
    failNextTransactionAt: (statement) => {
      fault.armed = statement;
    },
    disarm: () => {
      fault.armed = null;
    },
    get transactions() {
      return counts.transactions;
    },
  };
}

/** More than one statement: a migration. */
function isScript(query: string): boolean {
  return query.trimEnd().replace(/;$/, '').includes(';');
}

function toInput(value: Binding): SQLInputValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

/** The Durable Object returns BLOBs as ArrayBuffers. */
function fromRow(row: Record<string, unknown>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(row)) {
    out[name] =
      value instanceof Uint8Array
        ? value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)
        : value;
  }
  return out;
}
