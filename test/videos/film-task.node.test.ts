import { describe, expect, it } from 'vitest';
import { ChatRequest } from '../../src/contract/chat';
import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import { sizeOf, VIDEO_RATIOS, VideoCreate } from '../../src/contract/videos';
import { AppError } from '../../src/errors';
import { check } from '../../src/http/body';
import { findModel } from '../../src/models/catalog';
import type { ModelSpec } from '../../src/models/model-spec';
import { filmModel, filmOfChat, filmOfCreate } from '../../src/videos/film-task';

function row(id: string, generation?: 'g1' | 'g2' | 'g3'): ModelSpec {
  const model = findModel(id, generation === undefined ? undefined : [generation]);
  if (model === null) throw new Error(`no ${id}`);
  return model;
}
const G1 = row('grok-imagine-1.0-video');
const G2 = row('grok-imagine-video', 'g2');
const G3 = row('grok-imagine-video', 'g3');
const IMAGE = 'data:image/png;base64,iVBORw0KGgo=';

const chat = (config?: object, messages: object[] = [{ role: 'user', content: 'a kite' }]) =>
  ChatRequest.parse({ model: G1.id, messages, ...(config && { video_config: config }) });
const film = (config?: object, model = G1) => filmOfChat(model, chat(config), DEFAULT_SETTINGS);
const create = (fields: object, model = G3) =>
  filmOfCreate(model, check(VideoCreate, { prompt: 'a kite', ...fields }), DEFAULT_SETTINGS);

function refused(work: () => unknown): { code: string; param: string | undefined } {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof AppError) return { code: thrown.code, param: thrown.detail.param };
    throw thrown;
  }
  throw new Error('was not refused');
}

describe('the film of a chat', () => {
  it('has what upstream would choose when nothing is said', () => {
    expect(film()).toEqual({
      prompt: 'a kite',
      ratio: '3:2',
      seconds: 6,
      resolution: '480p',
      preset: 'normal',
      image: null,
      upscale: false,
    });
  });

  it('is of 720p where 480p is another bucket, which it draws from when asked for', () => {
    const task = film({}, G3);
    expect(task.resolution).toBe('720p');
    expect(filmModel(G3, task)).toBe(G3);
    const sd = filmModel(G3, film({ resolution_name: '480p' }, G3));
    expect(sd).toMatchObject({ bucket: 'imagine:video', tiers: ['super', 'heavy'] });
    expect(filmModel(G1, film({ resolution: 'SD' }))).toBe(G1);
  });

  it.each([
    [{ resolution: 'HD' }, { resolution: '720p', upscale: true }],
    [{ resolution: 'SD', resolution_name: '720p' }, { resolution: '720p' }],
    [{ aspect_ratio: '1792x1024' }, { ratio: '3:2' }],
    [
      { aspect_ratio: '9:16', video_length: 15, preset: 'spicy' },
      { seconds: 15, ratio: '9:16' },
    ],
    [
      { aspect_ratio: null, video_length: null, preset: null },
      { seconds: 6, preset: 'normal' },
    ],
  ])('takes %j', (config, expected) => {
    expect(film(config)).toMatchObject(expected);
  });

  it.each([
    [{ aspect_ratio: '4:3' }, 'aspect_ratio'],
    [{ video_length: 0 }, 'video_length'],
    [{ video_length: 16 }, 'video_length'],
    [{ video_length: 6.5 }, 'video_length'],
    [{ video_length: '6' }, 'video_length'],
    [{ resolution: 'hd' }, 'resolution'],
    [{ resolution_name: '1080p' }, 'resolution_name'],
    [{ preset: 'wild' }, 'preset'],
  ])('refuses %j by the path of its field (D-59)', (config, field) => {
    const error = { code: 'invalid_request', param: `video_config.${field}` };
    expect(refused(() => film(config))).toEqual(error);
  });

  it('is as long as its model allows', () => {
    expect(film({ video_length: 10 }, G2).seconds).toBe(10);
    expect(refused(() => film({ video_length: 11 }, G2)).param).toBe('video_config.video_length');
  });

  it('is of the last user message alone, begun with its first image', () => {
    const image = (url: string) => ({ type: 'image_url', image_url: { url } });
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'old' }, image('https://a.test/old.png')] },
      { role: 'assistant', content: 'well' },
      { role: 'user', content: [{ type: 'text', text: 'new' }, image(IMAGE), image('https://b')] },
    ];
    const task = filmOfChat(G2, chat(undefined, messages), DEFAULT_SETTINGS);
    expect(task).toMatchObject({ prompt: 'new', image: IMAGE });
    const error = { code: 'unsupported_parameter', param: 'messages.2.content' };
    expect(refused(() => filmOfChat(G3, chat(undefined, messages), DEFAULT_SETTINGS))).toEqual(
      error,
    );
  });

  it('needs words', () => {
    const silent = chat(undefined, [{ role: 'user', content: ' ' }]);
    expect(refused(() => filmOfChat(G1, silent, DEFAULT_SETTINGS)).param).toBe(
      'messages.0.content',
    );
  });
});

describe('the film of a job', () => {
  it.each([
    [
      { seconds: '8', size: '1280x720' },
      { seconds: 8, ratio: '16:9', resolution: '720p' },
      '1280x720',
    ],
    [{ seconds: 4, size: '1024x1792' }, { ratio: '2:3', resolution: '720p' }, '1024x1792'],
    [{ aspect_ratio: '1:1', resolution: 'SD' }, { ratio: '1:1', resolution: '480p' }, '480x480'],
    [{ size: '480x854' }, { ratio: '9:16', resolution: '480p' }, '480x854'],
    [{ size: '1280x720', resolution: '480p' }, { ratio: '16:9', resolution: '480p' }, '854x480'],
    [{}, { ratio: '3:2', seconds: 6, resolution: '720p', preset: 'normal' }, '1080x720'],
  ])('asked for with %j is told in size and seconds', (fields, expected, size) => {
    const made = create(fields);
    expect(made.task).toMatchObject(expected);
    expect(made.size).toBe(size);
  });

  it.each([
    [{ seconds: '0' }, 'seconds'],
    [{ seconds: 'long' }, 'seconds'],
    [{ seconds: 16 }, 'seconds'],
    [{ size: '1x1' }, 'size'],
    [{ prompt: ' ' }, 'prompt'],
    [{ preset: 'wild' }, 'preset'],
    [{ resolution: '4k' }, 'resolution'],
    [{ input_reference: 7 }, 'input_reference'],
  ])('refuses %j by its field (D-59)', (fields, param) => {
    expect(refused(() => create(fields))).toMatchObject({ param });
  });

  it('takes its first image in every form that clients write', () => {
    for (const reference of [IMAGE, { image_url: IMAGE }, { image_url: { url: IMAGE } }]) {
      expect(create({ input_reference: reference }, G2).task.image).toBe(IMAGE);
    }
    const error = { code: 'unsupported_parameter', param: 'input_reference' };
    expect(refused(() => create({ input_reference: IMAGE }, G3))).toEqual(error);
  });

  it('has even sides at every ratio', () => {
    for (const ratio of VIDEO_RATIOS) {
      const [across = 0, down = 0] = sizeOf(ratio, '480p').split('x').map(Number);
      expect([across % 2, down % 2, Math.min(across, down)]).toEqual([0, 0, 480]);
    }
  });
});
