import { describe, expect, it } from 'vitest';
import { EgressError } from '../../../../src/egress/egress';
import { deleteAsset, listAssets } from '../../../../src/providers/grok-web/media/assets';
import { fetchAsset, findVideo } from '../../../../src/providers/grok-web/media/fetch-asset';
import { fakeEgress, SECRET, SETTINGS } from '../fakes';
import { accountCall } from './support';

const USER = '7a000000-0000-4000-8000-0000000000a1';
const OWN = 'https://assets.grok.com/users/u1/generated/a/image.jpg?x=1';
const PUBLIC = 'https://imagine-public.x.ai/imagine-public/images/a.jpg';

describe('fetchAsset', () => {
  it('asks the configured assets host as the account, with the conditions of the reader', async () => {
    const { egress, seen } = fakeEgress(() => new Response('x', { status: 206 }));
    const settings = { ...SETTINGS, assetsUrl: 'http://127.0.0.1:9/__host/assets.grok.com' };
    const asked = new Headers({
      range: 'bytes=0-1',
      'if-range': '"v"',
      'if-none-match': '"w"',
      cookie: 'mine=1',
      authorization: 'Bearer key',
      'x-forwarded-for': '192.0.2.1',
    });
    const response = await fetchAsset(accountCall(egress, { settings }), OWN, asked);
    expect(response.status).toBe(206);
    const [{ url, headers, init } = {}] = seen;
    expect(url).toBe(
      'http://127.0.0.1:9/__host/assets.grok.com/users/u1/generated/a/image.jpg?x=1',
    );
    expect(init).toMatchObject({ method: 'GET', redirect: 'manual' });
    expect(headers?.get('range')).toBe('bytes=0-1');
    expect(headers?.get('if-range')).toBe('"v"');
    expect(headers?.get('if-none-match')).toBe('"w"');
    expect(headers?.get('cookie')).toBe(`sso=${SECRET}; sso-rw=${SECRET}`);
    expect(headers?.get('authorization')).toBeNull();
    expect(headers?.get('x-forwarded-for')).toBeNull();
    expect(headers?.get('content-type')).toBeNull();
  });

  it.each([
    PUBLIC,
    'https://assets.grok.com.evil.test/users/u1/x',
    'https://assets.grok.com:8443/users/u1/x',
    'https://grok.com/x',
  ])('sends no cookie to %s (D-27)', async (url) => {
    const { egress, seen } = fakeEgress(() => new Response('x'));
    await fetchAsset(accountCall(egress), url, new Headers());
    expect(seen[0]?.url).toBe(url);
    expect(JSON.stringify([...(seen[0]?.headers ?? [])])).not.toContain(SECRET);
    expect(seen[0]?.headers.get('cookie')).toBeNull();
  });

  it('asks nothing where the address is not https, or carries credentials', async () => {
    const { egress, seen } = fakeEgress(() => new Response('x'));
    for (const url of ['http://assets.grok.com/x', 'https://a:b@assets.grok.com/x', 'x']) {
      const answer = fetchAsset(accountCall(egress), url, new Headers());
      await expect(answer).rejects.toMatchObject({ outcome: 'refused' });
    }
    expect(seen).toEqual([]);
  });

  it('hands every answer back as it is, and classifies none', async () => {
    for (const status of [302, 404, 416, 500]) {
      const { egress } = fakeEgress(() => new Response(null, { status }));
      const response = await fetchAsset(accountCall(egress), OWN, new Headers());
      expect(response.status).toBe(status);
    }
    const { egress } = fakeEgress(() => Promise.reject(new EgressError('x')));
    await expect(fetchAsset(accountCall(egress), OWN, new Headers())).rejects.toMatchObject({
      outcome: 'unused',
    });
  });
});

describe('findVideo', () => {
  const find = (answer: () => Response, secret: string) => {
    const { egress, seen } = fakeEgress(({ url }) =>
      url.endsWith('/api/auth/session')
        ? Response.json({ status: 'authenticated', session: { userId: USER } })
        : answer(),
    );
    return { found: findVideo(accountCall(egress, { secret }), { videoId: 'v1' }), seen };
  };
  const folder = `https://assets.grok.com/users/${USER}/generated/v1`;

  it('asks for the first byte of the file of the account', async () => {
    const { found, seen } = find(() => new Response('x', { status: 206 }), 'find-1');
    expect(await found).toEqual({
      type: 'video',
      url: `${folder}/generated_video.mp4`,
      posterUrl: `${folder}/preview_image.jpg`,
    });
    expect(seen.at(-1)?.url).toBe(`${folder}/generated_video.mp4`);
    expect(seen.at(-1)?.headers.get('range')).toBe('bytes=0-0');
  });

  it('finds nothing while it is not there', async () => {
    for (const status of [404, 410, 416]) {
      const { found } = find(() => new Response(null, { status }), 'find-2');
      expect(await found).toBeNull();
    }
  });

  it.each([
    ['401', () => new Response('', { status: 401 }), 'revoked'],
    ['403', () => new Response('', { status: 403 }), 'blocked'],
    ['503', () => new Response('', { status: 503 }), 'faulty'],
    [
      'a page',
      () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      'blocked',
    ],
  ])('classifies %s', async (_name, answer, outcome) => {
    await expect(find(answer, 'find-3').found).rejects.toMatchObject({ outcome });
  });
});

describe('the files of an account', () => {
  it('are listed page by page', async () => {
    const { egress, seen } = fakeEgress(() =>
      Response.json({
        assets: [
          {
            assetId: 'a1',
            name: 'x.png',
            mimeType: 'image/png',
            sizeBytes: '12',
            createTime: '2026-03-01T08:00:00Z',
          },
          { assetId: 'a2' },
          { name: 'without an id' },
        ],
        nextPageToken: 't2',
      }),
    );
    const call = accountCall(egress);
    expect(await listAssets(call, null)).toEqual({
      assets: [
        {
          id: 'a1',
          name: 'x.png',
          mime: 'image/png',
          sizeBytes: 12,
          createdAt: Date.UTC(2026, 2, 1, 8),
        },
        { id: 'a2', name: '', mime: '', sizeBytes: null, createdAt: null },
      ],
      next: 't2',
    });
    // A token that comes again is the end.
    expect((await listAssets(call, 't2')).next).toBeNull();
    expect(seen.map(({ url }) => url.replace(/^.*\?/, ''))).toEqual([
      'pageSize=50&orderBy=ORDER_BY_LAST_USE_TIME&source=SOURCE_ANY&isLatest=true',
      'pageSize=50&orderBy=ORDER_BY_LAST_USE_TIME&source=SOURCE_ANY&isLatest=true&pageToken=t2',
    ]);
    expect(seen[0]?.headers.get('referer')).toBe('https://grok.com/files');
    expect(seen[0]?.headers.get('content-type')).toBeNull();
  });

  it('are deleted by id; one that is gone counts as deleted', async () => {
    for (const status of [200, 404]) {
      const { egress, seen } = fakeEgress(() => new Response('', { status }));
      await deleteAsset(accountCall(egress), 'a/1');
      expect(seen[0]).toMatchObject({ init: { method: 'DELETE' } });
      expect(seen[0]?.url).toBe('https://grok.com/rest/assets-metadata/a%2F1');
    }
  });

  it('fail as their account does', async () => {
    const { egress } = fakeEgress(() => new Response('', { status: 401 }));
    const call = accountCall(egress);
    await expect(listAssets(call, null)).rejects.toMatchObject({ outcome: 'revoked' });
    await expect(deleteAsset(call, 'a')).rejects.toMatchObject({ outcome: 'revoked' });
    const { egress: odd } = fakeEgress(() => new Response('[]'));
    await expect(listAssets(accountCall(odd), null)).rejects.toMatchObject({ outcome: 'faulty' });
  });
});
