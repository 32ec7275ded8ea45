import * as z from 'zod';
import type { CacheItem, CacheSize, PurgeProgress } from '../../src/contract/cache';
import type { ListedCall, UsageSum } from '../../src/contract/calls';
import type { KeyItem, KeyItemWithUsage } from '../../src/contract/keys';
import type { ModelItem } from '../../src/contract/models';
import type { PoolOverview } from '../../src/contract/overview';
import type { LoginReply, SessionItem } from '../../src/contract/sessions';
import { Settings } from '../../src/contract/settings';
import type { BucketItem, ImportSummary, TokenItem } from '../../src/contract/tokens';

const millis = z.int().meta({ description: 'Unix ms.' });
const nullable = { int: z.nullable(z.int()), text: z.nullable(z.string()), at: z.nullable(millis) };
const next = z.nullable(z.string()).meta({ description: 'Send it as `after`; null at the end.' });
const Tier = z.enum(['basic', 'super', 'heavy']);
const success = z.literal('success');

export const Success = z.object({ status: success }).meta({ id: 'Success' });
export const SetupState = z.object({ needed: z.boolean(), missing: z.array(z.string()) });

export const SignedIn = z
  .object({
    status: success,
    api_key: z.string().meta({ description: 'The session token: send it as Bearer.' }),
    expires_at: millis,
    username: z.string(),
    role: z.enum(['admin', 'viewer']),
  })
  .meta({ id: 'SignedIn' });
SignedIn satisfies z.ZodType<LoginReply>;

export const FirstSession = z.object({
  ...SignedIn.shape,
  key: z.object({ id: z.string(), name: z.string(), key: z.string(), display_key: z.string() }),
});
export const Who = z.object({ username: z.string(), role: z.enum(['admin', 'viewer']) });
export const Revoked = z.object({ status: success, revoked: z.int() });

const Session = z
  .object({
    id: z.string(),
    current: z.boolean(),
    created_at: millis,
    expires_at: millis,
    ip: z.string(),
    user_agent: z.string(),
  })
  .meta({ id: 'Session' });
Session satisfies z.ZodType<SessionItem>;
export const Sessions = z.object({ sessions: z.array(Session) });

export const Admins = z.object({
  admins: z.array(
    z.object({ ...Who.shape, id: z.string(), created_at: millis }).meta({ id: 'Admin' }),
  ),
});
export const Made = z.object({ status: success, id: z.string() });
export const Audit = z.object({
  entries: z.array(
    z
      .object({
        id: z.int(),
        at: millis,
        admin: z.string(),
        ip: z.string(),
        action: z.string(),
        target: z.string(),
        detail: z.string(),
      })
      .meta({ id: 'AuditEntry' }),
  ),
  next: nullable.int,
});

const Bucket = z
  .object({
    name: z.string(),
    state: z.enum(['unmetered', 'known', 'unknown']),
    limit: nullable.int,
    free: nullable.int,
    reserved: z.int(),
    used: nullable.int,
    stale: z.boolean(),
    uncertain: z.int(),
    resets_at: nullable.at,
    read_at: nullable.at,
    source: z.enum(['reading', 'entered', 'refusal']).nullable().meta({
      description: 'Whose word the figures go back to; null without figures.',
    }),
    source_at: nullable.at,
    cooling_until: nullable.at,
  })
  .meta({ id: 'Bucket' });
Bucket satisfies z.ZodType<BucketItem>;

const Token = z
  .object({
    id: z.string(),
    token: z.string().meta({ description: 'A mask. It names nothing: send the id.' }),
    status: z.enum(['active', 'cooling', 'invalid', 'disabled']),
    exhausted: z.boolean(),
    quota: nullable.int.meta({ description: '−1 is unknown, null is not metered.' }),
    quota_known: z.boolean(),
    heavy_quota: nullable.int,
    heavy_quota_known: z.boolean(),
    token_type: z.string(),
    tier: Tier,
    provider: z.string(),
    note: z.string(),
    tags: z.array(z.string()),
    fail_count: z.int(),
    use_count: z.int(),
    in_flight: z.int(),
    reason: nullable.text,
    last_failure: nullable.text,
    last_failure_at: nullable.at,
    last_used_at: nullable.at,
    cooling_until: nullable.at,
    created_at: millis,
    source: nullable.text,
    buckets: z.array(Bucket),
  })
  .meta({ id: 'Token' });
Token satisfies z.ZodType<TokenItem>;

export const Tokens = z.object({
  ssoBasic: z.array(Token),
  ssoSuper: z.array(Token),
  providers: z.array(Token),
  version: z.int(),
  next,
  total: z.int(),
});
export const OneToken = z.object({ token: Token });
export const Tags = z.object({ success: z.literal(true), data: z.array(z.string()) });
export const Imported = z
  .object({
    status: success,
    message: z.string(),
    total: z.int(),
    added: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    removed: z.int(),
    duplicates: z.int(),
    invalid: z.array(z.object({ line: z.int(), reason: z.string() })),
    version: nullable.int,
    dry_run: z.exactOptional(z.literal(true)),
  })
  .meta({ id: 'ImportSummary' });
type Said = Omit<ImportSummary, 'invalid'>;
Imported satisfies z.ZodType<Said>;

export const TokenChange = z.object({
  status: success,
  found: z.int(),
  missing: z.array(z.string()),
  version: nullable.int,
});
export const Deleted = z.object({ status: success, deleted: z.int(), version: nullable.int });
export const Refreshed = z.object({
  status: success,
  results: z.record(z.string(), z.boolean()),
  next: z.optional(next),
});
export const Tested = z.union([
  z.object({
    success: z.literal(true),
    message: z.string(),
    data: z.object({
      valid: z.literal(true),
      remaining_queries: nullable.int,
      limit: nullable.int,
      heavy_remaining_queries: nullable.int,
    }),
  }),
  z.object({
    success: z.literal(false),
    message: z.string(),
    data: z.object({
      valid: z.literal(false),
      error_type: z.enum(['expired', 'banned', 'limited', 'blocked', 'unreachable', 'unknown']),
      error_code: z.string(),
      retry_after_s: nullable.int,
    }),
  }),
]);

export const Key = z
  .object({
    id: z.string(),
    name: z.string(),
    display_key: z.string(),
    is_active: z.boolean(),
    chat_limit: z.int().meta({ description: '−1 is unlimited.' }),
    heavy_limit: z.int(),
    image_limit: z.int(),
    video_limit: z.int(),
    rpm: nullable.int,
    concurrency: nullable.int,
    models: z.nullable(z.array(z.string())),
    ips: z.nullable(z.array(z.string())),
    created_at: z.int().meta({ description: 'Unix seconds.' }),
    expires_at: nullable.at,
    last_used_at: nullable.at,
    version: z.int(),
  })
  .meta({ id: 'Key' });
Key satisfies z.ZodType<KeyItem>;

const KeyWithUsage = z
  .object({
    ...Key.shape,
    day: nullable.text,
    usage_today: z.object({
      chat_used: z.int(),
      heavy_used: z.int(),
      image_used: z.int(),
      video_used: z.int(),
    }),
    remaining_today: z.object({
      chat: nullable.int,
      heavy: nullable.int,
      image: nullable.int,
      video: nullable.int,
    }),
  })
  .meta({ id: 'KeyWithUsage' });
KeyWithUsage satisfies z.ZodType<KeyItemWithUsage>;

const yes = z.literal(true);
const MadeKey = z.object({
  ...Key.shape,
  key: z.string().meta({ description: 'The key itself, shown this once.' }),
});
export const Keys = z.object({
  success: yes,
  data: z.array(KeyWithUsage),
  next,
  total: z.int(),
});
export const KeyNames = z.object({
  success: yes,
  data: z.array(z.object({ id: z.string(), name: z.string() })),
});
export const KeyCounts = z.object({
  success: yes,
  data: z.object({ total: z.int(), active: z.int(), inactive: z.int(), exhausted: z.int() }),
});
export const NewKey = z.object({ success: yes, data: MadeKey });
export const EditedKey = z.object({ success: yes, data: Key });
export const Done = z.object({ success: yes });
export const KeyBatchDone = z.object({
  success: yes,
  data: z.union([z.object({ count: z.int(), missing: z.array(z.string()) }), z.array(MadeKey)]),
});

const Size = z
  .object({ count: z.int(), size_bytes: z.int(), size_mb: z.number() })
  .meta({ id: 'CacheSize' });
Size satisfies z.ZodType<CacheSize>;
export const LocalCache = z.object({ local_image: Size, local_video: Size });
export const Cache = z.looseObject({ ...LocalCache.shape, online: z.looseObject({}), next });
const CacheEntry = z
  .object({
    name: z.string(),
    size_bytes: z.int(),
    content_type: z.string(),
    place: z.enum(['kv', 'r2']),
    mtime_ms: millis,
    created_at: millis,
    expires_at: millis,
    preview_url: nullable.text,
    view_url: z.string(),
  })
  .meta({ id: 'CacheItem' });
CacheEntry satisfies z.ZodType<CacheItem>;
export const CachePage = z.object({
  status: success,
  total: z.int(),
  page: z.int(),
  page_size: z.int(),
  items: z.array(CacheEntry),
  next,
});
export const Purge = z
  .object({
    running: z.boolean(),
    task: z.nullable(z.enum(['night', 'cap', 'clear'])),
    target: z.nullable(z.enum(['image', 'video', 'all'])),
    deleted: z.int(),
    deleted_bytes: z.int(),
    steps: z.int(),
    kv_calls: z.int(),
    max_kv_calls: z.int(),
    failed: z.int(),
    gave_up: z.boolean(),
    cancelled: z.boolean(),
    started_at: nullable.at,
    updated_at: nullable.at,
    waiting: z.int(),
  })
  .meta({ id: 'PurgeProgress' });
Purge satisfies z.ZodType<PurgeProgress>;
export const Cleared = z.object({
  status: success,
  result: z.object({ ...Size.shape, deleted: z.int(), running: z.boolean() }),
});
export const ItemsDeleted = z.object({
  status: success,
  result: z.object({ deleted: yes, count: z.int() }),
});
export const Assets = z.object({ assets: z.array(z.looseObject({ id: z.string() })), next });
export const AssetsDeleted = z.looseObject({ status: success, next });

const Call = z
  .object({
    id: z.string(),
    at: millis,
    duration_ms: z.int(),
    first_part_ms: nullable.int,
    key_id: z.string(),
    key_name: nullable.text,
    kind: z.string(),
    model: z.string(),
    provider: z.string(),
    token_id: nullable.text,
    token: nullable.text,
    attempts: z.int(),
    stream: z.boolean(),
    outcome: z.string(),
    error: nullable.text,
    status: z.int(),
    units: z.int(),
    uncertain: z.boolean(),
    day: z.string(),
    input_tokens: nullable.int,
    output_tokens: nullable.int,
    cached_tokens: nullable.int,
    reasoning_tokens: nullable.int,
    estimated: z.nullable(z.boolean()),
  })
  .meta({ id: 'Call' });
Call satisfies z.ZodType<ListedCall>;
export const OneCall = Call;
export const Calls = z.object({ calls: z.array(Call), next });
export const CallSums = z.object({
  success: yes,
  data: z.looseObject({
    total: z.int(),
    success: z.int(),
    failed: z.int(),
    today: z.int(),
    kept: z.object({ days: z.int(), rows: z.int(), since: nullable.at }),
  }),
});
export const CallsDeleted = z.object({ status: success, deleted: z.int() });

const Sum = z
  .object({
    calls: z.int(),
    failed: z.int(),
    units: z.int(),
    input_tokens: z.int(),
    output_tokens: z.int(),
    cached_tokens: z.int(),
    reasoning_tokens: z.int(),
    duration_ms: z.int(),
  })
  .meta({ id: 'UsageSum' });
Sum satisfies z.ZodType<UsageSum>;
const RefusalCounts = z.array(z.object({ code: z.string(), count: z.int() }));
export const Refusals = z.object({
  success: z.literal(true),
  data: z.object({ days: z.int(), refusals: RefusalCounts }),
});

export const Stats = z.object({
  success: yes,
  data: z.object({
    totals: Sum,
    per_day: z.array(z.object({ ...Sum.shape, day: z.string() })),
    per_model: z.array(z.object({ ...Sum.shape, model: z.string() })),
    per_key: z.array(z.object({ ...Sum.shape, key_id: z.string(), key_name: nullable.text })),
    hourly: z.array(
      z.object({
        at: millis,
        success: z.int(),
        failed: z.int(),
        input_tokens: z.int(),
        output_tokens: z.int(),
        duration_ms: z.int(),
      }),
    ),
    refusals: RefusalCounts,
    refusal_days: z.int(),
  }),
});

const CatalogRow = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['chat', 'image', 'edit', 'video']),
    provider: z.string(),
    generation: z.nullable(z.enum(['g1', 'g2', 'g3'])),
    dialect: z.string(),
    upstream: z.string(),
    tiers: z.array(Tier),
    bucket: z.string(),
    units: z.int(),
    capabilities: z.array(z.string()),
    alias_of: nullable.text,
    imagine: z.boolean(),
    rank: z.int().meta({
      description:
        'Of one kind, the lowest that can be served is taken where nobody names a model.',
    }),
    serving: z.enum(['available', 'cooling', 'spent', 'failing', 'no_credentials', 'off']),
    until: nullable.at,
    active: z.int(),
    live: z.int(),
  })
  .meta({ id: 'CatalogRow' });
CatalogRow satisfies z.ZodType<ModelItem>;
export const Catalog = z.object({ models: z.array(CatalogRow) });

export const BreakersClosed = z.object({ status: success, closed: z.int() });

export const Overview = z
  .object({
    open_calls: z.int(),
    tokens: z.int(),
    supply: z.array(
      z.object({
        provider: z.string(),
        tier: Tier,
        live: z.int(),
        active: z.int(),
        exhausted: z.int(),
        cooling: z.int(),
        expired: z.int(),
        disabled: z.int(),
        chat_free: z.int(),
      }),
    ),
    breakers: z.array(
      z.object({
        name: z.string(),
        since: millis,
        cause: z.enum(['revoked', 'banned', 'faulty']),
        until: millis,
      }),
    ),
    buckets: z.array(
      z.object({
        provider: z.string(),
        tier: Tier,
        bucket: z.string(),
        known: z.int(),
        spent: z.int(),
        unknown: z.int(),
        blocked: z.int(),
        free: z.int(),
        limit: z.int(),
        returns_at: nullable.at,
      }),
    ),
  })
  .meta({ id: 'Overview' });
Overview satisfies z.ZodType<PoolOverview>;

export const RequestStats = z
  .object({
    hourly: z.array(z.object({ hour: z.string(), success: z.int(), failed: z.int() })),
    daily: z.array(z.object({ date: z.string(), success: z.int(), failed: z.int() })),
    models: z.array(z.object({ model: z.string(), count: z.int() })),
    summary: z.object({
      total: z.int(),
      success: z.int(),
      failed: z.int(),
      success_rate: z.number(),
    }),
  })
  .meta({ id: 'RequestStats' });
export const Metrics = z.object({
  tokens: z.looseObject({ total: z.int(), active: z.int(), chat_quota: z.int() }),
  cache: LocalCache,
  request_stats: RequestStats,
});
export const Verified = z.looseObject({
  ok: z.boolean(),
  counters: z.int(),
  differences: z.array(z.object({ counter: z.string(), memory: z.unknown(), stored: z.unknown() })),
});
export const LogFiles = z.object({
  files: z.array(
    z.object({ name: z.string(), size_bytes: z.int(), mtime_ms: millis, lines: z.int() }),
  ),
});
export const LogTail = z.object({ file: z.string(), lines: z.array(z.string()) });
export const Storage = z.object({ type: z.literal('d1') });

/** The groups of settings as they are sent: each part may be left out. */
export const ConfigEdit = z
  .looseObject({
    ...Object.fromEntries(
      Object.entries(Settings.shape).map(([name, group]) => [name, z.optional(group.partial())]),
    ),
    version: z.optional(z.int().min(0)),
  })
  .meta({ id: 'SettingsEdit' });
export const Config = z
  .looseObject({ version: z.int(), ignored: z.record(z.string(), z.unknown()) })
  .meta({ id: 'Settings', description: 'The groups of settings, secrets as `{set, mask}`.' });
export const ConfigSaved = z.object({ status: success, message: z.string(), version: z.int() });
