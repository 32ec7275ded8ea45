import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import { sha256Hex } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';
import { fingerprint, mask, seal } from '../../src/lib/seal';
import { mediaLink } from '../../src/media/links';
import { findMedia } from '../../src/store/media';
import { BASE, newAccount, pool, testDeps, upstreamCalls } from '../media/support';

const MEBI = 1_048_576;
const ask = (url: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(url.startsWith('https:') ? url : BASE + url, init);
const range = (bytes: string): RequestInit => ({ headers: { range: `bytes=${bytes}` } });
const link = (url: string, tokenId: string | null): Promise<string> =>
  mediaLink(testDeps(), { kind: 'image', url, tokenId });
const codeOf = async (response: Response): Promise<string> =>
  (await response.json<{ error: { code: string } }>()).error.code;
const bytesOf = async (response: Response): Promise<Uint8Array> =>
  new Uint8Array(await response.arrayBuffer());
const nameOf = (url: string): string =>
  new URL(url).pathname.slice(1).replace(/^(image|video)s/, '$1');
const stored = (url: string) => findMedia(env.DB, nameOf(url));
const isStored = async (url: string) => (await stored(url)) !== null;

describe('a picture', () => {
  it('is fetched once, then served from the cache with a strong ETag', async () => {
    const account = await newAccount();
    const url = await link(account.picture('a1'), account.tokenId);
    const first = await ask(url);
    expect(first.status).toBe(200);
    const whole = await bytesOf(first);
    await expect.poll(() => isStored(url)).toBe(true);
    const again = await ask(url);
    const etag = again.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]{16}"$/);
    expect(first.headers.get('etag')).toBe(etag);
    expect(await bytesOf(again)).toEqual(whole);
    expect(await upstreamCalls(account.secret)).toHaveLength(1);
    const unchanged = await ask(url, { headers: { 'if-none-match': etag } });
    expect(unchanged.status).toBe(304);
    expect(await bytesOf(unchanged)).toHaveLength(0);
  });

  it('has headers of ours and none of upstream’s (D-15)', async () => {
    const account = await newAccount();
    const url = await link(account.picture('cookie'), account.tokenId);
    for (let round = 0; round < 2; round++) {
      const response = await ask(url);
      await response.arrayBuffer();
      expect(response.headers.get('set-cookie')).toBeNull();
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'image/jpeg',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "sandbox; default-src 'none'",
        'cross-origin-resource-policy': 'cross-origin',
        'access-control-allow-origin': '*',
        'accept-ranges': 'bytes',
        'cache-control': expect.stringMatching(/^private, max-age=\d+$/),
      });
      await expect.poll(() => isStored(url)).toBe(true);
    }
  });

  it('is one fetch and one row for 100 clients at once (D-43)', async () => {
    const account = await newAccount();
    const url = await link(account.picture('slowasset50'), account.tokenId);
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(url)));
    const sizes = await Promise.all(answers.map(async (answer) => (await bytesOf(answer)).length));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(sizes).size).toBe(1);
    expect(await upstreamCalls(account.secret)).toHaveLength(1);
  });

  it('is fetched to the end for the cache when its client has left', async () => {
    const account = await newAccount();
    const url = await link(account.picture('big6'), account.tokenId);
    const response = await ask(url);
    await response.body?.cancel();
    await expect.poll(async () => (await stored(url))?.sizeBytes).toBe(6 * MEBI);
    expect(await bytesOf(await ask(url))).toHaveLength(6 * MEBI);
    expect(await upstreamCalls(account.secret)).toHaveLength(1);
  });

  it('that upstream sends as SVG is a download (D-15)', async () => {
    const account = await newAccount();
    const response = await ask(await link(account.picture('svg'), account.tokenId));
    await response.arrayBuffer();
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-disposition')).toBe('attachment');
  });

  it('without a known size is cached all the same', async () => {
    const account = await newAccount();
    const url = await link(account.picture('big1-nolength'), account.tokenId);
    expect(await bytesOf(await ask(url))).toHaveLength(MEBI);
    await expect.poll(async () => (await stored(url))?.sizeBytes).toBe(MEBI);
  });

  it('answers a HEAD with the headers of a GET', async () => {
    const account = await newAccount();
    const url = await link(account.picture('a2'), account.tokenId);
    const head = await ask(url, { method: 'HEAD' });
    expect(await bytesOf(head)).toHaveLength(0);
    await expect.poll(() => isStored(url)).toBe(true);
    const get = await ask(url);
    const size = (await bytesOf(get)).length;
    const again = await ask(url, { method: 'HEAD' });
    for (const name of ['content-length', 'content-type', 'etag']) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
      expect(again.headers.get(name)).toBe(get.headers.get(name));
    }
    expect(again.headers.get('content-length')).toBe(String(size));
  });

  it('is served on the older paths by the same right, without a key (D-58)', async () => {
    const account = await newAccount();
    const asset = account.picture('a3');
    const { search } = new URL(await link(asset, account.tokenId));
    const { pathname } = new URL(asset);
    for (const path of [`/v1/files/image${pathname}`, `/api/v1/files/image${pathname}`]) {
      const response = await ask(path + search);
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
    const unsigned = await ask(`/v1/files/image${pathname}`);
    expect(unsigned.status).toBe(403);
    expect(await codeOf(unsigned)).toBe('link_invalid');
  });

  it('of a public host needs no credential', async () => {
    const url = await link('https://imagine-public.x.ai/imagine-public/images/pub1.jpg', null);
    const response = await ask(url);
    expect(response.status).toBe(200);
    expect((await bytesOf(response)).length).toBeGreaterThan(0);
  });
});

describe('a range', () => {
  it('of a cached object is its bytes, across the parts it is stored in (D-41)', async () => {
    const account = await newAccount();
    const url = await link(account.film('big9'), account.tokenId);
    const whole = await bytesOf(await ask(url));
    expect(whole).toHaveLength(9 * MEBI);
    await expect.poll(() => isStored(url)).toBe(true);
    const cases: [string, number, number][] = [
      ['0-1', 0, 2],
      [`${4 * MEBI - 3}-${4 * MEBI + 2}`, 4 * MEBI - 3, 6],
      [`${8 * MEBI + 5}-`, 8 * MEBI + 5, MEBI - 5],
      ['-7', 9 * MEBI - 7, 7],
      [`10-${9 * MEBI + 10}`, 10, 9 * MEBI - 10],
    ];
    for (const [bytes, offset, length] of cases) {
      const response = await ask(url, range(bytes));
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toBe(
        `bytes ${offset}-${offset + length - 1}/${9 * MEBI}`,
      );
      expect(response.headers.get('content-length')).toBe(String(length));
      const body = await bytesOf(response);
      expect(body.length).toBe(length);
      expect(Buffer.compare(body, whole.subarray(offset, offset + length))).toBe(0);
    }
    expect(await upstreamCalls(account.secret)).toHaveLength(1);
  });

  it('that cannot be satisfied is 416 with Content-Range; several are the whole (D-42)', async () => {
    const account = await newAccount();
    const url = await link(account.picture('big1'), account.tokenId);
    await (await ask(url)).arrayBuffer();
    await expect.poll(() => isStored(url)).toBe(true);
    const beyond = await ask(url, range(`${MEBI}-`));
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${MEBI}`);
    expect(await codeOf(beyond)).toBe('range_not_satisfiable');
    const several = await ask(url, range('0-1,5-6'));
    expect(several.status).toBe(200);
    expect(await bytesOf(several)).toHaveLength(MEBI);
    const changed = await ask(url, { headers: { range: 'bytes=0-1', 'if-range': '"other"' } });
    expect(changed.status).toBe(200);
    await changed.body?.cancel();
  });

  it('of a video not cached yet is answered at once, and the cache is filled beside it', async () => {
    const account = await newAccount();
    const url = await link(account.film('big5'), account.tokenId);
    const first = await ask(url, range('0-1'));
    expect(first.status).toBe(206);
    expect(first.headers.get('content-range')).toBe(`bytes 0-1/${5 * MEBI}`);
    expect(await bytesOf(first)).toHaveLength(2);
    await expect.poll(() => isStored(url)).toBe(true);
    const etag = (await ask(url, { method: 'HEAD' })).headers.get('etag');
    expect(etag).toBe(first.headers.get('etag'));
    expect(await upstreamCalls(account.secret)).toHaveLength(2);
  });

  it('of a picture not cached yet is one fetch', async () => {
    const account = await newAccount();
    const url = await link(account.picture('a4'), account.tokenId);
    const response = await ask(url, range('0-1'));
    expect(response.status).toBe(206);
    expect([...(await bytesOf(response))]).toEqual([0xff, 0xd8]);
    expect(await upstreamCalls(account.secret)).toHaveLength(1);
  });

  it('of a 40 MB film transfers what was asked for, uncached without R2', async () => {
    const account = await newAccount();
    const url = await link(account.film('big40'), account.tokenId);
    const middle = 20 * MEBI;
    const response = await ask(url, range(`${middle}-${middle + 999}`));
    expect(response.status).toBe(206);
    expect(await bytesOf(response)).toHaveLength(1_000);
    const etag = response.headers.get('etag') ?? '';
    const same = await ask(url, { headers: { range: 'bytes=5-9', 'if-range': etag } });
    expect(await bytesOf(same)).toHaveLength(5);
    const other = await ask(url, { headers: { range: 'bytes=5-9', 'if-range': '"x"' } });
    expect(other.status).toBe(200);
    expect(other.headers.get('content-length')).toBe(String(40 * MEBI));
    await other.body?.cancel();
    const beyond = await ask(url, range(`${40 * MEBI}-`));
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${40 * MEBI}`);
    await beyond.arrayBuffer();
    expect(await isStored(url)).toBe(false);
  });
});

describe('a failure', () => {
  it.each([
    ['status404', 404, 'media_gone'],
    ['status401', 502, 'upstream_error'],
    ['status403', 502, 'upstream_error'],
    ['status429', 502, 'upstream_error'],
    ['status500', 502, 'upstream_error'],
    ['html', 502, 'upstream_error'],
  ])('upstream (%s) is told in our words and touches no credential', async (id, status, code) => {
    const account = await newAccount();
    const url = await link(account.picture(id), account.tokenId);
    const film = await link(account.film(id), account.tokenId);
    for (let round = 0; round < 6; round++) {
      const response = await ask(round % 2 === 0 ? url : film, round > 3 ? range('0-1') : {});
      expect(response.status).toBe(status);
      expect(await codeOf(response)).toBe(code);
    }
    const [token] = await pool().findTokens([{ id: account.tokenId }]);
    expect(token).toMatchObject({ state: 'active', failures: 0 });
    expect((await pool().stats()).openLeases).toBe(0);
  });

  it('in the middle breaks the answer off and caches nothing', async () => {
    const account = await newAccount();
    const url = await link(account.picture('big2-cutasset'), account.tokenId);
    const response = await ask(url);
    await expect(response.arrayBuffer()).rejects.toThrow();
    expect(await isStored(url)).toBe(false);
  });

  it('of a deleted credential is media_gone', async () => {
    const account = await newAccount();
    const url = await link(account.picture('a5'), account.tokenId);
    await pool().deleteTokens([{ id: account.tokenId }]);
    const response = await ask(url);
    expect(response.status).toBe(404);
    expect(await codeOf(response)).toBe('media_gone');
  });

  it('to lend is waited for, and every read gives its credential back', async () => {
    const account = await newAccount();
    const cap = DEFAULT_SETTINGS.media.reads_per_token;
    const loans = Array.from({ length: cap }, (_, n) => `${account.tokenId}-${n}`);
    for (const id of loans) await pool().lendForMedia(account.tokenId, id, 60_000);
    const url = await link(account.picture('a6'), account.tokenId);
    const waiting = ask(url);
    await pool().returnMedia(loans);
    const response = await waiting;
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    for (let round = 0; round < 3; round++) {
      const film = await ask(await link(account.film(`a${round}`), account.tokenId), range('0-1'));
      expect(film.status).toBe(206);
      await film.arrayBuffer();
    }
    // Every read has given its credential back.
    const again = loans.map((id) => pool().lendForMedia(account.tokenId, `${id}-again`, 1_000));
    await expect.poll(async () => (await Promise.all(again)).every(({ ok }) => ok)).toBe(true);
  });

  it('of a client to stay gives its credential back, however often', async () => {
    const account = await newAccount();
    const url = await link(account.film('big40'), account.tokenId);
    for (let round = 0; round < 3 * DEFAULT_SETTINGS.media.reads_per_token; round++) {
      const ended = async (): Promise<boolean> => {
        const response = await ask(url, round % 2 === 0 ? range('5-') : {});
        await response.body?.cancel();
        return response.ok;
      };
      // The last one's word may still be on its way.
      await expect.poll(ended).toBe(true);
    }
  });

  it('to name anything is 404 without a word to the pool or to upstream', async () => {
    for (const path of ['/images/p_!', '/images/u_aHR0cHM6Ly9ldmlsLnRlc3QveA', '/videos/p_']) {
      const response = await ask(path);
      expect(response.status).toBe(404);
      expect(await codeOf(response)).toBe('not_found');
    }
    const nonsense = await ask('/images/nonsense-1');
    expect(nonsense.status).toBe(403);
    const post = await ask('/images/nonsense-1', { method: 'POST' });
    expect(post.status).toBe(405);
    // A page can read why.
    expect(nonsense.headers.get('access-control-allow-origin')).toBe('*');
    const preflight = await ask('/images/nonsense-1', { method: 'OPTIONS' });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('POST /v1/uploads/image', () => {
  const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4]);

  async function storeKey(): Promise<string> {
    const key = newApiKey();
    await env.DB.prepare(
      `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
       VALUES (?1, ?2, 'test', 'sk-…', 1, 1, '{}', 0, 0)`,
    )
      .bind(newId('key'), await sha256Hex(key))
      .run();
    return key;
  }

  function upload(key: string, bytes: Uint8Array, type: string, field = 'file'): Promise<Response> {
    const body = new FormData();
    body.append(field, new File([bytes], 'picture', { type }));
    return ask('/v1/uploads/image', {
      method: 'POST',
      body,
      headers: { authorization: `Bearer ${key}` },
    });
  }

  it('gives a link that works until it expires, with the type of the bytes', async () => {
    const response = await upload(await storeKey(), PNG, 'image/svg+xml');
    expect(response.status).toBe(200);
    const body = await response.json<{ url: string; name: string; size_bytes: number }>();
    expect(body).toMatchObject({ size_bytes: PNG.length });
    expect(body.name).toMatch(/^upload-[0-9a-f-]{36}\.png$/);
    const read = await ask(body.url);
    expect(read.headers.get('content-type')).toBe('image/png');
    expect(await bytesOf(read)).toEqual(PNG);
    const { pathname } = new URL(body.url);
    expect((await ask(pathname)).status).toBe(403);
  });

  it('gives a link that a chat takes as an attachment, without a request to ourselves (D-69)', async () => {
    const id = newId('tok');
    const secret = `plain-${id.toLowerCase()}`;
    await pool().importTokens([
      {
        id,
        provider: 'moonshot',
        tier: 'basic',
        sealedSecret: await seal(env, id, secret),
        fingerprint: await fingerprint(env, secret),
        mask: mask(secret),
      },
    ]);
    const key = await storeKey();
    const uploaded = await upload(key, PNG, 'image/png');
    const { url } = await uploaded.json<{ url: string }>();
    const chat = (imageUrl: string): Promise<Response> =>
      ask('/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'kimi-k2.5',
          messages: [
            { role: 'user', content: [{ type: 'image_url', image_url: { url: imageUrl } }] },
          ],
        }),
      });
    expect((await chat(url)).status).toBe(200);
    const [call] = await upstreamCalls(secret);
    expect(JSON.stringify(call)).toContain(`data:image/png;base64,${PNG.toBase64()}`);
    const tampered = await chat(url.replace(/e=\d/, 'e=9'));
    expect(await codeOf(tampered)).toBe('link_invalid');
    const elsewhere = await chat(`${BASE}/v1/models`);
    expect(await codeOf(elsewhere)).toBe('url_not_allowed');
  });

  it('refuses SVG, other types, no file, too much, and no key', async () => {
    const key = await storeKey();
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>');
    const refused: [Promise<Response>, number, string][] = [
      [upload(key, svg, 'image/svg+xml'), 400, 'unsupported_file'],
      [upload(key, svg, 'image/png'), 400, 'unsupported_file'],
      [upload(key, new Uint8Array(), 'image/png'), 400, 'unsupported_file'],
      [upload(key, PNG, 'image/png', 'other'), 400, 'invalid_request'],
      [upload(key, new Uint8Array(25 * MEBI + 1), 'image/png'), 413, 'file_too_large'],
      [upload('', PNG, 'image/png'), 401, 'missing_api_key'],
    ];
    for (const [answer, status, code] of refused) {
      const response = await answer;
      expect(response.status).toBe(status);
      expect(await codeOf(response)).toBe(code);
    }
  });
});
