import { env } from 'cloudflare:workers';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { wantedOf } from './simulator/assets-range';
import { generatedUri } from './simulator/assets-made';
import { userIdOf } from './simulator/grok-user';
import { JPEG, MP4 } from './simulator/media-samples';
import { spreadFilm } from './simulator/media-samples-film';

const SITE = 'https://grok.com';
const ASSETS = 'https://assets.grok.com';
const CHAT = '/rest/app-chat/conversations/new';
const MIB = 1_048_576;

const Bucket = z.looseObject({ bucket: z.string(), accepted: z.number(), units: z.number() });
const RecordedCall = z.looseObject({
  path: z.string(),
  body: z.unknown(),
  verdict: z.string(),
  status: z.nullable(z.number()),
  ended: z.string(),
});
const Picture = z.looseObject({
  imageUrl: z.string(),
  imageIndex: z.number(),
  progress: z.number(),
  moderated: z.optional(z.boolean()),
});
const Video = z.looseObject({
  videoId: z.string(),
  progress: z.number(),
  videoPostId: z.string(),
  videoUrl: z.optional(z.string()),
  thumbnailImageUrl: z.optional(z.string()),
  moderated: z.optional(z.boolean()),
});
const Frame = z.looseObject({
  result: z.optional(
    z.looseObject({
      response: z.optional(
        z.looseObject({
          streamingImageGenerationResponse: z.optional(Picture),
          streamingVideoGenerationResponse: z.optional(Video),
          modelResponse: z.optional(z.looseObject({ generatedImageUrls: z.array(z.string()) })),
        }),
      ),
    }),
  ),
});
const Uploaded = z.looseObject({ fileMetadataId: z.string(), fileUri: z.string() });
const Post = z.looseObject({ post: z.looseObject({ id: z.string() }) });
const Hd = z.looseObject({ hdMediaUrl: z.string() });
const Listing = z.looseObject({
  assets: z.array(z.looseObject({ assetId: z.string(), key: z.string() })),
  nextPageToken: z.string(),
});
const SocketFrame = z.looseObject({
  type: z.string(),
  current_status: z.optional(z.string()),
  id: z.optional(z.string()),
  image_id: z.optional(z.string()),
  request_id: z.optional(z.string()),
  url: z.optional(z.string()),
  blob: z.optional(z.string()),
  percentage_complete: z.optional(z.number()),
  moderated: z.optional(z.boolean()),
  err_code: z.optional(z.string()),
});
type SocketFrame = z.infer<typeof SocketFrame>;

function send(url: string, init?: RequestInit): Promise<Response> {
  if (env.EGRESS === undefined) throw new Error('EGRESS is not bound');
  return env.EGRESS.fetch(url, init);
}

function cookie(credential: string) {
  return { cookie: `sso=${credential}; sso-rw=${credential}` };
}

function post(credential: string, path: string, body: unknown): Promise<Response> {
  const init = { method: 'POST', headers: cookie(credential), body: JSON.stringify(body) };
  return send(SITE + path, init);
}

function asset(credential: string, path: string, headers: Record<string, string> = {}) {
  return send(`${ASSETS}/${path}`, { headers: { ...cookie(credential), ...headers } });
}

async function ask(credential: string, body: unknown) {
  const response = await post(credential, CHAT, body);
  expect(response.status).toBe(200);
  const lines = (await response.text()).split('\n').filter((line) => line !== '');
  const answers = lines.flatMap((line) => {
    const answer = Frame.parse(JSON.parse(line)).result?.response;
    return answer === undefined ? [] : [answer];
  });
  return {
    pictures: answers.flatMap((answer) => answer.streamingImageGenerationResponse ?? []),
    videos: answers.flatMap((answer) => answer.streamingVideoGenerationResponse ?? []),
    urls: answers.flatMap((answer) => answer.modelResponse?.generatedImageUrls ?? []),
  };
}

async function counted(credential: string) {
  const response = await send(`https://simulator.local/ledger?credential=${credential}`);
  const { buckets } = z.object({ buckets: z.array(Bucket) }).parse(await response.json());
  return buckets.map(({ bucket, accepted, units }) => [bucket, accepted, units]);
}

async function calls(credential: string) {
  const response = await send(`https://simulator.local/calls?credential=${credential}`);
  return z.object({ calls: z.array(RecordedCall) }).parse(await response.json()).calls;
}

async function upload(credential: string, text: string) {
  const body = { fileName: 'a.png', fileMimeType: 'image/png', content: btoa(text) };
  return Uploaded.parse(await (await post(credential, '/rest/app-chat/upload-file', body)).json());
}

async function videoPost(credential: string) {
  const body = { mediaType: 'MEDIA_POST_TYPE_VIDEO', prompt: 'a kite' };
  const response = await post(credential, '/rest/media/post/create', body);
  return Post.parse(await response.json()).post.id;
}

const DRAW = {
  modelName: 'grok-3',
  modelMode: 'MODEL_MODE_FAST',
  message: 'Image Generation: a kite',
  imageGenerationCount: 2,
};

function edit(config: object, fields: object = {}) {
  return {
    modelName: 'imagine-image-edit',
    message: 'Image Edit: make it night',
    responseMetadata: { modelConfigOverride: { modelMap: { imageEditModelConfig: config } } },
    ...fields,
  };
}

function film(config: object, fields: object = {}) {
  return {
    modelName: 'imagine-video-gen',
    message: 'a kite --mode=custom',
    toolOverrides: { videoGen: true },
    responseMetadata: { modelConfigOverride: { modelMap: { videoGenModelConfig: config } } },
    ...fields,
  };
}

function directFilm(resolutionName: string) {
  return {
    modelName: 'imagine-video-gen',
    message: 'a kite --mode=custom',
    mediaGenInput: { textToVideo: { prompt: 'a kite', duration: 6, resolutionName } },
  };
}

describe('drawing through chat', () => {
  it('tells of two pictures, lists them and counts one call of high effort', async () => {
    const name = 'draw1-q8';
    const { pictures, urls } = await ask(name, DRAW);
    expect(pictures.map(({ imageIndex, progress }) => [imageIndex, progress])).toEqual([
      [0, 10],
      [1, 10],
      [0, 50],
      [1, 50],
      [0, 100],
      [1, 100],
    ]);
    expect(pictures[0]?.imageUrl).toContain('-part-0/image.jpg');
    expect(urls).toEqual(pictures.slice(-2).map(({ imageUrl }) => imageUrl));
    expect(await counted(name)).toEqual([['grok-3', 1, 4]]);
    const response = await asset(name, urls[0] ?? '');
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    const preview = await asset(name, pictures[0]?.imageUrl ?? '');
    expect([preview.status, (await preview.bytes())[0]]).toEqual([200, 0xff]);
  });

  it('counts a drawing of a mode as one query of that mode', async () => {
    const { urls } = await ask('draw2', { modeId: 'fast', message: '[user]: Drawing: a kite' });
    expect(urls).toHaveLength(2);
    expect(await counted('draw2')).toEqual([['fast', 1, 1]]);
  });

  it.each([
    ['oneimage', 1, 0],
    ['noimage', 0, 0],
    ['modimage', 2, 1],
    ['modall', 2, 2],
  ])('%s lists %i and moderates %i', async (word, listed, moderated) => {
    const { pictures, urls } = await ask(`draw3-${word}`, DRAW);
    expect(urls).toHaveLength(listed);
    expect(pictures.filter((picture) => picture.moderated === true)).toHaveLength(moderated);
  });

  it('refuses a moderated prompt without counting it', async () => {
    expect((await post('draw4-moderated', CHAT, DRAW)).status).toBe(403);
    expect(await counted('draw4-moderated')).toEqual([]);
  });
});

describe('edit', () => {
  it('takes assets by id in the newest generation, and refuses ids of others', async () => {
    const { fileMetadataId } = await upload('edit1', 'one');
    const body = (id: string) => ({
      modelName: 'imagine-image-edit',
      message: 'make it night',
      mediaGenInput: { imageToImage: { prompt: 'make it night', inputAssets: [id] } },
    });
    expect((await ask('edit1', body(fileMetadataId))).urls).toHaveLength(1);
    expect(await counted('edit1')).toEqual([['imagine:image_edit', 1, 1]]);
    expect((await post('edit1-other', CHAT, body(fileMetadataId))).status).toBe(400);
    expect(await counted('edit1-other')).toEqual([]);
  });

  it.each([
    ['edit2', { toolOverrides: { imageGen: true }, modelMode: null }, ['grok-3', 1, 4]],
    ['edit3', { modelName: 'grok-3', modelMode: 'MODEL_MODE_FAST' }, ['grok-3', 1, 4]],
    ['edit4', {}, ['auto', 1, 1]],
  ])('takes addresses in the older ones: %s', async (name, fields, bucket) => {
    const { fileUri, fileMetadataId } = await upload(name, 'one');
    const imageReferences = [`${ASSETS}/${fileUri}`];
    const body = edit({ imageReferences, parentPostId: fileMetadataId }, fields);
    expect((await ask(name, body)).urls).toHaveLength(2);
    expect(await counted(name)).toEqual([bucket]);
    const foreign = edit({ imageReferences: ['https://assets.grok.com/users/x/y/content'] });
    expect((await post(name, CHAT, foreign)).status).toBe(400);
    expect(await counted(name)).toEqual([bucket]);
  });
});

describe('video', () => {
  it('needs a media post of the same account in the older generations', async () => {
    const name = 'video1-q20';
    expect((await post(name, CHAT, film({ resolutionName: '480p' }))).status).toBe(400);
    const parentPostId = await videoPost(name);
    expect((await post('video1-other', CHAT, film({ parentPostId }))).status).toBe(400);
    const { videos } = await ask(name, film({ parentPostId }, { modelName: 'grok-3' }));
    expect(videos.map(({ progress }) => progress)).toEqual([1, 20, 40, 60, 80, 100]);
    expect(videos.every(({ videoPostId }) => videoPostId === parentPostId)).toBe(true);
    expect(videos.filter(({ videoUrl }) => videoUrl !== undefined)).toHaveLength(1);
    await ask(name, film({ parentPostId }));
    expect(await counted(name)).toEqual([
      ['auto', 1, 1],
      ['grok-3', 1, 4],
    ]);
    const whole = await asset(name, videos.at(-1)?.videoUrl ?? '');
    expect([whole.status, whole.headers.get('content-type')]).toEqual([200, 'video/mp4']);
    expect((await asset(name, videos.at(-1)?.thumbnailImageUrl ?? '')).status).toBe(200);
    const link = await post(name, '/rest/media/post/create-link', { postId: parentPostId });
    expect(link.status).toBe(200);
  });

  it('counts the newest generation by resolution', async () => {
    await ask('video2-q3', directFilm('720p'));
    await ask('video2-q3', directFilm('480p'));
    expect(await counted('video2-q3')).toEqual([
      ['imagine:video', 1, 1],
      ['imagine:video_720p', 1, 1],
    ]);
    await ask('video2-q3', directFilm('720p'));
    await ask('video2-q3', directFilm('720p'));
    expect((await post('video2-q3', CHAT, directFilm('720p'))).status).toBe(429);
  });

  it('finishes what was cut off, after its delay', async () => {
    const name = 'video3-cutvideo-videodelay1500';
    const response = await post(name, CHAT, directFilm('720p'));
    const told: string[] = [];
    await expect(async () => {
      const decoder = new TextDecoder();
      for await (const bytes of response.body ?? []) told.push(decoder.decode(bytes));
    }).rejects.toThrow();
    expect(told.join('')).toContain('"progress":1,');
    expect(told.join('')).not.toContain('"progress":20,');
    await expect.poll(async () => (await calls(name))[0]?.ended).toBe('cut');
    const listing = async () =>
      Listing.parse(await (await send(`${SITE}/rest/assets`, { headers: cookie(name) })).json());
    expect((await listing()).assets).toEqual([]);
    await expect.poll(async () => (await listing()).assets).toHaveLength(1);
    const [found] = (await listing()).assets;
    expect((await asset(name, found?.key ?? '')).status).toBe(200);
    expect(await counted(name)).toEqual([['imagine:video_720p', 1, 1]]);
  });

  it('ends without an address, or moderated', async () => {
    const failed = await ask('video4-failvideo', directFilm('720p'));
    expect(failed.videos.some(({ videoUrl }) => videoUrl !== undefined)).toBe(false);
    const moderated = await ask('video5-modvideo', directFilm('720p'));
    expect(moderated.videos.at(-1)?.moderated).toBe(true);
    const address = moderated.videos.at(-1)?.videoUrl ?? '';
    expect((await asset('video5-modvideo', address)).status).toBe(404);
  });

  it('upscales a finished video of the account', async () => {
    const { videos } = await ask('video6', directFilm('720p'));
    const body = { videoId: videos[0]?.videoId };
    const response = await post('video6', '/rest/media/video/upscale', body);
    const { hdMediaUrl } = Hd.parse(await response.json());
    expect((await send(hdMediaUrl, { headers: cookie('video6') })).status).toBe(200);
    expect((await post('video6-other', '/rest/media/video/upscale', body)).status).toBe(404);
  });
});

describe('assets', () => {
  const PATH = (name: string, id: string, file = 'generated_video.mp4') =>
    `users/${userIdOf(name)}/generated/${id}/${file}`;

  it('gives files to their own session only', async () => {
    const path = PATH('asset1', 'sample', 'image.jpg');
    expect((await asset('asset1', path)).status).toBe(200);
    expect((await send(`${ASSETS}/${path}`)).status).toBe(401);
    expect((await asset('asset2', path)).status).toBe(403);
    expect((await asset('asset1-unauthorized', path)).status).toBe(401);
    const unknown = generatedUri('asset1', crypto.randomUUID(), 'image.jpg');
    expect((await asset('asset1', unknown)).status).toBe(404);
  });

  it('gives back the bytes of an upload', async () => {
    const { fileUri } = await upload('asset3', 'hello');
    const response = await asset('asset3', fileUri);
    expect([await response.text(), response.headers.get('content-type')]).toEqual([
      'hello',
      'image/png',
    ]);
  });

  it('reads a large file in parts and as a whole, with its length', async () => {
    const path = PATH('asset4', 'a-big40');
    const head = await send(`${ASSETS}/${path}`, { method: 'HEAD', headers: cookie('asset4') });
    expect(head.headers.get('content-length')).toBe(String(40 * MIB));
    const part = await asset('asset4', path, { range: 'bytes=20971520-20971619' });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 20971520-20971619/${40 * MIB}`,
    ]);
    const expected = spreadFilm(40 * MIB).read(20_971_520, 20_971_620);
    expect(await part.bytes()).toEqual(expected);
    const beyond = await asset('asset4', path, { range: `bytes=${40 * MIB}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([
      416,
      `bytes */${40 * MIB}`,
    ]);
    const whole = await asset('asset4', PATH('asset4', 'a-big2'));
    expect(whole.headers.get('content-length')).toBe(String(2 * MIB));
    expect((await whole.bytes()).length).toBe(2 * MIB);
  });

  it('misbehaves by words in the path', async () => {
    const read = (word: string) => asset('asset5', PATH('asset5', word));
    expect((await read('html')).headers.get('content-type')).toBe('text/html');
    expect((await read('svg')).headers.get('content-type')).toBe('image/svg+xml');
    expect((await read('x-cookie')).headers.get('set-cookie')).toContain('tracker');
    expect((await read('status503')).status).toBe(503);
    await expect((await read('big1-cutasset')).bytes()).rejects.toThrow();
    const unmeasured = await read('big1-nolength');
    expect(unmeasured.headers.get('content-length')).toBeNull();
    expect((await unmeasured.bytes()).length).toBe(MIB);
  });

  it('serves public pictures without a session, each id its own bytes', async () => {
    const address = 'https://imagine-public.x.ai/imagine-public/images';
    const [one, two] = await Promise.all(
      ['a', 'b'].map(async (id) => (await send(`${address}/${id}.jpg`)).bytes()),
    );
    expect(one?.slice(-20)).toEqual(JPEG.slice(-20));
    expect(one).not.toEqual(two);
    expect((await send(`${address}/a.png`)).headers.get('content-type')).toBe('image/png');
  });

  it('lists by pages and forgets what is deleted', async () => {
    const name = 'asset6';
    const first = await upload(name, 'one');
    await ask(name, DRAW);
    const list = async (query: string) =>
      Listing.parse(
        await (await send(`${SITE}/rest/assets?${query}`, { headers: cookie(name) })).json(),
      );
    const page = await list('pageSize=2');
    expect(page.assets).toHaveLength(2);
    const rest = await list(`pageSize=2&pageToken=${page.nextPageToken}`);
    expect(rest).toMatchObject({ assets: [{ assetId: first.fileMetadataId }], nextPageToken: '' });
    const forget = (credential: string) =>
      send(`${SITE}/rest/assets-metadata/${first.fileMetadataId}`, {
        method: 'DELETE',
        headers: cookie(credential),
      });
    expect((await forget('asset6-other')).status).toBe(404);
    expect((await forget(name)).status).toBe(200);
    expect((await forget(name)).status).toBe(404);
    expect((await asset(name, first.fileUri)).status).toBe(404);
    expect((await list('pageSize=50')).assets).toHaveLength(2);
  });
});

describe('ranges', () => {
  it.each([
    ['bytes=0-9', { kind: 'part', from: 0, to: 10 }],
    ['bytes=90-', { kind: 'part', from: 90, to: 100 }],
    ['bytes=-10', { kind: 'part', from: 90, to: 100 }],
    ['bytes=-500', { kind: 'part', from: 0, to: 100 }],
    ['bytes=0-500', { kind: 'part', from: 0, to: 100 }],
    ['bytes=100-', { kind: 'unsatisfiable' }],
    ['bytes=-0', { kind: 'unsatisfiable' }],
    ['bytes=9-1', { kind: 'whole' }],
    ['bytes=0-1,5-6', { kind: 'whole' }],
    ['bytes=-', { kind: 'whole' }],
    [null, { kind: 'whole' }],
  ])('%s', (header, wanted) => expect(wantedOf(header, 100)).toEqual(wanted));

  it('the spread film is the same however it is read', () => {
    const film40 = spreadFilm(MIB);
    const whole = film40.read(0, MIB);
    const halves = [film40.read(0, 333_333), film40.read(333_333, MIB)];
    expect(whole).toEqual(Uint8Array.from(halves.flatMap((half) => [...half])));
    expect(whole.slice(4, 8)).toEqual(MP4.slice(4, 8));
  });
});

/** Opens the Imagine socket, asks for pictures and gathers frames until `isDone` or the close. */
async function imagine(
  credential: string,
  count: number | null,
  isDone: (frames: readonly SocketFrame[]) => boolean,
) {
  const response = await send(`${SITE}/ws/imagine/listen`, {
    headers: { ...cookie(credential), upgrade: 'websocket' },
  });
  const socket = response.webSocket;
  if (socket === null) return { status: response.status, frames: [], closed: false };
  const frames: SocketFrame[] = [];
  let closed = false;
  const done = Promise.withResolvers<void>();
  socket.addEventListener('message', ({ data }) => {
    frames.push(SocketFrame.parse(JSON.parse(String(data))));
    if (isDone(frames)) done.resolve();
  });
  socket.addEventListener('close', () => {
    closed = true;
    done.resolve();
  });
  socket.accept();
  const say = (content: object) =>
    socket.send(
      JSON.stringify({
        type: 'conversation.item.create',
        timestamp: Date.now(),
        item: { type: 'message', content: [content] },
      }),
    );
  say({ type: 'reset' });
  const properties = { aspect_ratio: '2:3', ...(count === null ? {} : { num_generations: count }) };
  say({ type: 'input_scroll', requestId: `req-${credential}`, text: 'a kite', properties });
  await done.promise;
  if (!closed) socket.close(1000, 'done');
  return { status: response.status, frames, closed };
}

const completed = (n: number) => (frames: readonly SocketFrame[]) =>
  frames.filter(({ current_status: status }) => status === 'completed').length === n;
const failed = (frames: readonly SocketFrame[]) => frames.at(-1)?.type === 'error';

describe('the Imagine socket', () => {
  it('draws four unless told, counts a unit a picture and records the batch as one call', async () => {
    const { frames } = await imagine('ws1-q10', null, completed(4));
    const finals = frames.filter((frame) => frame.percentage_complete === 100);
    expect(finals).toHaveLength(4);
    expect(frames.every((frame) => frame.request_id === 'req-ws1-q10')).toBe(true);
    const { id, url, blob } = finals[0] ?? {};
    expect(url).toBe(`https://imagine-public.x.ai/imagine-public/images/${id}.jpg`);
    const downloaded = await (await send(url ?? '')).bytes();
    expect(downloaded.toBase64()).toBe(blob);
    expect(frames.filter(({ url: preview }) => preview?.endsWith('.png'))).toHaveLength(8);
    expect(await counted('ws1-q10')).toEqual([['imagine:image_pro', 1, 4]]);
    expect(await calls('ws1-q10')).toMatchObject([
      { path: '/ws/imagine/listen', verdict: 'accepted', status: 101, ended: 'complete' },
    ]);
  });

  it('refuses a batch that does not fit the window', async () => {
    await imagine('ws2-q5', 4, completed(4));
    const { frames } = await imagine('ws2-q5', 2, failed);
    expect(frames).toMatchObject([{ type: 'error', err_code: 'rate_limit_exceeded' }]);
    expect(await counted('ws2-q5')).toEqual([['imagine:image_pro', 1, 4]]);
  });

  it.each([
    ['ws3-unauthorized', 401],
    ['ws3-antibot', 403],
    ['ws3-limited', 429],
    ['ws3-e503', 503],
  ])('refuses the handshake of %s', async (name, status) => {
    expect((await imagine(name, 1, failed)).status).toBe(status);
    expect(await calls(name)).toMatchObject([{ status, ended: 'complete' }]);
  });

  it('settles a moderated slot without a picture', async () => {
    const { frames } = await imagine('ws4-modslot', 2, completed(2));
    expect(frames.filter((frame) => frame.percentage_complete === 100)).toHaveLength(1);
    expect(frames.filter((frame) => frame.moderated === true)).toHaveLength(1);
  });

  it('shows previews only, and knows when the client leaves', async () => {
    const two = (frames: readonly SocketFrame[]) => frames.length === 3;
    const { frames } = await imagine('ws5-previewonly', 1, two);
    expect(frames.every((frame) => frame.percentage_complete !== 100)).toBe(true);
    await expect.poll(async () => (await calls('ws5-previewonly'))[0]?.ended).toBe('cancelled');
  });

  it('fails inside, closes early, tells of foreign requests', async () => {
    expect((await imagine('ws6-errorframe', 2, failed)).frames.at(-1)?.err_code).toBe('internal');
    const early = await imagine('ws7-earlyclose', 3, () => false);
    expect(early.closed).toBe(true);
    expect(early.frames.filter((frame) => frame.percentage_complete === 100)).toHaveLength(1);
    await expect.poll(async () => (await calls('ws7-earlyclose'))[0]?.ended).toBe('cut');
    const { frames } = await imagine('ws8-foreign', 1, (all) =>
      all.some(
        ({ current_status: status, request_id: id }) =>
          status === 'completed' && id === 'req-ws8-foreign',
      ),
    );
    expect(new Set(frames.map(({ request_id: id }) => id)).size).toBe(3);
  });
});
