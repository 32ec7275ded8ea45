import * as z from 'zod';

/**
 * Every setting that has an effect, with its default. One row of D1 holds them; each isolate caches
 * them by version; the pool receives the part it needs. Ms unless the name says otherwise.
 */
const seconds = (value: number) => z.int().min(1).max(86_400).default(value);

export const Settings = z.object({
  app: z.object({
    /** Public base for links; the request's origin when empty. */
    app_url: z.union([z.literal(''), z.httpUrl()]).default(''),
    /** IANA zone of the quota day; wins over `CACHE_RESET_TZ_OFFSET_MINUTES` when set. */
    time_zone: z.string().default(''),
    /** Calls are kept this long and at most this many; rollups stay. */
    call_retention_days: z.int().min(1).max(3_650).default(7),
    call_retention_rows: z.int().min(100).max(10_000_000).default(10_000),
  }),
  grok: z.object({
    temporary: z.boolean().default(false),
    thinking: z.boolean().default(true),
    filter_tags: z
      .array(z.string().min(1).max(100))
      .max(50)
      .default(['xaiartifact', 'xai:tool_usage_card', 'grok:render']),
    /** Opaque values the operator pastes; sent as they are, never made here. */
    x_statsig_id: z.string().max(4_096).default(''),
    cf_clearance: z
      .string()
      .max(4_096)
      .transform((value) => value.replace(/^\s*cf_clearance=/, '').trim())
      .default(''),
    user_agent: z
      .string()
      .max(512)
      .default(
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
      ),
  }),
  stream: z.object({
    /** The head of a streamed answer waits this long for the first part, so that an early refusal keeps its status. */
    head_ms: z.int().min(0).max(30_000).default(1_500),
    heartbeat_ms: z.int().min(100).max(60_000).default(10_000),
    first_part_s: seconds(60),
    idle_s: seconds(120),
    total_s: seconds(600),
  }),
  retry: z.object({
    /** Credentials tried for one call, the first included. */
    max_attempts: z.int().min(1).max(5).default(3),
  }),
  token: z.object({
    /** Calls one credential serves at once; 0 switches the cap off. */
    max_in_flight: z.int().min(0).max(1_000).default(0),
    /** Calls a never-read bucket serves at once. */
    unknown_in_flight: z.int().min(1).max(100).default(1),
    /** Cooldown of a rate-limited bucket when upstream names no time. */
    limited_s: seconds(3_600),
    /** Longest `Retry-After` that is believed. */
    max_retry_after_s: seconds(86_400),
    revoked_s: seconds(60),
    /** Consecutive 401s that expire a credential. */
    fail_threshold: z.int().min(1).max(100).default(5),
    faulty_strikes: z.int().min(1).max(100).default(3),
    faulty_s: seconds(30),
    /** This many credentials failing alike within the window are a shared cause. */
    breaker_credentials: z.int().min(2).max(100).default(3),
    breaker_window_s: seconds(30),
    breaker_trial_s: seconds(5),
    /** A bucket that cannot be read becomes unknown after this. */
    stale_s: seconds(1_800),
    probe_concurrency: z.int().min(1).max(50).default(5),
  }),
});
export type Settings = z.infer<typeof Settings>;

/** The defaults, whole. */
export const DEFAULT_SETTINGS: Settings = Settings.parse({
  app: {},
  grok: {},
  stream: {},
  retry: {},
  token: {},
});
