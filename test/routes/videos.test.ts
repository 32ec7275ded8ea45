import { env, exports } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { tendVideos } from '../../src/cron/videos';
import { sha256Hex } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';
import { fingerprint, mask, seal } from '../../src/lib/seal';
import { poolStub } from '../../src/pool/stub';

const BASE = 'https://gw.test';
const G1 = 'grok-imagine-1.0-video';

interface Video {
  readonly id: string;
  readonly status: string;
  readonly progress: number;
  readonly error: { readonly code: string } | null;
}

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

const ask = (path: string, key: string, init: Init = {}): Promise<Response> =>
  exports.default.fetch(`${BASE}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${key}`, ...init.headers },
  });

const post = (path: string, key: string, body: object): Promise<Response> =>
  ask(path, key, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const create = (key: string, fields: object = {}): Promise<Response> =>
  post('/v1/videos', key, { model: G1, prompt: 'a kite', ...fields });

async function created(key: string, fields: object = {}): Promise<Video> {
  const response = await create(key, fields);
  expect(response.status).toBe(200);
  return response.json<Video>();
}

const read = async (key: string, id: string): Promise<Video> =>
  (await ask(`/v1/videos/${id}`, key)).json<Video>();

/** Polls until the job has ended. */
async function end(key: string, id: string): Promise<Video> {
  const isOver = async () => ['completed', 'failed'].includes((await read(key, id)).status);
  await expect.poll(isOver, { interval: 50 }).toBe(true);
  return read(key, id);
}

async function errorOf(
  response: Response,
): Promise<{ code: string; message: string; param: string | null }> {
  const { error } = await response.json<{ error: Awaited<ReturnType<typeof errorOf>> }>();
  return error;
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

/** Makes these the only credentials of all: their names tell the simulator what to do. */
async function useTokens(...names: string[]): Promise<string[]> {
  const before = await pool().listTokens({ limit: 500 });
  await pool().deleteTokens(before.tokens.map(({ id }) => ({ id })));
  const secrets: string[] = [];
  for (const words of names) {
    const id = newId('tok');
    const secret = `${words}-${id}`;
    secrets.push(secret);
    await pool().importTokens([
      {
        id,
        provider: 'grok-web',
        tier: 'super',
        sealedSecret: await seal(env, id, secret),
        fingerprint: await fingerprint(env, secret),
        mask: mask(secret),
      },
    ]);
  }
  return secrets;
}

async function simulator<T>(path: string): Promise<T> {
  if (env.EGRESS === undefined) throw new Error('no simulator');
  return (await env.EGRESS.fetch(`http://simulator.local${path}`)).json<T>();
}

/** How often upstream was asked to film. */
async function submissions(credential: string): Promise<number> {
  const { calls } = await simulator<{ calls: { path: string; verdict: string }[] }>(
    `/calls?credential=${encodeURIComponent(credential)}`,
  );
  return calls.filter(({ path }) => path.endsWith('/conversations/new')).length;
}

const openLeases = async (): Promise<number> => (await pool().stats()).openLeases;

/** The key's and the pool's books, once every lease has come back. */
async function booksAreEqual(): Promise<void> {
  await expect.poll(openLeases).toBe(0);
  expect((await pool().verify()).differences).toEqual([]);
}

async function videosUsed(key: string): Promise<number> {
  const status = await (
    await ask('/v1/key', key)
  ).json<{
    limits: { video_per_day: { used: number; reserved: number } };
  }>();
  expect(status.limits.video_per_day.reserved).toBe(0);
  return status.limits.video_per_day.used;
}

let secret: string;
beforeEach(async () => {
  [secret = ''] = await useTokens('plain');
});

describe('a video job', () => {
  it('is admitted, filmed once, listed, and its video read with ranges', async () => {
    const { key } = await storeKey({ perDay: { video: 5 } });
    const video = await created(key, { seconds: '8', size: '1280x720' });
    expect(video).toMatchObject({
      id: expect.stringMatching(/^video_[0-9A-Z]{26}$/),
      object: 'video',
      model: G1,
      status: 'queued',
      progress: 0,
      seconds: '8',
      size: '1280x720',
      prompt: 'a kite',
      error: null,
    });
    const done = await end(key, video.id);
    expect(done).toMatchObject({ status: 'completed', progress: 100, error: null });
    expect(await submissions(secret)).toBe(1);
    await booksAreEqual();
    expect(await videosUsed(key)).toBe(1);

    const { url, thumbnail_url: poster } = await (
      await ask(`/v1/videos/${video.id}`, key)
    ).json<{ url: string; thumbnail_url: string }>();
    for (const [link, type] of [
      [url, 'video/mp4'],
      [poster, 'image/jpeg'],
    ] as const) {
      const followed = await exports.default.fetch(link);
      expect(followed.headers.get('content-type')).toBe(type);
      await followed.bytes();
    }

    const whole = await ask(`/v1/videos/${video.id}/content`, key);
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('video/mp4');
    const bytes = await whole.bytes();
    const range = { range: 'bytes=4-7' };
    const part = await ask(`/v1/videos/${video.id}/content`, key, { headers: range });
    expect(part.status).toBe(206);
    expect(await part.bytes()).toEqual(bytes.slice(4, 8));
    const thumbnail = await ask(`/v1/videos/${video.id}/content?variant=thumbnail`, key);
    expect(thumbnail.headers.get('content-type')).toMatch(/^image\//);
    await thumbnail.arrayBuffer();
    await booksAreEqual();
  });

  it.each([
    ['480p', '720x480', 'imagine:video'],
    ['720p', '1080x720', 'imagine:video_720p'],
  ])('of %s is filmed by the newest model, from its own bucket', async (resolution, size, name) => {
    const { key } = await storeKey();
    const video = await created(key, { model: undefined, resolution });
    expect(await end(key, video.id)).toMatchObject({
      status: 'completed',
      model: 'grok-imagine-video',
      size,
    });
    await booksAreEqual();
    const { buckets } = await simulator<{ buckets: { bucket: string }[] }>(
      `/ledger?credential=${encodeURIComponent(secret)}`,
    );
    expect(buckets.map(({ bucket }) => bucket)).toContain(name);
  });

  it('begins with the picture of a form or of a data URI', async () => {
    const { key } = await storeKey();
    const png = Uint8Array.fromBase64(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
    );
    const form = new FormData();
    form.set('model', G1);
    form.set('prompt', 'a kite');
    form.set('seconds', '4');
    form.set('input_reference', new File([png], 'kite.png', { type: 'image/png' }));
    const response = await ask('/v1/videos', key, { method: 'POST', body: form });
    expect(response.status).toBe(200);
    const { id } = await response.json<Video>();
    expect(await end(key, id)).toMatchObject({ status: 'completed', seconds: '4' });
    const uri = `data:image/png;base64,${png.toBase64()}`;
    const second = await created(key, { input_reference: { image_url: uri } });
    expect((await end(key, second.id)).status).toBe('completed');
  });

  it.each([
    [{ seconds: '99' }, 'invalid_request', 'seconds'],
    [{ size: '3x3' }, 'invalid_request', 'size'],
    [{ prompt: '' }, 'invalid_request', 'prompt'],
    [{ model: 'grok-4' }, 'model_not_found', 'model'],
    [{ model: 'constructor' }, 'model_not_found', 'model'],
    [{ input_reference: 'https://127.0.0.1/x.png' }, 'url_not_allowed', 'input_reference'],
    [{ input_reference: 'data:text/html;base64,PGI+' }, 'invalid_image', 'input_reference'],
  ])('asked for with %j is refused at once (D-59)', async (fields, code, param) => {
    const { key, id } = await storeKey();
    const response = await create(key, fields);
    expect(await errorOf(response)).toMatchObject({ code, param });
    expect(await openLeases()).toBe(0);
    const row = await env.DB.prepare('SELECT id FROM videos WHERE key_id = ?1').bind(id).first();
    expect(row).toBeNull();
  });

  it('of a length that is no number of seconds is told so', async () => {
    const { key } = await storeKey();
    const { message } = await errorOf(await create(key, { seconds: 'long' }));
    expect(message).toBe("'seconds' is not valid: expected a whole number.");
  });

  it('beyond the daily limit is a 429 and no job', async () => {
    const { key } = await storeKey({ perDay: { video: 0 } });
    const response = await create(key);
    expect(response.status).toBe(429);
    expect((await errorOf(response)).code).toBe('daily_quota_exceeded');
    expect(await (await ask('/v1/videos', key)).json()).toMatchObject({ data: [] });
  });

  it.each([
    ['modvideo', 'content_policy_violation'],
    ['moderated', 'content_policy_violation'],
    ['e500', 'upstream_error'],
    ['cutfirst', 'upstream_cut'],
  ])('of %s fails, is told why, and costs its caller nothing', async (words, code) => {
    [secret = ''] = await useTokens(words);
    const { key } = await storeKey({ perDay: { video: 5 } });
    const failed = await end(key, (await created(key)).id);
    expect(failed).toMatchObject({ status: 'failed', error: { code } });
    const content = await ask(`/v1/videos/${failed.id}/content`, key);
    expect(await errorOf(content)).toMatchObject({ code: 'video_not_ready' });
    await booksAreEqual();
    expect(await videosUsed(key)).toBe(0);
    expect(await submissions(secret)).toBeLessThanOrEqual(1);
  });

  it('whose upstream hangs up is looked for and found', async () => {
    [secret = ''] = await useTokens('cutvideo-videodelay1000');
    const { key } = await storeKey();
    const { id } = await created(key);
    expect((await end(key, id)).status).toBe('completed');
    expect(await submissions(secret)).toBe(1);
    await booksAreEqual();
  });

  it('goes to another credential while nothing was submitted', async () => {
    await useTokens('limited60', 'plain');
    const { key } = await storeKey();
    for (let n = 0; n < 2; n++) {
      expect((await end(key, (await created(key)).id)).status).toBe('completed');
    }
    await booksAreEqual();
  });

  it('deleted under way is stopped, charged and gone', async () => {
    [secret = ''] = await useTokens('pace5000');
    const { key } = await storeKey({ perDay: { video: 5 } });
    const { id } = await created(key);
    await expect.poll(async () => (await read(key, id)).progress).toBeGreaterThan(0);
    const removed = await ask(`/v1/videos/${id}`, key, { method: 'DELETE' });
    expect(await removed.json()).toEqual({ id, object: 'video.deleted', deleted: true });
    expect(await errorOf(await ask(`/v1/videos/${id}`, key))).toMatchObject({
      code: 'video_not_found',
    });
    await booksAreEqual();
    expect(await videosUsed(key)).toBe(1);
  });
});

describe('the jobs of a key', () => {
  it('are listed newest first, page by page, and are nobody else’s', async () => {
    const { key } = await storeKey();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { id } = await created(key);
      await end(key, id);
      await expect.poll(openLeases).toBe(0);
      ids.unshift(id);
    }
    const list = async (query: string) =>
      (await ask(`/v1/videos?${query}`, key)).json<{ data: Video[]; has_more: boolean }>();
    const first = await list('limit=2');
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(first.has_more).toBe(true);
    const rest = await list(`limit=2&after=${ids[1]}`);
    expect(rest).toMatchObject({ data: [{ id: ids[2] }], has_more: false });
    expect((await list('order=asc')).data.map(({ id }) => id)).toEqual(ids.toReversed());
    expect((await ask('/v1/videos?limit=0', key)).status).toBe(400);

    const other = await storeKey();
    expect(await (await ask('/v1/videos', other.key)).json()).toMatchObject({ data: [] });
    for (const path of ['', '/content']) {
      const response = await ask(`/v1/videos/${ids[0]}${path}`, other.key);
      expect(response.status).toBe(404);
      expect((await errorOf(response)).code).toBe('video_not_found');
    }
    const removal = await ask(`/v1/videos/${ids[0]}`, other.key, { method: 'DELETE' });
    expect(removal.status).toBe(404);
    expect((await read(key, ids[0] ?? '')).status).toBe('completed');
    expect((await ask('/v1/videos/constructor', key)).status).toBe(404);
  });

  it('are pruned when they expire, and ended when their object never got them', async () => {
    const { key, id } = await storeKey();
    const insert = (name: string, expiresAt: number | null) =>
      env.DB.prepare(
        `INSERT INTO videos (key_id, id, model, prompt, seconds, size, status, progress, created_at, expires_at)
         VALUES (?1, ?2, 'm', 'p', 6, '1x1', 'queued', 0, 1, ?3)`,
      )
        .bind(id, name, expiresAt)
        .run();
    const orphan = `video_${'0'.repeat(25)}1`;
    await insert(orphan, null);
    await insert(`video_${'0'.repeat(25)}2`, 1_000);
    await tendVideos(env, Date.now());
    expect(await (await ask('/v1/videos', key)).json()).toMatchObject({
      data: [{ id: orphan, status: 'failed', error: { code: 'video_interrupted' } }],
    });
  });
});

describe('a video that is deleted', () => {
  it('leaves nothing in the cache', async () => {
    const count = async (): Promise<number> =>
      (await env.DB.prepare("SELECT count(*) AS n FROM media WHERE etag <> ''").first<number>(
        'n',
      )) ?? -1;
    const before = await count();
    const { key } = await storeKey();
    const { id } = await created(key);
    await end(key, id);
    for (const variant of ['video', 'thumbnail']) {
      const response = await ask(`/v1/videos/${id}/content?variant=${variant}`, key);
      await response.arrayBuffer();
    }
    await expect.poll(count).toBe(before + 2);
    const removed = await ask(`/v1/videos/${id}`, key, { method: 'DELETE' });
    expect(await removed.json()).toMatchObject({ id, deleted: true });
    expect(await count()).toBe(before);
    expect((await ask(`/v1/videos/${id}/content`, key)).status).toBe(404);
  });
});

describe('a video through chat', () => {
  const chat = (key: string, fields: object = {}): Promise<Response> =>
    post('/v1/chat/completions', key, {
      model: G1,
      messages: [{ role: 'user', content: 'a kite' }],
      ...fields,
    });

  it('is HTML whose link works, progress being told as reasoning', async () => {
    const { key } = await storeKey({ perDay: { video: 5 } });
    const response = await chat(key, { video_config: { aspect_ratio: '16:9', video_length: 8 } });
    expect(response.status).toBe(200);
    const { choices } = await response.json<{
      choices: { message: { content: string; reasoning_content: string } }[];
    }>();
    const message = choices[0]?.message;
    expect(message?.reasoning_content).toMatch(/^Filming: 1%\nFilming: 20%\n/);
    const src = /<video src="([^"]+)"/.exec(message?.content ?? '')?.[1]?.replaceAll('&amp;', '&');
    expect(src).toMatch(/^https:\/\/gw\.test\/videos\//);
    const video = await exports.default.fetch(src ?? '');
    expect(video.headers.get('content-type')).toBe('video/mp4');
    await video.arrayBuffer();
    await booksAreEqual();
    expect(await videosUsed(key)).toBe(1);
    const { calls } = await simulator<{ calls: { body: unknown }[] }>(
      `/calls?credential=${encodeURIComponent(secret)}`,
    );
    expect(JSON.stringify(calls)).toMatch(/videoLength[\\": ]+8/);
  });

  it('is streamed with the same words', async () => {
    const { key } = await storeKey();
    const text = await (await chat(key, { stream: true })).text();
    expect(text).toContain('"reasoning_content":"Filming: 20%\\n"');
    expect(text).toContain('<video src=');
    expect(text).toContain('data: [DONE]');
  });

  it('that fails costs its key no video, streamed with its progress or whole', async () => {
    await useTokens('failvideo');
    const { key } = await storeKey({ perDay: { video: 5 } });
    const text = await (await chat(key, { stream: true })).text();
    expect(text).toContain('"reasoning_content":"Filming: 20%\\n"');
    expect(text).toContain('"error":{');
    expect((await chat(key)).status).toBe(502);
    await booksAreEqual();
    expect(await videosUsed(key)).toBe(0);
  });

  it.each([
    [{ video_length: 99 }, 'video_config.video_length'],
    [{ aspect_ratio: '7:5' }, 'video_config.aspect_ratio'],
    [{ preset: 'x"><script>' }, 'video_config.preset'],
  ])('with %j is refused by the path of the field (D-59)', async (config, param) => {
    const { key } = await storeKey();
    const response = await chat(key, { video_config: config });
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code: 'invalid_request', param });
  });
});
