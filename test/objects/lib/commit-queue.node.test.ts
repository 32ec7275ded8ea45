import { describe, expect, it } from 'vitest';
import { CommitQueue } from '../../../objects/lib/commit-queue';

describe('a commit that cannot wait for the queue', () => {
  it('tells the owner that memory is lost when it fails, and its reader', () => {
    const failures: unknown[] = [];
    const reason = new Error('the disk is full');
    const queue = new CommitQueue({
      commit() {
        throw reason;
      },
      sync: async () => {},
      wait: async () => {},
      failed: (why) => failures.push(why),
      committed: () => {},
    });
    expect(() => queue.commitNow()).toThrow(reason);
    expect(failures).toEqual([reason]);
  });
});

describe('the pause after a commit', () => {
  /** @returns how long the queue waited after each commit. Ms. */
  async function pauses(callers: readonly number[]): Promise<number[]> {
    const waited: number[] = [];
    const queue = new CommitQueue({
      commit() {},
      sync: async () => {},
      wait: async (ms) => {
        waited.push(ms);
      },
      failed: () => {},
      committed: () => {},
    });
    for (const count of callers) {
      await queue.committed(count);
      // The queue rests before the next one comes.
      await new Promise(setImmediate);
    }
    return waited;
  }

  it('grows with the number of callers that it served, up to 8 ms', async () => {
    expect(await pauses([3, 7, 24, 400])).toEqual([1, 2, 8, 8]);
  });

  it('is none after a commit of one or two', async () => {
    expect(await pauses([1, 2])).toEqual([]);
  });
});
