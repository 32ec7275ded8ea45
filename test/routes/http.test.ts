import { env, exports } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';

const ask = (path: string, init?: RequestInit): Promise<Response> =>
  exports.default.fetch(`https://gw.test${path}`, init);

async function errorOf(response: Response): Promise<{ code: string; param: string | null }> {
  return (await response.json<{ error: { code: string; param: string | null } }>()).error;
}

async function storeKey(limits: object = {}): Promise<string> {
  const key = newApiKey();
  await env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
     VALUES (?1, ?2, 'test', 'sk-…', 1, 1, ?3, 0, 0)`,
  )
    .bind(newId('key'), await sha256Hex(key), JSON.stringify(limits))
    .run();
  return key;
}

const chat = (key: string, body: unknown, path = '/v1/chat/completions'): Promise<Response> =>
  ask(path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('GET /health', () => {
  it('answers without a key, with the older shape', async () => {
    const response = await ask('/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'healthy',
      service: 'Grok2API',
      runtime: 'cloudflare-workers',
      build: { sha: 'dev' },
      bindings: { db: true, kv_cache: true, assets: true },
    });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/);
  });
});

describe('the URL map', () => {
  it('answers unknown paths of the API with a JSON 404', async () => {
    for (const path of [
      '/v1/nothing',
      '/v1',
      '/api/v1/nothing',
      '/api/nothing',
      '/assets/none.js',
    ]) {
      const response = await ask(path, { headers: { accept: 'text/html' } });
      expect(response.status, path).toBe(404);
      expect(await errorOf(response), path).toMatchObject({ code: 'not_found' });
    }
  });

  it('answers the wrong method with 405 and the right ones', async () => {
    const get = await ask('/v1/chat/completions');
    expect(get.status).toBe(405);
    expect(get.headers.get('allow')).toBe('POST');
    expect(await errorOf(get)).toMatchObject({ code: 'method_not_allowed' });
    expect((await ask('/api/v1/models', { method: 'DELETE' })).headers.get('allow')).toBe('GET');
  });

  it('shows no stack to ?debug=1 (D-24)', async () => {
    expect(await (await ask('/v1/nothing?debug=1')).text()).not.toMatch(/\.[jt]s:\d/);
  });

  it('answers preflights of the public API without a key, and only there', async () => {
    const headers = {
      origin: 'https://page.test',
      'access-control-request-headers': 'authorization, x-stainless-os',
    };
    const response = await ask('/api/v1/chat/completions', { method: 'OPTIONS', headers });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('access-control-allow-headers')).toContain('x-stainless-os');
    expect(
      (await ask('/health', { method: 'OPTIONS' })).headers.has('access-control-allow-origin'),
    ).toBe(false);
    expect((await ask('/api/v1/admin/tokens')).headers.has('access-control-allow-origin')).toBe(
      false,
    );
  });

  it('sends CORS headers with errors too, so that a page can read them', async () => {
    const response = await ask('/v1/models');
    expect(response.status).toBe(401);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('POST /v1/chat/completions', () => {
  const HELLO = [{ role: 'user', content: 'hi' }];

  it('without a key is 401, under both paths', async () => {
    for (const path of ['/v1/chat/completions', '/api/v1/chat/completions']) {
      const response = await ask(path, { method: 'POST', body: '{}' });
      expect(response.status).toBe(401);
      expect(await errorOf(response)).toMatchObject({ code: 'missing_api_key' });
    }
  });

  it('with the key in the URL is 401: URLs are written down (D-21)', async () => {
    const key = await storeKey();
    for (const name of ['key', 'api_key', 'token', 'access_token']) {
      const response = await ask(`/v1/models?${name}=${key}`);
      expect(await errorOf(response), name).toMatchObject({ code: 'missing_api_key' });
    }
  });

  it('with a body that is not JSON is 400 invalid_json (D-31)', async () => {
    expect(await errorOf(await chat(await storeKey(), '{'))).toMatchObject({
      code: 'invalid_json',
    });
  });

  it('with a wrong field is 400 and names it', async () => {
    const response = await chat(await storeKey(), { model: 'grok-3', messages: [] });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code: 'invalid_request', param: 'messages' });
  });

  it.each(['no-such-model', 'constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'for the model %s is 404 (D-23)',
    async (model) => {
      const response = await chat(await storeKey(), { model, messages: HELLO });
      expect(response.status).toBe(404);
      expect(await errorOf(response)).toMatchObject({ code: 'model_not_found', param: 'model' });
    },
  );

  it('with a body beyond 10 MiB is 413 body_too_large (D-31)', async () => {
    const response = await chat(await storeKey(), 'x'.repeat(10 * 1_048_576 + 1));
    expect(response.status).toBe(413);
    expect(await errorOf(response)).toMatchObject({ code: 'body_too_large' });
  });
});
