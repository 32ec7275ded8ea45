import { describe, expect, it } from 'vitest';
import { EndedIds } from '../../../objects/token-pool/ended-ids';

const SPAN_MS = 60_000;
const START = 1_796_000_000_000;

/** As ids of calls are: a time and something random, in Crockford's letters. */
const idOf = (n: number): string => `01M8M${String(n).padStart(8, '0')}${(n * 7_919).toString(32)}`;

describe('ids of calls that have ended', () => {
  it('are there until their time, and not a millisecond longer', () => {
    const ids = new EndedIds(SPAN_MS);
    ids.add('a', START + SPAN_MS, START);
    expect(ids.has('a', START)).toBe(true);
    expect(ids.has('a', START + SPAN_MS - 1)).toBe(true);
    expect(ids.has('a', START + SPAN_MS)).toBe(false);
    expect(ids.has('b', START)).toBe(false);
  });

  it('are remembered for longer when they are added again', () => {
    const ids = new EndedIds(SPAN_MS);
    ids.add('a', START + 10, START);
    ids.add('a', START + SPAN_MS, START);
    ids.add('a', START + 20, START);
    expect(ids.has('a', START + 50)).toBe(true);
  });

  it('that are over already, as those of an old journal, are not taken up', () => {
    const ids = new EndedIds(SPAN_MS);
    ids.add('old', START - 1, START);
    expect(ids.has('old', START - 2)).toBe(false);
  });

  it('are told from 300,000 others, over minutes, each for its own time', () => {
    const ids = new EndedIds(SPAN_MS);
    const endedAt = (n: number): number => START + n;
    for (let n = 0; n < 300_000; n++) ids.add(idOf(n), endedAt(n) + SPAN_MS, endedAt(n));
    const now = endedAt(299_999);
    const wrong: number[] = [];
    for (let n = 0; n < 400_000; n++) {
      const isThere = n < 300_000 && endedAt(n) + SPAN_MS > now;
      if (ids.has(idOf(n), now) !== isThere) wrong.push(n);
    }
    expect(wrong).toEqual([]);
  });

  it('of a quiet hour are forgotten with the next', () => {
    const ids = new EndedIds(SPAN_MS);
    ids.add('a', START + SPAN_MS, START);
    ids.add('b', START + 3_600_000 + SPAN_MS, START + 3_600_000);
    expect(ids.has('a', START + 3_600_000)).toBe(false);
    expect(ids.has('b', START + 3_600_000)).toBe(true);
  });
});
