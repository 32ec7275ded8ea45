/** What the pool needs of its surroundings. `ctx.storage` in the object; SQLite in Node for the walk. */

export type SqlValue = string | number | null | ArrayBuffer | Uint8Array;

export interface SqlCursor<Row> {
  toArray(): Row[];
  readonly rowsWritten?: number;
}

/** The shape of a Durable Object's `ctx.storage.sql`. */
export interface SqlPort {
  exec<Row>(query: string, ...bindings: SqlValue[]): SqlCursor<Row>;
}

export interface PoolPorts {
  /** Name of the pool object: prefix of its batch ids, and the address to acknowledge to. */
  readonly name: string;
  readonly sql: SqlPort;
  /** All or nothing, and synchronous. */
  transaction<T>(run: () => T): T;
  /** Unique text for reading ids. */
  randomId(): string;
}
