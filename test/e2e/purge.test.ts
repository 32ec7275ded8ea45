import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { PART_BYTES } from '../../src/media/limits';
import { killAll } from './processes';
import {
  goingAt,
  kvCallsAt,
  NIGHT_LIMIT_MB,
  NIGHT_OBJECTS,
  offsetOf,
  stayingAt,
} from './purge-night';
import { DAY_MS, leftoversOf, MINUTE_MS, PurgedGateway, type Stored } from './purge-world';

/**
 * Ten thousand objects are cleared away, by an administrator and by the night, and the gateway is killed
 * in the middle of it. Afterwards nothing of them may be left anywhere: no value of KV, no object of R2,
 * no row. Each has a gateway of its own: midnight comes over the one while the other is cleared.
 */

const ALL = 10_000;
/** Of those in KV: several values each. */
const LARGE = 50;
const PARTS = 3;
const MAX_KV_CALLS = 400;
/** Deleted by one step of a night. */
const NIGHT_BATCH = 100;
/** From the start of a gateway to its night: it must have heard of it by then. */
const ARMING_MS = 8_000;

const folder = mkdtempSync(join(tmpdir(), 'purge-'));
const clearing = new PurgedGateway(join(folder, 'clearing'));
const night = new PurgedGateway(join(folder, 'night'));

afterAll(async () => {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

/** When it is midnight over the second gateway, Unix ms, and where that is so. */
let midnight = 0;
let nightEnv: Readonly<Record<string, string>> = {};

/** Starts it where it will soon be midnight, and lets it hear of that. */
async function arm(): Promise<void> {
  do {
    midnight = Math.ceil((Date.now() + ARMING_MS) / MINUTE_MS) * MINUTE_MS;
    nightEnv = {
      CACHE_RESET_TZ_OFFSET_MINUTES: String(offsetOf(midnight)),
      KV_CLEANUP_BATCH: String(NIGHT_BATCH),
    };
    await night.start(nightEnv);
    await night.logIn();
    const change = { cache: { limit_mb: NIGHT_LIMIT_MB } };
    await night.admin(z.unknown(), 'POST', 'config', change);
    await night.runCron();
    await night.kill();
  } while (Date.now() >= midnight);
}

beforeAll(async () => {
  await arm();
  await night.fill([...goingAt(midnight), ...stayingAt(midnight)]);
});

describe(`a purge of ${ALL} objects, killed in the middle`, () => {
  const FRESH = 4_000;
  const EXPIRED = 5_000;
  const IN_R2 = 1_000;

  function everything(): Stored[] {
    const now = Date.now();
    return Array.from({ length: ALL }, (_, n) => {
      const isExpired = n >= FRESH && n < FRESH + EXPIRED;
      return {
        name: `${n % 10 === 0 ? 'video' : 'image'}/p_${String(n).padStart(6, '0')}`,
        isFile: false,
        place: n < FRESH + EXPIRED ? 'kv' : 'r2',
        sizeBytes: n < LARGE ? PART_BYTES * PARTS : 100,
        readAt: 1,
        expiresAt: isExpired ? now - 1_000 : now + DAY_MS,
        hasBytes: !isExpired,
      };
    });
  }

  it('that an administrator asked for goes on and leaves nothing in KV, R2 or D1', async () => {
    await clearing.start();
    await clearing.logIn();
    await clearing.kill();
    await clearing.fill(everything());

    await clearing.start();
    const Cleared = z.object({
      result: z.object({ deleted: z.number(), running: z.boolean() }),
    });
    const { result } = await clearing.admin(Cleared, 'POST', 'cache/clear', { type: 'all' });
    // Expired values of KV take no space and are not counted.
    expect(result).toEqual({ deleted: FRESH + IN_R2, running: true });
    const killedAt = await clearing.killAfter(ALL * 0.3);
    expect(killedAt).toBeLessThan(ALL);

    await clearing.start();
    const done = await clearing.ended();
    await clearing.kill();
    expect(await clearing.leftovers()).toEqual(leftoversOf([]));

    expect(done.max_kv_calls).toBeLessThanOrEqual(MAX_KV_CALLS);
    expect(done.steps).toBeGreaterThanOrEqual(ALL / 200);
    // A step that was cut short is made again: its calls are all that may come on top.
    const needed = FRESH + LARGE * (PARTS - 1);
    expect(done.kv_calls).toBeLessThanOrEqual(needed + MAX_KV_CALLS);
    console.log(
      `Cleared, killed after ${killedAt}; ${done.steps} steps, ${done.kv_calls} calls of KV, ` +
        `at most ${done.max_kv_calls} an invocation (0 for ${EXPIRED} expired ones)`,
    );
  });
});

describe(`a night over ${NIGHT_OBJECTS} objects, killed in the middle`, () => {
  it('begins by itself, goes on, and takes what is due and nothing else', async () => {
    await night.start(nightEnv);
    // It begins when the minute is full, if it has not yet.
    const killedAt = await night.killAfter(NIGHT_OBJECTS * 0.3, 2 * MINUTE_MS);
    expect(killedAt).toBeLessThan(NIGHT_OBJECTS);

    await night.start(nightEnv);
    const done = await night.ended();
    await night.kill();
    expect(await night.leftovers()).toEqual(leftoversOf(stayingAt(midnight)));

    expect(done).toMatchObject({ task: 'night', failed: 0 });
    expect(done.started_at).toBeGreaterThanOrEqual(midnight);
    expect(done.max_kv_calls).toBeLessThanOrEqual(MAX_KV_CALLS);
    expect(done.steps).toBeGreaterThanOrEqual(NIGHT_OBJECTS / NIGHT_BATCH);
    const needed = kvCallsAt(midnight);
    expect(done.kv_calls).toBeGreaterThanOrEqual(needed);
    expect(done.kv_calls).toBeLessThanOrEqual(needed + MAX_KV_CALLS);
    console.log(
      `The night, killed after ${killedAt}; ${done.steps} steps, ${done.kv_calls} calls of KV, ` +
        `at most ${done.max_kv_calls} an invocation`,
    );
  });
});
