import * as z from 'zod';
import { OutcomeKind } from './usage';

/** Query of `GET calls`, newest first. `from` and `to` are Unix ms. */
export const CallListQuery = z.object({
  /** Keyset: the `next` of the page before. */
  after: z.optional(z.string().max(100)),
  limit: z.coerce.number().int().min(1).max(500).default(100),
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
});
export type CallListQuery = z.infer<typeof CallListQuery>;

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
  /** The last 24 hours. */
  readonly hourly: readonly {
    readonly at: number;
    readonly success: number;
    readonly failed: number;
  }[];
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
});
