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
    const inlined = await inlineImages(messages, async (url) => {
      fetched.push(url);
      return PNG;
    });
    expect(fetched).toEqual(['https://a.example/1']);
    expect(inlined).toEqual([
      user({ type: 'text', text: 'look' }, INLINED),
      user(INLINED, image('data:image/png;base64,AAAA')),
    ]);
  });

  it('gives back the same list when there is nothing to fetch', async () => {
    const messages: Message[] = [{ role: 'user', content: 'hi' }];
    expect(await inlineImages(messages, () => Promise.reject(new Error('asked')))).toBe(messages);
  });

  it('has a limit for all images together', async () => {
    const large = { bytes: new Uint8Array(15 * 1_024 * 1_024), mime: 'image/png' };
    const messages = [user(...[1, 2, 3].map((n) => image(`https://a.example/${n}`)))];
    await expect(inlineImages(messages, () => Promise.resolve(large))).rejects.toMatchObject({
      code: 'invalid_image',
    });
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
    await expect(openAiCompatible('moonshot').stream(call)).rejects.toBe(refusal);
    expect(asked).toEqual([]);
  });

  it('differs from one that does: the address passes as it is', async () => {
    const { call, asked } = callTo(answer, { ...request, model: 'xai/grok-4' });
    await openAiCompatible('xai').stream(call);
    expect(sentMessages(asked)).toEqual(request.messages);
  });
});
