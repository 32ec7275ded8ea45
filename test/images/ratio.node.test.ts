import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/errors';
import { ratioOf } from '../../src/images/ratio';

describe('the ratio of a size', () => {
  it.each([
    ['1:1', ['1024x1024', '512x512', '256x256', '1:1']],
    ['16:9', ['1024x576', '1280x720', '1536x864', '16:9', ' 16:9 ']],
    ['9:16', ['576x1024', '720x1280', '864x1536', '9:16']],
    ['2:3', ['1024x1536', '512x768', '768x1024', '1024x1792', '2:3']],
    ['3:2', ['1536x1024', '768x512', '1024x768', '1792x1024', '1792X1024', '3:2']],
  ])('is %s for each of its sizes, long ones included (D-63)', (ratio, sizes) => {
    for (const size of sizes) expect(ratioOf(size), size).toBe(ratio);
  });

  it('is kept where it is given as it is', () => {
    for (const ratio of ['auto', '4:3', '3:4', '2:1', '1:2', '19.5:9', '9:19.5', '20:9', '9:20']) {
      expect(ratioOf(ratio)).toBe(ratio);
    }
  });

  it('is upstream’s to choose when none is asked for', () => {
    expect(ratioOf(undefined)).toBeNull();
    expect(ratioOf(null)).toBeNull();
  });

  it('of a size nobody knows is refused, and names its field', () => {
    for (const size of ['1000x1', 'large', '7:5', 'constructor']) {
      let thrown: unknown;
      try {
        ratioOf(size, 'image_config.size');
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(AppError);
      expect(thrown).toMatchObject({
        code: 'invalid_request',
        detail: { param: 'image_config.size' },
      });
    }
  });
});
