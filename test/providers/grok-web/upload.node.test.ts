import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors';
import { EgressError } from '../../../src/egress/egress';
import { imageOfDataUri, toBase64 } from '../../../src/providers/grok-web/image-data';
import { uploadAssets, uploadImages } from '../../../src/providers/grok-web/upload';
import { call, fakeEgress, MODEL, SECRET, SETTINGS, type Seen } from './fakes';

const bytesOf = (binary: string) => Uint8Array.from(binary, (char) => char.charCodeAt(0));
const PNG = '\x89PNG\r\n\x1a\n and more';
const uri = (binary: string, mime = 'image/png') => `data:${mime};base64,${btoa(binary)}`;
/** A PNG that differs by its last byte. */
const png = (at: number) => uri(PNG + String.fromCharCode(at));

describe('imageOfDataUri', () => {
  it.each([
    ['image/png', PNG],
    ['image/jpeg', '\xff\xd8\xff\xe0 and more'],
    ['image/gif', 'GIF89a and more'],
    ['image/webp', 'RIFF\x10\x00\x00\x00WEBPVP8 '],
  ])('tells %s by its first bytes', (mime, binary) => {
    expect(imageOfDataUri(uri(binary, 'image/x-wrong'))).toEqual({ base64: btoa(binary), mime });
  });

  it('takes base64 with line ends and without padding', () => {
    const spaced = uri(PNG)
      .replace(/=+$/, '')
      .replace(/(.{30})/g, '$1\r\n');
    expect(imageOfDataUri(spaced).base64).toBe(btoa(PNG));
  });

  it.each([
    ['no image', uri('plain text')],
    ['SVG', uri('<svg></svg>', 'image/svg+xml')],
    ['broken base64', 'data:image/png;base64,iVBO*RK5CYII='],
    ['an impossible length', 'data:image/png;base64,iVBOR'],
    ['nothing', 'data:image/png;base64,'],
    ['text that is not base64', 'data:image/png,abc'],
    ['no comma', 'data:image/png;base64'],
    ['more than 20 MiB', `data:image/png;base64,${btoa(PNG)}${'A'.repeat(28 * 1024 * 1024)}`],
  ])('refuses %s', (_name, given) => {
    expect(() => imageOfDataUri(given)).toThrow(
      expect.objectContaining({ code: 'invalid_image', detail: { param: 'messages' } }),
    );
  });
});

describe('toBase64', () => {
  it('encodes bytes of any number', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, at) => (at * 7) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
  });
});

describe('uploadImages', () => {
  it('sends data URIs and fetched images, and gives ids in order', async () => {
    const { egress, seen } = fakeEgress(({ body }) =>
      Response.json(
        body['fileMimeType'] === 'image/png' ? { fileMetadataId: 'f-png' } : { fileId: 'f-jpeg' },
      ),
    );
    const jpeg = bytesOf('\xff\xd8\xff\xe0');
    const given = call(egress, {
      settings: { ...SETTINGS, statsigId: 'pasted' },
      fetchImage: (url) =>
        url === 'https://example.test/a.jpg'
          ? Promise.resolve({ bytes: jpeg, mime: 'image/jpeg' })
          : Promise.reject(new Error(url)),
    });
    expect(await uploadImages(given, [uri(PNG), 'https://example.test/a.jpg'])).toEqual([
      'f-png',
      'f-jpeg',
    ]);
    const first = seen.find(({ body }) => body['fileMimeType'] === 'image/png');
    expect(first?.url).toBe('http://127.0.0.1:9/rest/app-chat/upload-file');
    expect(first?.body).toEqual({
      fileName: 'image.png',
      fileMimeType: 'image/png',
      content: btoa(PNG),
    });
    expect(first?.headers.get('x-statsig-id')).toBe('pasted');
    expect(seen.find(({ body }) => body['fileName'] === 'image.jpeg')?.body['content']).toBe(
      toBase64(jpeg),
    );
  });

  it('sends at most five at once', async () => {
    let open = 0;
    let most = 0;
    const { egress } = fakeEgress(async ({ body }) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open--;
      return Response.json({ fileMetadataId: String(body['content']) });
    });
    const urls = Array.from({ length: 10 }, (_, at) => png(at));
    const ids = await uploadImages(call(egress), urls);
    expect(ids).toEqual(urls.map((url) => url.split(',')[1]));
    expect(most).toBe(5);
  });

  it.each([
    [500, 'unused', true],
    [503, 'unused', true],
    [401, 'revoked', true],
    [403, 'blocked', true],
    [429, 'limited', true],
    [400, 'refused', false],
  ])('calls HTTP %i %s', async (status, outcome, retryable) => {
    const { egress } = fakeEgress(() => Response.json({}, { status }));
    await expect(uploadImages(call(egress), [png(1)])).rejects.toMatchObject({
      outcome,
      detail: { retryable },
    });
  });

  it('calls an unreadable reply and every lost connection unused: no chat was begun', async () => {
    const failures = [
      () => Response.json({}),
      () => new Response('?'),
      () => Promise.reject(new EgressError('refused')),
      () => Promise.reject(new Error('Network connection lost.')),
    ];
    for (const answer of failures) {
      await expect(uploadImages(call(fakeEgress(answer).egress), [png(1)])).rejects.toMatchObject({
        outcome: 'unused',
      });
    }
  });

  it('refuses a URL that is neither data nor https, and passes on what the guard says', async () => {
    const { egress, seen } = fakeEgress(() => Response.json({ fileMetadataId: 'x' }));
    await expect(uploadImages(call(egress), ['ftp://example.test/a.png'])).rejects.toMatchObject({
      code: 'invalid_image',
    });
    const refusal = new AppError('url_not_allowed', 'No.');
    const guarded = call(egress, { fetchImage: () => Promise.reject(refusal) });
    await expect(uploadImages(guarded, ['https://example.test/a.png'])).rejects.toMatchObject({
      code: 'url_not_allowed',
      message: 'No.',
      detail: { param: 'messages' },
    });
    expect(seen).toEqual([]);
  });

  it('says which of several images cannot be used', async () => {
    const { egress } = fakeEgress(() => Response.json({ fileMetadataId: 'x' }));
    const refusal = new AppError('invalid_image', 'An image in the request is no image.');
    const guarded = call(egress, { fetchImage: () => Promise.reject(refusal) });
    const urls = [png(1), 'https://example.test/a.png', png(2)];
    await expect(uploadImages(guarded, urls)).rejects.toMatchObject({
      code: 'invalid_image',
      message: 'Image 2 of 3: an image in the request is no image.',
    });
    await expect(uploadImages(guarded, [png(1), 'ftp://example.test/'])).rejects.toMatchObject({
      message: 'Image 2 of 2: an image must be a data URI or an https URL.',
    });
  });

  it('stops the other uploads at the first failure', async () => {
    const { egress, seen } = fakeEgress(({ init }) =>
      seen.length === 1
        ? Response.json({}, { status: 401 })
        : new Promise<Response>((_, reject) => {
            init.signal?.addEventListener('abort', () => reject(new Error('stopped')));
          }),
    );
    const urls = Array.from({ length: 8 }, (_, at) => png(at));
    await expect(uploadImages(call(egress), urls)).rejects.toMatchObject({ outcome: 'revoked' });
    expect(seen).toHaveLength(5);
    expect(seen.slice(1).every(({ init }) => init.signal?.aborted)).toBe(true);
  });

  it('throws the reason of an abort', async () => {
    const reason = new Error('client left');
    const { egress } = fakeEgress(() => Response.json({ fileMetadataId: 'x' }));
    const given = call(egress, { signal: AbortSignal.abort(reason) });
    await expect(uploadImages(given, [png(1)])).rejects.toBe(reason);
  });
});

describe('uploadAssets', () => {
  it('tells where the older dialects put a file, and null where they do not say', async () => {
    const { egress } = fakeEgress(({ body }) =>
      Response.json({
        fileMetadataId: 'f-1',
        ...(body['content'] === btoa(`${PNG}\x01`) && { fileUri: '/users/u-1/f-1/content' }),
      }),
    );
    expect(await uploadAssets(call(egress), [png(1), png(2)], 'imagine')).toEqual([
      { id: 'f-1', uri: 'users/u-1/f-1/content' },
      { id: 'f-1', uri: null },
    ]);
  });

  it('sends what came as bytes, and no GIF to be edited', async () => {
    const { egress, seen } = fakeEgress(() => Response.json({ fileMetadataId: 'f-1' }));
    const image = { bytes: bytesOf(PNG), mime: 'image/png' };
    await uploadAssets(call(egress), [image], 'imagine');
    expect(seen[0]?.body).toMatchObject({ content: btoa(PNG), fileMimeType: 'image/png' });
    const gif = { bytes: bytesOf('GIF89a'), mime: 'image/gif' };
    await expect(uploadAssets(call(egress), [gif], 'imagine')).rejects.toMatchObject({
      code: 'invalid_image',
      detail: { param: 'image' },
    });
  });

  it('reads two addresses at once, and sends large files one after the other', async () => {
    const large = bytesOf(PNG.padEnd(7 * 1_048_576, '.'));
    const open = { reads: 0, sends: 0 };
    const most = { reads: 0, sends: 0 };
    const during = async <T>(what: 'reads' | 'sends', result: T): Promise<T> => {
      most[what] = Math.max(most[what], ++open[what]);
      await new Promise((resolve) => setTimeout(resolve, 1));
      open[what]--;
      return result;
    };
    const { egress } = fakeEgress(() => during('sends', Response.json({ fileMetadataId: 'f' })));
    const given = call(egress, {
      fetchImage: () => during('reads', { bytes: large, mime: 'image/png' }),
    });
    const urls = Array.from({ length: 4 }, (_, at) => `https://example.test/${at}.png`);
    expect(await uploadImages(given, urls)).toHaveLength(4);
    expect(most).toEqual({ reads: 2, sends: 1 });
  });

  it('sends no more than 32 MiB for one request', async () => {
    const { egress } = fakeEgress(() => Response.json({ fileMetadataId: 'f' }));
    const bytes = new Uint8Array(17 * 1_048_576);
    const two = [1, 2].map(() => ({ bytes, mime: 'image/png' }));
    await expect(uploadAssets(call(egress), two, 'imagine')).rejects.toMatchObject({
      code: 'file_too_large',
      detail: { param: 'image' },
    });
  });

  it('tells of each upload, so that a slow line is not taken for an upstream that is silent', async () => {
    let steps = 0;
    const { egress } = fakeEgress(() => Response.json({ fileMetadataId: 'f' }));
    const given = call(egress, { onStep: () => void steps++ });
    await uploadAssets(given, [png(1), png(2), png(3)], 'imagine');
    expect(steps).toBe(3);
  });

  it('reads a long reply', async () => {
    const { egress } = fakeEgress(() =>
      Response.json({ about: 'x'.repeat(1_000_000), fileMetadataId: 'f-1' }),
    );
    expect(await uploadImages(call(egress), [png(1)])).toEqual(['f-1']);
  });

  it('blames the field that the purpose has', async () => {
    const { egress } = fakeEgress(() => Response.json({}));
    for (const url of ['ftp://example.test/a.png', uri('plain text')]) {
      await expect(uploadAssets(call(egress), [url], 'imagine')).rejects.toMatchObject({
        code: 'invalid_image',
        detail: { param: 'image' },
      });
    }
  });
});

describe('uploadAssets of the gateway dialect', () => {
  const FILE = { fileMetadataId: 'f-1', fileId: 'f-2', fileUri: 'users/u-1/f-1/content' };
  const reply = (more: object = {}) => ({
    uploadId: 'up-1',
    terminalError: null,
    fileMetadata: FILE,
    ...more,
  });
  const gatewayCall = (egress: ReturnType<typeof fakeEgress>['egress']) =>
    call(egress, {
      model: { ...MODEL, dialect: 'gateway' },
      settings: { ...SETTINGS, statsigId: 'pasted', clearance: 'cleared' },
    });
  const upload = (answer: object, purpose: 'chat' | 'imagine' = 'chat') =>
    uploadAssets(
      gatewayCall(fakeEgress(() => Response.json(answer)).egress),
      [png(1)],
      purpose,
    ).then(([asset]) => asset);
  function formOf(seen: Seen | undefined): FormData {
    const body = seen?.init.body;
    if (!(body instanceof FormData)) throw new Error('no form was sent');
    return body;
  }

  it('sends the file as a form, without the headers that this path has not', async () => {
    const { egress, seen } = fakeEgress(() => Response.json(reply()));
    const assets = await uploadAssets(gatewayCall(egress), [uri(PNG)], 'chat');
    expect(assets).toEqual([{ id: 'f-1', uri: 'users/u-1/f-1/content' }]);
    expect(seen[0]?.url).toBe('http://127.0.0.1:9/http/upload-file-v2/direct');
    const { headers } = seen[0] ?? { headers: new Headers() };
    expect(headers.get('cookie')).toBe(`sso=${SECRET}; sso-rw=${SECRET}; cf_clearance=cleared`);
    expect(headers.get('referer')).toBe('https://grok.com/');
    for (const name of ['x-statsig-id', 'x-xai-request-id', 'content-type']) {
      expect(headers.has(name)).toBe(false);
    }
    const form = formOf(seen[0]);
    expect([...form.keys()]).toEqual(['file']);
    const file = form.get('file');
    expect(file).toMatchObject({ name: 'image.png', type: 'image/png' });
    expect(file instanceof File && new Uint8Array(await file.arrayBuffer())).toEqual(bytesOf(PNG));
  });

  it('names its source for Imagine only', async () => {
    const { egress, seen } = fakeEgress(() => Response.json(reply()));
    const jpeg = { bytes: bytesOf('\xff\xd8\xff\xe0'), mime: 'image/jpeg' };
    const given = { ...gatewayCall(egress), fetchImage: () => Promise.resolve(jpeg) };
    await uploadAssets(given, ['https://example.test/a.jpg'], 'imagine');
    const form = formOf(seen[0]);
    expect(form.get('file_source')).toBe('IMAGINE_SELF_UPLOAD_FILE_SOURCE');
    expect(form.get('file')).toMatchObject({ name: 'image.jpeg', type: 'image/jpeg' });
    expect(seen[0]?.headers.get('referer')).toBe('https://grok.com/imagine');
  });

  it('takes the first id there is for a chat', async () => {
    const nameless = reply({ fileMetadata: { ...FILE, fileMetadataId: '' } });
    expect(await upload(nameless)).toMatchObject({ id: 'f-2' });
    expect(await upload(reply({ fileMetadata: null }))).toEqual({ id: 'up-1', uri: null });
  });

  it('takes nothing but the file itself for Imagine', async () => {
    expect(await upload(reply(), 'imagine')).toMatchObject({ id: 'f-1' });
    await expect(upload(reply({ fileMetadata: null }), 'imagine')).rejects.toMatchObject({
      outcome: 'unused',
    });
  });

  it.each([[undefined], [null], [false], [0], [''], [{}], [[]]])(
    'takes a terminal error of %j for none',
    async (terminalError) => {
      expect(await upload(reply({ terminalError }))).toMatchObject({ id: 'f-1' });
    },
  );

  it.each([
    ['an unknown word', 'UNSUPPORTED', 'refused', 'upstream_refused'],
    ['true', true, 'refused', 'upstream_refused'],
    ['an object', { code: 'BAD_FILE', message: 'No.' }, 'refused', 'upstream_refused'],
    ['a limit', { code: 8, message: 'Too many requests' }, 'limited', 'pool_exhausted'],
    ['moderation', 'content-moderated', 'refused', 'content_policy_violation'],
  ])('refuses the file for a terminal error that is %s', async (_name, error, outcome, code) => {
    await expect(upload(reply({ terminalError: error }))).rejects.toMatchObject({ outcome, code });
  });

  it('calls HTTP 500 unused and 401 revoked, as the older dialects do', async () => {
    for (const [status, outcome] of [
      [500, 'unused'],
      [401, 'revoked'],
    ] as const) {
      const { egress } = fakeEgress(() => Response.json({}, { status }));
      await expect(uploadAssets(gatewayCall(egress), [png(1)], 'chat')).rejects.toMatchObject({
        outcome,
      });
    }
  });
});
