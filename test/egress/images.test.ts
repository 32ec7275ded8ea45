import { describe, expect, it } from 'vitest';
import type { Egress } from '../../src/egress/egress';
import { decodeDataUri, fetchImage, MAX_IMAGE_BYTES, sniffImage } from '../../src/egress/images';
import { openSocket } from './no-socket';

const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const never = new AbortController().signal;

/** An egress that answers by URL and keeps what it was asked. */
function fakeEgress(answers: Readonly<Record<string, () => Response | Promise<Response>>>) {
  const asked: { url: string; init: RequestInit }[] = [];
  const egress: Egress = {
    fetch: async (url, init) => {
      asked.push({ url, init });
      const answer = answers[url];
      if (answer === undefined) throw new Error('Network connection lost.');
      return answer();
    },
    openSocket,
  };
  return { asked, source: { egress, ownHosts: ['gateway.example.com'] } };
}

const redirect =
  (location: string, status = 302) =>
  () =>
    new Response(null, { status, headers: { location } });

describe('fetchImage', () => {
  it('gives the bytes and the type they show, not the one that is claimed, and sends no credential (D-07)', async () => {
    const { source, asked } = fakeEgress({
      'https://a.example.com/x': () =>
        new Response(PNG, { headers: { 'content-type': 'text/html' } }),
    });
    expect(await fetchImage('https://a.example.com/x', source, never)).toEqual({
      bytes: PNG,
      mime: 'image/png',
    });
    const headers = new Headers(asked[0]?.init.headers);
    expect([...headers.keys()]).toEqual(['accept']);
    expect(asked[0]?.init.redirect).toBe('manual');
  });

  it('follows three redirects, relative ones too, and no fourth', async () => {
    const { source, asked } = fakeEgress({
      'https://a.example.com/0': redirect('/1', 301),
      'https://a.example.com/1': redirect('https://b.example.com/2', 307),
      'https://b.example.com/2': redirect('https://b.example.com/3', 308),
      'https://b.example.com/3': () => new Response(PNG),
      'https://c.example.com/': redirect('https://a.example.com/0'),
    });
    expect((await fetchImage('https://a.example.com/0', source, never)).mime).toBe('image/png');
    asked.length = 0;
    await expect(fetchImage('https://c.example.com/', source, never)).rejects.toMatchObject({
      code: 'url_not_allowed',
    });
    expect(asked).toHaveLength(4);
  });

  for (const target of [
    'https://127.0.0.1/',
    'http://b.example.com/',
    'https://gateway.example.com/x',
    'https://[::1]/',
  ]) {
    it(`does not follow a redirect to ${target} (D-08)`, async () => {
      const { source, asked } = fakeEgress({ 'https://a.example.com/': redirect(target) });
      await expect(fetchImage('https://a.example.com/', source, never)).rejects.toMatchObject({
        code: 'url_not_allowed',
      });
      expect(asked).toHaveLength(1);
    });
  }

  it('asks nothing when the first address is not allowed', async () => {
    const { source, asked } = fakeEgress({});
    await expect(fetchImage('https://localhost/', source, never)).rejects.toMatchObject({
      code: 'url_not_allowed',
    });
    expect(asked).toEqual([]);
  });

  it('stops reading a body that goes on beyond the limit (D-08)', async () => {
    let pulled = 0;
    let isCancelled = false;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulled += 1;
            controller.enqueue(new Uint8Array(1_048_576));
          },
          cancel() {
            isCancelled = true;
          },
        }),
      );
    const { source } = fakeEgress({ 'https://a.example.com/': endless });
    await expect(fetchImage('https://a.example.com/', source, never)).rejects.toMatchObject({
      code: 'invalid_image',
    });
    expect(pulled).toBeLessThan(25);
    expect(isCancelled).toBe(true);
  });

  it('does not read a body that is announced too large', async () => {
    const { source } = fakeEgress({
      'https://a.example.com/': () =>
        new Response(PNG, { headers: { 'content-length': String(MAX_IMAGE_BYTES + 1) } }),
    });
    await expect(fetchImage('https://a.example.com/', source, never)).rejects.toMatchObject({
      code: 'invalid_image',
      message: 'An image in the request is larger than 20 MiB.',
    });
  });

  it('gives up after its time (D-08)', async () => {
    const hanging: Egress = {
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        }),
      openSocket,
    };
    const source = { egress: hanging, ownHosts: [], timeoutMs: 20 };
    await expect(fetchImage('https://a.example.com/', source, never)).rejects.toMatchObject({
      code: 'invalid_image',
      message: 'An image in the request took too long to fetch.',
    });
  });

  it('hands on the reason when the caller left', async () => {
    const reason = new Error('left');
    const egress: Egress = { fetch: () => Promise.reject(reason), openSocket };
    const source = { egress, ownHosts: [] };
    await expect(
      fetchImage('https://a.example.com/', source, AbortSignal.abort(reason)),
    ).rejects.toBe(reason);
  });

  it.each([
    ['404', 'could not be fetched: its host answered HTTP 404.'],
    ['nowhere', 'could not be fetched: its host redirects to no address.'],
    ['svg', 'is not a PNG, JPEG, WebP or GIF file.'],
    ['lost', 'could not be fetched: its host could not be reached, or broke off.'],
  ])('says invalid_image, and why, without the address (%s)', async (path, why) => {
    const { source } = fakeEgress({
      'https://a.example.com/404': () => new Response(PNG, { status: 404 }),
      'https://a.example.com/nowhere': redirect('https://'),
      'https://a.example.com/svg': () =>
        new Response('<svg/>', { headers: { 'content-type': 'image/png' } }),
    });
    await expect(fetchImage(`https://a.example.com/${path}`, source, never)).rejects.toMatchObject({
      code: 'invalid_image',
      status: 400,
      message: `An image in the request ${why}`,
    });
  });
});

describe('decodeDataUri', () => {
  it('decodes base64 and sniffs the type', () => {
    expect(decodeDataUri(`data:image/jpeg;base64,${PNG.toBase64()}`)).toEqual({
      bytes: PNG,
      mime: 'image/png',
    });
  });

  it('is what fetchImage does with a data URI', async () => {
    const { source, asked } = fakeEgress({});
    expect((await fetchImage(`DATA:;base64,${PNG.toBase64()}`, source, never)).mime).toBe(
      'image/png',
    );
    expect(asked).toEqual([]);
  });

  for (const [name, uri] of [
    ['text', 'data:text/plain;base64,aGVsbG8='],
    ['broken base64', 'data:image/png;base64,@@@'],
    ['another encoding', 'data:image/png,%89PNG'],
    ['no comma', 'data:image/png;base64'],
    ['nothing', 'data:image/png;base64,'],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => decodeDataUri(uri)).toThrow(expect.objectContaining({ code: 'invalid_image' }));
    });
  }

  it('refuses one above the limit before decoding it (D-32)', () => {
    const uri = `data:image/png;base64,${'A'.repeat(Math.ceil((MAX_IMAGE_BYTES + 6) / 3) * 4)}`;
    expect(() => decodeDataUri(uri)).toThrow('An image in the request is larger than 20 MiB.');
  });
});

describe('sniffImage', () => {
  const KINDS: readonly (readonly [string, string | null])[] = [
    ['\x89PNG\r\n\x1a\n....', 'image/png'],
    ['\xff\xd8\xff\xe0....', 'image/jpeg'],
    ['RIFF\x10\0\0\0WEBPVP8 ', 'image/webp'],
    ['RIFF\x10\0\0\0WAVEfmt ', null],
    ['GIF87a', 'image/gif'],
    ['GIF89a......', 'image/gif'],
    ['%PDF-1.7', null],
    ['BM......', null],
    ['', null],
  ];
  for (const [text, mime] of KINDS) {
    it(`names ${JSON.stringify(text)} ${mime ?? 'nothing'}`, () => {
      expect(sniffImage(Uint8Array.from(text, (char) => char.charCodeAt(0)))).toBe(mime);
    });
  }
});
