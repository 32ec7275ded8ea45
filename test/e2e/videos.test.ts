import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Gateway, startGateway } from './harness';
import { freePort, killAll, type Running, startGatewayProcess, startSimulator } from './processes';

/** Video jobs as the openai package makes them, over every dialect, and over the death of the gateway. */

type Video = OpenAI.Videos.Video;

async function ended(client: OpenAI, id: string): Promise<Video> {
  const isOver = async () => {
    const { status } = await client.videos.retrieve(id);
    return status === 'completed' || status === 'failed';
  };
  await expect.poll(isOver, { interval: 100 }).toBe(true);
  return client.videos.retrieve(id);
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);

describe('videos of the openai package', () => {
  let gateway: Gateway;
  let client: OpenAI;

  beforeAll(async () => {
    gateway = await startGateway();
    const apiKey = await gateway.newKey();
    client = new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterAll(() => gateway.close());

  /** The isolate learns of new settings when it next asks the pool, refused or not. */
  const learn = () =>
    client.chat.completions
      .create({ model: 'deepseek-chat', messages: [{ role: 'user', content: 'hello' }] })
      .catch(() => undefined);

  it.each([
    ['g1', 'grok-imagine-1.0-video', 'basic'],
    ['g2', 'grok-imagine-video', 'super'],
    ['g3', 'grok-imagine-video', 'basic'],
  ])(
    'are created, polled, downloaded, listed and deleted (%s)',
    async (generation, model, tier) => {
      await gateway.admin('POST', 'config', { grok: { generations: [generation] } });
      const name = `plain-${generation}`;
      await gateway.useTokens('grok-web', [name], tier);
      // The isolate learns of new settings when it next asks the pool, refused or not.
      await client.chat.completions
        .create({ model: 'deepseek-chat', messages: [{ role: 'user', content: 'hello' }] })
        .catch(() => undefined);
      const reference = generation === 'g3' ? {} : { input_reference: await toFile(PNG, 'a.png') };
      const made = await client.videos.create({
        ...reference,
        model,
        prompt: 'a kite',
        seconds: '8',
        size: '1280x720',
      });
      expect(made).toMatchObject({ object: 'video', model, seconds: '8', size: '1280x720' });
      const done = await ended(client, made.id);
      expect(done).toMatchObject({ status: 'completed', progress: 100, error: null });
      expect(done.completed_at).toBeGreaterThanOrEqual(done.created_at);

      const content = await client.videos.downloadContent(made.id);
      expect(content.headers.get('content-type')).toBe('video/mp4');
      const bytes = Buffer.from(await content.arrayBuffer());
      expect(bytes.subarray(4, 8).toString()).toBe('ftyp');
      const poster = await client.videos.downloadContent(made.id, { variant: 'thumbnail' });
      expect(poster.headers.get('content-type')).toMatch(/^image\//);

      const page = await client.videos.list({ limit: 1 });
      expect(page.data.map(({ id }) => id)).toEqual([made.id]);
      expect(await client.videos.delete(made.id)).toMatchObject({ deleted: true });
      await expect(client.videos.retrieve(made.id)).rejects.toBeInstanceOf(NotFoundError);
      const submitted = (await gateway.calls(name)).filter(isSubmission);
      expect(submitted.length).toBe(1);
    },
  );

  it('in a chat are a linked poster where the settings say so, and end at their total time', async () => {
    await gateway.admin('POST', 'config', {
      grok: { generations: ['g3'] },
      video: { poster_preview: true },
    });
    await gateway.useTokens('grok-web', ['plain-poster']);
    await learn();
    const chat = () =>
      client.chat.completions.create({
        model: 'grok-imagine-video',
        messages: [{ role: 'user', content: 'a kite' }],
      });
    const { choices } = await chat();
    const html = choices[0]?.message.content ?? '';
    expect(html).toMatch(/^<a href="[^"]+\/videos\/[^"]+" target="_blank"/);
    const poster = /<img src="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect((await fetch(poster)).headers.get('content-type')).toMatch(/^image\//);

    await gateway.admin('POST', 'config', { video: { total_s: 1 } });
    await gateway.useTokens('grok-web', ['silent-total']);
    await learn();
    await expect(chat()).rejects.toMatchObject({ code: 'upstream_timeout', status: 504 });
    const { id } = await client.videos.create({ model: 'grok-imagine-video', prompt: 'a kite' });
    const failed = await ended(client, id);
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'upstream_timeout' } });
  });
});

const isSubmission = ({ path, body }: { path: string; body: unknown }): boolean =>
  path.endsWith('/conversations/new') && JSON.stringify(body).includes('a kite');

/** A model of each end of the wires, the bucket that it draws on, and what a video takes of it. */
const OLDEST = { model: 'grok-imagine-1.0-video', bucket: 'grok-3', units: 4 };
const NEWEST = { model: 'grok-imagine-video', bucket: 'imagine:video_720p', units: 1 };

const PASSWORD = 'correct horse battery staple';

describe('a gateway that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'videos-'));
  let simulator: Running;
  let gateway: Running;
  let port: number;
  let session: string;
  let client: OpenAI;

  const start = async (): Promise<void> => {
    gateway = await startGatewayProcess({
      port,
      stateDir: join(folder, 'gateway'),
      env: {
        SIMULATOR: 'off',
        ADMIN_PASSWORD: PASSWORD,
        GROK_BASE_URL: `${simulator.url}/__host/grok.com`,
        GROK_ASSETS_URL: `${simulator.url}/__host/assets.grok.com`,
      },
    });
  };

  /** The start script sets up by itself once the gateway serves; until then nobody can log in. */
  const logIn = async (): Promise<string> => {
    for (;;) {
      const response = await fetch(`${gateway.url}/api/v1/admin/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: 'admin', password: PASSWORD }),
      });
      const reply = z.object({ api_key: z.optional(z.string()) }).parse(await response.json());
      if (reply.api_key !== undefined) return reply.api_key;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  const admin = async <T>(shape: z.ZodType<T>, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`${gateway.url}/api/v1/admin/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return shape.parse(JSON.parse(text));
  };

  const Bucket = z.object({
    name: z.string(),
    free: z.nullable(z.number()),
    reserved: z.number(),
    uncertain: z.number(),
  });
  const Tokens = z.object({
    version: z.number(),
    ssoBasic: z.array(z.object({ buckets: z.array(Bucket) })),
  });

  /** Makes this the only credential, its quota read. */
  const useToken = async (name: string): Promise<void> => {
    const { version } = await admin(Tokens, 'tokens');
    await admin(z.unknown(), 'tokens', { ssoBasic: [name], replace: true, version });
    await admin(z.unknown(), 'tokens/refresh', { all: true });
  };

  const bucket = async (name = OLDEST.bucket): Promise<z.infer<typeof Bucket> | undefined> => {
    const { ssoBasic } = await admin(Tokens, 'tokens');
    return ssoBasic[0]?.buckets.find((one) => one.name === name);
  };

  const Calls = z.object({ calls: z.array(z.object({ path: z.string(), body: z.unknown() })) });
  const submissions = async (name: string): Promise<number> => {
    const response = await fetch(`${simulator.url}/__control/calls?credential=${name}`);
    return Calls.parse(await response.json()).calls.filter(isSubmission).length;
  };

  const Verified = z.object({
    ok: z.boolean(),
    differences: z.array(z.unknown()),
    usage: z.optional(z.object({ differences: z.array(z.unknown()) })),
  });
  const booksAreEqual = async (of = OLDEST): Promise<void> => {
    await expect.poll(async () => (await bucket(of.bucket))?.reserved).toBe(0);
    const verified = await admin(Verified, 'verify?drain=1');
    expect(verified).toMatchObject({ ok: true, differences: [], usage: { differences: [] } });
  };

  /** Upstream counted one video: a reading of the idle credential says so. Some buckets tell what is left alone. */
  const readsAsCounted = async ({ bucket: name, units } = OLDEST): Promise<void> => {
    await admin(z.unknown(), 'tokens/refresh', { all: true });
    const free = async () => (await bucket(name))?.free;
    await expect.poll(free).toBe(1_000 - units);
  };

  beforeAll(async () => {
    port = await freePort();
    simulator = await startSimulator(join(folder, 'simulator'));
    await start();
    session = await logIn();
    const Key = z.object({ data: z.object({ key: z.string() }) });
    const { data } = await admin(Key, 'keys', { name: 'videos' });
    client = new OpenAI({ apiKey: data.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });

  afterAll(async () => {
    await killAll();
    rmSync(folder, { recursive: true, force: true });
  });

  const create = (model = OLDEST.model) =>
    client.videos.create({ model, prompt: 'a kite', seconds: '8' });
  const restart = async (): Promise<void> => {
    await gateway.kill();
    await start();
    session = await logIn();
  };
  /** By the list alone: asking for a job would wake it. */
  const listedAsEnded = async (id: string): Promise<Video | undefined> => {
    let video: Video | undefined;
    const isOver = async () => {
      video = (await client.videos.list()).data.find((one) => one.id === id);
      return video?.status === 'completed' || video?.status === 'failed';
    };
    await expect.poll(isOver, { interval: 500 }).toBe(true);
    return video;
  };

  it.each([
    ['oldest', OLDEST],
    ['newest', NEWEST],
  ])(
    'after the first sign of a video ends with that video, submitted once (%s)',
    async (age, wire) => {
      const name = `q1000-pace1500-killed-${age}`;
      await useToken(name);
      const { id } = await create(wire.model);
      await expect.poll(async () => (await client.videos.retrieve(id)).progress).toBeGreaterThan(0);
      await restart();
      expect(await listedAsEnded(id)).toMatchObject({ status: 'completed', progress: 100 });
      const content = await client.videos.downloadContent(id);
      expect(content.headers.get('content-type')).toBe('video/mp4');
      await content.arrayBuffer();
      expect(await submissions(name)).toBe(1);
      await booksAreEqual(wire);
      expect((await bucket(wire.bucket))?.uncertain).toBe(0);
      await readsAsCounted(wire);
    },
  );

  it('before it ends with a failure, its units uncertain, and is not submitted again', async () => {
    const name = 'q1000-slow60000-killed2';
    await useToken(name);
    const { id } = await create();
    await expect.poll(() => submissions(name)).toBe(1);
    await restart();
    const video = await listedAsEnded(id);
    expect(video).toMatchObject({ status: 'failed', error: { code: 'video_interrupted' } });
    expect(await submissions(name)).toBe(1);
    await booksAreEqual();
    expect((await bucket())?.uncertain).toBe(4);
    await readsAsCounted();
  });
});
