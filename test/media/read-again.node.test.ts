import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/contract/errors';
import { AppError } from '../../src/errors';
import { readAgain } from '../../src/media/read-again';

/** Reads that fail with these codes, then succeed. */
function reading(...codes: ErrorCode[]) {
  const waits: number[] = [];
  const read = readAgain(
    () => {
      const code = codes.shift();
      return code === undefined
        ? Promise.resolve('bytes')
        : Promise.reject(new AppError(code, 'no'));
    },
    (ms) => Promise.resolve(void waits.push(ms)),
  );
  return { read, waits };
}

describe('a file that was just made', () => {
  it('is read again after a short trouble of its host, or of ours', async () => {
    const { read, waits } = reading('upstream_error', 'media_busy');
    expect(await read).toBe('bytes');
    expect(waits).toEqual([200, 750]);
    expect(await reading('media_gone').read).toBe('bytes');
  });

  it('is given up after three readings, and at once where time does not help', async () => {
    await expect(
      reading('upstream_error', 'upstream_error', 'media_busy').read,
    ).rejects.toMatchObject({ code: 'media_busy' });
    const { read, waits } = reading('file_too_large');
    await expect(read).rejects.toMatchObject({ code: 'file_too_large' });
    expect(waits).toEqual([]);
  });
});
