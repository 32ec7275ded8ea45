import { env, exports } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ImagesAnswer } from '../../src/contract/images';
import { sha256Hex } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';
import { fingerprint, mask, seal } from '../../src/lib/seal';
import { poolStub } from '../../src/pool/stub';
import { type Client, signIn } from './admin/client';

const PNG = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
);
const GIF = new TextEncoder().encode('GIF89a…');

let admin: Client;
beforeAll(async () => {
  admin = await signIn();
});

const send = (
  path: string,
  key: string,
  body: FormData | object,
  signal?: AbortSignal,
): Promise<Response> => {
  const isForm = body instanceof FormData;
  return exports.default.fetch(`https://gw.test${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      ...(isForm ? {} : { 'content-type': 'application/json' }),
    },
    body: isForm ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });
};
const generate = (key: string, fields: object): Promise<Response> =>
  send('/v1/images/generations', key, {
    model: 'grok-imagine-1.0',
    prompt: 'a red kite',
    ...fields,
  });
const edit = (key: string, fields: Record<string, string>, files: readonly [string, File][]) => {
  const form = new FormData();
  const named = { model: 'grok-imagine-1.0-edit', ...fields };
  for (const [name, value] of Object.entries(named)) form.append(name, value);
  for (const [name, file] of files) form.append(name, file);
  return send('/v1/images/edits', key, form);
};
const pngFile = (bytes: Uint8Array<ArrayBuffer> = PNG): File =>
  new File([bytes], 'a.png', { type: 'image/png' });

async function errorOf(response: Response): Promise<object> {
  const { error } = await response.json<{ error: object }>();
  return { ...error };
}

async function storeKey(limits: object = {}): Promise<{ key: string; id: string }> {
  const key = newApiKey();
  const id = newId('key');
  await env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
     VALUES (?1, ?2, 'test', 'sk-…', 1, 1, ?3, 0, 0)`,
  )
    .bind(id, await sha256Hex(key), JSON.stringify(limits))
    .run();
  return { key, id };
}

const pool = () => poolStub(env);

/** Makes this the only credential of all: its name tells the simulator what to do. */
async function useToken(words: string): Promise<string> {
  const before = await pool().listTokens({ limit: 500 });
  await pool().deleteTokens(before.tokens.map(({ id }) => ({ id })));
  const id = newId('tok');
  const secret = `${words}-${id}`;
  await pool().importTokens([
    {
      id,
      provider: 'grok-web',
      tier: 'basic',
      sealedSecret: await seal(env, id, secret),
      fingerprint: await fingerprint(env, secret),
      mask: mask(secret),
    },
  ]);
  return secret;
}

/** What upstream was asked, oldest first. */
async function asked(credential: string): Promise<{ path: string; body: unknown }[]> {
  const url = `https://simulator.local/calls?credential=${encodeURIComponent(credential)}`;
  if (env.EGRESS === undefined) throw new Error('the simulator is not bound');
  const response = await env.EGRESS.fetch(url);
  return (await response.json<{ calls: { path: string; body: unknown }[] }>()).calls;
}

async function method(name: 'legacy' | 'imagine_ws_experimental', others: object = {}) {
  const saved = await admin.post('config', { grok: { image_generation_method: name }, ...others });
  expect(saved.status).toBe(200);
}

/** What the key has used of its pictures today, once nothing is under way. */
async function picturesUsed(keyId: string): Promise<number> {
  await expect.poll(async () => (await pool().stats()).openLeases).toBe(0);
  const [status] = await pool().keyStatus([keyId]);
  return status?.perDay.image.used ?? -1;
}

async function bytesOf(url: string): Promise<Uint8Array> {
  const response = await exports.default.fetch(url);
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

function eventsOf(text: string): { name: string; data: Record<string, unknown> }[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('event: '))
    .map((block) => {
      const [name = '', data = ''] = block.split('\n');
      return { name: name.slice('event: '.length), data: JSON.parse(data.slice('data: '.length)) };
    });
}

let token: string;
beforeEach(async () => {
  await method('legacy');
  token = await useToken('plain');
});

describe('POST /v1/images/generations', () => {
  it('answers with links that work, and charges each picture', async () => {
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const response = await generate(key, { n: 3, concurrency: 2 });
    expect(response.status).toBe(200);
    const { created, data, usage } = await response.json<ImagesAnswer>();
    expect(created).toBeGreaterThan(1_700_000_000);
    expect(data).toHaveLength(3);
    expect(new Set(data.map(({ url }) => url)).size).toBe(3);
    for (const { url } of data) {
      expect(url).toMatch(/^https:\/\/gw\.test\/images\//);
      expect((await bytesOf(url ?? '')).subarray(0, 2)).toEqual(new Uint8Array([0xff, 0xd8]));
    }
    expect(usage).toMatchObject({ estimated: true });
    expect(await picturesUsed(id)).toBe(3);
    expect((await pool().verify()).differences).toEqual([]);
  });

  it.each([
    ['legacy', 'grok-imagine-1.0'],
    ['imagine_ws_experimental', 'grok-imagine-1.0'],
    ['legacy', 'grok-imagine-image-lite'],
    ['legacy', 'grok-imagine-image'],
    ['legacy', 'grok-imagine-image-2.0'],
  ] as const)('by %s, %s gives bytes as base64', async (name, model) => {
    await method(name);
    const { key } = await storeKey();
    for (const format of ['b64_json', 'base64'] as const) {
      const response = await generate(key, { model, n: 2, response_format: format });
      expect(response.status).toBe(200);
      const { data } = await response.json<ImagesAnswer>();
      expect(data).toHaveLength(2);
      for (const picture of data) {
        const bytes = Uint8Array.fromBase64(picture[format] ?? '');
        expect(bytes.subarray(0, 2)).toEqual(new Uint8Array([0xff, 0xd8]));
      }
    }
  });

  it('by the socket sends pictures along unless links are asked for', async () => {
    await method('imagine_ws_experimental');
    const { key } = await storeKey();
    const silent = await (await generate(key, {})).json<ImagesAnswer>();
    expect(silent.data).toEqual([{ b64_json: expect.any(String) }]);
    const linked = await (await generate(key, { response_format: 'url' })).json<ImagesAnswer>();
    expect((await bytesOf(linked.data[0]?.url ?? '')).length).toBeGreaterThan(0);
    await method('imagine_ws_experimental', { app: { image_format: 'base64' } });
    const asSet = await (await generate(key, {})).json<ImagesAnswer>();
    expect(asSet.data).toEqual([{ base64: expect.any(String) }]);
    await method('legacy', { app: { image_format: 'url' } });
  });

  it('streams previews and pictures as events, any n, and needs no more than one (D-39)', async () => {
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const response = await generate(key, { n: 3, stream: true });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = eventsOf(await response.text());
    const completed = events.filter(({ name }) => name === 'image_generation.completed');
    expect(new Set(completed.map(({ data }) => data['index']))).toEqual(new Set([0, 1, 2]));
    expect(events[0]?.name).toBe('image_generation.partial_image');
    expect(await picturesUsed(id)).toBe(3);
    await useToken('oneimage');
    const one = eventsOf(await (await generate(key, { stream: true })).text());
    expect(one.filter(({ name }) => name === 'image_generation.completed')).toHaveLength(1);
  });

  it('draws in the ratio of the size (D-63), and asks for nothing adult by itself (D-62)', async () => {
    await method('imagine_ws_experimental');
    const { key } = await storeKey();
    expect((await generate(key, { size: '1792x1024' })).status).toBe(200);
    const [batch] = await asked(token);
    expect(JSON.stringify(batch?.body)).toContain('"aspect_ratio":"3:2"');
    expect(JSON.stringify(batch?.body)).toContain('"enable_nsfw":false');
  });

  it('with fewer pictures than asked for says so and charges what came (D-40)', async () => {
    await useToken('modimage');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const response = await generate(key, { n: 2 });
    expect(response.status).toBe(200);
    const { data, incomplete } = await response.json<ImagesAnswer>();
    expect(data).toHaveLength(1);
    expect(incomplete).toEqual({
      requested: 2,
      delivered: 1,
      reasons: ['content_policy_violation'],
    });
    expect(await picturesUsed(id)).toBe(1);
    expect((await pool().verify()).differences).toEqual([]);
  });

  it('that upstream forbids is 400 content_policy_violation and costs the key nothing', async () => {
    await useToken('modall');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const whole = await generate(key, { n: 2 });
    expect(whole.status).toBe(400);
    expect(await errorOf(whole)).toMatchObject({ code: 'content_policy_violation' });
    const streamed = eventsOf(await (await generate(key, { n: 2, stream: true })).text());
    expect(streamed.at(-1)).toMatchObject({
      name: 'error',
      data: { error: { code: 'content_policy_violation' } },
    });
    expect(await picturesUsed(id)).toBe(0);
  });

  it('without a model are drawn by the newest wire, and by what the key may use', async () => {
    const nameless = { prompt: 'a red kite', response_format: 'url' };
    const { key } = await storeKey();
    expect((await send('/v1/images/generations', key, nameless)).status).toBe(200);
    const paths = async () => (await asked(token)).map(({ path }) => path);
    expect(await paths()).toContain('/ws/imagine/listen');
    const { key: older } = await storeKey({ models: ['grok-imagine-1.0'] });
    expect((await send('/v1/images/generations', older, nameless)).status).toBe(200);
    expect(await paths()).toContain('/rest/app-chat/conversations/new');
  });

  it('tell why the socket failed when the key has no call left for the other way', async () => {
    await method('imagine_ws_experimental');
    await useToken('errorframe');
    const { key, id } = await storeKey({ rpm: 1 });
    const response = await generate(key, {});
    expect(await errorOf(response)).toMatchObject({ code: 'upstream_error', status: 502 });
    expect(await picturesUsed(id)).toBe(0);
  });

  it('falls back to a conversation when the socket fails before a picture', async () => {
    await method('imagine_ws_experimental');
    await useToken('errorframe');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const response = await generate(key, { n: 2, response_format: 'url' });
    expect(response.status).toBe(200);
    expect((await response.json<ImagesAnswer>()).data).toHaveLength(2);
    expect(await picturesUsed(id)).toBe(2);
    expect((await pool().verify()).differences).toEqual([]);
  });

  it('is refused for its mistakes before anything is asked of upstream', async () => {
    const { key } = await storeKey();
    const mistakes = [
      [{ prompt: ' ' }, 'prompt', 'invalid_request'],
      [{ n: 0 }, 'n', 'invalid_request'],
      [{ n: 11 }, 'n', 'invalid_request'],
      [{ n: 11, stream: true }, 'n', 'invalid_request'],
      [{ concurrency: 4 }, 'concurrency', 'invalid_request'],
      [{ size: '1000x7' }, 'size', 'invalid_request'],
      [{ response_format: 'svg' }, 'response_format', 'invalid_request'],
      [{ model: 'grok-4' }, 'model', 'invalid_request'],
      [{ model: 'grok-imagine-1.0-edit' }, 'model', 'invalid_request'],
      [{ model: 'constructor' }, 'model', 'model_not_found'],
    ] as const;
    for (const [fields, param, code] of mistakes) {
      const response = await generate(key, fields);
      expect(await errorOf(response), JSON.stringify(fields)).toMatchObject({ code, param });
      expect(response.status).toBe(code === 'model_not_found' ? 404 : 400);
    }
    expect(await asked(token)).toEqual([]);
  });

  it('accepts what upstream has no choice of', async () => {
    const { key } = await storeKey();
    const fields = {
      quality: 'hd',
      style: 'vivid',
      user: 'u1',
      moderation: 'low',
      background: 'opaque',
      output_format: 'png',
      size: null,
      n: null,
    };
    expect((await generate(key, fields)).status).toBe(200);
  });

  it('beyond the key’s pictures of the day is 429, counted in pictures', async () => {
    const { key, id } = await storeKey({ perDay: { image: 3 } });
    expect((await generate(key, { n: 2 })).status).toBe(200);
    expect(await picturesUsed(id)).toBe(2);
    const response = await generate(key, { n: 2 });
    expect(response.status).toBe(429);
    expect(await errorOf(response)).toMatchObject({ code: 'daily_quota_exceeded' });
    expect((await generate(key, { n: 1 })).status).toBe(200);
  });
});

describe('a limit of upstream after some pictures', () => {
  it.each(['generations', 'chat'])(
    'is charged for what came, and the pool hears of it (%s)',
    async (by) => {
      // Four units pay for one turn of two pictures.
      await useToken('q4');
      const { key, id } = await storeKey({ perDay: { image: 10 } });
      const chat = {
        model: 'grok-imagine-1.0',
        messages: [{ role: 'user', content: 'a red kite' }],
        image_config: { n: 4 },
      };
      const answer =
        by === 'chat' ? send('/v1/chat/completions', key, chat) : generate(key, { n: 4 });
      const response = await answer;
      expect(response.status).toBe(200);
      expect(await response.text()).toContain(
        by === 'chat' ? '2 of 4 pictures came' : '"delivered":2',
      );
      expect(await picturesUsed(id)).toBe(2);
      const { tokens } = await pool().listTokens({ limit: 1 });
      expect(tokens[0]?.buckets[0]?.coolingUntil).toBeGreaterThan(Date.now());
      expect((await pool().verify()).differences).toEqual([]);
    },
  );
});

describe('POST /v1/images/edits', () => {
  it.each(['grok-imagine-1.0-edit', 'grok-imagine-image-edit'])(
    'edits two files of a form with %s',
    async (model) => {
      const { key, id } = await storeKey({ perDay: { image: 10 } });
      const response = await edit(key, { prompt: 'make it night', model, n: '1' }, [
        ['image[]', pngFile()],
        ['image[]', pngFile()],
      ]);
      expect(response.status).toBe(200);
      const { data } = await response.json<ImagesAnswer>();
      expect(data).toEqual([{ url: expect.stringContaining('https://gw.test/images/') }]);
      expect(await picturesUsed(id)).toBe(1);
    },
  );

  it('streams with the names of an edit', async () => {
    const { key } = await storeKey();
    const fields = { prompt: 'night', stream: 'true', n: '2', response_format: 'b64_json' };
    const response = await edit(key, fields, [['image', pngFile()]]);
    const events = eventsOf(await response.text());
    expect(new Set(events.map(({ name }) => name))).toEqual(
      new Set(['image_edit.partial_image', 'image_edit.completed']),
    );
    const completed = events.filter(({ name }) => name === 'image_edit.completed');
    expect(completed).toHaveLength(2);
    expect(Uint8Array.fromBase64(String(completed[0]?.data['b64_json'])).length).toBeGreaterThan(1);
  });

  it('takes JSON: data URIs, https URLs, and links of its own without asking itself (D-69)', async () => {
    const { key } = await storeKey();
    const drawn = await (await generate(key, {})).json<ImagesAnswer>();
    const images = [
      `data:image/png;base64,${PNG.toBase64()}`,
      { image_url: 'https://images.test/ok.png' },
      { image_url: { url: drawn.data[0]?.url ?? '' } },
    ];
    const response = await send('/v1/images/edits', key, { prompt: 'night', images });
    expect(response.status).toBe(200);
    expect((await response.json<ImagesAnswer>()).data).toHaveLength(1);
    const single = await send('/v1/images/edits', key, { prompt: 'night', image: images[0] });
    expect(single.status).toBe(200);
  });

  it('takes a picture in a text field of a form: base64 of any size that fits, or an address', async () => {
    const { key } = await storeKey();
    const large = new Uint8Array(300_000);
    large.set(PNG);
    const uri = `data:image/png;base64,${large.toBase64()}`;
    for (const image of [uri, 'https://images.test/ok.png']) {
      const response = await edit(key, { prompt: 'night', image }, []);
      expect(response.status).toBe(200);
    }
    const none = await edit(key, { prompt: 'night', image: 'nonsense' }, []);
    expect(await errorOf(none)).toMatchObject({ code: 'invalid_image', param: 'image' });
  });

  it('takes 32 MiB of pictures, wherever they come from, and says so beyond', async () => {
    const { key } = await storeKey();
    const image = Array.from({ length: 4 }, () => ({
      image_url: `https://images.test/big?bytes=${9 * 1_048_576}`,
    }));
    const response = await send('/v1/images/edits', key, { prompt: 'night', image });
    expect(await errorOf(response)).toMatchObject({ code: 'file_too_large', param: 'image' });
    expect((await asked(token)).filter(({ path }) => path.includes('/new'))).toEqual([]);
    await expect.poll(async () => (await pool().stats()).openLeases).toBe(0);
    const json = { prompt: 'night', image: `data:image/png;base64,${'A'.repeat(11 * 1_048_576)}` };
    const large = await send('/v1/images/edits', key, json);
    expect(await errorOf(large)).toMatchObject({ code: 'body_too_large' });
  });

  it('refuses what it cannot edit, clearly and before upstream hears of it', async () => {
    const { key } = await storeKey();
    const text = { prompt: 'night' };
    const file = pngFile();
    const many = Array.from({ length: 17 }, () => ['image[]', file] as [string, File]);
    const nine = many.slice(0, 9);
    const cases: [Record<string, string>, [string, File][], number, string, string][] = [
      [
        text,
        [
          ['image', file],
          ['mask', file],
        ],
        400,
        'unsupported_parameter',
        'mask',
      ],
      [text, [], 400, 'invalid_request', 'image'],
      [text, [['image', new File([], 'a.png')]], 400, 'invalid_image', 'image'],
      [
        text,
        [['image', new File([GIF], 'a.png', { type: 'image/png' })]],
        400,
        'invalid_image',
        'image',
      ],
      [text, [['image', new File(['<svg/>'], 'a.svg')]], 400, 'invalid_image', 'image'],
      [text, many, 400, 'invalid_image', 'image'],
      [{ ...text, model: 'grok-imagine-image-edit' }, nine, 400, 'invalid_image', 'image'],
      [text, [['portrait', file]], 400, 'invalid_request', 'portrait'],
      [{}, [['image', file]], 400, 'invalid_request', 'prompt'],
      [{ ...text, n: '11' }, [['image', file]], 400, 'invalid_request', 'n'],
      [{ ...text, model: 'grok-imagine-1.0' }, [['image', file]], 400, 'invalid_request', 'model'],
    ];
    for (const [fields, files, status, code, param] of cases) {
      const response = await edit(key, fields, files);
      expect(await errorOf(response), `${code} ${param}`).toMatchObject({ code, param, status });
    }
    for (const [image, code] of [
      ['https://127.0.0.1/a.png', 'url_not_allowed'],
      ['nonsense', 'invalid_image'],
      ['data:image/png;base64,AAAA', 'invalid_image'],
      ['https://gw.test/images/p_L3VzZXJzL3gveS9jb250ZW50', 'link_invalid'],
    ] as const) {
      const response = await send('/v1/images/edits', key, { prompt: 'night', image });
      expect(await errorOf(response), image).toMatchObject({ code });
    }
    const own = `data:image/png;base64,${PNG.toBase64()}`;
    for (const [image, message] of [
      ['http://a.example/b.png', /^Image 2 of 2: a URL in the request must use https/],
      ['data:image/png;base64,AAAA', /^Image 2 of 2: an image in the request is not a PNG, /],
    ] as const) {
      const response = await send('/v1/images/edits', key, {
        prompt: 'night',
        image: [own, image],
      });
      expect(await errorOf(response)).toMatchObject({
        message: expect.stringMatching(message),
        param: 'image',
      });
    }
    const paths = (await asked(token)).map(({ path }) => path);
    expect(paths.filter((path) => path.includes('conversations'))).toEqual([]);
  });

  it('stops reading a file beyond 20 MiB (D-32)', async () => {
    const { key } = await storeKey();
    const large = new Uint8Array(21 * 1_048_576);
    large.set(PNG);
    const response = await edit(key, { prompt: 'night' }, [['image', pngFile(large)]]);
    expect(response.status).toBe(413);
    expect(await errorOf(response)).toMatchObject({ code: 'file_too_large', param: 'image' });
  });
});

describe('GET /v1/images/method', () => {
  it('tells a key’s holder how pictures are drawn', async () => {
    const { key } = await storeKey();
    const read = async (headers: HeadersInit) =>
      exports.default.fetch('https://gw.test/v1/images/method', { headers });
    expect((await read({})).status).toBe(401);
    for (const name of ['imagine_ws_experimental', 'legacy'] as const) {
      await method(name);
      const response = await read({ authorization: `Bearer ${key}` });
      expect(await response.json()).toEqual({ image_generation_method: name });
    }
  });
});

describe('a chat with a picture model', () => {
  const chat = (key: string, fields: object) =>
    send('/v1/chat/completions', key, {
      messages: [{ role: 'user', content: 'a red kite' }],
      ...fields,
    });
  const contentOf = async (response: Response): Promise<string> => {
    const body = await response.json<{ choices: { message: { content: string } }[] }>();
    if (body.choices === undefined) throw new Error(JSON.stringify(body));
    const { choices } = body;
    return choices[0]?.message.content ?? '';
  };
  const linksIn = (text: string): string[] =>
    [...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, url]) => url ?? '');

  it('draws as many as asked for and shows links that work; the key is charged for pictures', async () => {
    const { key, id } = await storeKey({ perDay: { image: 10, chat: 0 } });
    const response = await chat(key, { model: 'grok-imagine-1.0', image_config: { n: 2 } });
    expect(response.status).toBe(200);
    const { choices, usage } = await response.json<{
      choices: { message: { content: string } }[];
      usage: object;
    }>();
    expect(usage).toMatchObject({ estimated: true, completion_tokens: expect.any(Number) });
    const links = linksIn(choices[0]?.message.content ?? '');
    expect(links).toHaveLength(2);
    for (const link of links) expect((await bytesOf(link)).length).toBeGreaterThan(0);
    expect(await picturesUsed(id)).toBe(2);
  });

  it('streamed, tells of progress as reasoning and of the picture as content', async () => {
    const { key } = await storeKey();
    const response = await chat(key, { model: 'grok-imagine-image-lite', stream: true });
    const text = await response.text();
    expect(text).toContain('![Generated image](https://gw.test/images/');
    expect(text).toContain('data: [DONE]');
    expect(text).toContain('"reasoning_content":"Picture 1: ');
    expect(text).not.toContain('assets.grok.com');
    const g1 = await (await chat(key, { model: 'grok-imagine-1.0', stream: true })).text();
    expect(g1).toContain('"reasoning_content":"Picture 1: ');
    expect(g1).not.toContain('assets.grok.com');
  });

  it('edits the picture of the last message, else the last one of the history, own links included', async () => {
    const { key } = await storeKey();
    const model = 'grok-imagine-1.0-edit';
    const first = await contentOf(
      await chat(key, {
        model,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'make it night' },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG.toBase64()}` } },
            ],
          },
        ],
      }),
    );
    expect(linksIn(first)).toHaveLength(1);
    const before = (await asked(token)).length;
    const again = await chat(key, {
      model,
      messages: [
        { role: 'user', content: 'make it night' },
        { role: 'assistant', content: first },
        { role: 'user', content: 'now with snow' },
      ],
    });
    const second = await contentOf(again);
    expect(linksIn(second)).toHaveLength(1);
    expect(second).not.toContain('Image Edit');
    const later = JSON.stringify((await asked(token)).slice(before));
    expect(later).toContain('now with snow');
    expect(later).not.toContain('make it night');
  });

  it.each([
    ['grok-imagine-1.0', 'Image Edit: make it night'],
    ['grok-imagine-image-lite', 'imageToImage'],
    ['grok-imagine-image', 'imageToImage'],
  ])('named %s edits a picture that is there, under its own name', async (model, words) => {
    const { key, id } = await storeKey({ models: [model], perDay: { image: 1 } });
    const content = [
      { type: 'text', text: 'make it night' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG.toBase64()}` } },
    ];
    const answer = await contentOf(
      await chat(key, { model, messages: [{ role: 'user', content }] }),
    );
    expect(linksIn(answer)).toHaveLength(1);
    expect(JSON.stringify(await asked(token))).toContain(words);
    expect(await picturesUsed(id)).toBe(1);
  });

  it('falls back to a conversation when the socket fails before a picture, whole and streamed', async () => {
    await method('imagine_ws_experimental');
    await useToken('errorframe');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const fields = { model: 'grok-imagine-1.0', image_config: { n: 2 } };
    expect(linksIn(await contentOf(await chat(key, fields)))).toHaveLength(2);
    const text = await (await chat(key, { ...fields, stream: true })).text();
    expect(linksIn(text)).toHaveLength(2);
    expect(text.match(/"role":"assistant"/g)).toHaveLength(1);
    expect(text).toContain('data: [DONE]');
    expect(await picturesUsed(id)).toBe(4);
    expect((await pool().verify()).differences).toEqual([]);
  });

  it('draws anew when an earlier picture cannot be had any more', async () => {
    const { key } = await storeKey();
    const messages = [
      { role: 'user', content: 'a kite' },
      { role: 'assistant', content: '![i](https://gw.test/images/p_L3VzZXJzL3gveS9jb250ZW50?s=x)' },
      { role: 'user', content: 'a dog' },
    ];
    const drawn = await contentOf(await chat(key, { model: 'grok-imagine-1.0', messages }));
    expect(linksIn(drawn)).toHaveLength(1);
    const edited = await chat(key, { model: 'grok-imagine-1.0-edit', messages });
    expect(await errorOf(edited)).toMatchObject({ code: 'link_invalid' });
  });

  it('with nothing to draw or edit is 400', async () => {
    const { key } = await storeKey();
    const cases = [
      [{ model: 'grok-imagine-1.0-edit' }, 'messages'],
      [{ model: 'grok-imagine-1.0', messages: [{ role: 'system', content: 'x' }] }, 'messages'],
      [{ model: 'grok-imagine-1.0', image_config: { size: '7x7' } }, 'image_config.size'],
      [{ model: 'grok-imagine-1.0', image_config: { n: 11 } }, 'image_config.n'],
      [{ model: 'grok-imagine-1.0', n: 11 }, 'n'],
    ] as const;
    for (const [fields, param] of cases) {
      const response = await chat(key, fields);
      expect(response.status).toBe(400);
      expect(await errorOf(response)).toMatchObject({ code: 'invalid_request', param });
    }
  });

  it('with fewer pictures than asked for says so and charges what came (D-40)', async () => {
    await useToken('modimage');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const response = await chat(key, { model: 'grok-imagine-1.0', image_config: { n: 2 } });
    const content = await contentOf(response);
    expect(linksIn(content)).toHaveLength(1);
    expect(content).toContain('1 of 2 pictures came (content_policy_violation).');
    expect(await picturesUsed(id)).toBe(1);
  });

  it('shows data URIs where bytes were asked for', async () => {
    const { key } = await storeKey();
    const response = await chat(key, {
      model: 'grok-imagine-image',
      image_config: { response_format: 'b64_json' },
    });
    expect(linksIn(await contentOf(response))).toEqual([
      expect.stringMatching(/^data:image\/jpeg;base64,/),
    ]);
  });

  it('that cannot read what was drawn says so, charges nothing, and blames no credential', async () => {
    await useToken('noassets');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const fields = { model: 'grok-imagine-1.0', image_config: { response_format: 'b64_json' } };
    const whole = await chat(key, fields);
    expect(whole.status).toBe(502);
    expect(await errorOf(whole)).toMatchObject({ code: 'upstream_error' });
    const streamed = await (await chat(key, { ...fields, stream: true })).text();
    expect(streamed).toContain('"error":{');
    expect(streamed).not.toContain('"finish_reason":"stop"');
    expect((await generate(key, { response_format: 'b64_json' })).status).toBe(502);
    expect(await picturesUsed(id)).toBe(0);
    const { tokens } = await pool().listTokens({ limit: 10 });
    expect(tokens).toMatchObject([{ failures: 0, lastFailure: null, coolingUntil: null }]);
    expect((await pool().verify()).differences).toEqual([]);
  });

  it('of words that draws all the same shows links of this gateway (D-27)', async () => {
    const { key } = await storeKey();
    const messages = [{ role: 'user', content: 'Drawing: a red kite' }];
    for (const stream of [false, true]) {
      const response = await chat(key, { model: 'grok-3', messages, stream });
      const links = linksIn(await response.text());
      expect(links.length).toBeGreaterThan(0);
      for (const link of links) expect(link).toMatch(/^https:\/\/gw\.test\/images\//);
    }
  });

  it('keeps the pictures that came when upstream breaks off after them (D-70)', async () => {
    await useToken('earlyclose');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const fields = { model: 'grok-imagine-image', image_config: { n: 2 } };
    const content = await contentOf(await chat(key, fields));
    expect(linksIn(content)).toHaveLength(1);
    expect(content).toContain('1 of 2 pictures came');
    expect(await picturesUsed(id)).toBe(1);
  });
});
