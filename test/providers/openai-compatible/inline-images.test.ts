import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/contract/chat';
import { AppError } from '../../../src/errors';
import { openAiCompatible } from '../../../src/providers/openai-compatible/index';
import { inlineImages } from '../../../src/providers/openai-compatible/inline-images';
import { callTo, chat, sentMessages } from './support';

const image = (url: string) => ({ type: 'image_url' as const, image_url: { url } });
const user = (...content: Extract<Message['content'], unknown[]>): Message => ({
  role: 'user',
  content,
});
const PNG = { bytes: new Uint8Array([1, 2, 3]), mime: 'image/png' };
const open = new AbortController().signal;
const INLINED = image('data:image/png;base64,AQID');

describe('inlineImages', () => {
  it('replaces https images by data URIs, fetching each address once', async () => {
    const fetched: string[] = [];
    const messages = [
      user({ type: 'text', text: 'look' }, image('https://a.example/1')),
      user(
        { type: 'input_image', image_url: 'https://a.example/1' },
        image('data:image/png;base64,AAAA'),
      ),
    ];
    const fetchImage = (url: string) => {
      fetched.push(url);
      return Promise.resolve(PNG);
    };
    const inlined = await inlineImages(messages, fetchImage, open);
    expect(fetched).toEqual(['https://a.example/1']);
    expect(inlined).toEqual([
      user({ type: 'text', text: 'look' }, INLINED),
      user(INLINED, image('data:image/png;base64,AAAA')),
    ]);
  });

  it('gives back the same list when there is nothing to fetch', async () => {
    const messages: Message[] = [{ role: 'user', content: 'hi' }];
    const never = () => Promise.reject(new Error('asked'));
    expect(await inlineImages(messages, never, open)).toBe(messages);
  });

  it('has a limit for all images together', async () => {
    const large = { bytes: new Uint8Array(15 * 1_024 * 1_024), mime: 'image/png' };
    const messages = [user(...[1, 2, 3].map((n) => image(`https://a.example/${n}`)))];
    await expect(inlineImages(messages, () => Promise.resolve(large), open)).rejects.toMatchObject({
      code: 'invalid_image',
    });
  });

  const many = (count: number) => [
    user(...Array.from({ length: count }, (_, n) => image(`https://a.example/${n}`))),
  ];

  it('fetches several at once, and no more than twenty', async () => {
    let [now, most] = [0, 0];
    const fetchImage = async () => {
      most = Math.max(most, ++now);
      await Promise.resolve();
      now -= 1;
      return PNG;
    };
    await inlineImages(many(20), fetchImage, open);
    expect(most).toBe(5);
    await expect(inlineImages(many(21), fetchImage, open)).rejects.toMatchObject({
      code: 'invalid_image',
    });
  });

  const hanging = (_url: string, signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });

  it('gives all of them one time together, however many there are (D-09)', async () => {
    const work = inlineImages(many(6), hanging, open, { timeoutMs: 20 });
    await expect(work).rejects.toMatchObject({
      code: 'invalid_image',
      detail: { param: 'messages' },
    });
  });

  it('ends with the call, and with its reason', async () => {
    const call = new AbortController();
    const reason = new Error('left');
    const work = inlineImages(many(2), hanging, call.signal);
    call.abort(reason);
    await expect(work).rejects.toBe(reason);
  });
});

describe('a provider that does not fetch images', () => {
  const request = chat({ model: 'kimi-k2.5', messages: [user(image('https://a.example/1'))] });
  const answer = () =>
    Response.json({ choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }] });

  it('is sent them inlined', async () => {
    const { call, asked } = callTo(answer, request, { fetchImage: () => Promise.resolve(PNG) });
    await openAiCompatible('moonshot').stream(call);
    expect(sentMessages(asked)).toEqual([user(INLINED)]);
  });

  it('is not asked when an image is refused', async () => {
    const refusal = new AppError('url_not_allowed', 'No.');
    const { call, asked } = callTo(answer, request, { fetchImage: () => Promise.reject(refusal) });
    await expect(openAiCompatible('moonshot').stream(call)).rejects.toMatchObject({
      code: 'url_not_allowed',
      message: 'No.',
      detail: { param: 'messages' },
    });
    expect(asked).toEqual([]);
  });

  it('says which of several images is refused', async () => {
    const messages = [user(image('https://a.example/1')), user(image('https://a.example/2'))];
    const fetchImage = (url: string) =>
      url.endsWith('2')
        ? Promise.reject(new AppError('invalid_image', 'An image in the request is none.'))
        : Promise.resolve(PNG);
    await expect(inlineImages(messages, fetchImage, open)).rejects.toMatchObject({
      message: 'Image 2 of 2: an image in the request is none.',
      detail: { param: 'messages' },
    });
  });

  it('is not asked about a video at an address that is not public', async () => {
    const video = { type: 'video_url' as const, video_url: { url: 'https://10.0.0.1/x.mp4' } };
    const refusal = new AppError('url_not_allowed', 'No.');
    const isPublicImage = () => {
      throw refusal;
    };
    const asking = chat({ model: 'kimi-k2.5', messages: [user(video)] });
    const { call, asked } = callTo(answer, asking, { isPublicImage });
    await expect(openAiCompatible('moonshot').stream(call)).rejects.toBe(refusal);
    expect(asked).toEqual([]);
  });

  it('differs from one that does: a public address passes as it is, others are inlined', async () => {
    const messages = [user(image('https://a.example/1'), image('file-1'))];
    const options = {
      fetchImage: () => Promise.resolve(PNG),
      isPublicImage: (url: string) => url.startsWith('https:'),
    };
    const { call, asked } = callTo(answer, chat({ model: 'xai/grok-4', messages }), options);
    await openAiCompatible('xai').stream(call);
    expect(sentMessages(asked)).toEqual([user(image('https://a.example/1'), INLINED)]);
  });
});
