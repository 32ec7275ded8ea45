import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors';
import { EgressError } from '../../../src/egress/egress';
import { imageOfDataUri, toBase64 } from '../../../src/providers/grok-web/image-data';
import { uploadImages } from '../../../src/providers/grok-web/upload';
import { call, fakeEgress, SETTINGS } from './fakes';

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
    await expect(uploadImages(guarded, ['https://example.test/a.png'])).rejects.toBe(refusal);
    expect(seen).toEqual([]);
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
