/** Lengths in ms, and the few ways times are written outside. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Whole seconds for `Retry-After`: never less than one, so that nobody is told to come at once. */
export function retryAfterSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / SECOND_MS));
}

/** Unix seconds, as OpenAI writes `created`. */
export function unixSeconds(atMs: number): number {
  return Math.floor(atMs / SECOND_MS);
}

/** Where the quota day begins: an IANA zone wins over the offset. */
export interface DayZone {
  readonly timeZone: string | null;
  readonly offsetMinutes: number;
}

/** `YYYY-MM-DD` of the configured day that holds this moment (Unix ms). */
export function dayAt(atMs: number, zone: DayZone): string {
  if (zone.timeZone !== null) return formatOf(zone.timeZone).format(atMs);
  return new Date(atMs + zone.offsetMinutes * MINUTE_MS).toISOString().slice(0, 10);
}

/** Making one costs as much as a hundred uses, and there is one zone at a time. */
let format: { readonly timeZone: string; readonly of: Intl.DateTimeFormat } | null = null;

function formatOf(timeZone: string): Intl.DateTimeFormat {
  if (format?.timeZone !== timeZone) {
    // en-CA writes dates as YYYY-MM-DD.
    const options = { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = { timeZone, of: new Intl.DateTimeFormat('en-CA', options) };
  }
  return format.of;
}

/** Every zone's offset is a multiple of it, so its day changes only at such a mark. */
const QUARTER_MS = 15 * MINUTE_MS;

/** Unix ms at which the configured day that holds this moment ends. */
export function dayEndAt(atMs: number, zone: DayZone): number {
  if (zone.timeZone === null) {
    const offsetMs = zone.offsetMinutes * MINUTE_MS;
    return (Math.floor((atMs + offsetMs) / DAY_MS) + 1) * DAY_MS - offsetMs;
  }
  const day = dayAt(atMs, zone);
  let mark = (Math.floor(atMs / QUARTER_MS) + 1) * QUARTER_MS;
  while (dayAt(mark, zone) === day) mark += QUARTER_MS;
  return mark;
}

/** Unix ms at which a configured day (`YYYY-MM-DD`) begins. */
export function dayStartAt(day: string, zone: DayZone): number {
  const midnight = Date.parse(day);
  if (zone.timeZone === null) return midnight - zone.offsetMinutes * MINUTE_MS;
  let mark = midnight - EARLIEST_MS;
  while (dayAt(mark + HOUR_MS, zone) < day) mark += HOUR_MS;
  while (dayAt(mark, zone) < day) mark += QUARTER_MS;
  return mark;
}

/** No day begins longer before midnight of UTC. */
const EARLIEST_MS = 15 * HOUR_MS;

/** Whether the runtime knows an IANA zone of this name. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-CA', { timeZone: name });
    return true;
  } catch {
    // RangeError is the only way Intl answers this question.
    return false;
  }
}

/** How long to wait, never less than it is, such as `1 s`, `2 min` or `4 h 20 min`. */
export function waitInWords(seconds: number): string {
  if (seconds <= 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}
