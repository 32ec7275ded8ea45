import { describe, expect, it } from 'vitest';
import { film } from '../../../../src/providers/grok-web/media/film';
import type { ModelSpec } from '../../../../src/models/model-spec';
import type { FilmTask } from '../../../../src/providers/provider';
import { drain, fakeEgress } from '../fakes';
import {
  CHAT_PATH,
  filmCall,
  filming,
  inResponse,
  LEGACY_FILM,
  lines,
  PNG,
  rowOf,
} from './support';

const ASSETS = 'https://assets.grok.com';
const FOLDER = 'users/u1/generated/v1';
const DONE = {
  videoUrl: `${FOLDER}/generated_video.mp4`,
  thumbnailImageUrl: `/${FOLDER}/preview_image.jpg`,
  moderated: false,
};
const whole = (resolutionName = '480p') =>
  lines(
    { result: { conversation: { conversationId: 'c1' } } },
    filming(1, { videoPostId: 'p1', resolutionName }),
    filming(60),
    filming(60),
    filming(40),
    filming(100, DONE),
    inResponse({ token: 'Here is your video.', isSoftStop: true }),
  );

async function run(
  task: Partial<FilmTask> = {},
  given: {
    readonly model?: ModelSpec;
    readonly chat?: () => Response;
    readonly upscaled?: () => Response;
  } = {},
) {
  const { egress, seen } = fakeEgress(({ url }) => {
    if (url.endsWith('/upload-file')) {
      return Response.json({ fileMetadataId: 'f1', fileUri: 'users/u1/f1/content' });
    }
    if (url.endsWith('/post/create')) return Response.json({ post: { id: 'p1' } });
    if (url.endsWith('/upscale')) return (given.upscaled ?? (() => Response.json({})))();
    return (given.chat ?? whole)();
  });
  const stream = await film(filmCall(given.model ?? LEGACY_FILM, egress, task));
  const read = await drain(stream);
  const bodyAt = (path: string) => seen.find(({ url }) => url.endsWith(path))?.body;
  return { ...read, seen, bodyAt, units: stream.unitsSpent?.() };
}

const configOf = (body: Record<string, unknown> | undefined) =>
  // SAFETY: a test reads what it expects to be there; a wrong path fails it.
  (body as { responseMetadata?: { modelConfigOverride: { modelMap: Record<string, unknown> } } })
    ?.responseMetadata?.modelConfigOverride.modelMap['videoGenModelConfig'];

describe('film', () => {
  it('tells growing progress, first with the names of the video, then the video', async () => {
    const { parts, failure, units } = await run();
    expect(failure).toBeNull();
    const names = { videoId: 'v1', postId: 'p1' };
    expect(parts).toEqual([
      { type: 'video-progress', progress: 1, ...names },
      { type: 'video-progress', progress: 60, ...names },
      { type: 'video-progress', progress: 100, ...names },
      {
        type: 'video',
        url: `${ASSETS}/${FOLDER}/generated_video.mp4`,
        posterUrl: `${ASSETS}/${FOLDER}/preview_image.jpg`,
      },
      { type: 'finish', usage: null },
    ]);
    expect(units).toBe(4);
  });

  it('films words as the first generation does: a post, then a chat that names it', async () => {
    const { bodyAt, seen } = await run({ preset: 'spicy', resolution: '720p', seconds: 10 });
    expect(bodyAt('/post/create')).toEqual({
      mediaType: 'MEDIA_POST_TYPE_VIDEO',
      prompt: 'a kite',
    });
    expect(bodyAt(CHAT_PATH)).toEqual({
      temporary: true,
      modelName: 'grok-3',
      message: 'a kite --mode=extremely-spicy-or-crazy',
      toolOverrides: { videoGen: true },
      enableSideBySide: true,
      responseMetadata: {
        experiments: [],
        modelConfigOverride: {
          modelMap: {
            videoGenModelConfig: {
              parentPostId: 'p1',
              aspectRatio: '3:2',
              videoLength: 10,
              videoResolution: 'HD',
            },
          },
        },
      },
    });
    const chat = seen.find(({ url }) => url.endsWith(CHAT_PATH));
    expect(chat?.headers.get('referer')).toBe('https://grok.com/imagine');
  });

  it.each([
    ['normal', 'normal'],
    ['fun', 'extremely-crazy'],
    ['custom', 'custom'],
  ] as const)('names the preset %s as upstream does', async (preset, mode) => {
    const { bodyAt } = await run({ preset });
    expect(bodyAt(CHAT_PATH)).toMatchObject({ message: `a kite --mode=${mode}` });
  });

  it('films a picture: uploaded, posted, and referred to in the second generation', async () => {
    const model = rowOf('grok-imagine-video', 'g2');
    const { bodyAt } = await run({ image: PNG, resolution: '720p', upscale: false }, { model });
    const imageUrl = `${ASSETS}/users/u1/f1/content`;
    expect(bodyAt('/post/create')).toEqual({
      mediaType: 'MEDIA_POST_TYPE_IMAGE',
      mediaUrl: imageUrl,
    });
    expect(bodyAt(CHAT_PATH)).toMatchObject({ modelName: 'imagine-video-gen' });
    expect(configOf(bodyAt(CHAT_PATH))).toEqual({
      parentPostId: 'p1',
      aspectRatio: '3:2',
      videoLength: 6,
      resolutionName: '720p',
      isVideoEdit: false,
      isReferenceToVideo: true,
      imageReferences: [imageUrl],
    });
  });

  it('films in one request of eight keys in the third generation', async () => {
    const model = rowOf('grok-imagine-video', 'g3');
    const { bodyAt, seen } = await run({ ratio: '16:9', resolution: '720p' }, { model });
    expect(seen[0]?.url.endsWith(CHAT_PATH)).toBe(true);
    expect(bodyAt(CHAT_PATH)).toEqual({
      modelName: 'imagine-video-gen',
      message: 'a kite --mode=custom',
      enableImageStreaming: true,
      enableSideBySide: true,
      sendFinalMetadata: true,
      responseMetadata: { experiments: [], modelConfigOverride: { modelMap: {} } },
      mediaGenInput: {
        textToVideo: {
          prompt: 'a kite',
          aspectRatio: '16:9',
          duration: 6,
          resolutionName: '720p',
        },
      },
      kind: 'CONVERSATION_KIND_IMAGINE',
    });
  });

  it('upscales what was asked in 720p and filmed in 480p', async () => {
    const hdMediaUrl = `${ASSETS}/hd.mp4`;
    const upscaled = () => Response.json({ hdMediaUrl });
    const { parts, bodyAt } = await run({ resolution: '720p' }, { upscaled });
    expect(bodyAt('/upscale')).toEqual({ videoId: 'v1' });
    expect(parts.at(-2)).toMatchObject({ type: 'video', url: hdMediaUrl });
  });

  it('keeps the original when it cannot be upscaled', async () => {
    for (const upscaled of [() => new Response('', { status: 500 }), () => Response.json({})]) {
      const { parts, failure } = await run({ resolution: '720p' }, { upscaled });
      expect(failure).toBeNull();
      expect(parts.at(-2)).toMatchObject({ url: `${ASSETS}/${FOLDER}/generated_video.mp4` });
    }
  });

  it.each([
    ['480p was asked for', { resolution: '480p' as const }, '480p'],
    ['it is large already', { resolution: '720p' as const }, '720p'],
    ['nobody wants it', { resolution: '720p' as const, upscale: false }, '480p'],
  ])('does not upscale when %s', async (_name, task, resolution) => {
    const { bodyAt } = await run(task, { chat: () => whole(resolution) });
    expect(bodyAt('/upscale')).toBeUndefined();
  });

  it('finds the video among the attachments of the final message', async () => {
    const url = `${FOLDER}/generated_video.mp4?cache=1`;
    const chat = () =>
      lines(filming(100), inResponse({ modelResponse: { fileAttachments: ['x', url] } }));
    const { parts } = await run({}, { chat });
    expect(parts.at(-2)).toEqual({ type: 'video', url: `${ASSETS}/${url}`, posterUrl: null });
  });

  it.each([
    ['a withheld video', () => lines(filming(100, { ...DONE, moderated: true })), 'refused', 4],
    ['an end without a video', () => lines(filming(80)), 'faulty', 4],
    ['a limit', () => Response.json({ code: 8 }, { status: 429 }), 'limited', 0],
    ['a limit in the stream', () => lines({ error: { code: 8, message: 'x' } }), 'limited', 0],
    ['a failure of upstream', () => new Response('', { status: 503 }), 'faulty', 4],
  ])('classifies %s', async (_name, chat, outcome, spent) => {
    const { failure, units, seen } = await run({}, { chat });
    expect(failure).toMatchObject({ outcome });
    expect(units).toBe(spent);
    expect(seen.filter(({ url }) => url.endsWith(CHAT_PATH))).toHaveLength(1);
  });

  it('spends nothing when the post already failed', async () => {
    const { egress, seen } = fakeEgress(() => new Response('', { status: 500 }));
    const stream = await film(filmCall(LEGACY_FILM, egress));
    expect((await drain(stream)).failure).toMatchObject({ outcome: 'unused' });
    expect(stream.unitsSpent?.()).toBe(0);
    expect(seen).toHaveLength(1);
  });
});
