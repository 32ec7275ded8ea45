import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { AppError, errorResponse } from '../../src/errors';
import type { MediaAsset } from '../../src/media/asset';
import { forgetCached } from '../../src/media/cache';
import type { MediaDeps } from '../../src/media/deps';
import { MAX_PASSES } from '../../src/media/fill-turns';
import { HAND_OVER_MS } from '../../src/media/limits';
import { checkLink, mediaLink } from '../../src/media/links';
import { partKeys } from '../../src/media/parts';
import { readMedia } from '../../src/media/read';
import { serveAsset, serveMedia } from '../../src/media/serve';
import { storeMedia } from '../../src/media/write';
import { findMedia, putMedia } from '../../src/store/media';
import { newAccount, pool, testDeps, upstreamCalls } from './support';

const MEBI = 1_048_576;

async function serve(deps: MediaDeps, url: string, init: RequestInit = {}): Promise<Response> {
  try {
    const link = await checkLink(deps, new URL(url));
    if (link === null) return new Response(null, { status: 404 });
    return await serveMedia(deps, new Request(url, init), link);
  } catch (thrown) {
    if (thrown instanceof AppError) return errorResponse(thrown);
    throw thrown;
  }
}

const bytesOf = async (response: Response): Promise<Uint8Array> =>
  new Uint8Array(await response.arrayBuffer());
const nameOf = (url: string): string =>
  new URL(url).pathname.slice(1).replace(/^(image|video)s/, '$1');

/** A picture of an account of its own. */
async function newPicture(id: string): Promise<{ asset: MediaAsset; secret: string }> {
  const account = await newAccount();
  const asset = {
    kind: 'image',
    url: account.picture(id),
    tokenId: account.tokenId,
  } as const;
  return { asset, secret: account.secret };
}

/** What is cached under a link now, all bytes of it. */
async function fill(deps: ReturnType<typeof testDeps>, asset: MediaAsset) {
  const url = await mediaLink(deps, asset);
  const bytes = await bytesOf(await serve(deps, url));
  await deps.settled();
  const row = await findMedia(env.DB, nameOf(url));
  if (row === null) throw new Error('nothing was stored');
  return { url, bytes, row };
}

describe('an object above KV_CACHE_MAX_BYTES', () => {
  it('goes to R2, in KV there is nothing of it, and ranges are read from there', async () => {
    const { asset, secret } = await newPicture('big6');
    const deps = testDeps({ files: env.TEST_FILES, kvMaxBytes: MEBI });
    const { url, bytes, row } = await fill(deps, asset);
    expect(row).toMatchObject({ place: 'r2', sizeBytes: 6 * MEBI });
    expect(await env.KV_CACHE.get(partKeys(row)[0] ?? '')).toBeNull();
    const response = await serve(deps, url, {
      headers: { range: `bytes=${5 * MEBI}-${5 * MEBI + 9}` },
    });
    expect(response.status).toBe(206);
    expect(await bytesOf(response)).toEqual(bytes.slice(5 * MEBI, 5 * MEBI + 10));
    expect(await bytesOf(await serve(deps, url))).toHaveLength(6 * MEBI);
    expect(await upstreamCalls(secret)).toHaveLength(1);
  });

  it('that breaks off leaves no row and nothing to serve', async () => {
    const { asset } = await newPicture('big3-cutasset');
    const deps = testDeps({ files: env.TEST_FILES, kvMaxBytes: MEBI });
    const url = await mediaLink(deps, asset);
    await expect(bytesOf(await serve(deps, url))).rejects.toThrow();
    await deps.settled();
    expect(await findMedia(env.DB, nameOf(url))).toBeNull();
    expect(await env.TEST_FILES.head(nameOf(url))).toBeNull();
  });

  it('whose refill breaks off leaves nothing of the older one in R2 either', async () => {
    const { asset } = await newPicture('big3-cutasset-again');
    const deps = testDeps({ files: env.TEST_FILES, kvMaxBytes: MEBI });
    await storeMedia(deps, asset, new Uint8Array(2 * MEBI), 'image/jpeg');
    const url = await mediaLink(deps, asset);
    const row = await findMedia(env.DB, nameOf(url));
    const later = testDeps({
      files: env.TEST_FILES,
      kvMaxBytes: MEBI,
      now: () => (row?.expiresAt ?? 0) + 1,
    });
    const laterUrl = await mediaLink(later, asset);
    await expect(bytesOf(await serve(later, laterUrl))).rejects.toThrow();
    await later.settled();
    expect(await findMedia(env.DB, nameOf(url))).toBeNull();
    expect(await env.TEST_FILES.head(nameOf(url))).toBeNull();
  });

  it('whose row cannot be written leaves nothing in R2', async () => {
    const { asset } = await newPicture('big3-norow');
    let writes = 0;
    const db: D1Database = Object.create(env.DB, {
      prepare: {
        value: (sql: string) => {
          if (sql.includes('INSERT OR REPLACE INTO media') && (writes += 1) === 2) {
            throw new Error('D1 is down');
          }
          return env.DB.prepare(sql);
        },
      },
    });
    const deps = testDeps({ db, files: env.TEST_FILES, kvMaxBytes: MEBI });
    const url = await mediaLink(deps, asset);
    expect(await bytesOf(await serve(deps, url))).toHaveLength(3 * MEBI);
    await deps.settled();
    expect(writes).toBe(2);
    expect(await findMedia(env.DB, nameOf(url))).toBeNull();
    expect(await env.TEST_FILES.head(nameOf(url))).toBeNull();
  });

  it('is passed through without R2, also when its size was not known before', async () => {
    for (const id of ['big3', 'big3-nolength']) {
      const { asset, secret } = await newPicture(id);
      const deps = testDeps({ kvMaxBytes: MEBI });
      const url = await mediaLink(deps, asset);
      for (let round = 0; round < 2; round++) {
        expect(await bytesOf(await serve(deps, url))).toHaveLength(3 * MEBI);
        await deps.settled();
      }
      expect(await findMedia(env.DB, nameOf(url))).toBeNull();
      const { keys } = await env.KV_CACHE.list({ prefix: nameOf(url) });
      expect(keys).toEqual([]);
      expect(await upstreamCalls(secret)).toHaveLength(2);
    }
  });
});

describe('a cached object', () => {
  it('is stored under its expiry, and gone from KV by itself then', async () => {
    const { asset } = await newPicture('a1');
    const { row } = await fill(testDeps(), asset);
    const { keys } = await env.KV_CACHE.list({ prefix: row.name });
    expect(keys.map(({ name }) => name)).toEqual(partKeys(row));
    expect(keys[0]?.expiration).toBe(row.expiresAt / 1_000);
    expect(row.expiresAt - Date.now()).toBeGreaterThan(60_000);
  });

  it('whose bytes are gone is filled anew (D-43)', async () => {
    const { asset, secret } = await newPicture('a2');
    const deps = testDeps();
    const { url, bytes, row } = await fill(deps, asset);
    for (const key of partKeys(row)) await env.KV_CACHE.delete(key);
    const answers = await Promise.all([serve(deps, url), serve(deps, url)]);
    for (const answer of answers) expect(await bytesOf(answer)).toEqual(bytes);
    await deps.settled();
    expect(await upstreamCalls(secret)).toHaveLength(2);
    const anew = await findMedia(env.DB, row.name);
    expect(anew?.etag).toBe(row.etag);
    // An edge may remember for an hour that nothing was under the keys of before.
    expect(anew === null ? [] : partKeys(anew)).not.toEqual(partKeys(row));
  });

  it('that lacks a later part breaks off once, and is filled anew by the next read', async () => {
    const { asset, secret } = await newPicture('big5-a21');
    const deps = testDeps();
    const { url, bytes, row } = await fill(deps, asset);
    await env.KV_CACHE.delete(partKeys(row)[1] ?? '');
    await expect(bytesOf(await serve(deps, url))).rejects.toThrow();
    await deps.settled();
    expect(await findMedia(env.DB, row.name)).toBeNull();
    expect(Buffer.compare(await bytesOf(await serve(deps, url)), bytes)).toBe(0);
    await deps.settled();
    expect(await upstreamCalls(secret)).toHaveLength(2);
  });

  it('that has expired is fetched again', async () => {
    const { asset, secret } = await newPicture('a3');
    const { url, row } = await fill(testDeps(), asset);
    const later = testDeps({ now: () => row.expiresAt + 1 });
    await bytesOf(await serve(later, url));
    await later.settled();
    expect(await upstreamCalls(secret)).toHaveLength(2);
    expect((await findMedia(env.DB, row.name))?.expiresAt).toBeGreaterThan(row.expiresAt);
  });

  it('is marked as read once an hour, not with every read', async () => {
    const { asset } = await newPicture('a4');
    const { url, row } = await fill(testDeps(), asset);
    const readAt = row.readAt - 2 * 3_600_000;
    await putMedia(env.DB, { ...row, readAt });
    forgetCached(row.name);
    const now = Date.now();
    for (const at of [now, now + 60_000, now + 120_000]) {
      const deps = testDeps({ now: () => at });
      await bytesOf(await serve(deps, url));
      await deps.settled();
      expect((await findMedia(env.DB, row.name))?.readAt).toBe(now);
    }
  });

  it('of another version leaves nothing of the older one in KV', async () => {
    const { asset } = await newPicture('a5');
    const deps = testDeps();
    const old = new Uint8Array(5 * MEBI).fill(7);
    await storeMedia(deps, asset, old, 'image/png');
    const url = await mediaLink(deps, asset);
    const first = await findMedia(env.DB, nameOf(url));
    await storeMedia(deps, asset, Uint8Array.of(0xff, 0xd8, 0xff, 1), 'image/jpeg');
    await deps.settled();
    const second = await findMedia(env.DB, nameOf(url));
    expect(first?.etag).not.toBe(second?.etag);
    const { keys } = await env.KV_CACHE.list({ prefix: nameOf(url) });
    expect(keys.map(({ name }) => name)).toEqual(second === null ? [] : partKeys(second));
    expect(await bytesOf(await serve(deps, url))).toHaveLength(4);
  });

  it('is told to be kept no longer than its link and itself last', async () => {
    const { asset } = await newPicture('a6');
    const open = testDeps({}, { open_links: true });
    const { url, row } = await fill(open, asset);
    const later = testDeps({ now: () => row.expiresAt - 90_000 }, { open_links: true });
    const response = await serve(later, url);
    expect(response.headers.get('cache-control')).toBe('public, max-age=90');
    await response.body?.cancel();
  });
});

describe('storage that fails', () => {
  it('costs the cache and not the client', async () => {
    const { asset } = await newPicture('big5');
    const kv: KVNamespace = Object.create(env.KV_CACHE, {
      put: { value: () => Promise.reject(new Error('KV is down')) },
      get: { value: () => Promise.resolve(null) },
      delete: { value: () => Promise.resolve() },
    });
    const deps = testDeps({ kv });
    const url = await mediaLink(deps, asset);
    expect(await bytesOf(await serve(deps, url))).toHaveLength(5 * MEBI);
    await deps.settled();
    const part = await serve(deps, url, { headers: { range: 'bytes=0-1' } });
    expect(part.status).toBe(206);
    expect(await bytesOf(part)).toHaveLength(2);
    await deps.settled();
    expect(await findMedia(env.DB, nameOf(url))).toBeNull();
  });
});

describe('an open link', () => {
  it('that nobody was given is 404, and the pool is not asked, 1,000 times (D-03, D-30)', async () => {
    const { asset } = await newPicture('secret');
    let asked = 0;
    const noPool = (): never => {
      asked += 1;
      throw new Error('the pool was asked');
    };
    const deps = testDeps({ pool: noPool }, { open_links: true });
    const path = new URL(asset.url).pathname;
    const urlOf = (n: number): string =>
      `https://gw.test/${n % 2 === 0 ? `v1/files/image${path}?n=${n}` : `images/n${n}-x.jpg`}`;
    for (let round = 0; round < 10; round++) {
      const urls = Array.from({ length: 100 }, (_, n) => urlOf(round * 100 + n));
      const answers = await Promise.all(urls.map((url) => serve(deps, url)));
      expect(answers.filter(({ status }) => status === 404)).toHaveLength(100);
    }
    expect(asked).toBe(0);
  });

  it('that was given leads to its file by the credential that made it', async () => {
    const { asset, secret } = await newPicture('mine');
    const deps = testDeps({}, { open_links: true });
    const url = await mediaLink(deps, asset);
    expect((await bytesOf(await serve(deps, url))).length).toBeGreaterThan(0);
    expect(await upstreamCalls(secret)).toHaveLength(1);
  });
});

describe('upstream', () => {
  /** Deps whose upstream is this function; it is told where each request goes, and with which cookie. */
  function played(answers: (url: string) => Response) {
    const asked: string[] = [];
    const fetch = (url: string): Promise<Response> => {
      asked.push(`bare ${url}`);
      return Promise.resolve(answers(url));
    };
    const deps = testDeps({
      egress: { ...testDeps().egress, fetch },
      fetchAsset: (_call, url) => {
        asked.push(`as its account ${url}`);
        return Promise.resolve(answers(url));
      },
    });
    return { deps, asked };
  }
  const redirect = (location: string) => new Response(null, { status: 302, headers: { location } });
  const jpeg = () => new Response(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));

  it('may send us elsewhere on the list; a session goes to the account host alone (D-27)', async () => {
    const { asset } = await newPicture('moved');
    const { deps, asked } = played((url) =>
      url === asset.url ? redirect('https://imgen.x.ai/b.jpg') : jpeg(),
    );
    const url = await mediaLink(deps, asset);
    expect(await bytesOf(await serve(deps, url))).toHaveLength(4);
    expect(asked).toEqual([`as its account ${asset.url}`, 'bare https://imgen.x.ai/b.jpg']);
    await deps.settled();
  });

  it('never sends us off the list, nor round and round', async () => {
    for (const location of ['https://evil.test/a.jpg', 'http://assets.grok.com/a.jpg', '?again']) {
      const { asset } = await newPicture('moved');
      const { deps, asked } = played(() => redirect(location));
      const response = await serve(deps, await mediaLink(deps, asset));
      expect(response.status).toBe(502);
      expect(asked.length).toBeLessThanOrEqual(4);
      expect(asked.join()).not.toContain('evil');
    }
  });

  it.each(['W/"weak"', null])(
    'that has no strong tag (%s) gets one when it is stored, and none before',
    async (etag) => {
      const { asset } = await newPicture(`weak${String(etag).length}`);
      const headers = {
        'content-type': 'image/jpeg',
        'content-length': '4',
        'last-modified': 'Sun, 01 Mar 2026 08:00:00 GMT',
        ...(etag !== null && { etag }),
      };
      const { deps } = played(
        () => new Response(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), { headers }),
      );
      const url = await mediaLink(deps, asset);
      await bytesOf(await serve(deps, url));
      await deps.settled();
      const first = (await findMedia(env.DB, nameOf(url)))?.etag;
      const row = await findMedia(env.DB, nameOf(url));
      if (row === null) throw new Error('nothing was stored');
      for (const key of partKeys(row)) await env.KV_CACHE.delete(key);
      forgetCached(row.name);
      await bytesOf(await serve(deps, url));
      await deps.settled();
      // Upstream does not say that the bytes are the same, so nobody may splice them.
      expect((await findMedia(env.DB, nameOf(url)))?.etag).not.toBe(first);
    },
  );

  it('that has a weak tag and is not kept passes it on: good for asking, not for splicing', async () => {
    const { asset } = await newPicture('weakthrough');
    const headers = { 'content-type': 'image/jpeg', 'content-length': '4', etag: 'W/"v1"' };
    const { deps: plain } = played(
      () => new Response(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0), { headers }),
    );
    const deps = { ...plain, kvMaxBytes: 2, files: null };
    const url = await mediaLink(deps, asset);
    const first = await serve(deps, url);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[^"]+"$/);
    await first.arrayBuffer();
    const again = (more: Record<string, string>) => serve(deps, url, { headers: more });
    expect((await again({ 'if-none-match': etag })).status).toBe(304);
    expect((await again({ 'if-match': etag })).status).toBe(412);
    const whole = await again({ range: 'bytes=0-1', 'if-range': etag });
    expect(whole.status).toBe(200);
    expect(await bytesOf(whole)).toHaveLength(4);
  });

  it('that announces more than 512 MiB is not read', async () => {
    const { asset } = await newPicture('huge');
    const headers = { 'content-length': String(513 * MEBI), 'content-type': 'image/jpeg' };
    const { deps } = played(() => new Response('x', { headers }));
    expect((await serve(deps, await mediaLink(deps, asset))).status).toBe(502);
  });
});

describe('a large object whose client leaves in the middle', () => {
  it('is filled by its own object at once when its request cannot live to the end', async () => {
    const account = await newAccount();
    const url = account.film(`slow${crypto.randomUUID().slice(0, 8)}-big8`);
    const asset = { kind: 'video', url, tokenId: account.tokenId } as const;
    let laterMs = 0;
    const deps = testDeps({
      now: () => Date.now() + laterMs,
      fetchAsset: () => {
        const body = new ReadableStream<Uint8Array>({
          pull: async (controller) => {
            await scheduler.wait(5);
            controller.enqueue(new Uint8Array(1_000));
          },
        });
        const headers = { 'content-type': 'video/mp4', 'content-length': String(8 * MEBI) };
        return Promise.resolve(new Response(body, { headers }));
      },
    });
    const link = await mediaLink(deps, asset);
    await (await serve(deps, link)).body?.cancel();
    const object = env.MEDIA_FILL.get(env.MEDIA_FILL.idFromName(nameOf(link)));
    const alarm = () => runInDurableObject(object, (_, { storage }) => storage.getAlarm());
    await expect.poll(alarm).not.toBeNull();
    laterMs = HAND_OVER_MS + 1;
    const stored = async () => (await findMedia(env.DB, nameOf(link)))?.sizeBytes;
    await expect.poll(stored).toBe(8 * MEBI);
    expect(await upstreamCalls(account.secret)).toHaveLength(1);
    await deps.settled();
  });

  it('is looked at again by its own object, and filled if the request did not live to do it', async () => {
    const account = await newAccount();
    const url = account.film(`left${crypto.randomUUID().slice(0, 8)}-big8`);
    const asset = { kind: 'video', url, tokenId: account.tokenId } as const;
    let isKilled = false;
    const deps = testDeps({
      fetchAsset: () => {
        const body = new ReadableStream<Uint8Array>({
          pull: async (controller) => {
            await scheduler.wait(5);
            if (isKilled) controller.error(new Error('the work of the request was ended'));
            else controller.enqueue(new Uint8Array(1_000));
          },
        });
        const headers = { 'content-type': 'video/mp4', 'content-length': String(8 * MEBI) };
        return Promise.resolve(new Response(body, { headers }));
      },
    });
    const link = await mediaLink(deps, asset);
    const response = await serve(deps, link);
    await response.body?.cancel();
    const object = env.MEDIA_FILL.get(env.MEDIA_FILL.idFromName(nameOf(link)));
    const alarm = () => runInDurableObject(object, (_, { storage }) => storage.getAlarm());
    await expect.poll(alarm).toBeGreaterThan(Date.now() + 30_000);
    isKilled = true;
    await deps.settled();
    expect(await findMedia(env.DB, nameOf(link))).toBeNull();
    await runDurableObjectAlarm(object);
    expect((await findMedia(env.DB, nameOf(link)))?.sizeBytes).toBeGreaterThan(7 * MEBI);
    expect(await alarm()).toBeNull();
  });
});

describe('more reads of one account than are allowed at once', () => {
  it('are all answered: who finds none free waits for its turn', async () => {
    const account = await newAccount();
    const deps = testDeps({}, {});
    const urls = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        mediaLink(deps, {
          kind: 'image',
          url: account.picture(`gallery${n}-slowasset50`),
          tokenId: account.tokenId,
        }),
      ),
    );
    const answers = await Promise.all(urls.map((url) => serve(deps, url)));
    expect(answers.map(({ status }) => status)).toEqual(urls.map(() => 200));
    await Promise.all(answers.map(bytesOf));
    await deps.settled();
  });

  it('are media_busy after ten seconds, asked for ever less often', async () => {
    const account = await newAccount();
    for (let n = 0; n < 8; n++) {
      await pool().lendForMedia(account.tokenId, `${account.tokenId}-${n}`, 60_000);
    }
    const waits: number[] = [];
    const wait = (ms: number): Promise<void> => {
      waits.push(ms);
      return Promise.resolve();
    };
    const deps = testDeps({ wait });
    const asset = {
      kind: 'image',
      url: account.picture('busy'),
      tokenId: account.tokenId,
    } as const;
    const response = await serve(deps, await mediaLink(deps, asset));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toMatchObject({ error: { code: 'media_busy' } });
    expect(waits.slice(0, 5)).toEqual([100, 200, 400, 800, 1_000]);
    expect(waits.reduce((sum, ms) => sum + ms)).toBe(10_500);
    await deps.settled();
  });

  it('leave room for pictures when they are downloads of videos', async () => {
    const account = await newAccount();
    for (let n = 0; n < 8; n++) {
      await pool().lendForMedia(account.tokenId, `${account.tokenId}-${n}`, 60_000, true);
    }
    const deps = testDeps();
    const asset = {
      kind: 'image',
      url: account.picture('small'),
      tokenId: account.tokenId,
    } as const;
    const response = await serve(deps, await mediaLink(deps, asset));
    expect(response.status).toBe(200);
    await bytesOf(response);
    await deps.settled();
  });
});

describe('readMedia', () => {
  it('reads through the cache', async () => {
    const { asset, secret } = await newPicture('r1');
    const deps = testDeps();
    const first = await readMedia(deps, asset, MEBI);
    await deps.settled();
    const again = await readMedia(deps, asset, MEBI);
    expect(first.mime).toBe('image/jpeg');
    expect(again).toEqual(first);
    expect(await upstreamCalls(secret)).toHaveLength(1);
  });

  it('reads no more than it may', async () => {
    const { asset } = await newPicture('big2');
    const deps = testDeps();
    const tooLarge = expect.objectContaining({ code: 'file_too_large' });
    await expect(readMedia(deps, asset, MEBI)).rejects.toEqual(tooLarge);
    await deps.settled();
    await expect(readMedia(deps, asset, MEBI)).rejects.toEqual(tooLarge);
    expect((await readMedia(deps, asset, 2 * MEBI)).bytes).toHaveLength(2 * MEBI);
  });

  it('finds what storeMedia put there, without upstream', async () => {
    const { asset, secret } = await newPicture('r2');
    const deps = testDeps();
    const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 1, 2, 3);
    await storeMedia(deps, asset, bytes, 'image/jpeg');
    expect(await readMedia(deps, asset, MEBI)).toEqual({ bytes, mime: 'image/jpeg' });
    expect(await upstreamCalls(secret)).toHaveLength(0);
  });
});

describe('ranges of a video that is not cached', () => {
  it('are read by a few at once, and by the others from the cache', async () => {
    const account = await newAccount();
    const deps = testDeps();
    const film = {
      kind: 'video',
      url: account.film('big6-slowasset100'),
      tokenId: account.tokenId,
    } as const;
    const url = await mediaLink(deps, film);
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const response = await serve(deps, url, {
          headers: { range: `bytes=${n}-${n + 999_999}` },
        });
        return [response.status, (await bytesOf(response)).length] as const;
      }),
    );
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([206]));
    expect(new Set(answers.map(([, size]) => size))).toEqual(new Set([1_000_000]));
    await deps.settled();
    // As many as may at once, their followers until the fill is there, and the fill: how many rounds of
    // followers there are depends on the machine, but most of the forty ask nobody.
    expect((await upstreamCalls(account.secret)).length).toBeLessThanOrEqual(4 * MAX_PASSES + 1);
  });

  it('of one too large for the cache are all read through', async () => {
    const account = await newAccount();
    const deps = testDeps({ kvMaxBytes: MEBI });
    const film = { kind: 'video', url: account.film('big3'), tokenId: account.tokenId } as const;
    const url = await mediaLink(deps, film);
    for (let round = 0; round < 2; round++) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          const response = await serve(deps, url, { headers: { range: `bytes=${n}-${n + 9}` } });
          return (await bytesOf(response)).length;
        }),
      );
      expect(answers).toEqual(Array.from({ length: 8 }, () => 10));
      await deps.settled();
    }
    expect(await findMedia(env.DB, nameOf(url))).toBeNull();
  });

  it('beyond its end are judged by the conditions first (RFC 9110, 13.2.2)', async () => {
    const account = await newAccount();
    const deps = testDeps({ kvMaxBytes: MEBI });
    const film = { kind: 'video', url: account.film('big2'), tokenId: account.tokenId } as const;
    const url = await mediaLink(deps, film);
    const known = await serve(deps, url, { headers: { range: 'bytes=0-0' } });
    await bytesOf(known);
    expect(known.headers.get('vary')).toBe('sec-fetch-dest, sec-ch-ua');
    const etag = known.headers.get('etag') ?? '';
    const beyond = `bytes=${2 * MEBI}-`;
    const cases: [Record<string, string>, number][] = [
      [{}, 416],
      [{ 'if-range': '"other"' }, 200],
      [{ 'if-range': etag }, 416],
      [{ 'if-none-match': etag }, 304],
      [{ 'if-none-match': '"other"' }, 416],
      [{ 'if-match': '"other"' }, 412],
      [{ 'if-match': etag }, 416],
    ];
    for (const [headers, status] of cases) {
      const response = await serve(deps, url, { headers: { range: beyond, ...headers } });
      expect([headers, response.status]).toEqual([headers, status]);
      await response.body?.cancel();
    }
    await deps.settled();
  });
});

describe('serveAsset', () => {
  it('answers by another right than a link, ranges included', async () => {
    const { asset } = await newPicture('big1');
    const deps = testDeps();
    const request = new Request('https://gw.test/v1/videos/v/content', {
      headers: { range: 'bytes=1-2' },
    });
    const response = await serveAsset(deps, request, asset);
    expect(response.status).toBe(206);
    expect(response.headers.get('cache-control')).toMatch(/^private/);
    expect(await bytesOf(response)).toHaveLength(2);
    await deps.settled();
  });
});
