import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import { batchAsk, batchTask, imagineModel, pictures } from '../../src/imagine/batch-plan';
import { plan } from './book-fixtures';

const run = { ...plan(), id: 'r', startedAt: 0, sequence: 0, waits: 0 };

describe('the model of a session', () => {
  it('is the newest plain one of the generations that are on, and always draws over the socket', () => {
    expect(imagineModel(null, ['g3', 'g2', 'g1']).id).toBe('grok-imagine-image');
    expect(imagineModel(null, ['g3', 'g2', 'g1']).generation).toBe('g3');
    expect(imagineModel(null, ['g2']).generation).toBe('g2');
    const oldest = imagineModel(null, ['g1']);
    expect(oldest).toMatchObject({ id: 'grok-imagine-1.0', bucket: 'imagine:image_pro' });
    expect(imagineModel('grok-imagine-image-2.0', ['g3'])).toMatchObject({ media: { pro: true } });
  });

  it.each(['grok-4', 'grok-imagine-image-edit', 'grok-imagine-image-lite', 'constructor', ''])(
    'is not %s',
    (name) => {
      expect(() => imagineModel(name, ['g3', 'g2', 'g1'])).toThrow('no such model');
    },
  );

  it('is none where no generation draws', () => {
    expect(() => imagineModel(null, [])).toThrow('no such model');
  });
});

describe('a batch', () => {
  it('asks for as many units and charges as it has pictures', () => {
    const model = imagineModel(null, ['g3']);
    const ask = batchAsk(
      {
        callId: 'c',
        run,
        model,
        keyVersion: 3,
        settingsVersion: 4,
        metered: true,
        affinity: 'session',
      },
      DEFAULT_SETTINGS,
    );
    expect(ask).toMatchObject({
      keyId: 'key_1',
      kind: 'image',
      units: 4,
      charges: { image: 4 },
      bucket: 'imagine:image_pro',
      termMs: 330_000,
      affinity: 'session',
    });
    expect(pictures(model, 0)).toEqual({ image: 0 });
  });

  it('tells upstream of adult content what the setting says (D-62)', () => {
    expect(batchTask(run, DEFAULT_SETTINGS).enableNsfw).toBe(false);
    const images = { ...DEFAULT_SETTINGS.images, enable_nsfw: true };
    expect(batchTask(run, { ...DEFAULT_SETTINGS, images }).enableNsfw).toBe(true);
  });
});
