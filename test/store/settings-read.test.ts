import { env } from 'cloudflare:workers';
import { describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import { currentSettings, forgetSettings, matchSettings } from '../../src/store/settings-cache';
import { parseSettings, readSettings } from '../../src/store/settings-read';

async function save(version: number, value: object): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO settings (id, version, value, updated_at) VALUES (1, ?1, ?2, 0)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, value = excluded.value`,
  )
    .bind(version, JSON.stringify(value))
    .run();
}

describe('settings', () => {
  it('are the defaults, version 0, while nobody has saved any', async () => {
    await env.DB.prepare('DELETE FROM settings').run();
    expect(await readSettings(env.DB)).toEqual({ version: 0, settings: DEFAULT_SETTINGS });
  });

  it('of a row that an older build wrote have the defaults of newer groups', () => {
    expect(parseSettings('{}')).toEqual(DEFAULT_SETTINGS);
  });

  it('keep the groups that hold when one does not', () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const settings = parseSettings(
      JSON.stringify({ stream: { head_ms: 7 }, token: { max_in_flight: 'many' } }),
    );
    expect(settings.stream.head_ms).toBe(7);
    expect(settings.token).toEqual(DEFAULT_SETTINGS.token);
    expect(log.mock.calls[0]?.[0]).toContain('token');
    log.mockRestore();
  });

  it('are read again when the pool names another version, and not while they match (D-50)', async () => {
    await save(1, { stream: { head_ms: 1 } });
    forgetSettings();
    const first = await currentSettings(env.DB);
    await save(2, { stream: { head_ms: 2 } });
    expect(await matchSettings(env.DB, 1)).toBe(first);
    expect((await matchSettings(env.DB, 2)).settings.stream.head_ms).toBe(2);
  });

  it('that are behind the pool are not read for every call', async () => {
    await save(3, {});
    forgetSettings();
    await currentSettings(env.DB);
    let reads = 0;
    const db = new Proxy(env.DB, {
      get(target, name) {
        if (name === 'prepare') reads += 1;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const now = Date.now();
    for (let i = 0; i < 5; i++) await matchSettings(db, 4, now);
    expect(reads).toBe(1);
  });
});
