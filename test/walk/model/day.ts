import type { PoolSettings } from '../../../src/pool/settings';

const formats = new Map<string, Intl.DateTimeFormat>();

/** `YYYY-MM-DD` of the quota day that `now` lies in. */
export function dayOf(settings: PoolSettings, now: number): string {
  if (settings.timeZone === null) {
    return new Date(now + settings.dayOffsetMinutes * 60_000).toISOString().slice(0, 10);
  }
  const parts = formatOf(settings.timeZone).formatToParts(now);
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}`;
}

/** Whether `end` is the first millisecond after the day that `now` lies in. */
export function isDayEnd(settings: PoolSettings, now: number, end: number): boolean {
  const today = dayOf(settings, now);
  return end > now && dayOf(settings, end - 1) === today && dayOf(settings, end) !== today;
}

export const minuteOf = (now: number): number => Math.floor(now / 60_000);
export const minuteEnd = (now: number): number => (minuteOf(now) + 1) * 60_000;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}
