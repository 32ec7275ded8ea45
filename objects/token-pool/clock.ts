import { DAY_MS, MINUTE_MS } from '../../src/lib/time';

/** Days and minutes of the quota, from the pool's own clock. */

/** Every zone's offset is a multiple of it, so its day changes only at such a mark. */
const QUARTER_MS = 15 * MINUTE_MS;

export interface DayRule {
  readonly timeZone: string | null;
  readonly dayOffsetMinutes: number;
}

export const minuteOf = (now: number): number => Math.floor(now / MINUTE_MS);

/** Tells days by a fixed offset, or by an IANA zone. Remembers the last minute it was asked for. */
export class Calendar {
  readonly #offsetMs: number;
  readonly #format: Intl.DateTimeFormat | null;
  #minute = -1;
  #day = '';
  #endOf = '';
  #end = 0;

  constructor(rule: DayRule) {
    this.#offsetMs = rule.dayOffsetMinutes * MINUTE_MS;
    this.#format = rule.timeZone === null ? null : formatFor(rule.timeZone);
  }

  /** `YYYY-MM-DD` of the configured day that `now` lies in. */
  day(now: number): string {
    const minute = minuteOf(now);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#day = this.#compute(now);
    }
    return this.#day;
  }

  /** Unix ms at which the day of `now` ends. */
  dayEnd(now: number): number {
    const day = this.day(now);
    if (this.#endOf !== day) {
      this.#endOf = day;
      this.#end = this.#format === null ? this.#nextMidnight(now) : this.#endInZone(now, day);
    }
    return this.#end;
  }

  #nextMidnight(now: number): number {
    return (Math.floor((now + this.#offsetMs) / DAY_MS) + 1) * DAY_MS - this.#offsetMs;
  }

  #endInZone(now: number, day: string): number {
    let mark = (Math.floor(now / QUARTER_MS) + 1) * QUARTER_MS;
    while (this.#compute(mark) === day) mark += QUARTER_MS;
    return mark;
  }

  #compute(now: number): string {
    if (this.#format !== null) return this.#format.format(now);
    return new Date(now + this.#offsetMs).toISOString().slice(0, 10);
  }
}

/** en-CA writes dates as YYYY-MM-DD. An unknown zone falls back to UTC: the settings refuse such names. */
function formatFor(timeZone: string): Intl.DateTimeFormat {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' });
  }
}
