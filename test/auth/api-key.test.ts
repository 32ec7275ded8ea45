import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { authenticate, authenticateFresh } from '../../src/auth/api-key';
import { clearKeyCache } from '../../src/auth/key-cache';
import { sha256Hex } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';

const NOW = 1_795_000_000_000;

const asking = (authorization?: string): Request =>
  new Request(
    'https://gw.test/v1/models',
    authorization === undefined ? {} : { headers: { authorization } },
  );

async function storeKey(
  fields: { enabled?: number; limits?: object } = {},
): Promise<{ key: string; id: string }> {
  const key = newApiKey();
  const id = newId('key');
  await env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
     VALUES (?1, ?2, 'test', 'sk-…', 1, ?3, ?4, 0, 0)`,
  )
    .bind(id, await sha256Hex(key), fields.enabled ?? 1, JSON.stringify(fields.limits ?? {}))
    .run();
  return { key, id };
}

/** The database, with its reads counted. */
function counted() {
  let reads = 0;
  const db = new Proxy(env.DB, {
    get(target, name) {
      if (name === 'prepare') reads += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { db, reads: () => reads };
}

beforeEach(clearKeyCache);

describe('a caller', () => {
  it('is found by the key, whatever the case and blanks of the scheme', async () => {
    const { key, id } = await storeKey({ limits: { rpm: 5, perDay: { chat: 50, heavy: 0 } } });
    for (const header of [`Bearer ${key}`, `bearer   ${key} `, `BEARER\t${key}`]) {
      const caller = await authenticate(asking(header), env.DB, NOW);
      expect(caller.key).toMatchObject({
        id,
        version: 1,
        enabled: true,
        deleted: false,
        rpm: 5,
        concurrency: null,
        perDay: { chat: 50, heavy: 0, image: null, video: null },
      });
    }
  });

  it('costs storage once (D-50)', async () => {
    const { key } = await storeKey();
    const { db, reads } = counted();
    for (let i = 0; i < 3; i++) await authenticate(asking(`Bearer ${key}`), db, NOW + i * 60_000);
    expect(reads()).toBe(1);
  });

  it.each([undefined, '', 'Bearer', 'Bearer  ', 'Basic abc', 'sk-without-a-scheme'])(
    'with the header %j is 401 missing_api_key, even when there are no keys at all (D-05)',
    async (header) => {
      await env.DB.prepare('DELETE FROM api_keys').run();
      await expect(authenticate(asking(header), env.DB, NOW)).rejects.toMatchObject({
        code: 'missing_api_key',
        status: 401,
      });
    },
  );

  it('with a guessed key is 401 without storage, and learns nothing of its length (D-26)', async () => {
    const { db, reads } = counted();
    for (const key of ['x', 'sk-wrong', `${newApiKey()}x`]) {
      await expect(authenticate(asking(`Bearer ${key}`), db, NOW)).rejects.toMatchObject({
        code: 'invalid_api_key',
        message: 'The API key is not valid.',
      });
    }
    expect(reads()).toBe(0);
  });

  it('with a well-formed key that nobody made is 401, and asked of storage once in 10 s', async () => {
    const { db, reads } = counted();
    const key = newApiKey();
    const ask = (now: number) => authenticate(asking(`Bearer ${key}`), db, now);
    for (const now of [NOW, NOW + 1, NOW + 9_999]) {
      await expect(ask(now)).rejects.toMatchObject({ status: 401 });
    }
    expect(reads()).toBe(1);
    await expect(ask(NOW + 10_001)).rejects.toMatchObject({ status: 401 });
    expect(reads()).toBe(2);
  });

  it('whose stored limits are damaged is not served without them', async () => {
    const { key } = await storeKey({ limits: { perDay: { chat: 'many' } } });
    await expect(authenticate(asking(`Bearer ${key}`), env.DB, NOW)).rejects.toThrow();
  });
});

describe('a caller of a route that does not ask the pool', () => {
  it('is read again when the isolate’s knowledge is older than 10 s', async () => {
    const { key, id } = await storeKey();
    const ask = (now: number) => authenticateFresh(asking(`Bearer ${key}`), env.DB, now);
    await ask(NOW);
    await env.DB.prepare('UPDATE api_keys SET enabled = 0 WHERE id = ?1').bind(id).run();
    await ask(NOW + 9_000);
    await expect(ask(NOW + 10_000)).rejects.toMatchObject({ code: 'key_disabled', status: 401 });
    await env.DB.prepare('DELETE FROM api_keys WHERE id = ?1').bind(id).run();
    await expect(ask(NOW + 30_000)).rejects.toMatchObject({ code: 'invalid_api_key' });
  });

  it('is refused when disabled or expired', async () => {
    const disabled = await storeKey({ enabled: 0 });
    await expect(
      authenticateFresh(asking(`Bearer ${disabled.key}`), env.DB, NOW),
    ).rejects.toMatchObject({ code: 'key_disabled' });
    const expired = await storeKey({ limits: { expiresAt: NOW } });
    await expect(
      authenticateFresh(asking(`Bearer ${expired.key}`), env.DB, NOW),
    ).rejects.toMatchObject({ code: 'key_expired' });
  });
});
