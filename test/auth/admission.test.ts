import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type AdmissionPort, admitCaller, retryCaller } from '../../src/auth/admission';
import { cachedKey, clearKeyCache, rememberKey } from '../../src/auth/key-cache';
import { admissionPort } from '../../src/deps';
import type { Settlement } from '../../src/pool/call';
import type { KeyLimits } from '../../src/pool/key';
import type { TokenPoolRpc } from '../../src/pool/rpc';
import { pushSettlement, takeSettlements } from '../../src/pool/settlements';
import { currentSettings } from '../../src/store/settings-cache';
import { askOf } from '../pool/ask';
import { admission, fakePool, settlement, stubError } from '../pool/fake-pool';

const KEY: KeyLimits = {
  id: 'key-a',
  version: 1,
  enabled: true,
  deleted: false,
  expiresAt: null,
  models: null,
  ips: null,
  rpm: null,
  concurrency: null,
  perDay: { chat: null, heavy: null, image: null, video: null },
};
const ASK = askOf({ callId: 'call', keyId: KEY.id });

function portOf(methods: Partial<TokenPoolRpc>) {
  const settings: number[] = [];
  const port: AdmissionPort = {
    pool: crypto.randomUUID(),
    connect: () => fakePool({ settle: () => Promise.resolve(), ...methods }),
    db: env.DB,
    waitUntil: () => undefined,
    onSettingsVersion: (version) => void settings.push(version),
  };
  return { port, settings };
}

beforeEach(async () => {
  clearKeyCache();
  await env.DB.prepare('DELETE FROM api_keys').run();
});

const caller = () => rememberKey('sk-presented', KEY, Date.now());

async function storeKey(version: number): Promise<void> {
  await env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
     VALUES (?1, ?1, 'n', 'd', ?2, 1, '{"rpm":7}', 0, 0)`,
  )
    .bind(KEY.id, version)
    .run();
}

describe('an admitted call', () => {
  it('goes by the settings it knows when newer ones cannot be read', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { version } = await currentSettings(env.DB);
    let reads = 0;
    const prepare = (): never => {
      reads += 1;
      throw new Error('D1 is away');
    };
    // SAFETY: reading fails at the first method it calls.
    const DB = { prepare } as unknown as D1Database;
    const { onSettingsVersion } = admissionPort({ ...env, DB }, { waitUntil: () => undefined });
    for (let call = 0; call < 3; call++) await onSettingsVersion(version + 1);
    expect(reads).toBe(1);
    expect(warned.mock.calls.flat().join()).toContain('settings_not_read');
    warned.mockRestore();
  });
});

describe('admission of a caller', () => {
  it('takes waiting settlements along and tells the settings version', async () => {
    const rode: string[] = [];
    const { port, settings } = portOf({
      admit: (_, settled) => {
        rode.push(...settled.map(({ callId }) => callId));
        return Promise.resolve([admission('call', { settings: 4, key: 1 })]);
      },
    });
    pushSettlement(port, settlement('before'));
    expect(await admitCaller(port, caller(), ASK)).toMatchObject({ ok: true });
    expect(rode).toEqual(['before']);
    expect(settings).toEqual([4]);
    expect(takeSettlements(port.pool)).toEqual([]);
  });

  it('keeps the settlements when the pool did not answer', async () => {
    const { port } = portOf({ admit: () => Promise.reject(stubError({ overloaded: true })) });
    pushSettlement(port, settlement('before'));
    await expect(admitCaller(port, caller(), ASK)).rejects.toMatchObject({
      code: 'pool_overloaded',
    });
    expect(takeSettlements(port.pool).map(({ callId }) => callId)).toEqual(['before']);
  });

  it('hands over a key that the pool lacks, as D1 has it now', async () => {
    await storeKey(3);
    const put: KeyLimits[] = [];
    const asked: number[] = [];
    const { port } = portOf({
      admit: ([ask]) => {
        asked.push(ask?.keyVersion ?? 0);
        return Promise.resolve([
          put.length === 0
            ? { ok: false, code: 'unknown_key' }
            : admission('call', { settings: 1, key: 3 }),
        ]);
      },
      putKey: (key) => {
        put.push(key);
        return Promise.resolve({ version: key.version, applied: true });
      },
    });
    expect(await admitCaller(port, caller(), ASK)).toMatchObject({ ok: true });
    expect(put).toMatchObject([{ id: KEY.id, version: 3, rpm: 7 }]);
    expect(asked).toEqual([1, 3]);
    expect(cachedKey('sk-presented')).toMatchObject({ version: 3, key: { rpm: 7 } });
  });

  it('refuses a key that neither the pool nor D1 has, and forgets it (D-46)', async () => {
    const { port } = portOf({ admit: () => Promise.resolve([{ ok: false, code: 'unknown_key' }]) });
    await expect(admitCaller(port, caller(), ASK)).rejects.toMatchObject({
      code: 'invalid_api_key',
      status: 401,
    });
    expect(cachedKey('sk-presented')).toBeUndefined();
  });

  it('notes another version of the key, so that other routes read it again', async () => {
    const { port } = portOf({
      admit: () => Promise.resolve([admission('call', { settings: 1, key: 2 })]),
    });
    await admitCaller(port, caller(), ASK);
    expect(cachedKey('sk-presented')).toMatchObject({ version: 2, readAt: 0 });
  });

  it('forgets a key that the pool knows to be gone', async () => {
    const gone = {
      ok: false,
      code: 'invalid_api_key',
      retryAfterMs: null,
      limit: null,
      versions: { settings: 1, key: 9 },
      rates: null,
    } as const;
    const { port } = portOf({ admit: () => Promise.resolve([gone]) });
    expect(await admitCaller(port, caller(), ASK)).toMatchObject({ code: 'invalid_api_key' });
    expect(cachedKey('sk-presented')).toBeUndefined();
  });

  it('asks for another credential under the same rules', async () => {
    const ended: Settlement[] = [];
    const { port } = portOf({
      retry: (attempt) => {
        ended.push(attempt);
        return ended.length === 1
          ? Promise.reject(stubError({ retryable: true }))
          : Promise.resolve(admission('call'));
      },
    });
    expect(await retryCaller(port, caller(), settlement('call'))).toMatchObject({ ok: true });
    expect(ended).toHaveLength(2);
  });
});
