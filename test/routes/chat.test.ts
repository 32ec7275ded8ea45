import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';
import { fingerprint, mask, seal } from '../../src/lib/seal';
import type { ProviderId } from '../../src/models/model-spec';
import { poolStub } from '../../src/pool/stub';

const ask = (path: string, key: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(`https://gw.test${path}`, {
    ...init,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  });

const chat = (key: string, fields: object = {}, signal?: AbortSignal): Promise<Response> =>
  ask('/v1/chat/completions', key, {
    method: 'POST',
    body: JSON.stringify({
      model: 'deepseek-chat',
      messages: [{ role: 'user', content: 'hi' }],
      ...fields,
    }),
    ...(signal === undefined ? {} : { signal }),
  });

async function errorOf(response: Response): Promise<{ code: string }> {
  return (await response.json<{ error: { code: string } }>()).error;
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
  return importToken('deepseek', words);
}

async function importToken(provider: ProviderId, words: string): Promise<string> {
  const id = newId('tok');
  const secret = `${words}-${id}`;
  await pool().importTokens([
    {
      id,
      provider,
      tier: 'basic',
      sealedSecret: await seal(env, id, secret),
      fingerprint: await fingerprint(env, secret),
      mask: mask(secret),
    },
  ]);
  return secret;
}

const openLeases = async (): Promise<number> => (await pool().stats()).openLeases;

beforeEach(async () => {
  await useToken('plain');
});

describe('a chat', () => {
  it('goes from the key in D1 to an answer, and its lease comes back', async () => {
    const { key } = await storeKey();
    const response = await chat(key);
    expect(response.status).toBe(200);
    const requestId = response.headers.get('x-request-id');
    expect(await response.json()).toMatchObject({
      id: `chatcmpl-${requestId}`,
      choices: [{ message: { content: 'Echo: hi' } }],
    });
    await expect.poll(openLeases).toBe(0);
    expect((await pool().verify()).differences).toEqual([]);
  });

  it('is answered with the same headers under every spelling of its path', async () => {
    const { key } = await storeKey();
    const body = JSON.stringify({
      model: 'deepseek-chat',
      messages: [{ role: 'user', content: 'hi' }],
    });
    for (const path of [
      '/v1/chat/completions?x=1',
      '/api/v1/chat/completions',
      '/v1/chat/completions/',
    ]) {
      const response = await ask(path, key, { method: 'POST', body });
      expect(response.status, path).toBe(200);
      expect(response.headers.get('access-control-allow-origin'), path).toBe('*');
      const { id } = await response.json<{ id: string }>();
      expect(id, path).toBe(`chatcmpl-${response.headers.get('x-request-id')}`);
    }
  });

  it('among thirty at once is answered, is one row, and harms no credential (D-01)', async () => {
    const { key, id } = await storeKey();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => chat(key, { stream: n % 2 === 0 })),
    );
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 30 }, () => 200));
    for (const text of texts) expect(text).not.toContain('"error"');
    const ids = answers
      .map(({ headers }) => headers.get('x-request-id') ?? '')
      .sort((a, b) => (a < b ? -1 : 1));
    expect(new Set(ids).size).toBe(30);
    const rows = async () => {
      await pool().drain();
      const { results } = await env.DB.prepare('SELECT id FROM calls WHERE key_id = ?1 ORDER BY id')
        .bind(id)
        .all();
      return results.map((row) => row['id']);
    };
    await expect.poll(rows, { interval: 250 }).toEqual(ids);
    const [token] = (await pool().listTokens({ limit: 1 })).tokens;
    expect(token).toMatchObject({ state: 'active', failures: 0 });
  });

  it('that is refused for its own mistakes touches no credential, however often (D-09, D-23)', async () => {
    const { key } = await storeKey();
    const image = { type: 'image_url', image_url: { url: 'https://127.0.0.1/x.png' } };
    const mistakes = [
      [{ model: 'constructor' }, 404],
      [{ messages: [null] }, 400],
      [{ model: 'kimi-k2.5', messages: [{ role: 'user', content: [image] }] }, 400],
    ] as const;
    await importToken('moonshot', 'plain');
    for (let round = 0; round < 4; round++) {
      for (const [fields, status] of mistakes) {
        expect((await chat(key, fields)).status).toBe(status);
      }
    }
    await expect.poll(openLeases).toBe(0);
    for (const token of (await pool().listTokens({ limit: 10 })).tokens) {
      expect(token).toMatchObject({ state: 'active', failures: 0 });
    }
  });

  it('streamed, tells where the key’s limits stand in its headers', async () => {
    const { key } = await storeKey({ rpm: 10, perDay: { chat: 3 } });
    const response = await chat(key, { stream: true });
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('2');
    expect(await response.text()).toContain('data: [DONE]');
  });

  it('beyond the daily limit is 429 with Retry-After, and 0 allows nothing (D-04)', async () => {
    for (const allowed of [0, 2]) {
      const { key } = await storeKey({ perDay: { chat: allowed } });
      for (let i = 0; i < allowed; i++) expect((await chat(key)).status).toBe(200);
      const refused = await chat(key);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('x-should-retry')).toBe('false');
      // A limit of 0 does not end with the day.
      expect(Number(refused.headers.get('retry-after')) > 0).toBe(allowed > 0);
      expect(await errorOf(refused)).toMatchObject({
        code: 'daily_quota_exceeded',
        message: expect.stringContaining('chat'),
      });
    }
  });

  it('that fails upstream gives the key its unit back (D-46)', async () => {
    const { key } = await storeKey({ perDay: { chat: 1 } });
    await useToken('e500');
    expect((await chat(key)).status).toBe(502);
    await useToken('plain');
    expect((await chat(key)).status).toBe(200);
    expect((await chat(key)).status).toBe(429);
  });

  it('left while upstream is silent: the lease comes back at once', async () => {
    await useToken('slowhead5000');
    const { key } = await storeKey();
    const client = new AbortController();
    const work = chat(key, { stream: true }, client.signal).catch((error: unknown) => error);
    await expect.poll(openLeases).toBe(1);
    client.abort();
    await work;
    await expect.poll(openLeases).toBe(0);
  });

  it('refused by the Worker itself is counted for its key', async () => {
    const { key, id } = await storeKey();
    expect((await chat(key, { temperature: 5 })).status).toBe(400);
    expect((await chat(key, { model: 'none' })).status).toBe(404);
    const counted = async () => {
      await pool().drain();
      const { results } = await env.DB.prepare(
        'SELECT code, sum(count) AS count FROM usage_refusals WHERE key_id = ?1 GROUP BY code ORDER BY code',
      )
        .bind(id)
        .all();
      return results;
    };
    await expect.poll(counted, { interval: 250 }).toEqual([
      { code: 'invalid_request', count: 1 },
      { code: 'model_not_found', count: 1 },
    ]);
  });
});

describe('GET /v1/key', () => {
  it('tells of each limit what is used, reserved and left', async () => {
    const { key, id } = await storeKey({ rpm: 10, concurrency: 5, perDay: { chat: 3, heavy: 0 } });
    await (await chat(key)).text();
    await expect.poll(openLeases).toBe(0);
    const body = await (await ask('/v1/key', key)).json<{ limits: Record<string, object> }>();
    expect(body).toMatchObject({
      id,
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      limits: {
        chat_per_day: {
          limit: 3,
          used: 1,
          reserved: 0,
          remaining: 2,
          resets_at: expect.any(Number),
        },
        heavy_per_day: { limit: 0, used: 0, reserved: 0, remaining: 0 },
        image_per_day: { limit: null, remaining: null },
        rpm: { limit: 10, used: 1, remaining: 9 },
        concurrency: { limit: 5, used: 0, remaining: 5 },
      },
    });
  });

  it('answers a key that the pool has never met', async () => {
    const { key, id } = await storeKey({ rpm: 4 });
    expect(await (await ask('/v1/key', key)).json()).toMatchObject({
      id,
      limits: { rpm: { limit: 4, used: 0 } },
    });
  });
});

describe('GET /v1/models', () => {
  it('has OpenAI’s shape and the fields of older clients', async () => {
    const { key } = await storeKey();
    const { object, data } = await (
      await ask('/v1/models', key)
    ).json<{ object: string; data: { id: string }[] }>();
    expect(object).toBe('list');
    expect(data.find(({ id }) => id === 'deepseek-chat')).toMatchObject({
      object: 'model',
      created: expect.any(Number),
      owned_by: 'deepseek',
      display_name: 'DeepSeek Chat',
      description: expect.any(String),
      raw_model_path: 'deepseek/deepseek-chat',
      default_temperature: 1,
      default_top_p: 0.95,
      default_max_output_tokens: 8_192,
      supported_max_output_tokens: 131_072,
      capabilities: { tools: true },
      availability: 'available',
    });
  });

  it('gives one model, and 404 for what the key may not use or nobody knows (D-23)', async () => {
    const { key } = await storeKey({ models: ['deepseek-chat'] });
    expect((await ask('/api/v1/models/deepseek-chat', key)).status).toBe(200);
    for (const id of ['deepseek-reasoner', 'none', 'constructor', '__proto__', 'a/b', '%E0%A4%A']) {
      const response = await ask(`/v1/models/${id}`, key);
      expect(response.status, id).toBe(404);
      expect(await errorOf(response), id).toMatchObject({ code: 'model_not_found' });
    }
  });
});

describe('a database without tables', () => {
  it('is 503 and names the command', async () => {
    await env.DB.prepare('ALTER TABLE api_keys RENAME TO api_keys_away').run();
    try {
      const response = await ask('/v1/models', newApiKey());
      expect(response.status).toBe(503);
      expect(await errorOf(response)).toMatchObject({
        code: 'not_migrated',
        message: expect.stringContaining('npx wrangler d1 migrations apply DB --remote'),
      });
    } finally {
      await env.DB.prepare('ALTER TABLE api_keys_away RENAME TO api_keys').run();
    }
  });
});
