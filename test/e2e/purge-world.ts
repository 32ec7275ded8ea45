import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { getPlatformProxy } from 'wrangler';
import * as z from 'zod';
import { fileKey } from '../../src/files/file-id';
import { partKeys } from '../../src/media/parts';
import { freePort, type Running, startGatewayProcess } from './processes';

/** A gateway over a state that is filled and looked into while it does not run. */

export const MINUTE_MS = 60_000;
export const DAY_MS = 1_440 * MINUTE_MS;

const PASSWORD = 'correct horse battery staple';
const CRON = '*/5 * * * *';

/** A cached object, or a caller's file. Times are Unix ms. */
export interface Stored {
  /** `image/p_…`, `video/p_…`; of a file its id. */
  readonly name: string;
  readonly isFile: boolean;
  readonly place: 'kv' | 'r2';
  readonly sizeBytes: number;
  readonly readAt: number;
  readonly expiresAt: number;
  /** Whether its bytes are there: KV forgets by itself what has expired. */
  readonly hasBytes: boolean;
}

/** What is left, by its names in each place. */
export interface Leftovers {
  readonly rows: readonly string[];
  readonly kv: readonly string[];
  readonly r2: readonly string[];
}

interface Storage {
  readonly DB: D1Database;
  readonly KV_CACHE: KVNamespace;
  readonly FILES: R2Bucket;
}

export const Progress = z.object({
  running: z.boolean(),
  task: z.string().nullable(),
  deleted: z.number(),
  steps: z.number(),
  kv_calls: z.number(),
  max_kv_calls: z.number(),
  failed: z.number(),
  started_at: z.number().nullable(),
});
export type Progress = z.infer<typeof Progress>;

export class PurgedGateway {
  readonly #stateDir: string;
  #port = 0;
  #running: Running | null = null;
  #session = '';

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
  }

  /** @param env - beside what every one of these gateways is given. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    this.#running = await startGatewayProcess({
      port: this.#port,
      stateDir: this.#stateDir,
      env: { SIMULATOR: 'off', ADMIN_PASSWORD: PASSWORD, LOCAL_R2: 'on', ...env },
    });
  }

  async kill(): Promise<void> {
    await this.#running?.kill();
    this.#running = null;
  }

  /** The start script sets up by itself once the gateway serves; until then nobody can log in. */
  async logIn(): Promise<void> {
    const shape = z.object({ api_key: z.string() });
    const credentials = { username: 'admin', password: PASSWORD };
    const attempt = () => this.admin(shape, 'POST', 'login', credentials);
    this.#session = (await vi.waitFor(attempt, { timeout: 60_000, interval: 200 })).api_key;
  }

  async admin<T>(
    shape: z.ZodType<T>,
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
  ): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/api/v1/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#session}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return shape.parse(JSON.parse(text));
  }

  progress(): Promise<Progress> {
    return this.admin(Progress, 'GET', 'cache/progress');
  }

  /** What the platform does every five minutes. */
  async runCron(): Promise<void> {
    const url = `http://127.0.0.1:${this.#port}/cdn-cgi/local/scheduled`;
    const response = await fetch(`${url}?cron=${encodeURIComponent(CRON)}`);
    expect(response.ok).toBe(true);
    await response.body?.cancel();
  }

  /** Waits until so many are deleted, and kills it then. @returns how many were */
  async killAfter(count: number, timeoutMs?: number): Promise<number> {
    let deleted = 0;
    const look = async () => (deleted = (await this.progress()).deleted);
    const limit = timeoutMs === undefined ? {} : { timeout: timeoutMs };
    await expect.poll(look, { ...limit, interval: 20 }).toBeGreaterThan(count);
    await this.kill();
    return deleted;
  }

  /** Waits for the end of a purge. */
  async ended(): Promise<Progress> {
    const isRunning = async () => (await this.progress()).running;
    await expect.poll(isRunning, { interval: 100 }).toBe(false);
    return this.progress();
  }

  /** Writes objects as the cache and the upload of files do, with small values. */
  async fill(objects: readonly Stored[]): Promise<void> {
    await this.#withStorage(async ({ DB, KV_CACHE, FILES }) => {
      for (let at = 0; at < objects.length; at += 1_000) {
        await insertRows(DB, objects.slice(at, at + 1_000));
      }
      const writes = objects
        .filter(({ hasBytes }) => hasBytes)
        .flatMap((object) =>
          keysOf(object).map(
            (key) => (): Promise<unknown> =>
              object.place === 'r2' ? FILES.put(key, 'r2') : KV_CACHE.put(key, 'kv'),
          ),
        );
      const queue = writes.values();
      const work = async (): Promise<void> => {
        for (const write of queue) await write();
      };
      await Promise.all(Array.from({ length: 50 }, work));
    });
  }

  leftovers(): Promise<Leftovers> {
    return this.#withStorage(async ({ DB, KV_CACHE, FILES }) => {
      const { results } = await DB.prepare(
        'SELECT name FROM media UNION ALL SELECT id FROM files',
      ).all<{ name: string }>();
      // More than a page is more than any of these tests keeps.
      const { keys } = await KV_CACHE.list();
      const { objects } = await FILES.list();
      return {
        rows: results.map(({ name }) => name).sort(),
        kv: keys.map(({ name }) => name).sort(),
        r2: objects.map(({ key }) => key).sort(),
      };
    });
  }

  /** The storage of a gateway that does not run. */
  async #withStorage<T>(work: (env: Storage) => Promise<T>): Promise<T> {
    const { env, dispose } = await getPlatformProxy<Parameters<typeof work>[0]>({
      configPath: this.#writeStorageConfig(),
      envFiles: [],
      persist: { path: join(this.#stateDir, 'v3') },
      remoteBindings: false,
    });
    try {
      return await work(env);
    } finally {
      await dispose();
    }
  }

  /** Bindings of the storage alone: with the objects among them, their alarms would ring here. */
  #writeStorageConfig(): string {
    const file = join(this.#stateDir, 'storage.json');
    const Config = z.object({
      compatibility_date: z.string(),
      d1_databases: z.unknown(),
      kv_namespaces: z.unknown(),
      r2_buckets: z.unknown(),
    });
    const text = readFileSync(join(this.#stateDir, 'wrangler.json'), 'utf8');
    writeFileSync(file, JSON.stringify({ name: 'storage', ...Config.parse(JSON.parse(text)) }));
    return file;
  }
}

/** What is left when these objects are, and nothing else. */
export function leftoversOf(objects: readonly Stored[]): Leftovers {
  const keys = (place: Stored['place']) =>
    objects.filter((object) => object.place === place).flatMap(keysOf);
  return {
    rows: objects.map(({ name }) => name).sort(),
    kv: keys('kv').sort(),
    r2: keys('r2').sort(),
  };
}

function keysOf(object: Stored): string[] {
  if (object.isFile) return [fileKey(object.name)];
  return object.place === 'r2' ? [object.name] : partKeys({ ...object, etag: 'e', createdAt: 1 });
}

async function insertRows(database: D1Database, objects: readonly Stored[]): Promise<void> {
  const rows = (isFile: boolean) =>
    JSON.stringify(
      objects
        .filter((object) => object.isFile === isFile)
        .map(({ name, place, sizeBytes, readAt, expiresAt }) => [
          name,
          place,
          sizeBytes,
          readAt,
          expiresAt,
        ]),
    );
  await database.batch([
    database
      .prepare(
        `INSERT INTO media (name, kind, place, content_type, size_bytes, etag, created_at, read_at,
                            expires_at)
         SELECT value ->> 0, substr(value ->> 0, 1, 5), value ->> 1, 'image/jpeg', value ->> 2, 'e',
                1, value ->> 3, value ->> 4
           FROM json_each(?1)`,
      )
      .bind(rows(false)),
    database
      .prepare(
        `INSERT INTO files (key_id, id, filename, purpose, content_type, size_bytes, place, is_stored,
                            created_at, expires_at)
         SELECT 'key_purge', value ->> 0, 'a.png', 'vision', 'image/png', value ->> 2, value ->> 1, 1,
                1, value ->> 4
           FROM json_each(?1)`,
      )
      .bind(rows(true)),
  ]);
}
