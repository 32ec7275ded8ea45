import { describe, expect, it } from 'vitest';
import { WritePace } from '../../src/calls/write-pace';

/** So many streams that write in turn at one moment. */
function turns(pace: WritePace, count: number, now: number): number[] {
  const streams = Array.from({ length: 4 }, () => pace.enter());
  return Array.from({ length: count }, (_, n) => pace.next(streams[n % 4] ?? 0, now));
}

describe('the pace of writes', () => {
  it('never holds up a stream that is alone', () => {
    const pace = new WritePace();
    const stream = pace.enter();
    const pauses = Array.from({ length: 500 }, () => pace.next(stream, 1_000));
    expect(pauses.every((pauseMs) => pauseMs === 0)).toBe(true);
  });

  it('lets streams take turns twice a millisecond', () => {
    const pace = new WritePace();
    for (let now = 1_000; now < 1_160; now++) expect(turns(pace, 2, now)).toEqual([0, 0]);
  });

  it('makes what is beyond that wait for the end of the span, 16 ms at most', () => {
    const pace = new WritePace();
    const pauses = turns(pace, 40, 1_000);
    expect(pauses.filter((pauseMs) => pauseMs > 0)).toEqual(Array.from({ length: 8 }, () => 16));
    expect(turns(pace, 1, 1_010)).toEqual([6]);
    expect(turns(pace, 1, 1_016)).toEqual([0]);
  });

  it('goes on when the clock is set back', () => {
    const pace = new WritePace();
    turns(pace, 40, 1_000_000);
    expect(turns(pace, 2, 5)).toEqual([0, 0]);
  });
});
