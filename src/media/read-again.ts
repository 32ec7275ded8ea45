import { AppError } from '../errors';

/** Pauses before a file is asked for once more. Ms. */
const PAUSES_MS: readonly number[] = [200, 750];

/** What may be over in a moment: a picture that was just drawn can be late on the host of the files. */
const PASSING: ReadonlySet<string> = new Set(['media_busy', 'media_gone', 'upstream_error']);

/**
 * Reads a file that was just made, twice more when the host of the files has a short trouble.
 * @throws what the last reading threw.
 */
export async function readAgain<T>(
  read: () => Promise<T>,
  wait: (ms: number) => Promise<void>,
): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await read();
    } catch (thrown) {
      if (!(thrown instanceof AppError) || !PASSING.has(thrown.code)) throw thrown;
    }
    await wait(pauseMs);
  }
  return read();
}
