import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { empty, MEBI, names, row, store } from '../../media/purge-support';
import { audited } from '../admin/client';
import { type LegacyClient, signInLegacy } from './client';

let client: LegacyClient;
beforeAll(async () => {
  client = await signInLegacy();
});
beforeEach(empty);

describe('the cache of the older paths', () => {
  it('says sizes in words and in bytes', async () => {
    await store(row('image/a', { sizeBytes: 1.5 * MEBI }), row('video/b', { sizeBytes: 2_048 }));
    expect((await client.get('cache/size')).body).toEqual({
      success: true,
      data: {
        image_size: '1.5 MB',
        video_size: '2.0 KB',
        total_size: '1.5 MB',
        image_size_bytes: 1.5 * MEBI,
        video_size_bytes: 2_048,
        total_size_bytes: 1.5 * MEBI + 2_048,
      },
    });
  });

  it('lists from any offset, across what the pages of the list are', async () => {
    const now = Date.now();
    await store(...[1, 2, 3, 4, 5].map((n) => row(`image/m${n}`, { readAt: now + n })));
    const page = async (query: string) => (await client.get(`cache/list?${query}`)).body.data;
    expect(await page('limit=2&offset=1')).toEqual({
      total: 5,
      offset: 1,
      limit: 2,
      has_more: true,
      items: [
        { name: 'm4', size: expect.any(Number), mtime: now + 4, url: expect.any(String) },
        { name: 'm3', size: expect.any(Number), mtime: now + 3, url: expect.any(String) },
      ],
    });
    const last = await page('limit=3&offset=4');
    expect([last.items.length, last.has_more]).toEqual([1, false]);
    expect((await page('offset=9')).items).toEqual([]);
    expect((await page('type=video')).total).toBe(0);
    for (const query of ['limit=201', 'offset=-1', 'limit=x', 'type=film']) {
      const { status, body } = await client.get(`cache/list?${query}`);
      expect([status, body.error.param]).toEqual([400, query.split('=')[0]]);
    }
  });

  it('clears one kind or both', async () => {
    const fill = () => store(row('image/a'), row('image/b'), row('video/c'));
    await fill();
    expect((await client.post('cache/clear/images')).body).toEqual({
      success: true,
      message: expect.any(String),
      data: { deleted_count: 2, type: 'image' },
    });
    expect(await names()).toEqual(['video/c']);
    expect((await client.post('cache/clear/videos')).body.data).toEqual({
      deleted_count: 1,
      type: 'video',
    });
    await fill();
    expect((await client.post('cache/clear')).body.data).toEqual({
      deleted_count: 3,
      image_count: 2,
      video_count: 1,
    });
    expect(await names()).toEqual([]);
    await fill();
    const typed = await client.post('cache/clear', { type: 'video' });
    expect(typed.body.data).toEqual({ deleted_count: 1, type: 'video' });
    expect(await audited(client.admin)).toContain('cache.clear');
  });
});
