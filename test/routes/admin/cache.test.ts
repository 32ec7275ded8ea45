import { env, exports } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeUpload } from '../../../src/media/write';
import { empty, keysInKv, MEBI, names, row, store } from '../../media/purge-support';
import { newAccount, pool, testDeps } from '../../media/support';
import { audited, type Client, signIn } from './client';

let admin: Client;
beforeAll(async () => {
  admin = await signIn();
});
beforeEach(empty);

const PNG = Uint8Array.fromBase64('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk');

describe('GET cache/local and metrics', () => {
  it('say how much is cached of each kind', async () => {
    await store(
      row('image/a', { sizeBytes: MEBI }),
      row('image/b', { sizeBytes: MEBI / 2 }),
      row('image/expired', { expiresAt: Date.now() - 1 }),
    );
    const sizes = {
      local_image: { count: 2, size_bytes: 1.5 * MEBI, size_mb: 1.5 },
      local_video: { count: 0, size_bytes: 0, size_mb: 0 },
    };
    expect((await admin.get('cache/local')).body).toEqual(sizes);
    expect((await admin.get('metrics')).body.cache).toEqual(sizes);
    expect((await admin.get('cache')).body).toMatchObject({
      ...sizes,
      online: { count: 0, status: 'not_loaded' },
      online_scope: 'none',
      online_details: [],
    });
  });
});

describe('GET cache/list', () => {
  it('lists the last read first, by page and by mark', async () => {
    const now = Date.now();
    await store(...[1, 2, 3, 4, 5].map((n) => row(`image/m${n}`, { readAt: now + n })));
    const page = (await admin.get('cache/list?page=2&page_size=2')).body;
    expect(page).toMatchObject({ status: 'success', total: 5, page: 2, page_size: 2 });
    expect(page.items.map((item: { name: string }) => item.name)).toEqual(['m3', 'm2']);
    const next = (await admin.get(`cache/list?page_size=2&after=${encodeURIComponent(page.next)}`))
      .body;
    expect(next.items.map((item: { name: string }) => item.name)).toEqual(['m1']);
    expect(next.next).toBeNull();
  });

  it('searches, and keeps the kinds apart', async () => {
    await store(row('image/Cat'), row('image/dog'), row('video/cat'));
    const { items, total } = (await admin.get('cache/list?search=cAt')).body;
    expect([total, items.map((item: { name: string }) => item.name)]).toEqual([1, ['Cat']]);
    expect((await admin.get('cache/list?type=video')).body.items[0]).toMatchObject({
      name: 'cat',
      preview_url: null,
    });
  });

  it.each(['page=x', 'page=0', 'page_size=5001', 'page_size=1.5', 'type=audio', 'after=zz'])(
    'answers 400 for %s (D-57)',
    async (query) => {
      const { status, body } = await admin.get(`cache/list?${query}`);
      expect([status, body.error.code]).toEqual([400, 'invalid_request']);
    },
  );

  it('gives links that work without a key', async () => {
    const deps = testDeps();
    await storeUpload(deps, PNG);
    await deps.settled();
    const [item] = (await admin.get('cache/list')).body.items;
    const response = await exports.default.fetch(item.preview_url);
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(PNG);
  });

  it('gives names as they are: they are text, never markup (D-13)', async () => {
    const name = '"><img src=x onerror=alert(1)>';
    await store(row(`image/${name}`));
    const answer = await admin.get('cache/list');
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.body.items[0].name).toBe(name);
    const deleted = await admin.post('cache/item/delete', { type: 'image', name });
    expect(deleted.body).toEqual({ status: 'success', result: { deleted: true, count: 1 } });
  });
});

describe('POST cache/clear', () => {
  it('says what goes, also in megabytes, and small clearings are done at once (D-61)', async () => {
    await store(row('image/a', { sizeBytes: MEBI }), row('image/b'), row('video/a'));
    const { body } = await admin.post('cache/clear', { type: 'image' });
    expect(body).toEqual({
      status: 'success',
      result: { deleted: 2, count: 2, size_bytes: MEBI + 10, size_mb: 1, running: false },
    });
    expect(await names()).toEqual(['video/a']);
    expect(await keysInKv()).toEqual([expect.stringMatching(/^video\/a#e1\./)]);
    expect((await audited(admin))[0]).toBe('cache.clear');
    expect((await admin.get('cache/progress')).body).toMatchObject({ running: false, deleted: 2 });
  });

  it('takes more than a hundred rows (D-02)', async () => {
    await store(...Array.from({ length: 130 }, (_, n) => row(`image/m${n}`)));
    expect((await admin.post('cache/clear', {})).body.result).toMatchObject({ deleted: 130 });
    await expect.poll(names).toEqual([]);
  });

  it('refuses other types', async () => {
    expect((await admin.post('cache/clear', { type: 'audio' })).status).toBe(400);
  });
});

describe('POST cache/item/delete', () => {
  it('answers 404 for what is not there, and 400 without a name', async () => {
    const absent = await admin.post('cache/item/delete', { type: 'image', name: 'none' });
    expect(absent.status).toBe(404);
    expect((await admin.post('cache/item/delete', { type: 'image' })).status).toBe(400);
  });

  it('takes several names, with their kind or without', async () => {
    await store(row('image/a'), row('image/b'), row('image/c'));
    const { body } = await admin.post('cache/item/delete', { names: ['a', 'image/b'] });
    expect(body.result).toEqual({ deleted: true, count: 2 });
    expect(await names()).toEqual(['image/c']);
    expect(await keysInKv()).toEqual([expect.stringMatching(/^image\/c#e1\./)]);
  });
});

/** Uploads files to an account as its owner would. */
async function fillAccount(secret: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const response = await env.EGRESS?.fetch('https://grok.com/rest/app-chat/upload-file', {
      method: 'POST',
      headers: { cookie: `sso=${secret}; sso-rw=${secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        fileName: `f${n}.png`,
        fileMimeType: 'image/png',
        content: PNG.toBase64(),
      }),
    });
    if (response?.ok !== true) throw new Error(`no upload: ${response?.status}`);
    await response.body?.cancel();
  }
}

describe("the accounts' own files", () => {
  it('are listed, page by page', async () => {
    const { tokenId, secret } = await newAccount();
    await fillAccount(secret, 55);
    const first = (await admin.get(`tokens/assets?id=${tokenId}`)).body;
    expect(first.assets).toHaveLength(50);
    expect(first.assets[0]).toMatchObject({ name: 'f54.png', mime: 'image/png' });
    const rest = (await admin.get(`tokens/assets?id=${tokenId}&after=${first.next}`)).body;
    expect([rest.assets.length, rest.next]).toEqual([5, null]);
  });

  it('are counted by token, by its mask and never its text', async () => {
    const { tokenId, secret } = await newAccount();
    await fillAccount(secret, 3);
    const { body } = await admin.get(`cache?token=${tokenId}`);
    expect(body.online).toMatchObject({ count: 3, status: 'ok' });
    expect(body.online_details).toMatchObject([{ token_id: tokenId, count: 3, more: false }]);
    expect(JSON.stringify(body)).not.toContain(secret);
    const all = await admin.get('cache?scope=all');
    expect(all.body.online_scope).toBe('all');
    expect(all.body.online_details.length).toBeGreaterThan(0);
  });

  it('are deleted at most fifty a request', async () => {
    const { tokenId, secret } = await newAccount();
    await fillAccount(secret, 53);
    const first = await admin.post('cache/online/clear', { token: secret });
    expect(first.body).toMatchObject({
      status: 'success',
      result: { total: 50, success: 50, failed: 0, more: true },
      next: [tokenId],
    });
    const rest = await admin.post('cache/online/clear', { ids: first.body.next });
    expect(rest.body).toMatchObject({ result: { success: 3, more: false }, next: null });
    expect((await admin.get(`cache?token=${tokenId}`)).body.online.count).toBe(0);
    expect(await audited(admin)).toContain('cache.online-clear');
  });

  it('are deleted one by one', async () => {
    const { tokenId, secret } = await newAccount();
    await fillAccount(secret, 3);
    const { assets } = (await admin.get(`tokens/assets?id=${tokenId}`)).body;
    const asked = { id: tokenId, asset_ids: [assets[0].id, assets[1].id] };
    const { body } = await admin.post('tokens/assets/delete', asked);
    expect(body.result).toEqual({ total: 2, success: 2, failed: 0, more: false });
    expect((await admin.get(`tokens/assets?id=${tokenId}`)).body.assets).toHaveLength(1);
  });

  it('say by their ids why they are still there', async () => {
    const { tokenId } = await newAccount('unauthorized');
    const asked = { id: tokenId, asset_ids: ['file-a', 'file-b'] };
    const { body } = await admin.post('tokens/assets/delete', asked);
    expect(body.result).toMatchObject({ total: 2, success: 0, failed: 2 });
    const sentence = expect.stringMatching(/\.$/);
    expect(body.errors).toEqual({ 'file-a': sentence, 'file-b': sentence });
  });

  it('do not hide one another when an account fails, and its health is not touched', async () => {
    const [bad, good] = [await newAccount('unauthorized'), await newAccount()];
    await fillAccount(good.secret, 1);
    const { status, body } = await admin.get(`cache?tokens=${bad.tokenId},${good.tokenId}`);
    expect(status).toBe(200);
    expect(body.online_details).toMatchObject([
      { token_id: bad.tokenId, count: 0, status: expect.stringMatching(/^error: /) },
      { token_id: good.tokenId, count: 1, status: 'ok' },
    ]);
    const listed = await admin.get(`tokens/assets?id=${bad.tokenId}`);
    expect([listed.status, listed.body.error.code]).toEqual([502, 'upstream_unauthorized']);
    const [token] = await pool().findTokens([{ id: bad.tokenId }]);
    expect(token?.state).toBe('active');
  });

  it('need a token that is there, and a word about what to delete', async () => {
    expect((await admin.get('tokens/assets?id=tok_none')).status).toBe(404);
    expect((await admin.post('tokens/assets/delete', { id: 'tok_none' })).status).toBe(400);
    const both = { id: 'tok_none', asset_ids: ['a'], all: true };
    expect((await admin.post('tokens/assets/delete', both)).status).toBe(400);
    const unknown = await admin.post('cache/online/clear', { id: 'tok_none' });
    expect(unknown.body.results).toEqual({
      tok_none: { status: 'error', error: 'There is no such token.' },
    });
  });
});

it('is not open without a session', async () => {
  const response = await exports.default.fetch('https://gateway.test/api/v1/admin/cache/list');
  expect(response.status).toBe(401);
});
