import { env } from 'cloudflare:workers';
import { PART_BYTES } from '../../src/media/limits';
import { partKeys } from '../../src/media/parts';
import type { PurgeDeps } from '../../src/media/purge';
import { afterFailure, afterStep, type PurgeJob, isOver } from '../../src/media/purge-job';
import { purgeStep } from '../../src/media/purge';
import { type MediaRow, putMedia } from '../../src/store/media';

export const MEBI = 1_048_576;
export const DAY_MS = 86_400_000;

export function row(name: string, fields: Partial<MediaRow> = {}): MediaRow {
  const now = Date.now();
  return {
    name,
    kind: name.startsWith('video/') ? 'video' : 'image',
    place: 'kv',
    contentType: 'image/jpeg',
    sizeBytes: 10,
    etag: 'e1',
    createdAt: now - 1_000,
    readAt: now - 1_000,
    expiresAt: now + DAY_MS,
    ...fields,
  };
}

/** Stores rows and tiny stand-ins of their bytes. */
export async function store(...rows: MediaRow[]): Promise<void> {
  await Promise.all(rows.map(storeOne));
}

async function storeOne(one: MediaRow): Promise<void> {
  await putMedia(env.DB, one);
  if (one.place === 'r2') await env.TEST_FILES.put(one.name, 'r2');
  else if (one.expiresAt > Date.now()) {
    await Promise.all(partKeys(one).map((key) => env.KV_CACHE.put(key, 'kv')));
  }
}

/** A size of so many values of KV. */
export const inParts = (count: number): number => PART_BYTES * count;

export async function names(): Promise<string[]> {
  const { results } = await env.DB.prepare('SELECT name FROM media ORDER BY name').all<{
    name: string;
  }>();
  return results.map(({ name }) => name);
}

export async function keysInKv(): Promise<string[]> {
  return (await env.KV_CACHE.list()).keys.map(({ name }) => name);
}

export async function keysInR2(): Promise<string[]> {
  return (await env.TEST_FILES.list()).objects.map(({ key }) => key);
}

export async function empty(): Promise<void> {
  await env.DB.batch([env.DB.prepare('DELETE FROM media'), env.DB.prepare('DELETE FROM files')]);
  for (const key of await keysInKv()) await env.KV_CACHE.delete(key);
  for (const key of await keysInR2()) await env.TEST_FILES.delete(key);
}

/** Deps that count: which keys of KV, and how many keys a call of R2. */
export function purgeDeps(change: Partial<PurgeDeps> = {}) {
  const kvKeys: string[] = [];
  const r2Calls: number[] = [];
  const deps: PurgeDeps = {
    db: env.DB,
    kv: {
      delete: async (key: string) => {
        kvKeys.push(key);
        await env.KV_CACHE.delete(key);
      },
    },
    files: {
      delete: async (keys: string | string[]) => {
        r2Calls.push(Array.isArray(keys) ? keys.length : 1);
        await env.TEST_FILES.delete(keys);
      },
    },
    now: Date.now(),
    batch: 200,
    capBytes: Number.MAX_SAFE_INTEGER,
    clearsExpired: true,
    ...change,
  };
  return { deps, kvKeys, r2Calls };
}

/** Runs a job to its end, as its object does. */
export async function runAll(deps: PurgeDeps, job: PurgeJob): Promise<PurgeJob> {
  let next = job;
  for (let step = 0; step < 200 && !isOver(next); step++) {
    try {
      next = afterStep(next, await purgeStep(deps, next), deps.now);
    } catch {
      next = afterFailure(next, 0, deps.now);
    }
  }
  return next;
}
