import { language } from './language';

/** Numbers, times and durations as the reader writes them. */

const LOCALES = { en: 'en', zh: 'zh-CN' } as const;
const locale = (): string => LOCALES[language()];

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(name: string, make: () => T): T {
  const key = `${locale()} ${name}`;
  const known = formats.get(key);
  // SAFETY: a name is used with one kind of format only, in this file.
  if (known !== undefined) return known as T;
  const made = make();
  formats.set(key, made);
  return made;
}

export function formatNumber(value: number): string {
  return kept('number', () => new Intl.NumberFormat(locale())).format(value);
}

/** 12,345 → 12.3K. */
export function formatCompact(value: number): string {
  return kept(
    'compact',
    () => new Intl.NumberFormat(locale(), { notation: 'compact', maximumFractionDigits: 1 }),
  ).format(value);
}

/** @param share 0–1 */
export function formatPercent(share: number): string {
  return kept(
    'percent',
    () => new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 1 }),
  ).format(share);
}

/** @param at Unix ms */
export function formatTime(at: number): string {
  return kept(
    'time',
    () => new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }),
  ).format(at);
}

/** Month, day, hour and minute. @param at Unix ms */
export function formatShortTime(at: number): string {
  return kept(
    'short',
    () =>
      new Intl.DateTimeFormat(locale(), {
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
      }),
  ).format(at);
}

/** Hour and minute. @param at Unix ms */
export function formatClock(at: number): string {
  return kept(
    'clock',
    () =>
      new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  ).format(at);
}

/** Month and day. @param at Unix ms */
export function formatDay(at: number): string {
  return kept(
    'day',
    () => new Intl.DateTimeFormat(locale(), { month: 'numeric', day: 'numeric' }),
  ).format(at);
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** "in 3 hours", "2 minutes ago". @param at Unix ms */
export function formatRelative(at: number, now: number = Date.now()): string {
  const distance = at - now;
  const [unit, size] = UNITS.find(([, ms]) => Math.abs(distance) >= ms) ?? ['second', 1_000];
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' }).format(
    Math.round(distance / size),
    unit,
  );
}

const DURATIONS = {
  en: { ms: 'ms', s: 's', min: 'min' },
  zh: { ms: '毫秒', s: '秒', min: '分钟' },
} as const;

/** 950 ms, 1.2 s, 3 min. */
export function formatDuration(ms: number): string {
  const units = DURATIONS[language()];
  if (ms < 1_000) return `${formatNumber(Math.round(ms))} ${units.ms}`;
  if (ms < 60_000) return `${formatNumber(Math.round(ms / 100) / 10)} ${units.s}`;
  return `${formatNumber(Math.round(ms / 6_000) / 10)} ${units.min}`;
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function formatBytes(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1_024 && unit < SIZES.length - 1) {
    size /= 1_024;
    unit++;
  }
  return `${formatNumber(Math.round(size * 10) / 10)} ${SIZES[unit] ?? 'B'}`;
}
