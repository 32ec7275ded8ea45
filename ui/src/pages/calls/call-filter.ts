import { OUTCOMES } from './outcomes';
import type { CallQuery } from '../../api/calls';

/** Which calls the page shows, as its address says it. */

/** Ranges that end now, in ms; null is all that the log holds. */
export const RANGES = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
  all: null,
} as const;
export type Range = keyof typeof RANGES | 'custom';

export const STATUSES = ['2xx', '4xx', '429', '5xx'] as const;
export const SIZES = [50, 100, 200] as const;

const DEFAULT_RANGE = '24h';
const NARROWING = ['key', 'model', 'token', 'status', 'outcome'] as const;
export const RANGE_NAMES: readonly Range[] = ['1h', '24h', '7d', '30d', 'all', 'custom'];

/** What a filter holds; the strings are empty, and `from` and `to` (Unix ms) absent, where it does not narrow. */
export interface CallFilter extends CallQuery {
  readonly range: Range;
  readonly size: (typeof SIZES)[number];
}

/** @param search the query of an address; what is not known there is left out */
export function readFilter(search: string): CallFilter {
  const query = new URLSearchParams(search);
  const text = (name: string): string => query.get(name) ?? '';
  const [from, to] = [momentOf(text('from')), momentOf(text('to'))];
  return {
    key: text('key'),
    model: text('model'),
    token: text('token'),
    status: STATUSES.find((status) => status === text('status')) ?? '',
    outcome: OUTCOMES.find((outcome) => outcome === text('outcome')) ?? '',
    text: text('text'),
    range: from !== undefined || to !== undefined ? 'custom' : rangeOf(text('range')),
    from,
    to,
    size: SIZES.find((size) => String(size) === text('size')) ?? SIZES[0],
  };
}

/** What the address says of a filter: defaults are left out. */
export function writeFilter(filter: CallFilter): Readonly<Record<string, string>> {
  const { range, size, from, to, key, model, token, status, outcome, text } = filter;
  const isCustom = range === 'custom';
  const hasMoments = isCustom && (from !== undefined || to !== undefined);
  return {
    key,
    model,
    token,
    status,
    outcome,
    text,
    range: range === DEFAULT_RANGE || hasMoments ? '' : range,
    from: isCustom ? String(from ?? '') : '',
    to: isCustom ? String(to ?? '') : '',
    size: size === SIZES[0] ? '' : String(size),
  };
}

/** The filter as the API takes it. @param now Unix ms */
export function queryOf(filter: CallFilter, now: number): CallQuery {
  const { range, from, to, key, model, token, status, outcome, text } = filter;
  const plain = { key, model, token, status, outcome, text };
  if (range === 'custom') return { ...plain, from, to };
  const lengthMs = RANGES[range];
  return { ...plain, from: lengthMs === null ? undefined : now - lengthMs, to: undefined };
}

/** How many filters narrow, besides the range and the text. */
export function countFilters(filter: CallFilter): number {
  return NARROWING.filter((name) => filter[name] !== '').length;
}

/** Shows everything of the last day. */
export const EMPTY_FILTER: CallFilter = readFilter('');

/** What a field of a date and time holds: the reader's own zone, to the minute. @param at Unix ms */
export function fieldOf(at: number | undefined): string {
  if (at === undefined) return '';
  const minutes = new Date(at).getTimezoneOffset();
  return new Date(at - minutes * 60_000).toISOString().slice(0, 16);
}

/** @returns Unix ms of the minute's start; undefined when the field is empty. */
export function atOf(field: string): number | undefined {
  const at = new Date(field).getTime();
  return Number.isNaN(at) ? undefined : at;
}

function rangeOf(name: string): Range {
  return RANGE_NAMES.find((range) => range === name) ?? DEFAULT_RANGE;
}

function momentOf(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
