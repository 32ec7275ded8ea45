import { describe, expect, it } from 'vitest';
import { dayAt, dayStartAt, isTimeZone, retryAfterSeconds, waitInWords } from '../../src/lib/time';

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

describe('dayStartAt', () => {
  const start = (day: string, timeZone: string | null, offsetMinutes = 0): string =>
    new Date(dayStartAt(day, { timeZone, offsetMinutes })).toISOString();

  it('is midnight where the day is counted, summer time or not', () => {
    expect(start('2026-11-20', null, 480)).toBe('2026-11-19T16:00:00.000Z');
    expect(start('2026-11-20', 'America/New_York')).toBe('2026-11-20T05:00:00.000Z');
    expect(start('2026-07-20', 'America/New_York')).toBe('2026-07-20T04:00:00.000Z');
    expect(start('2026-11-20', 'Asia/Kathmandu')).toBe('2026-11-19T18:15:00.000Z');
    expect(start('2026-11-20', 'Pacific/Kiritimati')).toBe('2026-11-19T10:00:00.000Z');
    expect(start('2026-11-20', 'Pacific/Niue')).toBe('2026-11-20T11:00:00.000Z');
  });
});

describe('retryAfterSeconds', () => {
  it('rounds up and is never zero', () => {
    expect([0, 1, 1_000, 1_001].map(retryAfterSeconds)).toEqual([1, 1, 1, 2]);
  });
});

describe('waitInWords', () => {
  it.each([
    [1, '1 s'],
    [90, '90 s'],
    [91, '2 min'],
    [3_541, '1 h'],
    [3_601, '1 h 1 min'],
    [86_400, '24 h'],
  ])('%i s are never said to be less: %s', (seconds, words) => {
    expect(waitInWords(seconds)).toBe(words);
  });
});
