import * as z from 'zod';

export const GROK_GENERATIONS = ['g1', 'g2', 'g3'] as const;
export type GrokGeneration = (typeof GROK_GENERATIONS)[number];

export const IMAGE_METHODS = ['legacy', 'imagine_ws_experimental'] as const;
export type ImageMethod = (typeof IMAGE_METHODS)[number];

/** Older names of the newer method. */
const IMAGINE_NAMES: ReadonlySet<unknown> = new Set([
  'imagine_ws',
  'experimental',
  'new',
  'new_method',
]);
const imageMethod = (value: unknown): unknown =>
  IMAGINE_NAMES.has(value) ? 'imagine_ws_experimental' : value;

const seconds = (value: number) => z.int().min(1).max(86_400).default(value);

/**
 * Every setting that has an effect, with its default. One row of D1 holds them; each isolate caches
 * them by version; the pool receives the part it needs. Ms unless the name says otherwise.
 */
export const Settings = z.object({
  app: z.object({
    /** Public base for links; the request's origin when empty. */
    app_url: z.union([z.literal(''), z.httpUrl()]).default(''),
    /** How pictures are answered when a request does not say. */
    image_format: z.enum(['url', 'b64_json', 'base64']).default('url'),
    /** IANA zone of the quota day; wins over `CACHE_RESET_TZ_OFFSET_MINUTES` when set. */
    time_zone: z.string().default(''),
    /** Calls are kept this long and at most this many; rollups stay. */
    call_retention_days: z.int().min(1).max(3_650).default(7),
    call_retention_rows: z.int().min(100).max(10_000_000).default(10_000),
    /** What administrators did is kept this long. */
    audit_retention_days: z.int().min(1).max(3_650).default(90),
  }),
  grok: z.object({
    temporary: z.boolean().default(false),
    /** Wire generations whose models are on; where two have a model of one name, the first listed serves it. */
    generations: z
      .array(z.enum(GROK_GENERATIONS))
      .min(1)
      .max(GROK_GENERATIONS.length)
      .default(['g3', 'g2', 'g1']),
    /** How `grok-imagine-1.0` draws. */
    image_generation_method: z.preprocess(imageMethod, z.enum(IMAGE_METHODS)).default('legacy'),
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
  images: z.object({
    /** Longest time one request may draw. */
    total_s: seconds(300),
    /** What the Imagine socket is told of adult content. */
    enable_nsfw: z.boolean().default(false),
  }),
  video: z.object({
    /** Longest time one video may take. */
    total_s: seconds(900),
    /** Chat shows a poster that links to the video, not a player. */
    poster_preview: z.boolean().default(false),
    /** A 720p video that a basic account could only make in 480p is upscaled. */
    upscale: z.boolean().default(true),
  }),
  media: z.object({
    /** Links work without a signature and for ever, as in earlier versions. */
    open_links: z.boolean().default(false),
    /** A signed link works this long. */
    link_hours: z.int().min(1).max(8_760).default(168),
    /** Reads of one credential's assets at once. */
    reads_per_token: z.int().min(1).max(100).default(8),
  }),
  cache: z.object({
    /** At local midnight what has expired is cleared away. */
    enable_auto_clean: z.boolean().default(true),
    /** Above this the least recently read go first. */
    limit_mb: z.int().min(1).max(10_000_000).default(1_024),
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
  images: {},
  video: {},
  media: {},
  cache: {},
  stream: {},
  retry: {},
  token: {},
});
