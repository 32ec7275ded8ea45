import * as z from 'zod';

/** Figures of an upload: a count, or −1 / null for "unknown". */
const Figure = z.nullable(z.int().min(-1));

/** One credential as older clients post it. A missing figure is unknown, never zero. */
export const TokenUpload = z.union([
  z.string(),
  z.object({
    token: z.string(),
    status: z.optional(z.enum(['active', 'cooling', 'invalid', 'expired', 'disabled'])),
    quota: z.optional(Figure),
    heavy_quota: z.optional(Figure),
    note: z.optional(z.string().max(500)),
    tags: z.optional(z.array(z.string().max(50)).max(20)),
  }),
]);
export type TokenUpload = z.infer<typeof TokenUpload>;

/** Providers whose credentials can be pooled. */
export const ProviderName = z.enum([
  'grok-web',
  'moonshot',
  'deepseek',
  'zai',
  'siliconflow',
  'xai',
]);

/** Most credentials one import may hold. */
export const MAX_IMPORT = 10_000;
const Uploads = z.array(TokenUpload).max(MAX_IMPORT);

/** `POST tokens`: pools by their old names, or one list for a provider and tier. */
export const TokenImport = z.object({
  ssoBasic: z.optional(Uploads),
  ssoSuper: z.optional(Uploads),
  tokens: z.optional(Uploads),
  provider: z.optional(ProviderName),
  tier: z.optional(z.enum(['basic', 'super', 'heavy'])),
  token_type: z.optional(z.enum(['sso', 'ssoNormal', 'ssoSuper'])),
  /** Credentials of the posted pools that are not posted are removed; needs the list's `version`. */
  replace: z.optional(z.boolean()),
  version: z.optional(z.int().min(0)),
});
export type TokenImport = z.infer<typeof TokenImport>;

/** Query of `POST tokens` with a text body: where its lines go. */
export const TokenImportQuery = TokenImport.pick({ provider: true, tier: true, token_type: true });

/** Answer of an import; `invalid` names lines (from 1) and why, without the text itself. */
export interface ImportSummary {
  readonly status: 'success';
  readonly total: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Items that repeat an earlier one of the same import. */
  readonly duplicates: number;
  readonly invalid: readonly { readonly line: number; readonly reason: string }[];
  readonly version: number | null;
}

const Identifier = z.string().min(1).max(8_192);
const Identifiers = z.array(Identifier).max(MAX_IMPORT);

/** How a request names credentials: ids (`tok_…`) or full secrets, never masks. */
const TokenNames = {
  id: z.optional(Identifier),
  ids: z.optional(Identifiers),
  token: z.optional(Identifier),
  tokens: z.optional(Identifiers),
};
export const TokenSelection = z.object(TokenNames);
export type TokenSelection = z.infer<typeof TokenSelection>;

/** `POST tokens/refresh`; `all` goes a page at a time, by `after`. */
export const RefreshRequest = z.object({
  ...TokenNames,
  all: z.optional(z.boolean()),
  after: z.optional(z.string().regex(/^\d{0,16}$/, 'Send the "next" of the page before.')),
});

/** `POST tokens/update`. */
export const TokenUpdate = z.object({
  ...TokenNames,
  note: z.optional(z.string().trim().max(500)),
  tags: z.optional(z.array(z.string().max(50)).max(20)),
  tier: z.optional(z.enum(['basic', 'super', 'heavy'])),
  disabled: z.optional(z.boolean()),
  clear_cooldown: z.optional(z.boolean()),
  quota: z.optional(Figure),
  heavy_quota: z.optional(Figure),
});
export type TokenUpdate = z.infer<typeof TokenUpdate>;

/** Query of `GET tokens`. */
export const TokenListQuery = z.object({
  /** The `next` of the page before. */
  after: z.optional(z.string().regex(/^(2~)?\d{0,16}$/, 'Send the "next" of the page before.')),
  limit: z.coerce.number().int().min(1).max(500).default(500),
  type: z.optional(z.string().max(50)),
  state: z.optional(z.enum(['active', 'cooling', 'invalid', 'expired', 'disabled'])),
  tag: z.optional(z.string().max(50)),
  search: z.optional(z.string().max(200)),
});
export type TokenListQuery = z.infer<typeof TokenListQuery>;

/** One bucket of an item. Units; Unix ms. */
export interface BucketItem {
  readonly name: string;
  readonly state: 'unmetered' | 'known' | 'unknown';
  readonly limit: number | null;
  readonly free: number | null;
  readonly reserved: number;
  readonly used: number | null;
  readonly stale: boolean;
  readonly uncertain: number;
  readonly resets_at: number | null;
  readonly read_at: number | null;
  readonly cooling_until: number | null;
}

/** One credential of `GET tokens`. `token` is its mask; `id` names it. */
export interface TokenItem {
  readonly id: string;
  readonly token: string;
  readonly status: 'active' | 'cooling' | 'invalid' | 'disabled';
  /** Free units; −1 exactly when unknown, null when the upstream does not meter. */
  readonly quota: number | null;
  readonly quota_known: boolean;
  readonly heavy_quota: number | null;
  readonly heavy_quota_known: boolean;
  /** `sso`, `ssoSuper`, or the provider's id. */
  readonly token_type: string;
  readonly tier: 'basic' | 'super' | 'heavy';
  readonly provider: string;
  readonly note: string;
  readonly tags: readonly string[];
  readonly fail_count: number;
  readonly use_count: number;
  readonly in_flight: number;
  readonly reason: string | null;
  readonly last_failure: string | null;
  readonly last_failure_at: number | null;
  readonly last_used_at: number | null;
  readonly cooling_until: number | null;
  readonly created_at: number;
  readonly source: string | null;
  readonly buckets: readonly BucketItem[];
}

/** Answer of `GET tokens`: one page, in the groups older clients read. */
export interface TokenList {
  readonly ssoBasic: readonly TokenItem[];
  readonly ssoSuper: readonly TokenItem[];
  readonly providers: readonly TokenItem[];
  readonly version: number;
  readonly next: string | null;
  readonly total: number;
}

/** Answer of `POST tokens/test`, always 200; what upstream itself said. */
export type TokenTest =
  | {
      readonly success: true;
      readonly message: string;
      readonly data: {
        readonly valid: true;
        readonly remaining_queries: number | null;
        readonly limit: number | null;
        readonly heavy_remaining_queries: number | null;
      };
    }
  | {
      readonly success: false;
      readonly message: string;
      readonly data: {
        readonly valid: false;
        readonly error_type:
          | 'expired'
          | 'banned'
          | 'limited'
          | 'blocked'
          | 'unreachable'
          | 'unknown';
        readonly error_code: string;
        readonly retry_after_s: number | null;
      };
    };
