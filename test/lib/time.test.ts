import { describe, expect, it } from 'vitest';
import { dayAt, isTimeZone, retryAfterSeconds } from '../../src/lib/time';

describe('dayAt', () => {
  const at = Date.parse('2026-11-20T20:00:00Z');

  it('follows the offset, or the zone when there is one', () => {
    expect(dayAt(at, { timeZone: null, offsetMinutes: 0 })).toBe('2026-11-20');
    expect(dayAt(at, { timeZone: null, offsetMinutes: 480 })).toBe('2026-11-21');
    expect(dayAt(at, { timeZone: 'America/New_York', offsetMinutes: 480 })).toBe('2026-11-20');
  });

  it('knows which zones exist', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Nowhere/Town')).toBe(false);
  });
});

describe('retryAfterSeconds', () => {
  it('rounds up and is never zero', () => {
    expect([0, 1, 1_000, 1_001].map(retryAfterSeconds)).toEqual([1, 1, 1, 2]);
  });
});
