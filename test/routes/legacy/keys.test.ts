import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { audited } from '../admin/client';
import { type LegacyClient, signInLegacy } from './client';

let client: LegacyClient;
beforeAll(async () => {
  client = await signInLegacy();
});
beforeEach(async () => {
  await env.DB.prepare('DELETE FROM api_keys').run();
});

const listed = async () => (await client.get('keys')).body.data;
const usable = async (key: string) => {
  const { exports } = await import('cloudflare:workers');
  const headers = { authorization: `Bearer ${key}` };
  return (await exports.default.fetch('https://gw.test/v1/models', { headers })).status;
};

describe('keys of the older paths', () => {
  it('shows a key once, when it is made; lists ids and masks', async () => {
    const { body } = await client.post('keys/add', { name: ' old page ' });
    expect(body).toEqual({
      success: true,
      message: expect.any(String),
      data: expect.objectContaining({
        key: expect.stringMatching(/^sk-/),
        name: 'old page',
        is_active: 1,
        created_at: expect.any(Number),
        chat_limit: -1,
        heavy_limit: -1,
        image_limit: -1,
        video_limit: -1,
        display_key: expect.stringContaining('****'),
      }),
    });
    expect(await usable(body.data.key)).toBe(200);
    const list = await client.get('keys');
    expect(list.body).toEqual({
      success: true,
      total: 1,
      global_key_set: false,
      data: [{ ...body.data, key: body.data.id }],
    });
    expect(JSON.stringify(list.body)).not.toContain(body.data.key);
    expect((await client.post('keys/add', { name: ' ' })).body).toEqual({
      success: false,
      message: expect.any(String),
    });
  });

  it('makes many: numbered names, or the bare prefix for one', async () => {
    const { body } = await client.post('keys/batch-add', { name_prefix: 'team', count: 3 });
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual([
      'team-1',
      'team-2',
      'team-3',
    ]);
    expect(new Set(body.data.map(({ key }: { key: string }) => key)).size).toBe(3);
    const one = await client.post('keys/batch-add', { name_prefix: 'solo', count: 1 });
    expect(one.body.data[0].name).toBe('solo');
    for (const count of [0, 101, 'x']) {
      const wrong = await client.post('keys/batch-add', { name_prefix: 'p', count });
      expect([wrong.status, wrong.body.error.param]).toEqual([400, 'count']);
    }
  });

  it('switches, renames and deletes by id or by the full key', async () => {
    const { key, id } = (await client.post('keys/add', { name: 'one' })).body.data;
    expect((await client.post('keys/status', { key, is_active: false })).body.success).toBe(true);
    expect(await usable(key)).toBe(401);
    expect((await client.post('keys/status', { key: id, is_active: 1 })).body.success).toBe(true);
    expect((await client.post('keys/name', { key: id, name: 'two' })).body.success).toBe(true);
    expect((await listed())[0]).toMatchObject({ name: 'two', is_active: 1 });
    expect((await client.post('keys/name', { key: id, name: '' })).body.success).toBe(false);
    expect((await client.post('keys/delete', { key })).body).toEqual({
      success: true,
      message: expect.any(String),
    });
    expect(await listed()).toEqual([]);
    for (const [path, body] of [
      ['keys/delete', { key }],
      ['keys/status', { key: id, is_active: true }],
      ['keys/name', { key, name: 'three' }],
    ] as const) {
      const answer = await client.post(path, body);
      expect([answer.status, answer.body]).toEqual([
        200,
        { success: false, message: expect.any(String) },
      ]);
    }
    expect(await audited(client.admin)).toEqual(
      expect.arrayContaining([
        'keys.create',
        'keys.disable',
        'keys.enable',
        'keys.update',
        'keys.delete',
      ]),
    );
  });

  it('D-02: batches pass a hundred', async () => {
    const made = [];
    for (let round = 0; round < 2; round++) {
      const { body } = await client.post('keys/batch-add', { name_prefix: `r${round}`, count: 75 });
      made.push(...body.data);
    }
    const keys = made.map(({ key, id }, index) => (index % 2 === 0 ? key : id));
    const off = await client.post('keys/batch-status', { keys, is_active: 0 });
    expect(off.body).toMatchObject({ success: true, count: 150 });
    expect((await listed()).every((row: { is_active: number }) => row.is_active === 0)).toBe(true);
    const gone = await client.post('keys/batch-delete', { keys: [...keys, 'sk-nobody'] });
    expect(gone.body).toMatchObject({ success: true, count: 150 });
    expect(await listed()).toEqual([]);
  });

  it('refuses masks', async () => {
    const { display_key: key } = (await client.post('keys/add', { name: 'masked' })).body.data;
    const bodies = {
      'keys/delete': { key },
      'keys/status': { key, is_active: true },
      'keys/name': { key, name: 'n' },
      'keys/batch-delete': { keys: [key] },
      'keys/batch-status': { keys: [key], is_active: true },
    };
    for (const [path, body] of Object.entries(bodies)) {
      const answer = await client.post(path, body);
      expect([path, answer.status, answer.body.error.code]).toEqual([
        path,
        400,
        'masked_identifier',
      ]);
    }
  });
});
