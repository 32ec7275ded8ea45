import type { CallFilter, CallStats } from '../contract/calls';
import { DAY_MS, dayAt, HOUR_MS } from '../lib/time';
import { type CallSum, oldestCallAt, sumCalls } from '../store/calls-read';
import { readSettings } from '../store/settings-read';
import { dayZone } from './usage-stats';

/** Longer ranges are drawn by day. */
const MAX_HOURLY_MS = 3 * DAY_MS;
/** A log that has just begun is drawn over this. */
const MIN_SHOWN_MS = 12 * HOUR_MS;
/** Longer ranges keep their gaps. */
const MAX_POINTS = 400;

/** Sums of the calls that a filter lets through, summed in the database. */
export async function callStats(
  env: Pick<Env, 'DB' | 'CACHE_RESET_TZ_OFFSET_MINUTES'>,
  filter: CallFilter,
  now: number,
): Promise<CallStats> {
  const [zone, oldestAt, { settings }] = await Promise.all([
    dayZone(env),
    oldestCallAt(env.DB),
    readSettings(env.DB),
  ]);
  const { call_retention_days: days, call_retention_rows: rows } = settings.app;
  const to = Math.min(filter.to ?? now, now);
  const from = filter.from ?? Math.min(oldestAt ?? to, to - MIN_SHOWN_MS);
  const step = to - from <= MAX_HOURLY_MS ? 'hour' : 'day';
  const sums = await sumCalls(env.DB, filter, step, dayAt(now, zone));
  const add = (field: 'total' | 'failed' | 'today' | 'units' | 'input_tokens' | 'output_tokens') =>
    sums.reduce((sum, row) => sum + row[field], 0);
  return {
    total: add('total'),
    success: add('total') - add('failed'),
    failed: add('failed'),
    today: add('today'),
    kept: { days, rows, since: oldestAt },
    units: add('units'),
    input_tokens: add('input_tokens'),
    output_tokens: add('output_tokens'),
    chart:
      step === 'hour'
        ? { step, points: hourPoints(sums, from, to) }
        : { step, points: dayPoints(sums) },
  };
}

/** Every hour of a range (Unix ms), those without calls as zeros. */
export function hourPoints(sums: readonly CallSum[], from: number, to: number) {
  const byHour = new Map(sums.map((sum) => [sum.at, sum]));
  const first = Math.min(from - (from % HOUR_MS), sums[0]?.at ?? from);
  const count = Math.max(0, Math.floor((to - first) / HOUR_MS) + 1);
  return Array.from({ length: Math.min(count, MAX_POINTS) }, (_, index) => {
    const at = first + index * HOUR_MS;
    return { at, ...pointOf(byHour.get(at)) };
  });
}

/** Every day from the first to the last that has calls. */
export function dayPoints(sums: readonly CallSum[]) {
  const [first, last] = [sums[0], sums.at(-1)];
  if (first === undefined || last === undefined) return [];
  const firstAt = Date.parse(first.day);
  const count = (Date.parse(last.day) - firstAt) / DAY_MS + 1;
  if (count > MAX_POINTS) return sums.map((sum) => ({ day: sum.day, ...pointOf(sum) }));
  const byDay = new Map(sums.map((sum) => [sum.day, sum]));
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(firstAt + index * DAY_MS).toISOString().slice(0, 10);
    return { day, ...pointOf(byDay.get(day)) };
  });
}

function pointOf(sum: CallSum | undefined) {
  return sum === undefined
    ? { success: 0, failed: 0 }
    : { success: sum.total - sum.failed, failed: sum.failed };
}
