import * as z from 'zod';

/**
 * A daily limit: null, −1 and "" mean unlimited, 0 allows nothing. Anything else that is no whole
 * number is a mistake and refused, because reading it as "unlimited" would open the key.
 */
const Limit = z
  .union([z.literal(''), z.null(), z.int().min(-1).max(1_000_000_000)])
  .transform((value) => (value === '' || value === null || value === -1 ? null : value));

/** `chat_per_day` and its older name `chat_limit`, for each kind. */
export const KeyLimitsInput = z.strictObject({
  chat_per_day: z.optional(Limit),
  heavy_per_day: z.optional(Limit),
  image_per_day: z.optional(Limit),
  video_per_day: z.optional(Limit),
  chat_limit: z.optional(Limit),
  heavy_limit: z.optional(Limit),
  image_limit: z.optional(Limit),
  video_limit: z.optional(Limit),
});
export type KeyLimitsInput = z.infer<typeof KeyLimitsInput>;

/** Requests a minute, or calls at once: as a daily limit, but 0 is meaningless. */
const Rate = z
  .union([z.literal(''), z.null(), z.literal(-1), z.int().min(1).max(1_000_000)])
  .transform((value) => (value === '' || value === -1 ? null : value));

/** An address or a CIDR block, IPv4 or IPv6. */
const Address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** null lifts the restriction. An empty list is refused: it could be read as "nothing" or as "anything". */
const Allowlist = <T extends z.ZodType>(item: T) => z.nullable(z.array(item).min(1).max(200));

/** Fields that create and update share. `expires_at` is Unix ms. */
const KeyFields = {
  limits: z.optional(z.nullable(KeyLimitsInput)),
  rpm: z.optional(Rate),
  concurrency: z.optional(Rate),
  expires_at: z.optional(z.nullable(z.int().min(0))),
  models: z.optional(Allowlist(z.string().trim().min(1).max(200))),
  ips: z.optional(Allowlist(Address)),
  is_active: z.optional(z.boolean()),
};

/** `POST keys`. */
export const KeyCreate = z.object({
  name: z.optional(z.string().trim().max(100)),
  /** A key made by this product elsewhere; blank makes a new one. */
  key: z.optional(z.nullable(z.string().max(200))),
  ...KeyFields,
});
export type KeyCreate = z.infer<typeof KeyCreate>;

const KeyName = { id: z.optional(z.string().max(200)), key: z.optional(z.string().max(200)) };

/** `POST keys/delete`: the id or the full key. */
export const KeySelection = z.object(KeyName);
export type KeySelection = z.infer<typeof KeySelection>;

/** `POST keys/update`: what is absent stays as it is. */
export const KeyUpdate = z.object({
  ...KeyName,
  name: z.optional(z.string().trim().max(100)),
  ...KeyFields,
});
export type KeyUpdate = z.infer<typeof KeyUpdate>;

/** Most keys one batch touches. */
export const MAX_KEY_BATCH = 1_000;

/** `POST keys/batch`. */
export const KeyBatch = z.discriminatedUnion('action', [
  z.object({
    action: z.enum(['enable', 'disable', 'delete']),
    ids: z.array(z.string().min(1).max(200)).min(1).max(MAX_KEY_BATCH),
  }),
  z.object({
    action: z.literal('create'),
    count: z.int().min(1).max(MAX_KEY_BATCH),
    name_prefix: z.string().trim().min(1).max(80),
    ...KeyFields,
  }),
]);
export type KeyBatch = z.infer<typeof KeyBatch>;

const KeyFilterFields = {
  search: z.optional(z.string().max(100)),
  /** Switched on or off, or with nothing left of one of today's limits. */
  status: z.optional(z.enum(['active', 'inactive', 'exhausted'])),
};

/** Query of `GET keys/names`. */
export const KeyFilter = z.object(KeyFilterFields);
export type KeyFilter = z.infer<typeof KeyFilter>;

/** Query of `GET keys`. */
export const KeyListQuery = z.object({
  /** The `next` of the page before. */
  after: z.optional(z.string().max(200)),
  limit: z.coerce.number().int().min(1).max(500).default(500),
  order: z.enum(['oldest', 'newest']).default('oldest'),
  ...KeyFilterFields,
});
export type KeyListQuery = z.infer<typeof KeyListQuery>;

/** `data` of `GET keys/counts`. */
export interface KeyCounts {
  readonly total: number;
  readonly active: number;
  readonly inactive: number;
  /** Of all: nothing is left of one of today's limits. */
  readonly exhausted: number;
}

/** Most keys that `GET keys/names` lists. */
export const MAX_KEY_NAMES = 10_000;

/** One of `data` of `GET keys/names`. */
export interface NamedKey {
  readonly id: string;
  readonly name: string;
}

/** One key of `GET keys`; never the key itself. Limits: −1 is unlimited. */
export interface KeyItem {
  readonly id: string;
  readonly name: string;
  readonly display_key: string;
  readonly is_active: boolean;
  readonly chat_limit: number;
  readonly heavy_limit: number;
  readonly image_limit: number;
  readonly video_limit: number;
  readonly rpm: number | null;
  readonly concurrency: number | null;
  readonly models: readonly string[] | null;
  readonly ips: readonly string[] | null;
  /** Unix seconds, as older clients read it. */
  readonly created_at: number;
  /** Unix ms. */
  readonly expires_at: number | null;
  readonly last_used_at: number | null;
  readonly version: number;
}

/** A listed key with today's counters, straight from the pool. */
export interface KeyItemWithUsage extends KeyItem {
  /** `YYYY-MM-DD`; null when the pool has not met the key yet. */
  readonly day: string | null;
  readonly usage_today: Readonly<Record<`${'chat' | 'heavy' | 'image' | 'video'}_used`, number>>;
  readonly remaining_today: Readonly<Record<'chat' | 'heavy' | 'image' | 'video', number | null>>;
}
