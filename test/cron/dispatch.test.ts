import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runCron } from '../../src/cron/dispatch';
import { insertAudit } from '../../src/store/audit';
import { insertSettlement } from '../../src/store/settlements';
import {
  pruneBatches,
  pruneCalls,
  pruneLinks,
  pruneLogins,
  pruneRefusals,
} from '../../src/cron/prune';
import { findLink, rememberLink } from '../../src/store/media';
import { repairKeys } from '../../src/cron/repair';
import { writeUsage } from '../../src/queue/usage-writer';
import type { KeyLimits, KeyStatus } from '../../src/pool/key';
import type { PoolSettings } from '../../src/pool/settings';
import { record, usageBatch } from '../queue/usage-fixtures';

const DAY_MS = 86_400_000;
const NOW = 1_790_000_000_000;

/** One call a hour, the newest an hour ago; ids sort by time. */
async function addCalls(count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, n) => {
    const at = NOW - (count - n) * 3_600_000;
    return record(`c${String(at)}`, { at, day: new Date(at).toISOString().slice(0, 10) });
  });
  await writeUsage([usageBatch(`o:${count}`, { records })], {
    db: env.DB,
    now: NOW,
    hasBackend: false,
  });
}
const ages = async () =>
  (await env.DB.prepare('SELECT at FROM calls ORDER BY id').all<{ at: number }>()).results.map(
    (row) => NOW - row.at,
  );
const count = async (table: string) =>
  env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n');

beforeEach(async () => {
  const tables = ['calls', 'usage_daily', 'usage_refusals', 'usage_batches', 'usage_corrections'];
  const others = ['login_attempts', 'sessions', 'admins', 'api_keys', 'settings'];
  await env.DB.batch([...tables, ...others].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

describe('retention', () => {
  it('deletes calls older than the days kept, and leaves the daily sums (D-56)', async () => {
    await addCalls(24 * 10);
    expect(await pruneCalls(env.DB, { days: 7, rows: 10_000 }, NOW)).toBe(24 * 3);
    expect(Math.max(...(await ages()))).toBeLessThanOrEqual(7 * DAY_MS);
    const sums = await env.DB.prepare('SELECT sum(calls) AS n FROM usage_daily').first<number>('n');
    expect(sums).toBe(240);
  });

  it('keeps the newest of too many calls (D-56)', async () => {
    await addCalls(150);
    expect(await pruneCalls(env.DB, { days: 7, rows: 100 }, NOW)).toBe(50);
    expect(await ages()).toEqual(Array.from({ length: 100 }, (_, n) => (100 - n) * 3_600_000));
  });

  it('goes on in chunks when there are thousands', async () => {
    const records = Array.from({ length: 2_500 }, (_, n) =>
      record(`c${String(n).padStart(6, '0')}`, { at: n < 2_300 ? NOW - 30 * DAY_MS : NOW }),
    );
    await writeUsage([usageBatch('o:1', { records })], { db: env.DB, now: NOW, hasBackend: false });
    expect(await pruneCalls(env.DB, { days: 7, rows: 10_000 }, NOW)).toBe(2_300);
    expect(await count('calls')).toBe(200);
  });

  it('does nothing when nothing is old or too many', async () => {
    await addCalls(10);
    expect(await pruneCalls(env.DB, { days: 7, rows: 10 }, NOW)).toBe(0);
  });

  it('forgets batches after 14 days, refusals after 30, lone corrections after 14 (D-56)', async () => {
    const insert = (table: string, columns: string, ...values: (string | number)[]) =>
      env.DB.prepare(
        `INSERT INTO ${table} (${columns}) VALUES (${values.map(() => '?').join()})`,
      ).bind(...values);
    const word = 'id, outcome, status, duration_ms, received_at';
    await env.DB.batch([
      insert('usage_batches', 'batch_id, received_at', 'old', NOW - 15 * DAY_MS),
      insert('usage_batches', 'batch_id, received_at', 'young', NOW - 13 * DAY_MS),
      insert('usage_refusals', 'minute, key_id, code, count', NOW - 31 * DAY_MS, 'k', 'x', 1),
      insert('usage_refusals', 'minute, key_id, code, count', NOW - 29 * DAY_MS, 'k', 'x', 1),
      insert('usage_corrections', word, 'old', 'done', 200, 1, NOW - 15 * DAY_MS),
      insert('usage_corrections', word, 'young', 'done', 200, 1, NOW - 13 * DAY_MS),
    ]);
    await pruneBatches(env.DB, NOW);
    await pruneRefusals(env.DB, NOW);
    expect(await count('usage_batches')).toBe(1);
    expect(await count('usage_refusals')).toBe(1);
    expect(await count('usage_corrections')).toBe(1);
  });

  it('forgets open links 30 days after they were last handed out', async () => {
    const link = (name: string, createdAt: number) =>
      rememberLink(env.DB, { name, url: 'https://assets.grok.com/x', tokenId: 'tok', createdAt });
    await link('image/old', NOW - 30 * DAY_MS - 1);
    await link('image/again', NOW - 40 * DAY_MS);
    await link('image/again', NOW - DAY_MS);
    await pruneLinks(env.DB, NOW);
    expect(await findLink(env.DB, 'image/old')).toBeNull();
    expect(await findLink(env.DB, 'image/again')).toEqual({ tokenId: 'tok' });
  });

  it('deletes ended sessions and failed logins of yesterday', async () => {
    const session = (hash: string, expiresAt: number) =>
      env.DB.prepare(
        `INSERT INTO sessions (hash, admin_id, created_at, expires_at, ip, user_agent)
        VALUES (?1, 'a', 0, ?2, '', '')`,
      ).bind(hash, expiresAt);
    await env.DB.batch([
      env.DB.prepare(`INSERT INTO admins (id, username, password, role, created_at, updated_at)
        VALUES ('a', 'admin', 'x', 'admin', 0, 0)`),
      session('ended', NOW),
      session('open', NOW + 1),
      env.DB.prepare('INSERT INTO login_attempts VALUES (?1, 3, ?2), (?3, 3, ?4)').bind(
        'old',
        NOW - 2 * DAY_MS,
        'new',
        NOW - 60_000,
      ),
    ]);
    await pruneLogins(env.DB, NOW);
    expect(await env.DB.prepare('SELECT hash FROM sessions').first('hash')).toBe('open');
    expect(await env.DB.prepare('SELECT subject FROM login_attempts').first('subject')).toBe('new');
  });
});

const LIMITS: KeyLimits = {
  id: 'key_1',
  version: 1,
  enabled: true,
  deleted: false,
  expiresAt: null,
  models: null,
  ips: null,
  rpm: null,
  concurrency: null,
  perDay: { chat: 50, heavy: null, image: null, video: null },
};
/** What the pool says of keys, with only what the repair reads filled in truthfully. */
function poolWith(...keys: readonly KeyLimits[]) {
  const none = { limit: null, used: 0, reserved: 0, remaining: null, resetsAt: null };
  const perDay = { chat: none, heavy: none, image: none, video: none };
  return {
    async keyStatus(ids: readonly string[]): Promise<readonly KeyStatus[]> {
      return keys
        .filter((key) => ids.includes(key.id))
        .map((limits) => ({
          id: limits.id,
          version: limits.version,
          day: '2026-09-21',
          perDay,
          rpm: none,
          concurrency: none,
          limits,
        }));
    },
  };
}
const addKey = (id: string, version: number) =>
  env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
    VALUES (?1, ?1, 'n', 'd', ?2, 1, ?3, 0, 0)`,
  )
    .bind(id, version, JSON.stringify({ ...LIMITS, id, version }))
    .run();

describe('key repair', () => {
  it('brings a row that is behind the pool up to it', async () => {
    await addKey('key_1', 1);
    const newer = { ...LIMITS, version: 3, enabled: false, rpm: 5 };
    expect(await repairKeys(env.DB, poolWith(newer), NOW)).toBe(1);
    const row = await env.DB.prepare('SELECT version, enabled, limits FROM api_keys').first<{
      version: number;
      enabled: number;
      limits: string;
    }>();
    expect(row).toEqual(expect.objectContaining({ version: 3, enabled: 0 }));
    expect(JSON.parse(row?.limits ?? '')).toEqual(expect.objectContaining({ rpm: 5 }));
  });

  it('deletes a row whose key the pool has buried', async () => {
    await addKey('key_1', 1);
    expect(await repairKeys(env.DB, poolWith({ ...LIMITS, version: 2, deleted: true }), NOW)).toBe(
      1,
    );
    expect(await count('api_keys')).toBe(0);
  });

  it('leaves rows alone that are level with the pool, ahead of it, or unknown to it', async () => {
    await addKey('key_1', 4);
    await addKey('key_2', 1);
    expect(await repairKeys(env.DB, poolWith({ ...LIMITS, version: 3 }), NOW)).toBe(0);
    expect(await repairKeys(env.DB, poolWith({ ...LIMITS, version: 4 }), NOW)).toBe(0);
  });
});

describe('cron', () => {
  it('runs its other tasks when one fails', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    const ticks = vi.fn();
    const pools = {
      idFromName: (name: string) => name,
      get: () => ({
        async tick() {
          ticks();
          throw new Error('the pool is away');
        },
        keyStatus: async () => Promise.reject(new Error('the pool is away')),
      }),
    };
    const records = [
      record('c1', { at: Date.now() - 30 * DAY_MS }),
      record('c2', { at: Date.now() }),
    ];
    await writeUsage([usageBatch('o:1', { records })], { db: env.DB, now: NOW, hasBackend: false });
    await addKey('key_1', 1);
    // SAFETY: the fake has what cron uses of the binding.
    const to = { ...env, TOKEN_POOL: pools as unknown as Env['TOKEN_POOL'] };
    const controller = { scheduledTime: NOW, cron: '*/5 * * * *', noRetry() {} };
    await runCron(controller, to, createExecutionContext());
    expect(ticks).toHaveBeenCalledOnce();
    expect(await count('calls')).toBe(1);
    expect(errors.mock.calls.map(([text]) => JSON.parse(String(text)).task)).toEqual([
      'pool-tick',
      'repair-keys',
    ]);
    errors.mockRestore();
  });

  it('keeps calls by the settings, and by the defaults while there are none', async () => {
    const pools = {
      idFromName: (name: string) => name,
      get: () => ({ async tick() {}, keyStatus: async () => [] }),
    };
    // SAFETY: the fake has what cron uses of the binding.
    const to = { ...env, TOKEN_POOL: pools as unknown as Env['TOKEN_POOL'] };
    const controller = { scheduledTime: NOW, cron: '*/5 * * * *', noRetry() {} };
    const old = [3, 5, 9].map((days) => record(`c${9 - days}`, { at: Date.now() - days * DAY_MS }));
    await writeUsage([usageBatch('o:1', { records: old })], {
      db: env.DB,
      now: NOW,
      hasBackend: false,
    });
    await runCron(controller, to, createExecutionContext());
    expect(await count('calls')).toBe(2);
    await env.DB.prepare(
      'INSERT INTO settings (id, version, value, updated_at) VALUES (1, 1, ?1, 0)',
    )
      .bind(JSON.stringify({ app: { call_retention_days: 4 } }))
      .run();
    await runCron(controller, to, createExecutionContext());
    expect(await count('calls')).toBe(1);
  });

  it('keeps as many calls as the settings say', async () => {
    const pools = {
      idFromName: (name: string) => name,
      get: () => ({ async tick() {}, keyStatus: async () => [] }),
    };
    // SAFETY: the fake has what cron uses of the binding.
    const to = { ...env, TOKEN_POOL: pools as unknown as Env['TOKEN_POOL'] };
    const controller = { scheduledTime: NOW, cron: '*/5 * * * *', noRetry() {} };
    const records = Array.from({ length: 120 }, (_, n) => {
      const at = Date.now() - (120 - n) * 1_000;
      const day = new Date(at).toISOString().slice(0, 10);
      return record(`c${String(n).padStart(3, '0')}`, { at, day });
    });
    await writeUsage([usageBatch('o:1', { records })], { db: env.DB, now: NOW, hasBackend: false });
    await store({ app: { call_retention_rows: 100 } });
    await runCron(controller, to, createExecutionContext());
    const kept = await env.DB.prepare('SELECT min(id) AS id FROM calls').first<string>('id');
    expect([await count('calls'), kept]).toEqual([100, 'c020']);
  });

  /** A run at the beginning of a day, over a pool that remembers what it is told. */
  async function firstOfDay(vars: Partial<Env> = {}) {
    const told: PoolSettings[] = [];
    const pools = {
      idFromName: (name: string) => name,
      get: () => ({
        async tick() {},
        keyStatus: async () => [],
        configure: async (settings: PoolSettings) => void told.push(settings),
      }),
    };
    // SAFETY: the fake has what cron uses of the binding.
    const to = { ...env, TOKEN_POOL: pools as unknown as Env['TOKEN_POOL'], ...vars };
    const scheduledTime = NOW - (NOW % DAY_MS);
    await runCron(
      { scheduledTime, cron: '*/5 * * * *', noRetry() {} },
      to,
      createExecutionContext(),
    );
    return told;
  }

  const store = (settings: unknown) =>
    env.DB.prepare('INSERT INTO settings (id, version, value, updated_at) VALUES (1, 3, ?1, 0)')
      .bind(JSON.stringify(settings))
      .run();

  it('keeps the audit log by its setting, and by the default while there is none', async () => {
    await env.DB.prepare('DELETE FROM audit_log').run();
    for (const days of [100, 60, 1]) {
      const at = Date.now() - days * DAY_MS;
      const entry = { at, admin: 'a', ip: '', action: 'keys.create', target: '', detail: '' };
      await insertAudit(env.DB, entry);
    }
    await firstOfDay();
    expect(await count('audit_log')).toBe(2);
    await store({ app: { audit_retention_days: 30 } });
    await firstOfDay();
    expect(await count('audit_log')).toBe(1);
  });

  it('drops settlements after a month when there is nobody to send them to, and says so', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => {});
    await env.DB.prepare('DELETE FROM settlements').run();
    const now = Date.now();
    for (const days of [31, 29]) {
      const at = now - days * DAY_MS;
      await insertSettlement(env.DB, `b:${days}`, '{}', at, now + DAY_MS).run();
    }
    await firstOfDay({ BACKEND_URL: 'https://backend.test', INTERNAL_SECRET: 'between-us' });
    expect(await count('settlements')).toBe(2);
    await firstOfDay({ BACKEND_URL: 'https://backend.test', INTERNAL_SECRET: '' });
    expect(await count('settlements')).toBe(1);
    expect(errors.mock.calls.flat().join()).toContain('settlements_dropped');
    errors.mockRestore();
  });

  it('tells the pool the settings once more, because an edit may not have reached it', async () => {
    expect(await firstOfDay()).toEqual([]);
    await store({ token: { faulty_s: 7 } });
    expect(await firstOfDay()).toMatchObject([{ version: 3, faultyMs: 7_000 }]);
  });
});
