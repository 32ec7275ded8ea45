import OpenAI, { BadRequestError, toFile } from 'openai';
import type { ImagesResponse } from 'openai/resources/images';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from './harness';

let gateway: Gateway;
let client: OpenAI;

beforeAll(async () => {
  gateway = await startGateway();
  await gateway.admin('POST', 'config', { token: { breaker_credentials: 100 } });
  client = new OpenAI({
    apiKey: await gateway.newKey(),
    baseURL: `${gateway.url}/v1`,
    maxRetries: 0,
  });
});
afterAll(() => gateway.close());
beforeEach(() => useToken('plain'));

let names = 0;
/** Makes this the only credential, of a tier that may use every model. */
async function useToken(words: string): Promise<string> {
  names += 1;
  const name = `${words}-images${names}x`;
  await gateway.useTokens('grok-web', [name], 'heavy');
  return name;
}

/** A model that only this generation has. */
const ONLY = { g1: 'grok-imagine-1.0', g2: 'grok-imagine-image-pro', g3: 'grok-imagine-image-2.0' };

/** Saves settings and waits until the gateway draws by them: its isolate hears of them with a call. */
async function configure(
  generations: readonly (keyof typeof ONLY)[],
  method: 'legacy' | 'imagine_ws_experimental' = 'legacy',
): Promise<void> {
  await gateway.admin('POST', 'config', { grok: { generations, image_generation_method: method } });
  for (const generation of generations) {
    const isOverSocket = method !== 'legacy' && generation === 'g1';
    const expected = isOverSocket ? 'b64_json' : 'url';
    const drawnAs = async (): Promise<string | undefined> => {
      const ask = { model: ONLY[generation], prompt: 'a sign' };
      const drawn = await client.images.generate(ask).catch(() => null);
      return Object.keys(drawn?.data?.[0] ?? {})[0];
    };
    await expect.poll(drawnAs).toBe(expected);
  }
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const JPEG = Buffer.from([0xff, 0xd8]);

const files = () => Promise.all([toFile(PNG, 'one.png'), toFile(PNG, 'two.png')]);

async function linked({ data = [] }: ImagesResponse): Promise<number> {
  for (const { url } of data) {
    const response = await fetch(url ?? '');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/jpeg');
    expect(Buffer.from(await response.arrayBuffer()).subarray(0, 2)).toEqual(JPEG);
  }
  return data.length;
}

function encoded({ data = [] }: ImagesResponse): number {
  for (const { b64_json: base64 } of data) {
    expect(Buffer.from(base64 ?? '', 'base64').subarray(0, 2)).toEqual(JPEG);
  }
  return data.length;
}

/** Rows of every generation, by the settings that have them on. */
const DRAWN = [
  ['g1', 'legacy', 'grok-imagine-1.0'],
  ['g1', 'imagine_ws_experimental', 'grok-imagine-1.0'],
  ['g2', 'legacy', 'grok-imagine-image-lite'],
  ['g2', 'legacy', 'grok-imagine-image'],
  ['g2', 'legacy', 'grok-imagine-image-pro'],
  ['g3', 'legacy', 'grok-imagine-image-lite'],
  ['g3', 'legacy', 'grok-imagine-image'],
  ['g3', 'legacy', 'grok-imagine-image-2.0'],
  // The method is of the oldest wire: it changes nothing for the others.
  ['g2', 'imagine_ws_experimental', 'grok-imagine-image'],
  ['g3', 'imagine_ws_experimental', 'grok-imagine-image'],
] as const;
const EDITED = [
  ['g1', 'grok-imagine-1.0-edit'],
  ['g2', 'grok-imagine-image-edit'],
  ['g3', 'grok-imagine-image-edit'],
] as const;

describe('images.generate', () => {
  it.each(DRAWN)('of %s, %s, with %s: url, b64_json, stream', async (generation, method, model) => {
    await configure([generation], method);
    const ask = { model, prompt: 'a red kite', n: 2 } as const;
    expect(await linked(await client.images.generate({ ...ask, response_format: 'url' }))).toBe(2);
    const whole = await client.images.generate({ ...ask, response_format: 'b64_json' });
    expect(encoded(whole)).toBe(2);
    expect(whole.usage?.total_tokens).toBeGreaterThan(0);

    const stream = await client.images.generate({
      ...ask,
      response_format: 'b64_json',
      stream: true,
    });
    let completed = 0;
    for await (const event of stream) {
      if (event.type !== 'image_generation.completed') continue;
      completed += 1;
      expect(event.created_at).toBeGreaterThan(1_700_000_000);
      expect(event.usage.total_tokens).toBeGreaterThan(0);
      expect(event).toMatchObject({ output_format: 'jpeg', size: 'auto', quality: 'auto' });
      expect(Buffer.from(event.b64_json, 'base64').subarray(0, 2)).toEqual(JPEG);
    }
    expect(completed).toBe(2);
  });

  it('that upstream forbids is a BadRequestError, streamed or not', async () => {
    await configure(['g1']);
    await useToken('modall');
    const ask = { model: 'grok-imagine-1.0', prompt: 'a red kite' } as const;
    const whole = await client.images.generate(ask).catch((error: unknown) => error);
    expect(whole).toBeInstanceOf(BadRequestError);
    expect(whole).toMatchObject({ code: 'content_policy_violation' });
    const streamed = async (): Promise<void> => {
      for await (const event of await client.images.generate({ ...ask, stream: true })) {
        expect(event.type).toBe('image_generation.partial_image');
      }
    };
    await expect(streamed()).rejects.toMatchObject({ code: 'content_policy_violation' });
  });
});

describe('images.edit', () => {
  it.each(EDITED)('of %s with %s: two files, whole and streamed', async (generation, model) => {
    await configure([generation]);
    const ask = { model, prompt: 'make it night', image: await files() };
    expect(await linked(await client.images.edit({ ...ask, response_format: 'url' }))).toBe(1);
    const whole = await client.images.edit({ ...ask, response_format: 'b64_json' });
    expect(encoded(whole)).toBe(1);
    const types = new Set<string>();
    const stream = await client.images.edit({ ...ask, response_format: 'b64_json', stream: true });
    for await (const event of stream) types.add(event.type);
    expect(types).toContain('image_edit.completed');
  });

  it('refuses a mask by name', async () => {
    const thrown = await client.images
      .edit({
        prompt: 'night',
        image: await toFile(PNG, 'a.png'),
        mask: await toFile(PNG, 'm.png'),
      })
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(BadRequestError);
    expect(thrown).toMatchObject({ code: 'unsupported_parameter', param: 'mask' });
  });
});

describe('a chat with a picture model', () => {
  it('goes on editing what it answered', async () => {
    await configure(['g3']);
    const model = 'grok-imagine-image-edit';
    const image = { url: `data:image/png;base64,${PNG.toString('base64')}` };
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'make it night' },
          { type: 'image_url', image_url: image },
        ],
      },
    ];
    for (const next of ['now with snow', 'and a fox']) {
      const { choices } = await client.chat.completions.create({ model, messages });
      const content = choices[0]?.message.content ?? '';
      expect(content).toMatch(/!\[Generated image\]\(http[^)]+\)/);
      messages.push({ role: 'assistant', content }, { role: 'user', content: next });
    }
  });
});
