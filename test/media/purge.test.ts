import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { partKeys } from '../../src/media/parts';
import { purgeBatch, purgeStep } from '../../src/media/purge';
import { newPurge } from '../../src/media/purge-job';
import { MAX_KV_CALLS } from '../../src/media/remove';
import { storeMedia } from '../../src/media/write';
import { putMedia } from '../../src/store/media';
import {
  DAY_MS,
  empty,
  inParts,
  keysInKv,
  keysInR2,
  MEBI,
  names,
  purgeDeps,
  row,
  runAll,
  store,
} from './purge-support';
import { newAccount, testDeps } from './support';

beforeEach(empty);

const many = (count: number, fields: Parameters<typeof row>[1] = {}, prefix = 'image/m') =>
  Array.from({ length: count }, (_, n) => row(`${prefix}${String(n).padStart(4, '0')}`, fields));

describe('the purge of the night', () => {
  it('takes what has expired and never what is fresh (D-45)', async () => {
    await store(
      row('image/fresh'),
      row('image/old', { expiresAt: Date.now() - 1 }),
      row('video/old', { place: 'r2', expiresAt: Date.now() - 1 }),
      row('video/fresh', { place: 'r2' }),
    );
    const { deps } = purgeDeps();
    const job = await runAll(deps, newPurge('night', 'all', deps.now));
    expect(job.deleted).toBe(2);
    expect(await names()).toEqual(['image/fresh', 'video/fresh']);
    expect(await keysInKv()).toEqual([expect.stringMatching(/^image\/fresh#e1\./)]);
    expect(await keysInR2()).toEqual(['video/fresh']);
  });

  it('asks KV nothing about values that have expired by themselves', async () => {
    await store(...many(30, { expiresAt: Date.now() - 1 }));
    const { deps, kvKeys } = purgeDeps();
    const job = await runAll(deps, newPurge('night', 'all', deps.now));
    expect(job).toMatchObject({ deleted: 30, kvCalls: 0 });
    expect(kvKeys).toEqual([]);
    expect(await names()).toEqual([]);
  });

  it('deletes more rows than a statement has parameters, a batch a step (D-02)', async () => {
    await store(...many(250, { expiresAt: Date.now() - 1 }));
    const { deps } = purgeDeps({ batch: 120 });
    const first = await purgeStep(deps, newPurge('night', 'all', deps.now));
    expect(first.deleted).toBe(120);
    expect((await names()).length).toBe(130);
    const job = await runAll(deps, newPurge('night', 'all', deps.now));
    expect(job.deleted).toBe(130);
  });

  it('ends with ten thousand gone and the fresh ones left, whatever fails on its way', async () => {
    const past = { expiresAt: Date.now() - 1, createdAt: 1 };
    await store(
      ...many(150, { ...past, place: 'r2' }, 'video/m'),
      row('image/fresh'),
      row('video/fresh', { place: 'r2' }),
    );
    await env.DB.prepare(
      `INSERT INTO media (name, kind, place, content_type, size_bytes, etag, created_at, read_at, expires_at)
       SELECT 'image/n' || key, 'image', 'kv', 'image/jpeg', 10, 'e', 1, 1, 1000 + key % 7
         FROM json_each(?1)`,
    )
      .bind(JSON.stringify(Array.from({ length: 9_850 }, () => 0)))
      .run();
    let calls = 0;
    const sometimes = (): void => {
      calls++;
      if (calls % 9 === 0) throw new Error('storage is down');
    };
    const db: D1Database = Object.create(env.DB, {
      prepare: {
        value: (sql: string) => {
          sometimes();
          return env.DB.prepare(sql);
        },
      },
    });
    const { deps, kvKeys } = purgeDeps({ batch: 400, db });
    const job = await runAll(deps, newPurge('night', 'all', deps.now));
    expect(job.failed).toBeGreaterThan(3);
    expect(await names()).toEqual(['image/fresh', 'video/fresh']);
    expect(await keysInR2()).toEqual(['video/fresh']);
    expect(kvKeys).toEqual([]);
    expect(job.deleted).toBe(10_000);
  });

  it('tells R2 about a whole batch in one call', async () => {
    await store(...many(60, { place: 'r2', expiresAt: Date.now() - 1 }));
    const { deps, r2Calls } = purgeDeps();
    await runAll(deps, newPurge('night', 'all', deps.now));
    expect(r2Calls).toEqual([60]);
    expect(await keysInR2()).toEqual([]);
  });

  it('leaves what is in R2 where cache.enable_auto_clean is off, and no row of what KV forgot', async () => {
    const past = { expiresAt: Date.now() - 1 };
    await store(row('image/old', past), row('video/old', { ...past, place: 'r2' }));
    const { deps } = purgeDeps({ clearsExpired: false });
    expect((await runAll(deps, newPurge('night', 'all', deps.now))).deleted).toBe(1);
    expect(await names()).toEqual(['video/old']);
    expect(await keysInR2()).toEqual(['video/old']);
  });

  it('leaves an object of R2 that is still on its way, and takes one that never came', async () => {
    const past = { place: 'r2', etag: '', expiresAt: Date.now() - 1 } as const;
    await store(
      row('video/coming', { ...past, createdAt: Date.now() - 60_000 }),
      row('video/never', { ...past, createdAt: Date.now() - DAY_MS }),
    );
    const { deps } = purgeDeps();
    await runAll(deps, newPurge('night', 'all', deps.now));
    expect(await names()).toEqual(['video/coming']);
  });

  it('keeps the rows of objects it cannot reach: without a bucket they are all that is known', async () => {
    await store(row('video/out', { place: 'r2', expiresAt: Date.now() - 1 }));
    const { deps } = purgeDeps({ files: null });
    expect((await runAll(deps, newPurge('night', 'all', deps.now))).deleted).toBe(0);
    expect(await names()).toEqual(['video/out']);
  });
});

describe('the size cap', () => {
  it('takes the least recently read first, of both kinds, until the cache is small enough', async () => {
    const now = Date.now();
    await store(
      row('image/oldest', { readAt: now - 500, sizeBytes: MEBI }),
      row('video/older', { readAt: now - 400, sizeBytes: MEBI }),
      row('image/newer', { readAt: now - 300, sizeBytes: MEBI }),
      row('video/newest', { readAt: now - 200, sizeBytes: MEBI }),
    );
    const { deps } = purgeDeps({ capBytes: 2.5 * MEBI });
    const job = await runAll(deps, newPurge('cap', 'all', deps.now));
    expect(job).toMatchObject({ deleted: 2, deletedBytes: 2 * MEBI });
    expect(await names()).toEqual(['image/newer', 'video/newest']);
    expect((await keysInKv()).length).toBe(2);
  });

  it('takes nothing of a cache that fits', async () => {
    await store(...many(3, { sizeBytes: MEBI }));
    const { deps } = purgeDeps({ capBytes: 3 * MEBI });
    expect((await runAll(deps, newPurge('cap', 'all', deps.now))).deleted).toBe(0);
  });

  it('goes on over many steps', async () => {
    await store(...many(25, { sizeBytes: MEBI }));
    const { deps } = purgeDeps({ capBytes: 3 * MEBI, batch: 10 });
    expect(await runAll(deps, newPurge('cap', 'all', deps.now))).toMatchObject({
      deleted: 22,
      steps: 3,
    });
  });
});

describe('clearing', () => {
  it('takes one kind and leaves the other', async () => {
    await store(row('image/a'), row('video/a'), row('image/b', { place: 'r2' }));
    const { deps } = purgeDeps();
    expect((await runAll(deps, newPurge('clear', 'image', deps.now))).deleted).toBe(2);
    expect(await names()).toEqual(['video/a']);
    expect(await keysInR2()).toEqual([]);
  });

  it('never makes more than 400 calls of KV in a step, large objects counted part by part', async () => {
    await store(...many(60, { sizeBytes: inParts(7) - 1 }));
    const { deps, kvKeys } = purgeDeps({ batch: 400 });
    const job = await runAll(deps, newPurge('clear', 'all', deps.now));
    expect(job).toMatchObject({ deleted: 60, kvCalls: 420 });
    expect(job.maxKvCalls).toBeLessThanOrEqual(MAX_KV_CALLS);
    expect(job.maxKvCalls).toBe(57 * 7);
    expect(new Set(kvKeys).size).toBe(420);
    expect(await keysInKv()).toEqual([]);
  });

  it('leaves what came after it was asked for', async () => {
    await store(row('image/a', { createdAt: Date.now() + 5_000 }));
    const { deps } = purgeDeps();
    expect((await runAll(deps, newPurge('clear', 'all', deps.now))).deleted).toBe(0);
    expect(await names()).toEqual(['image/a']);
  });

  it('deletes no row that was written anew meanwhile (D-43)', async () => {
    const old = row('image/a', { createdAt: Date.now() - 5_000 });
    await store(old);
    const anew = row('image/a', { createdAt: Date.now(), etag: 'e2' });
    const { deps } = purgeDeps({
      kv: { delete: () => putMedia(env.DB, anew) },
    });
    expect((await purgeStep(deps, newPurge('clear', 'all', deps.now))).deleted).toBe(0);
    expect(await names()).toEqual(['image/a']);
  });

  it('deletes the first part last, so that nobody fills a half-deleted object', async () => {
    const large = row('video/a', { sizeBytes: inParts(3) });
    await store(large);
    const { deps, kvKeys } = purgeDeps();
    await purgeStep(deps, newPurge('clear', 'all', deps.now));
    expect(kvKeys.at(-1)).toBe(partKeys(large)[0]);
  });
});

describe('a step that is cut short', () => {
  it('is done again and leaves nothing behind, wherever it broke', async () => {
    for (let breakAt = 1; breakAt <= 12; breakAt++) {
      await empty();
      await store(
        ...many(6, { sizeBytes: inParts(2) }),
        ...many(3, { place: 'r2' }, 'video/m'),
        ...many(3, { expiresAt: Date.now() - 1 }, 'image/x'),
      );
      let calls = 0;
      const { deps } = purgeDeps({
        batch: 5,
        kv: {
          delete: async (key: string) => {
            calls++;
            if (calls === breakAt) throw new Error('killed');
            await env.KV_CACHE.delete(key);
          },
        },
      });
      const job = await runAll(deps, newPurge('clear', 'all', deps.now));
      expect(job.failed).toBe(1);
      expect([await names(), await keysInKv(), await keysInR2()]).toEqual([[], [], []]);
    }
  });

  it.each(['D1', 'R2'] as const)(
    'by %s goes on where it was, and nothing is orphaned',
    async (broken) => {
      for (let breakAt = 1; breakAt <= 4; breakAt++) {
        await empty();
        await store(...many(6, { place: 'r2' }, 'video/m'), ...many(6, { sizeBytes: inParts(2) }));
        let calls = 0;
        const breakHere = (): void => {
          calls++;
          if (calls === breakAt) throw new Error(`${broken} is down`);
        };
        const db: D1Database = Object.create(env.DB, {
          prepare: {
            value: (sql: string) => {
              if (broken === 'D1') breakHere();
              return env.DB.prepare(sql);
            },
          },
        });
        const files = {
          delete: async (keys: string | string[]) => {
            // Some of them are gone already when it fails.
            if (broken === 'R2') await env.TEST_FILES.delete(keys.slice(0, 2));
            if (broken === 'R2') breakHere();
            await env.TEST_FILES.delete(keys);
          },
        };
        const { deps } = purgeDeps({ batch: 4, db, files });
        const job = await runAll(deps, newPurge('clear', 'all', deps.now));
        expect(job.failed).toBe(calls >= breakAt ? 1 : 0);
        // Each object that was left had its row: the rest of the work found it.
        expect([await names(), await keysInKv(), await keysInR2()]).toEqual([[], [], []]);
      }
    },
  );

  it('comes again later each time, and is given up in the end', async () => {
    await store(row('image/a'));
    const { deps } = purgeDeps({ kv: { delete: () => Promise.reject(new Error('down')) } });
    const job = await runAll(deps, newPurge('clear', 'all', deps.now));
    expect(job).toMatchObject({ failed: 25, deleted: 0 });
    expect(job.nextAt - job.updatedAt).toBe(300_000);
    // The row still knows of the value.
    expect(await names()).toEqual(['image/a']);
  });
});

describe('KV_CLEANUP_BATCH', () => {
  it.each([
    ['1', 1],
    ['400', 400],
    ['401', 400],
    ['5000', 400],
    ['0', 200],
    ['-3', 200],
    ['many', 200],
    ['', 200],
  ])('%j means %d', (text, batch) => {
    expect(purgeBatch({ KV_CLEANUP_BATCH: text })).toBe(batch);
  });
});

it('leaves no object in R2 when a smaller version of it goes to KV', async () => {
  const { picture, tokenId } = await newAccount();
  const asset = { kind: 'image', url: picture('shrinking'), tokenId } as const;
  const deps = testDeps({ files: env.TEST_FILES, kvMaxBytes: 100 });
  await storeMedia(deps, asset, new Uint8Array(200), 'image/jpeg');
  expect((await keysInR2()).length).toBe(1);
  await storeMedia(deps, asset, new Uint8Array(50), 'image/jpeg');
  await deps.settled();
  expect([(await names()).length, (await keysInKv()).length]).toEqual([1, 1]);
  expect(await keysInR2()).toEqual([]);
});
