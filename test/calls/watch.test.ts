import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Watch, type WatchLimits } from '../../src/calls/watch';

const LIMITS: WatchLimits = {
  firstPartMs: 1_000,
  idleMs: 500,
  totalMs: 5_000,
  headMs: 200,
  beatMs: 100,
};

function watching(limits: Partial<WatchLimits> = {}) {
  const seen: string[] = [];
  const current = { ...LIMITS, ...limits };
  const watch = new Watch(() => ({ ...current }), {
    head: () => seen.push('head'),
    beat: () => seen.push('beat'),
    unasked: () => seen.push('unasked'),
    limit: (name) => seen.push(name),
  });
  return { watch, seen, current };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the watch of an answer', () => {
  it('sends the head when its time is up, and heartbeats in the silence after it', () => {
    const { watch, seen } = watching();
    watch.attempt();
    vi.advanceTimersByTime(199);
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(seen).toEqual(['head']);
    vi.advanceTimersByTime(250);
    expect(seen).toEqual(['head', 'beat', 'beat']);
    watch.wrote();
    vi.advanceTimersByTime(99);
    expect(seen).toHaveLength(3);
  });

  it('holds the head until the call is admitted: a refusal is a status', () => {
    const { watch, seen } = watching();
    vi.advanceTimersByTime(900);
    expect(seen).toEqual([]);
    watch.attempt();
    vi.advanceTimersByTime(0);
    expect(seen).toEqual(['head']);
  });

  it('tells each second that upstream is not asked yet, and no more once it is', () => {
    const { watch, seen } = watching({ headMs: null });
    vi.advanceTimersByTime(2_999);
    expect(seen).toEqual(['unasked', 'unasked']);
    watch.attempt();
    vi.advanceTimersByTime(999);
    expect(seen).toHaveLength(2);
  });

  it('sends no heartbeat before the head, and none in whole answers', () => {
    const { watch, seen } = watching({ headMs: null, beatMs: null });
    watch.attempt();
    vi.advanceTimersByTime(900);
    expect(seen).toEqual([]);
  });

  it('allows the first part its time anew with each attempt', () => {
    const { watch, seen } = watching({ headMs: null, beatMs: null });
    watch.attempt();
    vi.advanceTimersByTime(900);
    watch.attempt();
    vi.advanceTimersByTime(900);
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(100);
    expect(seen).toEqual(['first_part']);
  });

  it('counts a sign of life as none of silence', () => {
    const { watch, seen } = watching({ headMs: null, beatMs: null });
    watch.attempt();
    for (let i = 0; i < 3; i++) {
      vi.advanceTimersByTime(900);
      watch.alive();
    }
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(seen).toEqual(['first_part']);
  });

  it('waits for a first part without a limit of its own until the whole call is over', () => {
    const { watch, seen } = watching({ headMs: null, beatMs: null, firstPartMs: null });
    watch.attempt();
    vi.advanceTimersByTime(4_999);
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(seen).toEqual(['total']);
  });

  it('allows silence between parts its time, and a slow client any', () => {
    const { watch, seen } = watching({ headMs: null, beatMs: null });
    watch.attempt();
    for (let i = 0; i < 4; i++) {
      watch.reading();
      vi.advanceTimersByTime(400);
    }
    watch.rested();
    vi.advanceTimersByTime(1_400);
    expect(seen).toEqual([]);
    watch.reading();
    vi.advanceTimersByTime(500);
    expect(seen).toEqual(['idle']);
  });

  it('ends the whole call, whoever is waited for', () => {
    const { watch, seen } = watching({ headMs: null, beatMs: null, totalMs: 1_900 });
    watch.rested();
    vi.advanceTimersByTime(1_899);
    expect(seen).toEqual(['unasked']);
    vi.advanceTimersByTime(1);
    expect(seen).toEqual(['unasked', 'total']);
  });

  it('goes by the settings that admission brought', () => {
    const { watch, seen, current } = watching();
    Object.assign(current, { headMs: 0 });
    watch.attempt();
    vi.advanceTimersByTime(0);
    expect(seen).toEqual(['head']);
  });

  it('holds one timer at most, and none once it is stopped (D-35)', () => {
    const { watch, seen } = watching();
    watch.attempt();
    for (let i = 0; i < 50; i++) watch.reading();
    watch.headSent();
    expect(vi.getTimerCount()).toBe(1);
    watch.stop();
    watch.headSent();
    watch.attempt();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(10_000);
    expect(seen).toEqual([]);
  });
});
