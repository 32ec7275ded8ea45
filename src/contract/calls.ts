import * as z from 'zod';
import { OutcomeKind } from './usage';

/** Which calls of the log; every filter narrows. `from` and `to` are Unix ms. */
const CallFilterFields = {
  key: z.optional(z.string().max(200)),
  model: z.optional(z.string().max(200)),
  token: z.optional(z.string().max(200)),
  /** A class such as `4xx`, or one status. */
  status: z.optional(z.string().regex(/^[1-5](xx|\d\d)$/, 'Use a status or a class such as 4xx.')),
  outcome: z.optional(OutcomeKind),
  from: z.optional(z.coerce.number().int().min(0)),
  to: z.optional(z.coerce.number().int().min(0)),
  /** Found in the id, the model, the key's name or the error code. */
  text: z.optional(z.string().max(200)),
};

/** Query of `GET calls/stats`. */
export const CallFilter = z.object(CallFilterFields);
export type CallFilter = z.infer<typeof CallFilter>;

/** Query of `GET calls`, newest first. */
export const CallListQuery = z.object({
  /** Keyset: the `next` of the page before. */
  after: z.optional(z.string().max(100)),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  ...CallFilterFields,
});
export type CallListQuery = z.infer<typeof CallListQuery>;

/** Query of `GET calls/export`. */
export const CallExportQuery = z.object({
  format: z.enum(['csv', 'ndjson']).default('ndjson'),
  ...CallFilterFields,
});

/** One call of the log. Durations in ms, `at` Unix ms. */
export interface CallItem {
  readonly id: string;
  readonly at: number;
  readonly duration_ms: number;
  readonly first_part_ms: number | null;
  readonly key_id: string;
  readonly key_name: string | null;
  readonly kind: string;
  readonly model: string;
  readonly provider: string;
  readonly token_id: string | null;
  readonly attempts: number;
  readonly stream: boolean;
  readonly outcome: string;
  readonly error: string | null;
  readonly status: number;
  readonly units: number;
  readonly uncertain: boolean;
  readonly day: string;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cached_tokens: number | null;
  readonly reasoning_tokens: number | null;
  readonly estimated: boolean | null;
}

/** A call as it is listed: `token` is the mask of its credential, null when that has left the pool. */
export interface ListedCall extends CallItem {
  readonly token: string | null;
}

/** Answer of `GET calls`. */
export interface CallList {
  readonly calls: readonly ListedCall[];
  /** Null at the end. */
  readonly next: string | null;
}

/** Calls of one hour or day. Failed is what was neither done nor left by its caller. */
interface CallPoint {
  readonly success: number;
  readonly failed: number;
}

/** `data` of `GET calls/stats`: sums of the calls that the filter lets through. */
export interface CallStats extends CallPoint {
  readonly total: number;
  /** Of the configured day that it is now. */
  readonly today: number;
  /** What the log holds at the most, and when its oldest call was (Unix ms): nothing older is summed. */
  readonly kept: { readonly days: number; readonly rows: number; readonly since: number | null };
  readonly units: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** By hour (`at`: its start, Unix ms) where the range is at most three days, else by configured day. */
  readonly chart:
    | { readonly step: 'hour'; readonly points: readonly (CallPoint & { readonly at: number })[] }
    | { readonly step: 'day'; readonly points: readonly (CallPoint & { readonly day: string })[] };
}

/** Query of `GET stats`. */
export const StatsQuery = z.object({ days: z.coerce.number().int().min(1).max(366).default(14) });

/** Sums of calls: the fields every statistic shares. */
export interface UsageSum {
  readonly calls: number;
  readonly failed: number;
  readonly units: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
  /** All calls together, from admission to end. */
  readonly duration_ms: number;
}

/** `data` of `GET stats`. Days as configured; `at` is an hour's start, Unix ms. */
export interface UsageStats {
  readonly totals: UsageSum;
  readonly per_day: readonly (UsageSum & { readonly day: string })[];
  readonly per_model: readonly (UsageSum & { readonly model: string })[];
  readonly per_key: readonly (UsageSum & {
    readonly key_id: string;
    readonly key_name: string | null;
  })[];
  /** The last 24 hours. Success and failure as everywhere: what was neither done nor left by its caller failed. */
  readonly hourly: readonly {
    readonly at: number;
    readonly success: number;
    readonly failed: number;
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly duration_ms: number;
  }[];
  readonly refusals: RefusalStats['refusals'];
  /** Days that `refusals` are of: they are kept for 30. */
  readonly refusal_days: number;
}

/** `data` of `GET stats/refusals`: requests that were refused before they became calls, by code. */
export interface RefusalStats {
  /** Configured days that are counted, today included: as many as were asked for, at most 30. */
  readonly days: number;
  readonly refusals: readonly { readonly code: string; readonly count: number }[];
}

/** Query of `GET logs/tail`. */
export const TailQuery = z.object({
  file: z.string().default('request_logs'),
  lines: z.coerce.number().int().min(50).max(5_000).default(500),
});

/** Query of `GET audit`, newest first. */
export const AuditQuery = z.object({
  after: z.optional(z.coerce.number().int().min(1)),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** Found in any of its texts. */
  text: z.optional(z.string().trim().max(200)),
  /** `keys.create`, or all of `keys`. */
  action: z.optional(z.string().trim().max(100)),
  /** Who did it: the whole name. */
  admin: z.optional(z.string().trim().max(100)),
});
export type AuditQuery = z.infer<typeof AuditQuery>;
