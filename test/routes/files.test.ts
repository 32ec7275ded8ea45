import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  type FileDeps,
  MAX_FILE_BYTES,
  MAX_FILES,
  MAX_KEY_BYTES,
  openFile,
  removeFile,
  storeFile,
} from '../../src/files/file-store';
import { readPicture } from '../../src/files/attachments';
import { fileDeps } from '../../src/files/file-deps';
import { purgeFiles } from '../../src/files/purge-files';
import { fileKey } from '../../src/files/file-id';
import { AppError } from '../../src/errors';
import { sha256Hex } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';
import { fingerprint, mask, seal } from '../../src/lib/seal';
import { poolStub } from '../../src/pool/stub';
import { MAX_UPLOAD_DAY_BYTES } from '../../src/routes/v1/upload-admission';
import { listExpiredFiles } from '../../src/store/files';
import { addUpload } from '../../src/store/upload-days';
import { empty } from '../media/purge-support';

const DAY_S = 86_400;
const PNG: Uint8Array<ArrayBuffer> = new Uint8Array(
  Uint8Array.fromBase64(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  ),
);

function ask(path: string, key: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${key}`);
  return exports.default.fetch(`https://gw.test${path}`, { ...init, headers });
}

async function newKey(limits: object = {}): Promise<{ key: string; id: string }> {
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

interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON of many routes
  readonly body: any;
}

async function upload(
  key: string,
  bytes: Uint8Array,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const form = new FormData();
  form.append('file', new File([new Uint8Array(bytes)], 'my "cat".png', { type: 'text/html' }));
  for (const [name, value] of Object.entries({ purpose: 'vision', ...fields })) {
    form.append(name, value);
  }
  const response = await ask('/v1/files', key, { method: 'POST', body: form });
  return { status: response.status, body: await response.json() };
}

const json = async (response: Response): Promise<Answer> => ({
  status: response.status,
  body: await response.json(),
});
const get = async (path: string, key: string) => json(await ask(path, key));

beforeEach(empty);

describe('what a key may upload', () => {
  const picture = (key: string): Promise<Response> => {
    const form = new FormData();
    form.append('file', new File([PNG], 'a.png'));
    return ask('/v1/uploads/image', key, { method: 'POST', body: form });
  };

  it('counts against its requests of a minute, files and pictures alike', async () => {
    const { key, id } = await newKey({ rpm: 2 });
    const first = await picture(key);
    expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    expect((await upload(key, PNG)).status).toBe(200);
    const refused = await picture(key);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await json(refused)).body).toMatchObject({ error: { code: 'rpm_exceeded' } });
    const [status] = await poolStub(env).keyStatus([id]);
    expect(status?.rpm).toMatchObject({ used: 2 });
    expect((await poolStub(env).verify()).differences).toEqual([]);
  });

  it('has a budget of bytes a day, and says when the next one begins', async () => {
    const { key, id } = await newKey();
    expect((await upload(key, PNG)).status).toBe(200);
    const spent = `UPDATE upload_days SET bytes = ?2 WHERE key_id = ?1`;
    await env.DB.prepare(spent)
      .bind(id, MAX_UPLOAD_DAY_BYTES - PNG.length)
      .run();
    expect((await picture(key)).status).toBe(200);
    const refused = await picture(key);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const error = { code: 'upload_budget_exceeded', param: 'file' };
    expect((await json(refused)).body).toMatchObject({ error });
    expect((await upload(key, PNG)).body).toMatchObject({ error });
    expect((await upload((await newKey()).key, PNG)).status).toBe(200);
  });

  it('forgets the days before', async () => {
    const { id: keyId } = await newKey();
    for (const day of ['2026-01-01', '2026-01-02']) {
      expect(await addUpload(env.DB, { keyId, day, bytes: 9 }, 10)).toBe(true);
      expect(await addUpload(env.DB, { keyId, day, bytes: 2 }, 10)).toBe(false);
      expect(await addUpload(env.DB, { keyId, day, bytes: 11 }, 10)).toBe(false);
    }
    const { results } = await env.DB.prepare('SELECT day, bytes FROM upload_days WHERE key_id = ?1')
      .bind(keyId)
      .all();
    expect(results).toEqual([{ day: '2026-01-02', bytes: 9 }]);
  });
});

describe('/v1/files', () => {
  it('keeps so many of a key and no more; others are not held up', async () => {
    const [full, other] = [await newKey(), await newKey()];
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
       INSERT INTO files
       SELECT ?1, 'file-' || i, 'a', 'vision', 'image/png', 1, 'kv', 1, 0, 9e15 FROM n`,
    )
      .bind(full.id, MAX_FILES)
      .run();
    const refused = await upload(full.key, PNG);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'too_many_files' } } });
    expect((await upload(other.key, PNG)).status).toBe(200);
  });

  it('keeps so many bytes of a key and no more', async () => {
    const full = await newKey();
    await env.DB.prepare(
      `INSERT INTO files VALUES (?1, 'file-large', 'a', 'vision', 'image/png', ?2, 'kv', 1, 0, 9e15)`,
    )
      .bind(full.id, MAX_KEY_BYTES - PNG.length)
      .run();
    expect((await upload(full.key, PNG)).status).toBe(200);
    const refused = await upload(full.key, PNG);
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'too_many_files' } } });
  });

  it('keeps a file for 30 days and gives it back', async () => {
    const { key } = await newKey();
    const { status, body: file } = await upload(key, PNG);
    expect(status).toBe(200);
    expect(file).toMatchObject({
      object: 'file',
      bytes: PNG.length,
      filename: 'my "cat".png',
      purpose: 'vision',
      status: 'processed',
    });
    expect(file.id).toMatch(/^file-[0-9A-Z]{26}$/);
    expect(file.expires_at - file.created_at).toBe(30 * DAY_S);
    expect((await get(`/v1/files/${file.id}`, key)).body).toEqual(file);
    const content = await ask(`/v1/files/${file.id}/content`, key);
    expect(new Uint8Array(await content.arrayBuffer())).toEqual(PNG);
  });

  it('serves content as a download that no browser runs, whatever its sender called it', async () => {
    const { key } = await newKey();
    const { body: file } = await upload(key, new TextEncoder().encode('<script>1</script>'));
    const { headers, body } = await ask(`/v1/files/${file.id}/content`, key);
    await body?.cancel();
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''my%20%22cat%22.png",
    );
  });

  it("knows each key's own files and no others", async () => {
    const [one, other] = [await newKey(), await newKey()];
    const { body: file } = await upload(one.key, PNG);
    for (const path of [`/v1/files/${file.id}`, `/v1/files/${file.id}/content`]) {
      expect(await get(path, other.key)).toMatchObject({
        status: 404,
        body: { error: { code: 'file_not_found' } },
      });
    }
    const removed = await ask(`/v1/files/${file.id}`, other.key, { method: 'DELETE' });
    expect(removed.status).toBe(404);
    expect((await get('/v1/files', other.key)).body.data).toEqual([]);
    expect((await get(`/v1/files/${file.id}`, one.key)).status).toBe(200);
  });

  it('lists by page, in both orders, and by purpose', async () => {
    const { key } = await newKey();
    const ids: string[] = [];
    for (const purpose of ['vision', 'user_data', 'vision']) {
      ids.push((await upload(key, PNG, { purpose })).body.id);
    }
    const first = (await get('/v1/files?limit=2', key)).body;
    expect(first).toMatchObject({ object: 'list', has_more: true, last_id: ids[1] });
    const rest = (await get(`/v1/files?limit=2&after=${first.last_id}`, key)).body;
    expect([rest.has_more, rest.first_id]).toEqual([false, ids[0]]);
    const rising = (await get('/v1/files?order=asc&purpose=vision', key)).body.data;
    expect(rising.map(({ id }: { id: string }) => id)).toEqual([ids[0], ids[2]]);
    expect((await get('/v1/files?limit=x', key)).status).toBe(400);
  });

  it('deletes bytes and row', async () => {
    const { key } = await newKey();
    const { body: file } = await upload(key, PNG);
    const { body } = await json(await ask(`/v1/files/${file.id}`, key, { method: 'DELETE' }));
    expect(body).toEqual({ id: file.id, object: 'file', deleted: true });
    expect(await env.KV_CACHE.get(fileKey(file.id))).toBeNull();
    expect((await get(`/v1/files/${file.id}`, key)).status).toBe(404);
  });

  it('takes expires_after', async () => {
    const { key } = await newKey();
    const after = { 'expires_after[anchor]': 'created_at', 'expires_after[seconds]': '3600' };
    const { body: file } = await upload(key, PNG, after);
    expect(file.expires_at - file.created_at).toBe(3_600);
    expect((await upload(key, PNG, { 'expires_after[seconds]': '60' })).status).toBe(400);
  });

  it('refuses a form without a file, an empty file, and an unknown purpose', async () => {
    const { key } = await newKey();
    const form = new FormData();
    form.append('purpose', 'vision');
    expect((await ask('/v1/files', key, { method: 'POST', body: form })).status).toBe(400);
    expect((await upload(key, new Uint8Array())).status).toBe(400);
    expect((await upload(key, PNG, { purpose: 'poetry' })).body.error.param).toBe('purpose');
  });

  it('refuses a file above 32 MiB with 413', async () => {
    const { key } = await newKey();
    const { status, body } = await upload(key, new Uint8Array(MAX_FILE_BYTES + 1));
    expect([status, body.error.code]).toEqual([413, 'file_too_large']);
  });

  it('says 501 where a file is too large for KV and there is no R2', async () => {
    const { key } = await newKey();
    const { status, body } = await upload(key, new Uint8Array(26 * 1_048_576));
    expect([status, body.error.code]).toEqual([501, 'storage_unavailable']);
  });

  it('asks for a key', async () => {
    expect((await exports.default.fetch('https://gw.test/v1/files')).status).toBe(401);
  });
});

describe('files with R2', () => {
  const withBucket = (change: Partial<FileDeps> = {}): FileDeps => ({
    ...fileDeps(env),
    bucket: env.TEST_FILES,
    kvMaxBytes: 10,
    ...change,
  });
  const sent = { filename: 'a.png', bytes: PNG };

  it('go there when they are too large for KV, and are deleted there', async () => {
    const deps = withBucket();
    const file = await storeFile(deps, 'key_r2', sent, { purpose: 'vision' });
    expect(file.place).toBe('r2');
    expect(await env.KV_CACHE.get(fileKey(file.id))).toBeNull();
    expect(await new Response(await openFile(deps, file)).bytes()).toEqual(PNG);
    await removeFile(deps, 'key_r2', file.id);
    expect((await env.TEST_FILES.list()).objects).toEqual([]);
  });

  it('are purged with their rows once they have expired, also one whose bytes never came', async () => {
    const now = Date.now() - 31 * DAY_S * 1_000;
    const deps = withBucket({ now: () => now });
    await storeFile(deps, 'key_r2', sent, { purpose: 'vision' });
    const cut = { put: () => Promise.reject(new Error('killed')) };
    // SAFETY: the only method of a bucket that storing calls.
    const broken = { ...deps, bucket: cut as unknown as R2Bucket };
    await expect(storeFile(broken, 'key_r2', sent, { purpose: 'vision' })).rejects.toThrow(
      'killed',
    );
    const fresh = await storeFile(withBucket(), 'key_r2', sent, { purpose: 'vision' });
    const purge = { db: env.DB, files: env.TEST_FILES, now: Date.now(), batch: 100 };
    expect(await purgeFiles({ ...purge, files: null })).toMatchObject({ deleted: 0 });
    expect(await purgeFiles(purge)).toMatchObject({ deleted: 2, kvCalls: 0, cursor: null });
    const left = (await env.TEST_FILES.list()).objects.map(({ key }) => key);
    expect(left).toEqual([fileKey(fresh.id)]);
    const rows = await listExpiredFiles(env.DB, { now: Date.now(), hasBucket: true, limit: 10 });
    expect(rows).toEqual([]);
  });
});

describe('a file in a chat', () => {
  async function useToken(provider: string): Promise<string> {
    const pool = poolStub(env);
    const before = await pool.listTokens({ limit: 500 });
    if (before.tokens.length > 0) await pool.deleteTokens(before.tokens.map(({ id }) => ({ id })));
    const id = newId('tok');
    const secret = `plain-${id.toLowerCase()}`;
    await pool.importTokens([
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

  async function upstreamBodies(credential: string, path: RegExp): Promise<string> {
    const query = new URLSearchParams({ credential });
    const response = await env.EGRESS?.fetch(`https://simulator.local/calls?${query.toString()}`);
    const { calls = [] } =
      (await response?.json<{ calls: { path: string; body: unknown }[] }>()) ?? {};
    return JSON.stringify(calls.filter((call) => path.test(call.path)).map((call) => call.body));
  }

  const chat = async (key: string, model: string, part: object): Promise<Answer> =>
    json(
      await ask('/v1/chat/completions', key, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          model,
          messages: [{ role: 'user', content: [{ type: 'text', text: 'what is it?' }, part] }],
        }),
      }),
    );

  it.each([
    ['a file part with its id', (id: string) => ({ type: 'file', file: { file_id: id } })],
    [
      'an image_url that is its id',
      (id: string) => ({ type: 'image_url', image_url: { url: id } }),
    ],
    [
      'a file part with data',
      () => ({
        type: 'file',
        file: { filename: 'a.png', file_data: `data:image/png;base64,${PNG.toBase64()}` },
      }),
    ],
    [
      'a file part with bare base64',
      () => ({ type: 'file', file: { filename: 'a.png', file_data: PNG.toBase64() } }),
    ],
  ])('reaches an OpenAI-like provider and Grok as a picture: %s', async (_name, part) => {
    const { key } = await newKey();
    const { body: file } = await upload(key, PNG);
    const secret = await useToken('moonshot');
    const answer = await chat(key, 'kimi-k2.5', part(file.id));
    expect(answer.body.error).toBeUndefined();
    expect(await upstreamBodies(secret, /completions/)).toContain(PNG.toBase64());
    const sso = await useToken('grok-web');
    const grok = await chat(key, 'grok-4', part(file.id));
    expect(grok.body.error).toBeUndefined();
    expect(await upstreamBodies(sso, /upload/)).not.toBe('[]');
  });

  const send = async (path: string, key: string, body: object | FormData): Promise<Answer> => {
    const isForm = body instanceof FormData;
    const type = isForm ? undefined : { 'content-type': 'application/json' };
    const sent = isForm ? body : JSON.stringify(body);
    return json(await ask(path, key, { method: 'POST', headers: type ?? {}, body: sent }));
  };

  it('is edited by its id, as JSON and as a form, with either way of uploading', async () => {
    const { key } = await newKey();
    const { body: file } = await upload(key, PNG);
    for (const model of ['grok-imagine-1.0-edit', 'grok-imagine-image-edit']) {
      const sso = await useToken('grok-web');
      const asked = { model, prompt: 'night' };
      for (const image of [[{ file_id: file.id }], file.id]) {
        const { status } = await send('/v1/images/edits', key, { ...asked, image });
        expect(status).toBe(200);
      }
      const form = new FormData();
      for (const [name, value] of Object.entries({ ...asked, image: file.id })) {
        form.append(name, value);
      }
      expect((await send('/v1/images/edits', key, form)).status).toBe(200);
      expect(await upstreamBodies(sso, /upload/)).not.toBe('[]');
    }
    const { key: other } = await newKey();
    const image = { file_id: file.id };
    const refused = await send('/v1/images/edits', other, { prompt: 'night', image });
    expect(refused.body.error.code).toBe('file_not_found');
  });

  it('is the first frame of a video by its id', async () => {
    const { key } = await newKey();
    const { body: file } = await upload(key, PNG);
    const film = { model: 'grok-imagine-1.0-video', prompt: 'a kite' };
    const form = new FormData();
    for (const [name, value] of Object.entries(film)) form.append(name, value);
    form.append('input_reference[file_id]', file.id);
    const asJson = { ...film, input_reference: { file_id: file.id } };
    for (const body of [asJson, form]) {
      const sso = await useToken('grok-web');
      expect((await send('/v1/videos', key, body)).status).toBe(200);
      await expect.poll(() => upstreamBodies(sso, /upload/)).toContain(PNG.toBase64());
    }
  });

  it('reaches a provider that fetches pictures by itself as data: it cannot read ours', async () => {
    const { key } = await newKey();
    const { body: file } = await upload(key, PNG);
    const secret = await useToken('xai');
    const there = 'https://images.test/ok.png';
    for (const url of [file.id, there]) {
      const answer = await chat(key, 'xai/grok-4', { type: 'image_url', image_url: { url } });
      expect(answer.body.error).toBeUndefined();
    }
    const sent = await upstreamBodies(secret, /completions/);
    expect(sent).toContain(PNG.toBase64());
    expect(sent).toContain(there);
    expect(sent).not.toContain(file.id);
    for (const url of ['https://127.0.0.1/x.png', 'http://images.test/ok.png', '/v1/models']) {
      const refused = await chat(key, 'xai/grok-4', { type: 'image_url', image_url: { url } });
      expect(refused).toMatchObject({ status: 400, body: { error: { code: 'url_not_allowed' } } });
    }
  });

  it("is refused when it is another key's, or no picture", async () => {
    const [one, other] = [await newKey(), await newKey()];
    const { body: file } = await upload(one.key, PNG);
    await useToken('grok-web');
    const part = { type: 'file', file: { file_id: file.id } };
    expect((await chat(other.key, 'grok-4', part)).body.error.code).toBe('file_not_found');
    const { body: text } = await upload(one.key, new TextEncoder().encode('hello'));
    const noPicture = { type: 'file', file: { file_id: text.id } };
    expect((await chat(one.key, 'grok-4', noPicture)).body.error.code).toBe('invalid_image');
  });

  it('is read only by its id', async () => {
    const deps = fileDeps(env);
    expect(await readPicture(deps, 'key_x', 'https://example.com/file-a.png')).toBeNull();
    await expect(
      readPicture(deps, 'key_x', 'file-00000000000000000000000000'),
    ).rejects.toBeInstanceOf(AppError);
  });
});
