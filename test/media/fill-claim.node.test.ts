import { afterEach, describe, expect, it, vi } from 'vitest';
import { Claim } from '../../src/media/fill-claim';
import { FILL_TERM_MS, UPSTREAM_TIMEOUT_MS } from '../../src/media/limits';

afterEach(() => {
  vi.useRealTimers();
});

describe('a filler that waits for upstream', () => {
  it('is heard of before its term is over, however long the head takes', async () => {
    vi.useFakeTimers();
    const renewedAt: number[] = [];
    const begin = Date.now();
    const claim = new Claim(
      { now: Date.now, waitUntil: () => undefined },
      {
        renew: () => Promise.resolve(renewedAt.push(Date.now() - begin) > 0),
        report: async () => {},
        handOver: async () => {},
      },
      'filler',
    );
    const head = claim.during(new Promise((resolve) => setTimeout(resolve, UPSTREAM_TIMEOUT_MS)));
    await vi.advanceTimersByTimeAsync(UPSTREAM_TIMEOUT_MS);
    await head;
    const gaps = renewedAt.map((at, index) => at - (renewedAt[index - 1] ?? 0));
    expect(renewedAt.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...gaps)).toBeLessThan(FILL_TERM_MS);
    await vi.advanceTimersByTimeAsync(UPSTREAM_TIMEOUT_MS);
    expect(renewedAt.at(-1)).toBeLessThanOrEqual(UPSTREAM_TIMEOUT_MS);
  });
});
