import { type DayZone, dayAt, dayEndAt, isTimeZone, MINUTE_MS } from '../../src/lib/time';

/** Days and minutes of the quota, from the pool's own clock. */

export interface DayRule {
  readonly timeZone: string | null;
  readonly dayOffsetMinutes: number;
}

export const minuteOf = (now: number): number => Math.floor(now / MINUTE_MS);

/** The configured day, as everywhere; remembers the last minute and the last day it was asked for. */
export class Calendar {
  readonly #zone: DayZone;
  #minute = -1;
  #day = '';
  #endOf = '';
  #end = 0;

  /** An unknown zone falls back to UTC: the settings refuse such names. */
  constructor({ timeZone, dayOffsetMinutes }: DayRule) {
    const known = timeZone === null || isTimeZone(timeZone) ? timeZone : 'UTC';
    this.#zone = { timeZone: known, offsetMinutes: dayOffsetMinutes };
  }

  /** `YYYY-MM-DD` of the configured day that `now` lies in. */
  day(now: number): string {
    const minute = minuteOf(now);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#day = dayAt(now, this.#zone);
    }
    return this.#day;
  }

  /** Unix ms at which the day of `now` ends. */
  dayEnd(now: number): number {
    const day = this.day(now);
    if (this.#endOf !== day) {
      this.#endOf = day;
      this.#end = dayEndAt(now, this.#zone);
    }
    return this.#end;
  }
}
