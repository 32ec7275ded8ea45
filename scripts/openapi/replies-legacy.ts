import * as z from 'zod';
import { type LegacyCall, type LegacyToken, TOKEN_LABELS } from '../../src/contract/legacy';
import { Key, RequestStats } from './replies-admin';

/** Answers of the older paths: `{success: true, …}`, or softly `{success: false, message}` with status 200. */

const yes = z.literal(true);
const message = z.string();
const millis = z.int().meta({ description: 'Unix ms.' });
const at = z.nullable(millis);
const figure = z.int().meta({ description: '−1 is unknown.' });
const Texts = z.array(z.string());

const Refusal = z
  .object({ success: z.literal(false), message })
  .meta({ id: 'OlderRefusal', description: 'What older pages take for an ordinary answer.' });

/** That, or the refusal. */
const soft = (schema: z.ZodType) => z.union([schema, Refusal]);
const data = (schema: z.ZodType) => z.object({ success: yes, data: schema });
const told = <T extends z.ZodRawShape>(fields: T) => z.object({ success: yes, message, ...fields });

export const Told = told({});
export const SoftlyTold = soft(Told);
export const SignedIn = soft(told({ token: z.string() }));

const group = z.looseObject({});
export const Settings = data(
  z.looseObject({ global: group, grok: group }).meta({ id: 'OlderSettings' }),
);
export const StorageMode = data(z.object({ mode: z.literal('D1') }));

const LABELS = Object.values(TOKEN_LABELS);
const Token = z
  .object({
    id: z.string(),
    token: z.string().meta({ description: 'A mask.' }),
    token_type: z.string(),
    created_time: millis,
    remaining_queries: figure,
    heavy_remaining_queries: figure,
    video_remaining: figure,
    video_limit: figure,
    status: z.enum(LABELS),
    tags: Texts,
    note: z.string(),
    cooldown_until: at,
    last_failure_time: at,
    last_failure_reason: z.nullable(z.string()),
    limit_reason: z.enum(['cooldown', 'exhausted', '']),
    cooldown_remaining: z.int().meta({ description: 'Seconds.' }),
  })
  .meta({ id: 'OlderToken' });
Token satisfies z.ZodType<LegacyToken>;

const page = { total: z.int(), page: z.int(), page_size: z.int() };
export const Tokens = z.object({ success: yes, data: z.array(Token), ...page });
const Unread = z.array(z.object({ line: z.int(), reason: z.string() }));
export const Added = z.object({ success: z.boolean(), message, count: z.int(), invalid: Unread });
export const Counted = z.object({ success: z.boolean(), message, count: z.int() });
export const Tagged = soft(told({ tags: Texts }));
export const Noted = soft(told({ note: z.string() }));
export const Tags = data(Texts);
export const Tested = z.object({
  success: z.boolean(),
  message,
  data: z.looseObject({ valid: z.boolean() }),
});
const Progress = z
  .object({
    running: z.boolean(),
    current: z.int(),
    total: z.int(),
    success: z.int(),
    failed: z.int(),
    updated_at: at,
  })
  .meta({ id: 'OlderProgress' });
export const RefreshProgress = data(Progress);
export const Begun = z.union([
  told({ data: z.object({ started: yes }) }),
  z.object({ success: z.literal(false), message, data: Progress }),
]);

const ListedKey = z
  .object({
    ...Key.shape,
    is_active: z.union([z.literal(0), z.literal(1)]),
    key: z.string().meta({ description: 'The id in a list, the key itself when it is made.' }),
  })
  .meta({ id: 'OlderKey' });
export const Keys = z.object({
  success: yes,
  data: z.array(ListedKey),
  total: z.int(),
  global_key_set: z.literal(false),
});
export const NewKey = soft(told({ data: ListedKey }));
export const NewKeys = told({ data: z.array(ListedKey) });
export const KeysCounted = told({ count: z.int() });

const Counts = z.object({
  total: z.int(),
  expired: z.int(),
  cooldown: z.int(),
  exhausted: z.int(),
  unused: z.int(),
  active: z.int(),
  limited: z.int(),
});
export const Stats = data(
  z.object({
    normal: Counts,
    super: Counts,
    total: z.int(),
    video: z.object({
      total_remaining: figure,
      total_limit: figure,
      tokens_with_video: z.int(),
    }),
  }),
);
export const Remaining = data(
  z.object({
    chat_total_remaining: z.int(),
    image_total_remaining: z.int(),
    assumed_chat_quota_per_token: z.int(),
    video: z.object({ total_remaining: figure }),
  }),
);
export const Requests = data(RequestStats);

const Call = z
  .object({
    id: z.string(),
    timestamp: millis,
    time: z.string().meta({ description: 'UTC.' }),
    ip: z.literal(''),
    model: z.string(),
    success: z.boolean(),
    status: z.int(),
    status_code: z.int(),
    duration: z.number().meta({ description: 'Seconds.' }),
    response_time: z.number(),
    key_name: z.string(),
    sso: z.string().meta({ description: 'The mask of the token.' }),
    token_suffix: z.string(),
    token_consumed: z.int(),
    error: z.string(),
    error_message: z.string(),
    proxy_used: z.literal(''),
    media_urls: Texts,
  })
  .meta({ id: 'OlderCall' });
Call satisfies z.ZodType<LegacyCall>;
export const Calls = z.object({ success: yes, data: z.array(Call), ...page });
export const Deleted = told({ deleted: z.int() });
export const Models = data(Texts);
export const LogSums = data(
  z.object({
    total: z.int(),
    success: z.int(),
    failed: z.int(),
    success_rate: z.number(),
    today_total: z.int(),
  }),
);
export const Written = z.object({ success: yes });

export const CacheSize = data(
  z.object({
    image_size: z.string(),
    video_size: z.string(),
    total_size: z.string(),
    image_size_bytes: z.int(),
    video_size_bytes: z.int(),
    total_size_bytes: z.int(),
  }),
);
export const CacheList = data(
  z.object({
    total: z.int(),
    items: z.array(z.object({ name: z.string(), size: z.int(), mtime: millis, url: z.string() })),
    offset: z.int(),
    limit: z.int(),
    has_more: z.boolean(),
  }),
);
export const CacheCleared = told({ data: z.looseObject({ deleted_count: z.int() }) });
