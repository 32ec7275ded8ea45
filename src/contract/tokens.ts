import * as z from 'zod';
import type { ErrorBody } from './errors';

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
  /** Only says what would become of them; nothing is stored. */
  dry_run: z.optional(z.boolean()),
});
export type TokenImport = z.infer<typeof TokenImport>;

/** Query of `POST tokens` with a text body: where its lines go. */
export const TokenImportQuery = z.object({
  ...TokenImport.pick({ provider: true, tier: true, token_type: true }).shape,
  dry_run: z.optional(z.enum(['1', 'true', '0', 'false'])),
});

/** Where credentials go. */
export interface ImportTarget {
  readonly provider: string;
  readonly tier: 'basic' | 'super' | 'heavy';
}

/** Why an item of an import is no credential. */
export type ImportReason =
  | 'the cookie string holds no sso cookie'
  | 'too short to be a credential'
  | 'too long to be a credential'
  | 'holds characters that no credential has';

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
  /** The counts as a sentence. */
  readonly message: string;
  readonly invalid: readonly { readonly line: number; readonly reason: ImportReason }[];
  readonly version: number | null;
  /** Present when nothing was stored: the counts are what would happen. */
  readonly dry_run?: true;
}

/** One line of `POST tokens?progress=1`. */
export type ImportEvent =
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly added: number;
      readonly updated: number;
      readonly unchanged: number;
    }
  | ({ readonly type: 'done' } & ImportSummary)
  | ({ readonly type: 'error' } & ErrorBody);

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
  /** Beside those that a token has; the twenty-first is not kept. */
  add_tags: z.optional(z.array(z.string().max(50)).max(20)),
  remove_tags: z.optional(z.array(z.string().max(50)).max(20)),
  tier: z.optional(z.enum(['basic', 'super', 'heavy'])),
  disabled: z.optional(z.boolean()),
  clear_cooldown: z.optional(z.boolean()),
  quota: z.optional(Figure),
  heavy_quota: z.optional(Figure),
});
export type TokenUpdate = z.infer<typeof TokenUpdate>;

/** Answer of `POST tokens/update` and `POST tokens/clear-cooldown`. */
export interface TokenChange {
  readonly status: 'success';
  readonly found: number;
  /** Ids that are not in the pool. */
  readonly missing: readonly string[];
  readonly version: number | null;
}

/** Answer of `POST tokens/refresh`: by name as sent, whether every reading of it came back. */
export interface TokenRefresh {
  readonly status: 'success';
  readonly results: Readonly<Record<string, boolean>>;
}

/** Which tokens: any of the types, and any of the states, and the tag, and the text. */
const TokenFilter = {
  /** `sso`, `ssoSuper` (both higher tiers), `super`, `heavy` or a provider; several with commas. */
  type: z.optional(z.string().max(200)),
  /** `active`, `cooling`, `exhausted`, `invalid`, `disabled`; several with commas. */
  state: z.optional(z.string().max(100)),
  tag: z.optional(z.string().max(50)),
  /** In the mask, the note or the id. */
  search: z.optional(z.string().max(200)),
};

/** Query of `GET tokens`. */
export const TokenListQuery = z.object({
  /** The `next` of the page before. */
  after: z.optional(z.string().regex(/^\d{0,16}$/, 'Send the "next" of the page before.')),
  limit: z.coerce.number().int().min(1).max(500).default(500),
  ...TokenFilter,
});
export type TokenListQuery = z.infer<typeof TokenListQuery>;

/** Query of `GET tokens/export`. */
export const TokenExportQuery = z.object({
  ...TokenFilter,
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
});

/** `POST tokens/export`: masks and facts of these tokens. */
export const TokenExport = z.object({
  ids: Identifiers.min(1),
  format: z.enum(['ndjson', 'csv']).default('ndjson'),
});

/** `POST tokens/export-secrets`: full texts, for an admin who has just shown the password again. */
export const SecretExport = z.object({
  password: z.string().min(1).max(1_024),
  ids: z.optional(Identifiers.min(1)),
  filter: z.optional(z.object(TokenFilter)),
});

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
  /** Whose word the figures go back to: read upstream, entered by a person, or a refusal; null without figures. */
  readonly source: 'reading' | 'entered' | 'refusal' | null;
  readonly source_at: number | null;
  readonly cooling_until: number | null;
}

/** One credential of `GET tokens`. `token` is its mask; `id` names it. */
export interface TokenItem {
  readonly id: string;
  readonly token: string;
  readonly status: 'active' | 'cooling' | 'invalid' | 'disabled';
  /** It is active, but known to have nothing left. */
  readonly exhausted: boolean;
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

/** Answer of `GET tokens/:id`. */
export interface TokenReply {
  readonly token: TokenItem;
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
