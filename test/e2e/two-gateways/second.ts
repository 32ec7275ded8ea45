import { mediaDeps } from '../../../src/media/deps';
import { mediaLink } from '../../../src/media/links';
import { currentSettings } from '../../../src/store/settings-cache';
import worker from '../../../src/worker';
import type { Statement, StorageRpc } from './wire';

/**
 * The gateway in a process of its own: objects are reached through wrangler's registry, D1 and KV through
 * the storage of the first. All else is the product.
 */

interface SecondEnv extends Omit<Env, 'DB' | 'KV_CACHE'> {
  readonly STORAGE: StorageRpc;
}

class RemoteStatement {
  readonly #storage: StorageRpc;
  readonly statement: Statement;

  constructor(storage: StorageRpc, statement: Statement) {
    this.#storage = storage;
    this.statement = statement;
  }

  bind(...params: unknown[]): RemoteStatement {
    return new RemoteStatement(this.#storage, { sql: this.statement.sql, params });
  }

  all(): Promise<D1Result> {
    return this.#storage.all(this.statement);
  }

  run(): Promise<D1Result> {
    return this.#storage.all(this.statement);
  }

  async first(column?: string): Promise<unknown> {
    const [row = null] = (await this.all()).results;
    // SAFETY: a row of D1 is an object by its columns.
    return column === undefined || row === null ? row : (row as Record<string, unknown>)[column];
  }
}

function databaseOf(storage: StorageRpc): D1Database {
  const database = {
    prepare: (sql: string) => new RemoteStatement(storage, { sql, params: [] }),
    batch: (statements: readonly RemoteStatement[]) =>
      storage.batch(statements.map(({ statement }) => statement)),
  };
  // SAFETY: what the gateway calls of D1 is there; anything else fails loudly.
  return database as unknown as D1Database;
}

function namespaceOf(storage: StorageRpc): KVNamespace {
  const namespace = {
    get: (key: string) => storage.kvGet(key),
    put: (key: string, value: Uint8Array, options?: KVNamespacePutOptions) =>
      storage.kvPut(key, value, options?.expiration),
    delete: (key: string) => storage.kvDelete(key),
  };
  // SAFETY: media are read as streams and written as bytes; anything else fails loudly.
  return namespace as unknown as KVNamespace;
}

/** One for the isolate, as bindings are. */
const made: { env?: Env } = {};

export default {
  async fetch(request, env, ctx) {
    const gatewayEnv = (made.env ??= {
      ...env,
      DB: databaseOf(env.STORAGE),
      KV_CACHE: namespaceOf(env.STORAGE),
    });
    const url = new URL(request.url);
    if (url.pathname !== '/test/link') return worker.fetch(request, gatewayEnv, ctx);
    const { settings } = await currentSettings(gatewayEnv.DB);
    const deps = mediaDeps(gatewayEnv, (work) => ctx.waitUntil(work), settings, request.url);
    const asset = {
      kind: 'image',
      url: url.searchParams.get('url') ?? '',
      tokenId: url.searchParams.get('token'),
    } as const;
    return new Response(await mediaLink(deps, asset));
  },
} satisfies ExportedHandler<SecondEnv>;
