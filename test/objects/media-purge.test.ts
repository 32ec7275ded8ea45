import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../src/contract/settings';
import { dayEndAt } from '../../src/lib/time';
import { DAY_MS, empty, keysInKv, MEBI, names, row, store } from '../media/purge-support';

/** An object of its own for each test. */
const newPurger = () => env.MEDIA_PURGE.get(env.MEDIA_PURGE.newUniqueId());
type Purger = ReturnType<typeof newPurger>;

const alarmOf = (purger: Purger): Promise<number | null> =>
  runInDurableObject(purger, (_, state) => state.storage.getAlarm());

const setNight = (purger: Purger, at: number): Promise<void> =>
  runInDurableObject(purger, async (_, state) => {
    state.storage.kv.put('night', at);
    await state.storage.setAlarm(at + DAY_MS);
  });

async function useSettings(change: { cache?: Partial<Settings['cache']>; zone?: string }) {
  const settings = {
    ...DEFAULT_SETTINGS,
    app: { ...DEFAULT_SETTINGS.app, time_zone: change.zone ?? '' },
    cache: { ...DEFAULT_SETTINGS.cache, ...change.cache },
  };
  await env.DB.prepare(
    `INSERT OR REPLACE INTO settings (id, version, value, updated_at) VALUES (1, 1, ?1, 0)`,
  )
    .bind(JSON.stringify(settings))
    .run();
}

async function untilIdle(purger: Purger): Promise<void> {
  await expect.poll(async () => (await purger.progress()).running).toBe(false);
}

const many = (count: number) => Array.from({ length: count }, (_, n) => row(`image/m${n}`));

beforeEach(async () => {
  await empty();
  await env.DB.prepare('DELETE FROM settings').run();
});

describe('the night', () => {
  it('is due at local midnight by CACHE_RESET_TZ_OFFSET_MINUTES', async () => {
    const purger = newPurger();
    const zone = { timeZone: null, offsetMinutes: Number(env.CACHE_RESET_TZ_OFFSET_MINUTES) };
    await purger.tend();
    expect(await alarmOf(purger)).toBe(dayEndAt(Date.now(), zone));
  });

  it('moves with app.time_zone', async () => {
    const purger = newPurger();
    await purger.tend();
    await useSettings({ zone: 'America/New_York' });
    await purger.tend();
    const zone = { timeZone: 'America/New_York', offsetMinutes: 0 };
    expect(await alarmOf(purger)).toBe(dayEndAt(Date.now(), zone));
  });

  it('clears what has expired away and names the next night', async () => {
    await store(row('image/old', { expiresAt: Date.now() - 1 }), row('image/fresh'));
    const purger = newPurger();
    await setNight(purger, Date.now() - 1);
    await runDurableObjectAlarm(purger);
    await untilIdle(purger);
    expect(await purger.progress()).toMatchObject({ task: 'night', deleted: 1, kv_calls: 0 });
    expect(await names()).toEqual(['image/fresh']);
    await purger.tend();
    expect(await alarmOf(purger)).toBeGreaterThan(Date.now());
  });

  it('keeps what has expired in R2 where cache.enable_auto_clean is off', async () => {
    await useSettings({ cache: { enable_auto_clean: false } });
    const past = { expiresAt: Date.now() - 1 };
    await store(row('image/old', past), row('video/old', { ...past, place: 'r2' }));
    const purger = newPurger();
    await setNight(purger, Date.now() - 1);
    await runDurableObjectAlarm(purger);
    await untilIdle(purger);
    // Without a bucket (these objects have none) its rows are kept in any case.
    expect(await names()).toEqual(['video/old']);
  });
});

it('shrinks a cache above cache.limit_mb, the least recently read first, without waiting for the night', async () => {
  await useSettings({ cache: { limit_mb: 1 } });
  const now = Date.now();
  await store(
    row('image/older', { readAt: now - 900, sizeBytes: MEBI }),
    row('image/newer', { readAt: now - 100, sizeBytes: MEBI }),
  );
  const purger = newPurger();
  await purger.tend();
  await untilIdle(purger);
  expect(await purger.progress()).toMatchObject({ task: 'cap', deleted: 1 });
  expect(await names()).toEqual(['image/newer']);
});

describe('a clearing', () => {
  it('that one step can do is done when the answer comes', async () => {
    await store(...many(5));
    const purger = newPurger();
    expect(await purger.clear('image')).toMatchObject({
      running: false,
      deleted: 5,
      kv_calls: 5,
      max_kv_calls: 5,
    });
    expect([await names(), await keysInKv()]).toEqual([[], []]);
  });

  it('that is larger goes on by itself, a step an alarm, at most KV_CLEANUP_BATCH each', async () => {
    await store(...many(450));
    const purger = newPurger();
    expect(await purger.clear('image')).toMatchObject({ task: 'clear', target: 'image' });
    await untilIdle(purger);
    const done = await purger.progress();
    expect(done).toMatchObject({ deleted: 450, kv_calls: 450, steps: 3, failed: 0 });
    expect(done.max_kv_calls).toBe(Number(env.KV_CLEANUP_BATCH));
    expect([await names(), await keysInKv()]).toEqual([[], []]);
  });

  it('goes on after its alarm was lost', async () => {
    await store(...many(3));
    const purger = newPurger();
    await runInDurableObject(purger, (_, state) => {
      const job = {
        task: 'clear',
        target: 'all',
        phases: ['clear'],
        cursor: null,
        startedAt: Date.now(),
        updatedAt: Date.now(),
        nextAt: Date.now(),
        deleted: 0,
        deletedBytes: 0,
        steps: 0,
        kvCalls: 0,
        maxKvCalls: 0,
        failed: 0,
        failedInARow: 0,
      };
      state.storage.kv.put('jobs', [job]);
    });
    await untilIdle(purger);
    expect(await names()).toEqual([]);
  });

  it('can be cancelled: what is left stays, whole, and can be cleared again', async () => {
    await store(...many(250));
    const purger = newPurger();
    await purger.clear('image');
    const stopped = await purger.cancel();
    expect(stopped).toMatchObject({ running: false, waiting: 0 });
    const left = (await names()).length;
    expect([stopped.deleted + left, (await keysInKv()).length]).toEqual([250, left]);
    // Nothing goes on by itself.
    await runDurableObjectAlarm(purger);
    expect((await names()).length).toBe(left);
    expect(await purger.cancel()).toMatchObject({ running: false });
    await purger.clear('image');
    await untilIdle(purger);
    expect([await names(), await keysInKv()]).toEqual([[], []]);
  });

  it('that waits is asked for once, however often', async () => {
    await store(...many(450));
    const purger = newPurger();
    await Promise.all([1, 2, 3, 4].map(() => purger.clear('image')));
    expect((await purger.progress()).waiting).toBeLessThanOrEqual(1);
    await untilIdle(purger);
    expect(await names()).toEqual([]);
  });
});

it('says that there has been none while there has been none', async () => {
  expect(await newPurger().progress()).toEqual({
    running: false,
    task: null,
    target: null,
    deleted: 0,
    deleted_bytes: 0,
    steps: 0,
    kv_calls: 0,
    max_kv_calls: 0,
    failed: 0,
    gave_up: false,
    cancelled: false,
    started_at: null,
    updated_at: null,
    waiting: 0,
  });
});
