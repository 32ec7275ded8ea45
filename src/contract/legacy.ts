import * as z from 'zod';

/** Requests of the older paths under `/api/*`. Answers are `{success, data?, message?}`. */

const Name = z.string().min(1).max(8_192);
/** Names of pools by which older clients sort; what is edited is found by its id or full text alone. */
const TokenType = z.enum(['sso', 'ssoNormal', 'ssoSuper']);
const page = z.coerce.number().int().min(1).max(1_000_000);

/** Most items of one answer; `total` says how many there are. */
export const MAX_LEGACY_ITEMS = 5_000;

/** Query of `GET /api/tokens`. `limit` may ask for more than one answer holds. */
export const LegacyTokenQuery = z.object({
  page: page.default(1),
  page_size: z.optional(z.coerce.number().int().min(1).max(MAX_LEGACY_ITEMS)),
  limit: z.optional(z.coerce.number().int().min(1).max(1_000_000)),
  sort: z.optional(z.enum(['created_desc', ''])),
  token_type: z.optional(z.enum([...TokenType.options, 'all', ''])),
  /** A label as items show it, or its word: `active`, `cooling`, `exhausted`, `expired`, `unused`. */
  status: z.optional(z.string().max(20)),
  tag: z.optional(z.string().max(50)),
});
export type LegacyTokenQuery = z.infer<typeof LegacyTokenQuery>;

/** `POST /api/tokens/add`. */
export const LegacyTokenAdd = z.object({
  tokens: z.array(z.string().max(8_192)).min(1).max(10_000),
  token_type: TokenType.default('sso'),
});

const OneToken = {
  id: z.optional(Name),
  token: z.optional(Name),
  token_type: z.optional(TokenType),
};

/** `POST /api/tokens/test`. Ids or full texts, never masks. */
export const LegacyTokenName = z.object(OneToken);

/** `POST /api/tokens/delete`. */
export const LegacyTokenNames = z.object({
  ids: z.optional(z.array(Name).max(10_000)),
  tokens: z.optional(z.array(Name).max(10_000)),
  token_type: z.optional(TokenType),
});

/** `POST /api/tokens/tags`: the whole set. */
export const LegacyTags = z.object({ ...OneToken, tags: z.array(z.string().max(50)).max(20) });

/** `POST /api/tokens/note`. */
export const LegacyNote = z.object({ ...OneToken, note: z.string().trim().max(500) });

/** The label of a token, the first that fits: expired or disabled, cooling, never read, used up, else in order. */
export const TOKEN_LABELS = {
  expired: '失效',
  cooling: '冷却中',
  unused: '未使用',
  exhausted: '额度耗尽',
  active: '正常',
} as const;
export type TokenLabel = keyof typeof TOKEN_LABELS;

/** One token of `GET /api/tokens`. −1 is an unknown figure. Times are Unix ms. */
export interface LegacyToken {
  readonly id: string;
  /** A mask: full texts are never listed. */
  readonly token: string;
  readonly token_type: string;
  readonly created_time: number;
  readonly remaining_queries: number;
  readonly heavy_remaining_queries: number;
  readonly video_remaining: number;
  readonly video_limit: number;
  readonly status: (typeof TOKEN_LABELS)[TokenLabel];
  readonly tags: readonly string[];
  readonly note: string;
  readonly cooldown_until: number | null;
  readonly last_failure_time: number | null;
  readonly last_failure_reason: string | null;
  readonly limit_reason: 'cooldown' | 'exhausted' | '';
  /** Seconds. */
  readonly cooldown_remaining: number;
}

/** `POST /api/settings`. */
export const LegacySettings = z.object({
  global_config: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
  grok_config: z.optional(z.nullable(z.record(z.string(), z.unknown()))),
});
export type LegacySettings = z.infer<typeof LegacySettings>;

const KeyName = z.string().min(1).max(200);
const Flag = z.union([z.boolean(), z.literal(0), z.literal(1)]).transform(Boolean);

/** `POST /api/keys/add`. */
export const LegacyKeyAdd = z.object({ name: z.string().trim().max(100).default('') });

/** `POST /api/keys/batch-add`. */
export const LegacyKeyBatchAdd = z.object({
  name_prefix: z.string().trim().min(1).max(80),
  count: z.int().min(1).max(100),
});

/** `POST /api/keys/delete`: `key` is an id or a full key. */
export const LegacyKeyName = z.object({ key: KeyName });
/** `POST /api/keys/batch-delete`. */
export const LegacyKeyNames = z.object({ keys: z.array(KeyName).min(1).max(1_000) });
/** `POST /api/keys/status`. */
export const LegacyKeyStatus = z.object({ key: KeyName, is_active: Flag });
/** `POST /api/keys/batch-status`. */
export const LegacyKeyStatuses = z.object({ ...LegacyKeyNames.shape, is_active: Flag });
/** `POST /api/keys/name`. */
export const LegacyKeyRename = z.object({ key: KeyName, name: z.string().trim().max(100) });

const Word = z.enum(['true', 'false', '1', '0', 'yes', 'no', '']);
const At = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

/** Query of `GET /api/logs`, newest first: by page, or the newest `limit`. Times are Unix ms, both included. */
export const LegacyLogQuery = z.object({
  limit: z.optional(z.coerce.number().int().min(1).max(MAX_LEGACY_ITEMS)),
  page: z.optional(page),
  page_size: z.optional(z.coerce.number().int().min(1).max(MAX_LEGACY_ITEMS)),
  /** Part of a token's mask. */
  sso: z.optional(z.string().max(200)),
  success: z.optional(Word),
  /** Part of a model's name. */
  model: z.optional(z.string().max(200)),
  start_time: z.optional(At),
  end_time: z.optional(At),
});
export type LegacyLogQuery = z.infer<typeof LegacyLogQuery>;

/** Query of `DELETE /api/logs`: so many of the newest stay; none without it. */
export const LegacyLogClear = z.object({
  max_count: z.coerce.number().int().min(0).max(10_000_000).default(0),
});

/** `POST /api/logs/add`. */
export const LegacyLogAdd = z.object({
  model: z.string().max(200).default(''),
  status: z.union([z.int(), z.string().max(50)]).default(''),
  error: z.nullish(z.string().max(300)),
});

/** One call as both earlier logs wrote it. Times are Unix ms, durations seconds. */
export interface LegacyCall {
  readonly id: string;
  readonly timestamp: number;
  /** UTC, `YYYY-MM-DD HH:MM:SS`. */
  readonly time: string;
  /** Always empty: addresses of callers are not kept. */
  readonly ip: '';
  readonly model: string;
  readonly success: boolean;
  readonly status: number;
  readonly status_code: number;
  readonly duration: number;
  readonly response_time: number;
  readonly key_name: string;
  /** The token's mask, and its end; empty once it is deleted. */
  readonly sso: string;
  readonly token_suffix: string;
  readonly token_consumed: number;
  readonly error: string;
  readonly error_message: string;
  readonly proxy_used: '';
  readonly media_urls: readonly string[];
}

/** Query of `GET /api/cache/list`. */
export const LegacyCacheQuery = z.object({
  type: z.enum(['image', 'video']).default('image'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
});

/** `POST /api/cache/clear`; both kinds without a type. */
export const LegacyCacheClear = z.object({ type: z.optional(z.enum(['image', 'video'])) });
