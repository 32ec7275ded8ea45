import { WorkerEntrypoint } from 'cloudflare:workers';
import type { Statement, StorageRpc } from './wire';

interface StorageEnv {
  readonly DB: D1Database;
  readonly KV_CACHE: KVNamespace;
}

/** Runs in the process whose files D1 and KV are, and asks them for the other. */
export class Storage extends WorkerEntrypoint<StorageEnv> implements StorageRpc {
  async all(statement: Statement): Promise<D1Result> {
    return this.#prepare(statement).all();
  }

  async batch(statements: readonly Statement[]): Promise<D1Result[]> {
    return this.env.DB.batch(statements.map((statement) => this.#prepare(statement)));
  }

  async kvGet(key: string): Promise<ReadableStream<Uint8Array> | null> {
    return this.env.KV_CACHE.get(key, 'stream');
  }

  async kvPut(key: string, value: Uint8Array, expiration: number | undefined): Promise<void> {
    await this.env.KV_CACHE.put(key, value, expiration === undefined ? {} : { expiration });
  }

  async kvDelete(key: string): Promise<void> {
    await this.env.KV_CACHE.delete(key);
  }

  #prepare({ sql, params }: Statement): D1PreparedStatement {
    return this.env.DB.prepare(sql).bind(...params);
  }
}

export default { fetch: () => new Response(null, { status: 404 }) };
