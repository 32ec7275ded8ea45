import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HOLD_MS } from '../../src/imagine/limits';
import { SocketHolder } from '../../src/imagine/socket-holder';

class Line extends EventTarget {
  readyState = 1;
  closes = 0;

  close(): void {
    this.closes += 1;
    this.readyState = 3;
  }

  /** As upstream does it. */
  end(type: 'close' | 'error'): void {
    this.readyState = 3;
    this.dispatchEvent(new Event(type));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const holding = (tokenId = 'a') => {
  const holder = new SocketHolder<Line>(HOLD_MS);
  const line = new Line();
  holder.give(tokenId, line);
  return { holder, line };
};

describe('a held socket', () => {
  it('is closed 15 s after it was given, and not before', () => {
    const { holder, line } = holding();
    expect(HOLD_MS).toBe(15_000);
    vi.advanceTimersByTime(HOLD_MS - 1);
    expect(line.closes).toBe(0);
    vi.advanceTimersByTime(1);
    expect(line.closes).toBe(1);
    expect(holder.take('a')).toBeNull();
  });

  it('is its taker’s, once, for as long as that likes', () => {
    const { holder, line } = holding();
    vi.advanceTimersByTime(HOLD_MS - 1);
    expect(holder.take('a')).toBe(line);
    vi.advanceTimersByTime(HOLD_MS);
    expect(holder.take('a')).toBeNull();
    expect(line.closes).toBe(0);
    // Given again, its time begins again.
    holder.give('a', line);
    vi.advanceTimersByTime(HOLD_MS - 1);
    expect(line.closes).toBe(0);
  });

  it('of another credential is closed', () => {
    const { holder, line } = holding('a');
    expect(holder.take('b')).toBeNull();
    expect(line.closes).toBe(1);
    expect(holder.take('a')).toBeNull();
  });

  it('is closed when the session hangs up', () => {
    const { holder, line } = holding();
    holder.close();
    holder.close();
    expect(line.closes).toBe(1);
  });

  it.each(['close', 'error'] as const)(
    'that upstream ends (%s) while idle is not given out',
    (end) => {
      const { holder, line } = holding();
      line.end(end);
      expect(holder.take('a')).toBeNull();
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('that is closing already is not given out, nor held', () => {
    const { holder, line } = holding();
    line.readyState = 2;
    expect(holder.take('a')).toBeNull();
    holder.give('a', line);
    expect(vi.getTimerCount()).toBe(0);
  });
});
