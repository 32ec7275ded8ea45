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
