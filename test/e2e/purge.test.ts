import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { getPlatformProxy } from 'wrangler';
import * as z from 'zod';
import { PART_BYTES } from '../../src/media/limits';
import { partKeys } from '../../src/media/parts';
import { freePort, killAll, type Running, startGatewayProcess } from './processes';

/**
 * Ten thousand objects are cleared away, and the gateway is killed in the middle of it. Afterwards
 * nothing may be left anywhere: no value of KV, no object of R2, no row.
 */

const FRESH = 4_000;
/** Of the fresh ones: several values of KV each. */
const LARGE = 50;
const PARTS = 3;
const EXPIRED = 5_000;
const IN_R2 = 1_000;
const ALL = FRESH + EXPIRED + IN_R2;
const MAX_KV_CALLS = 400;
const BATCH = 200;
const DAY_MS = 86_400_000;
const PASSWORD = 'correct horse battery staple';

const folder = mkdtempSync(join(tmpdir(), 'purge-'));
const stateDir = join(folder, 'gateway');
let gateway: Running | null = null;
let port = 0;

async function startGateway(): Promise<void> {
  const env = { SIMULATOR: 'off', ADMIN_PASSWORD: PASSWORD, LOCAL_R2: 'on' };
  gateway = await startGatewayProcess({ port, stateDir, env });
}

async function killGateway(): Promise<void> {
  await gateway?.kill();
  gateway = null;
}

afterAll(async () => {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

/** Bindings of the storage alone: with the objects among them, their alarms would ring here. */
function writeStorageConfig(): string {
  const file = join(stateDir, 'storage.json');
  const Config = z.object({
    compatibility_date: z.string(),
    d1_databases: z.unknown(),
    kv_namespaces: z.unknown(),
    r2_buckets: z.unknown(),
  });
  const config = Config.parse(JSON.parse(readFileSync(join(stateDir, 'wrangler.json'), 'utf8')));
  writeFileSync(file, JSON.stringify({ name: 'storage', ...config }));
  return file;
}

/** The storage of a gateway that does not run. */
async function withStorage<T>(
  work: (env: { DB: D1Database; KV_CACHE: KVNamespace; FILES: R2Bucket }) => Promise<T>,
): Promise<T> {
  const { env, dispose } = await getPlatformProxy<Parameters<typeof work>[0]>({
    configPath: writeStorageConfig(),
    envFiles: [],
    persist: { path: join(stateDir, 'v3') },
    remoteBindings: false,
  });
  try {
    return await work(env);
  } finally {
    await dispose();
  }
}

interface Made {
  readonly name: string;
  readonly place: 'kv' | 'r2';
  readonly sizeBytes: number;
  readonly expiresAt: number;
}

function made(): Made[] {
  const now = Date.now();
  return Array.from({ length: ALL }, (_, n) => ({
    name: `${n % 10 === 0 ? 'video' : 'image'}/p_${String(n).padStart(6, '0')}`,
    place: n < FRESH + EXPIRED ? 'kv' : 'r2',
    sizeBytes: n < LARGE ? PART_BYTES * PARTS : 100,
    expiresAt: n >= FRESH && n < FRESH + EXPIRED ? now - 1_000 : now + DAY_MS,
  }));
}

/** Writes the objects as the cache does, with small values; what has expired is in KV no more. */
async function fill(): Promise<void> {
  const objects = made();
  await withStorage(async ({ DB, KV_CACHE, FILES }) => {
    for (let at = 0; at < ALL; at += 1_000) {
      const rows = objects
        .slice(at, at + 1_000)
        .map(({ name, place, sizeBytes, expiresAt }) => [name, place, sizeBytes, expiresAt]);
      await DB.prepare(
        `INSERT INTO media (name, kind, place, content_type, size_bytes, etag, created_at, read_at,
                            expires_at)
         SELECT value ->> 0, substr(value ->> 0, 1, 5), value ->> 1, 'image/jpeg', value ->> 2, 'e',
                1, 1, value ->> 3
           FROM json_each(?1)`,
      )
        .bind(JSON.stringify(rows))
        .run();
    }
    const writes = objects.flatMap((object): (() => Promise<unknown>)[] =>
      object.place === 'r2'
        ? [() => FILES.put(object.name, 'r2')]
        : object.expiresAt < Date.now()
          ? []
          : partKeys({ ...object, etag: 'e', createdAt: 1 }).map(
              (key) => () => KV_CACHE.put(key, 'kv'),
            ),
    );
    const queue = writes.values();
    const work = async (): Promise<void> => {
      for (const write of queue) await write();
    };
    await Promise.all(Array.from({ length: 50 }, work));
  });
}

async function leftovers(): Promise<{ rows: number | null; kv: number; r2: number }> {
  return withStorage(async ({ DB, KV_CACHE, FILES }) => ({
    rows: await DB.prepare('SELECT count(*) AS n FROM media').first<number>('n'),
    kv: (await KV_CACHE.list()).keys.length,
    r2: (await FILES.list()).objects.length,
  }));
}

const Progress = z.object({
  running: z.boolean(),
  deleted: z.number(),
  steps: z.number(),
  kv_calls: z.number(),
  max_kv_calls: z.number(),
  failed: z.number(),
});

async function admin<T>(
  shape: z.ZodType<T>,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return shape.parse(JSON.parse(text));
}

let session = '';

/** The start script sets up by itself once the gateway serves; until then nobody can log in. */
async function logIn(): Promise<void> {
  const shape = z.object({ api_key: z.string() });
  const credentials = { username: 'admin', password: PASSWORD };
  const attempt = () => admin(shape, 'POST', 'login', credentials).catch(() => null);
  await expect.poll(attempt, { interval: 200 }).not.toBeNull();
  session = (await admin(shape, 'POST', 'login', credentials)).api_key;
}

describe(`a purge of ${ALL} objects`, () => {
  it('that is killed in the middle goes on and leaves nothing in KV, R2 or D1', async () => {
    port = await freePort();
    await startGateway();
    await logIn();
    await killGateway();
    await fill();

    await startGateway();
    const Cleared = z.object({
      result: z.object({ deleted: z.number(), running: z.boolean() }),
    });
    const { result } = await admin(Cleared, 'POST', 'cache/clear', { type: 'all' });
    // Expired values of KV take no space and are not counted.
    expect(result).toEqual({ deleted: FRESH + IN_R2, running: true });
    const progress = () => admin(Progress, 'GET', 'cache/progress');
    let killedAt = 0;
    const deleted = async () => (killedAt = (await progress()).deleted);
    await expect.poll(deleted, { interval: 20 }).toBeGreaterThan(ALL * 0.3);
    await killGateway();
    expect(killedAt).toBeLessThan(ALL);

    await startGateway();
    const isRunning = async () => (await progress()).running;
    await expect.poll(isRunning, { interval: 100 }).toBe(false);
    const done = await progress();
    await killGateway();
    expect(await leftovers()).toEqual({ rows: 0, kv: 0, r2: 0 });

    expect(done.max_kv_calls).toBeLessThanOrEqual(MAX_KV_CALLS);
    expect(done.steps).toBeGreaterThanOrEqual(ALL / BATCH);
    // A step that was cut short is made again: its calls are all that may come on top.
    const needed = FRESH + LARGE * (PARTS - 1);
    expect(done.kv_calls).toBeLessThanOrEqual(needed + MAX_KV_CALLS);
    console.log(
      `${ALL} objects; killed after ${killedAt}; ${done.steps} steps, ${done.kv_calls} ` +
        `calls of KV, at most ${done.max_kv_calls} an invocation (0 for ${EXPIRED} expired ones)`,
    );
  });
});
