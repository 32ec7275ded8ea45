import { describe, expect, it } from 'vitest';
import { findModel } from '../../src/models/catalog';
import { unitsFor, withImageMethod } from '../../src/models/grok-media-models';

function row(name: string) {
  const model = findModel(name);
  if (model === null) throw new Error(`no model ${name}`);
  return model;
}

describe('what pictures cost', () => {
  it.each([
    // Two pictures a call of four units.
    ['grok-imagine-1.0', 1, 4],
    ['grok-imagine-1.0', 3, 8],
    ['grok-imagine-1.0', 10, 20],
    // One unit a picture.
    ['grok-imagine-image', 10, 10],
    ['grok-imagine-image-lite', 3, 3],
  ])('%s draws %i for %i units', (name, n, units) => {
    expect(unitsFor(row(name), n)).toBe(units);
  });
});

describe('the image method of the settings', () => {
  it('moves the oldest model to the Imagine socket and to its bucket', () => {
    const model = withImageMethod(row('grok-imagine-1.0'), 'imagine_ws_experimental');
    expect(model).toMatchObject({
      id: 'grok-imagine-1.0',
      bucket: 'imagine:image_pro',
      media: { way: 'imagine' },
    });
    expect(unitsFor(model, 4)).toBe(4);
  });

  it('leaves models alone that have one way only', () => {
    for (const name of ['grok-imagine-image-lite', 'grok-imagine-1.0-edit', 'grok-4']) {
      expect(withImageMethod(row(name), 'imagine_ws_experimental')).toBe(row(name));
    }
    expect(withImageMethod(row('grok-imagine-1.0'), 'legacy')).toBe(row('grok-imagine-1.0'));
  });
});
