import type { RefusalStats, UsageStats, UsageSum } from '../contract/calls';
import { DAY_MS, dayAt, dayStartAt, type DayZone, HOUR_MS } from '../lib/time';
import { dayOffsetMinutes } from '../settings/pool-settings';
import { readSettings } from '../store/settings-read';
import { dailyStats, type HourStats, hourlyStats, refusalStats } from '../store/stats';

type StatsEnv = Pick<Env, 'DB' | 'CACHE_RESET_TZ_OFFSET_MINUTES'>;

const HOURS = 24;
/** Refusals are kept so long (`src/cron/prune.ts`). */
const MAX_REFUSAL_DAYS = 30;
const OLD_DAYS = 14;
const OLD_MODELS = 8;
const OLD_MODEL_DAYS = 7;

const NOTHING: UsageSum = {
  calls: 0,
  failed: 0,
  units: 0,
  input_tokens: 0,
  output_tokens: 0,
  cached_tokens: 0,
  reasoning_tokens: 0,
  duration_ms: 0,
};

const NO_CALLS = { calls: 0, failed: 0, input_tokens: 0, output_tokens: 0, duration_ms: 0 };

/** Figures of the last `days` configured days and the last 24 hours; days and hours without calls are zeros. */
export async function usageStats(env: StatsEnv, days: number, now: number): Promise<UsageStats> {
  const zone = await dayZone(env);
  const dates = lastDays(zone, days, now);
  const [daily, hours, refusals] = await Promise.all([
    dailyStats(env.DB, dates[0] ?? ''),
    hourlyStats(env.DB, firstHour(now)),
    refusalsOf(env, zone, days, now),
  ]);
  const byDay = new Map(daily.perDay.map((sum) => [sum.day, sum]));
  return {
    totals: daily.totals,
    per_day: dates.map((day) => byDay.get(day) ?? { day, ...NOTHING }),
    per_model: daily.perModel,
    per_key: daily.perKey,
    hourly: fillHours(hours, now).map(({ calls, ...hour }) => ({
      ...hour,
      success: calls - hour.failed,
    })),
    refusals: refusals.refusals,
    refusal_days: refusals.days,
  };
}

/** What was refused in the last `days` configured days, as far as it is kept. */
export async function readRefusals(
  env: StatsEnv,
  days: number,
  now: number,
): Promise<RefusalStats> {
  return refusalsOf(env, await dayZone(env), days, now);
}

async function refusalsOf(
  env: StatsEnv,
  zone: DayZone,
  wanted: number,
  now: number,
): Promise<RefusalStats> {
  const days = Math.min(wanted, MAX_REFUSAL_DAYS);
  const [firstDay = ''] = lastDays(zone, days, now);
  return { days, refusals: await refusalStats(env.DB, dayStartAt(firstDay, zone)) };
}

/** The statistics older clients read: hours in UTC, days as configured, success as everywhere else. */
export async function requestStats(env: StatsEnv, now: number) {
  const zone = await dayZone(env);
  const dates = lastDays(zone, OLD_DAYS, now);
  const [daily, models, hours] = await Promise.all([
    dailyStats(env.DB, dates[0] ?? ''),
    dailyStats(env.DB, dayAt(now - (OLD_MODEL_DAYS - 1) * DAY_MS, zone)),
    hourlyStats(env.DB, firstHour(now)),
  ]);
  const byDay = new Map(daily.perDay.map((sum) => [sum.day, sum]));
  const hourly = fillHours(hours, now);
  const total = hourly.reduce((sum, hour) => sum + hour.calls, 0);
  const failed = hourly.reduce((sum, hour) => sum + hour.failed, 0);
  const success = total - failed;
  return {
    hourly: hourly.map((hour) => ({
      hour: `${new Date(hour.at).toISOString().slice(11, 13)}:00`,
      success: hour.calls - hour.failed,
      failed: hour.failed,
    })),
    daily: dates.map((date) => {
      const sum = byDay.get(date) ?? NOTHING;
      return { date, success: sum.calls - sum.failed, failed: sum.failed };
    }),
    models: models.perModel
      .slice(0, OLD_MODELS)
      .map(({ model, calls }) => ({ model, count: calls })),
    summary: {
      total,
      success,
      failed,
      success_rate: total === 0 ? 0 : Math.round((success / total) * 1_000) / 10,
    },
  };
}

/** Where days begin, by the settings as they are stored now. */
export async function dayZone(env: StatsEnv): Promise<DayZone> {
  const { settings } = await readSettings(env.DB);
  const zone = settings.app.time_zone;
  return { timeZone: zone === '' ? null : zone, offsetMinutes: dayOffsetMinutes(env) };
}

/** The last days, oldest first, today included. Days of 23 and 25 hours still come once each. */
function lastDays(zone: DayZone, days: number, now: number): string[] {
  const today = Date.parse(dayAt(now, zone));
  return Array.from({ length: days }, (_, index) =>
    new Date(today - (days - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

function firstHour(now: number): number {
  return now - (now % HOUR_MS) - (HOURS - 1) * HOUR_MS;
}

function fillHours(hours: readonly HourStats[], now: number): HourStats[] {
  const byHour = new Map(hours.map((hour) => [hour.at, hour]));
  return Array.from({ length: HOURS }, (_, index) => {
    const at = firstHour(now) + index * HOUR_MS;
    return byHour.get(at) ?? { at, ...NO_CALLS };
  });
}
