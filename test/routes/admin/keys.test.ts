import { runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/lib/digest';
import { newApiKey } from '../../../src/lib/ids';
import type { KeyLimits } from '../../../src/pool/key';
import type { TokenPoolRpc } from '../../../src/pool/rpc';
import { MAIN_POOL, poolStub } from '../../../src/pool/stub';
import { askOf } from '../../pool/ask';
import { audited, type Client, signIn } from './client';

let admin: Client;
let pool: TokenPoolRpc;
beforeAll(async () => {
  admin = await signIn();
  pool = poolStub(env);
});

async function make(
  body: object = {},
): Promise<{ id: string; key: string } & Record<string, unknown>> {
  const answer = await admin.post('keys', { name: 'k', ...body });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body.data;
}

/** The key's limits as the pool enforces them: what it has made durable. */
async function enforced(id: string): Promise<KeyLimits | undefined> {
  const stub = env.TOKEN_POOL.get(env.TOKEN_POOL.idFromName(MAIN_POOL));
  return runInDurableObject(stub, (_, { storage }) => {
    const [row] = storage.sql.exec<{ limits: string }>('SELECT limits FROM keys WHERE id = ?', id);
    return row === undefined ? undefined : JSON.parse(row.limits);
  });
}

async function find(id: string) {
  const { body } = await admin.get(`keys?search=${id}`);
  return body.data[0];
}

describe('create', () => {
  it('shows the key this once, and stores only its hash', async () => {
    const made = await make({ name: 'mine', limits: { chat_per_day: 300, heavy_per_day: 100 } });
    expect(made.key).toMatch(/^sk-[0-9A-Za-z]{43}$/);
    expect(made).toMatchObject({
      name: 'mine',
      is_active: true,
      chat_limit: 300,
      heavy_limit: 100,
      image_limit: -1,
    });
    const row = await env.DB.prepare('SELECT * FROM api_keys WHERE id = ?').bind(made.id).first();
    expect(row).toMatchObject({ hash: await sha256Hex(made.key) });
    const { body } = await admin.get('keys');
    expect(JSON.stringify([row, body, (await admin.get('audit')).body])).not.toContain(made.key);
    expect(await audited(admin)).toContain('keys.create');
  });

  it('D-04: 0 is nothing, for heavy too; null, -1 and "" are unlimited; other names of the limits work', async () => {
    const made = await make({
      limits: { chat_per_day: '', heavy_per_day: 0, image_per_day: null, video_limit: -1 },
    });
    expect(made).toMatchObject({
      chat_limit: -1,
      heavy_limit: 0,
      image_limit: -1,
      video_limit: -1,
    });
    expect((await enforced(made.id))?.perDay).toEqual({
      chat: null,
      heavy: 0,
      image: null,
      video: null,
    });
    const { remaining_today: remaining } = await find(made.id);
    expect(remaining).toEqual({ chat: null, heavy: 0, image: null, video: null });
  });

  it.each([
    [{ limits: { chat_per_day: 'lots' } }, 'limits.chat_per_day'],
    [{ limits: { chat_per_day: -2 } }, 'limits.chat_per_day'],
    [{ limits: { chat_per_day: 1.5 } }, 'limits.chat_per_day'],
    [{ limits: { chats: 1 } }, 'limits'],
    [{ rpm: 0 }, 'rpm'],
    [{ models: [] }, 'models'],
    [{ ips: ['not an address'] }, 'ips.0'],
    [{ expires_at: 'tomorrow' }, 'expires_at'],
    [{ is_active: 'false' }, 'is_active'],
  ])('refuses garbage %j with its path, and never reads it as unlimited', async (body, param) => {
    const answer = await admin.post('keys', { name: 'k', ...body });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 'invalid_request', param });
  });

  it('D-29: takes no keys made by hand; keys of this product only once', async () => {
    for (const key of ['x', 'sk-short', `sk-${'a'.repeat(43)}`]) {
      const { status, body } = await admin.post('keys', { key });
      expect(status).toBe(400);
      expect(body.error.param).toBe('key');
    }
    const key = newApiKey();
    expect((await make({ key })).key).toBe(key);
    const again = await admin.post('keys', { key });
    expect(again.status).toBe(409);
    expect(again.body.error.code).toBe('key_exists');
  });

  it('D-29: shows first 6, ****, last 4, never a whole key', async () => {
    const made = await make();
    expect(made['display_key']).toBe(`${made.key.slice(0, 6)}****${made.key.slice(-4)}`);
  });

  it('gives every limit to the pool', async () => {
    const expiresAt = Date.now() + 1_000_000;
    const made = await make({
      rpm: 30,
      concurrency: 4,
      expires_at: expiresAt,
      models: ['grok-4'],
      ips: ['192.0.2.0/24', '2001:db8::1'],
      is_active: false,
    });
    expect(await enforced(made.id)).toEqual({
      id: made.id,
      version: 1,
      enabled: false,
      deleted: false,
      expiresAt,
      models: ['grok-4'],
      ips: ['192.0.2.0/24', '2001:db8::1'],
      rpm: 30,
      concurrency: 4,
      perDay: { chat: null, heavy: null, image: null, video: null },
    });
  });
});

describe('update', () => {
  it('changes what is sent and leaves the rest, in the pool and in D1', async () => {
    const made = await make({ rpm: 9, limits: { chat_per_day: 5, image_per_day: 6 } });
    const { body } = await admin.post('keys/update', {
      id: made.id,
      limits: { chat_per_day: 7 },
      name: '',
    });
    expect(body.data).toMatchObject({
      name: 'k',
      chat_limit: 7,
      image_limit: 6,
      rpm: 9,
      version: 2,
    });
    expect(await enforced(made.id)).toMatchObject({
      version: 2,
      rpm: 9,
      perDay: { chat: 7, image: 6 },
    });
    await admin.post('keys/update', { key: made.key, is_active: false, rpm: null, models: null });
    expect(await find(made.id)).toMatchObject({
      is_active: false,
      rpm: null,
      models: null,
      version: 3,
    });
    expect(await enforced(made.id)).toMatchObject({ enabled: false, rpm: null, version: 3 });
  });

  it('answers 404 for a key that is not there, 400 to a mask and to no name', async () => {
    const missing = await admin.post('keys/update', { id: 'key_x', name: 'n' });
    expect([missing.status, missing.body.error.code]).toEqual([404, 'not_found']);
    const { display_key: mask } = await make();
    for (const body of [{ key: mask }, { id: mask }]) {
      const masked = await admin.post('keys/update', { ...body, name: 'n' });
      expect([masked.status, masked.body.error.code]).toEqual([400, 'masked_identifier']);
    }
    expect((await admin.post('keys/update', { name: 'n' })).status).toBe(400);
  });

  it('D-49: keeps both of two edits made at once', async () => {
    const { id } = await make();
    const edits = [
      { limits: { chat_per_day: 11 } },
      { limits: { heavy_per_day: 12 } },
      { rpm: 13 },
      { name: 'fourteen' },
    ];
    const answers = await Promise.all(
      edits.map((edit) => admin.post('keys/update', { id, ...edit })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await find(id)).toMatchObject({
      chat_limit: 11,
      heavy_limit: 12,
      rpm: 13,
      name: 'fourteen',
    });
    const held = await enforced(id);
    expect(held).toMatchObject({ rpm: 13, perDay: { chat: 11, heavy: 12 } });
    expect(held?.version).toBe((await find(id)).version);
  });

  it('goes above a pool that is ahead of D1', async () => {
    const { id } = await make();
    const held = await enforced(id);
    if (held === undefined) throw new Error('the pool lacks the key');
    await pool.putKey({ ...held, version: 7, rpm: 1 });
    const { body } = await admin.post('keys/update', { id, concurrency: 3 });
    expect(body.data.version).toBe(8);
    expect(await enforced(id)).toMatchObject({ version: 8, concurrency: 3 });
  });
});

describe('delete', () => {
  it('leaves a tombstone in the pool and nothing in D1', async () => {
    const { id } = await make();
    expect((await admin.post('keys/delete', { id })).body).toEqual({ success: true });
    expect(await enforced(id)).toMatchObject({ deleted: true, version: 2 });
    expect(await find(id)).toBeUndefined();
    expect((await admin.post('keys/delete', { id })).status).toBe(404);
  });
});

describe('a deletion among edits', () => {
  it('leaves no live key in the pool, whoever comes last', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await make({ models: ['grok-4'] });
      const batch = { action: 'disable', ids: [id] };
      await Promise.all([
        admin.post('keys/update', { id, rpm: 5 }),
        admin.post('keys/delete', { id }),
        admin.post('keys/batch', batch),
        admin.post('keys/update', { id, models: null }),
      ]);
      expect(await find(id)).toBeUndefined();
      expect(await enforced(id)).toMatchObject({ deleted: true });
    }
  });
});

describe('the last key', () => {
  it('D-05: opens nothing by its going', async () => {
    const { body } = await admin.get('keys');
    const ids = body.data.map((item: { id: string }) => item.id);
    await admin.post('keys/batch', { action: 'delete', ids });
    expect((await admin.get('keys')).body.total).toBe(0);
    const response = await exports.default.fetch('https://gateway.test/v1/models');
    expect(response.status).toBe(401);
    await make();
  });
});

describe('list', () => {
  it('shows today’s counters straight from the pool', async () => {
    const { id } = await make({ limits: { chat_per_day: 3 } });
    const [reply] = await pool.admit([askOf({ callId: crypto.randomUUID(), keyId: id })], []);
    expect(reply).toMatchObject({ ok: false, code: 'no_credentials' });
    expect(await find(id)).toMatchObject({
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      usage_today: { chat_used: 0, heavy_used: 0, image_used: 0, video_used: 0 },
      remaining_today: { chat: 3, heavy: null, image: null, video: null },
    });
    expect((await find(id)).created_at).toBeLessThan(Date.now() / 1_000 + 1);
  });

  it('pages by keyset; D-57: refuses paging that is no number', async () => {
    const seen = new Set<string>();
    for (let after = ''; ;) {
      const { body } = await admin.get(`keys?limit=4&after=${after}`);
      for (const item of body.data) seen.add(item.id);
      expect(body.total).toBeGreaterThanOrEqual(seen.size);
      if (body.next === null) break;
      after = body.next;
    }
    expect(seen.size).toBe((await admin.get('keys')).body.total);
    for (const query of ['limit=abc', 'limit=-1', 'limit=1e9']) {
      expect((await admin.get(`keys?${query}`)).status).toBe(400);
    }
  });
});

describe('batch', () => {
  it('lists the newest first, by standing, and counts without looking at each', async () => {
    const before = (await admin.get('keys/counts')).body.data;
    const made = await admin.post('keys/batch', {
      action: 'create',
      count: 5,
      name_prefix: 'standing',
      limits: { chat_per_day: 3 },
    });
    const ids: string[] = made.body.data.map(({ id }: { id: string }) => id);
    await admin.post('keys/batch', { action: 'disable', ids: [ids[3]] });
    await admin.post('keys/update', { id: ids[4], limits: { chat_per_day: 0 } });
    const names = async (query: string): Promise<string[]> =>
      (await admin.get(`keys?search=standing&${query}`)).body.data.map(
        ({ name }: { name: string }) => name,
      );
    expect(await names('order=newest&limit=2')).toEqual(['standing-1', 'standing-2']);
    expect(await names(`order=newest&limit=2&after=${ids[1]}`)).toEqual([
      'standing-3',
      'standing-4',
    ]);
    expect(await names('status=inactive')).toEqual(['standing-4']);
    expect(await names('status=exhausted')).toEqual(['standing-5']);
    const active = (await admin.get('keys/names?search=standing&status=active')).body.data;
    expect(active).toContainEqual({ id: ids[0], name: 'standing-1' });
    expect(active).toHaveLength(4);
    expect((await admin.get('keys/counts')).body.data).toEqual({
      total: before.total + 5,
      active: before.active + 4,
      inactive: before.inactive + 1,
      exhausted: before.exhausted + 1,
    });
    await admin.post('keys/delete', { id: ids[4] });
    expect((await admin.get('keys/counts')).body.data.exhausted).toBe(before.exhausted);
    expect((await admin.get('keys?status=odd')).status).toBe(400);
  });

  it('D-02: creates, disables, enables and deletes 300 keys in one call each', async () => {
    const created = await admin.post('keys/batch', {
      action: 'create',
      count: 300,
      name_prefix: 'team',
      limits: { chat_per_day: 2 },
    });
    expect(created.body.data).toHaveLength(300);
    expect(created.body.data[299]).toMatchObject({ name: 'team-300', chat_limit: 2 });
    const ids: string[] = created.body.data.map((item: { id: string }) => item.id);
    expect(new Set(created.body.data.map((item: { key: string }) => item.key)).size).toBe(300);

    const off = await admin.post('keys/batch', { action: 'disable', ids: [...ids, 'key_gone'] });
    expect(off.body.data).toEqual({ count: 300, missing: ['key_gone'] });
    const [first = ''] = ids;
    expect(await find(first)).toMatchObject({ is_active: false, version: 2, chat_limit: 2 });
    expect(await enforced(first)).toMatchObject({ enabled: false, version: 2 });

    expect((await admin.post('keys/batch', { action: 'enable', ids })).body.data.count).toBe(300);
    expect(await enforced(first)).toMatchObject({ enabled: true, version: 3 });

    expect((await admin.post('keys/batch', { action: 'delete', ids })).body.data.count).toBe(300);
    expect(await find(first)).toBeUndefined();
    expect(await enforced(first)).toMatchObject({ deleted: true });
  });

  it('refuses more than 1,000 and actions that do not exist', async () => {
    const ids = Array.from({ length: 1_001 }, (_, index) => `key_${index}`);
    expect((await admin.post('keys/batch', { action: 'delete', ids })).status).toBe(400);
    expect(
      (await admin.post('keys/batch', { action: 'create', count: 1_001, name_prefix: 'x' })).status,
    ).toBe(400);
    expect((await admin.post('keys/batch', { action: 'explode', ids: ['a'] })).status).toBe(400);
  });
});
