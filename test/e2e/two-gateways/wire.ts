/** What one gateway's storage is asked over RPC: D1 and KV as services, which on the platform they are. */

export interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

export interface StorageRpc {
  all(statement: Statement): Promise<D1Result>;
  batch(statements: readonly Statement[]): Promise<D1Result[]>;
  kvGet(key: string): Promise<ReadableStream<Uint8Array> | null>;
  kvPut(key: string, value: Uint8Array, expiration: number | undefined): Promise<void>;
  kvDelete(key: string): Promise<void>;
}
