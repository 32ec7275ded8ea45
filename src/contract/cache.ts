import * as z from 'zod';
import { MEDIA_KINDS, type MediaKind } from './media';

/** What an admin may clear. */
export type PurgeTarget = MediaKind | 'all';

/** How a purge stands. Unix ms; times are null when there has been none yet. */
export interface PurgeProgress {
  readonly running: boolean;
  /** `night`, `cap` or `clear`; null when there has been none yet. */
  readonly task: 'night' | 'cap' | 'clear' | null;
  readonly target: PurgeTarget | null;
  /** Objects that are gone. */
  readonly deleted: number;
  readonly deleted_bytes: number;
  readonly steps: number;
  readonly kv_calls: number;
  /** Most that one step, and so one invocation, has made. */
  readonly max_kv_calls: number;
  /** Steps that failed and were tried again. */
  readonly failed: number;
  /** It was given up after too many failures in a row. */
  readonly gave_up: boolean;
  /** An admin has stopped it: what was not cleared yet stays. */
  readonly cancelled: boolean;
  readonly started_at: number | null;
  readonly updated_at: number | null;
  /** Purges that wait for this one. */
  readonly waiting: number;
}

/** What there is of one kind, in the words older clients read. */
export interface CacheSize {
  readonly count: number;
  readonly size_bytes: number;
  /** One decimal. */
  readonly size_mb: number;
}

const Kind = z.enum(MEDIA_KINDS);
const Name = z.string().min(1).max(512);

/** Body of `POST cache/clear`. */
export const CacheClear = z.object({ type: z.enum([...MEDIA_KINDS, 'all']).default('image') });

/** Query of `GET cache/list`, last read first. */
export const CacheListQuery = z.object({
  type: Kind.default('image'),
  page: z.coerce.number().int().min(1).max(1_000_000).default(1),
  page_size: z.coerce.number().int().min(1).max(5_000).default(1_000),
  search: z.optional(z.string().max(200)),
  /** The `next` of the page before; `page` then counts for nothing. */
  after: z.optional(
    z
      .string()
      .max(600)
      .regex(/^\d{1,15}~./, 'Send the "next" of the page before.'),
  ),
});
export type CacheListQuery = z.infer<typeof CacheListQuery>;

/** One object of the cache, as an admin sees it. Times are Unix ms. */
export interface CacheItem {
  /** Without its kind: what clients send back to delete it. Untrusted text: it may come from an address. */
  readonly name: string;
  readonly size_bytes: number;
  readonly content_type: string;
  readonly place: 'kv' | 'r2';
  /** When it was last read, at most an hour ago. */
  readonly mtime_ms: number;
  readonly created_at: number;
  readonly expires_at: number;
  /** A link that works; of pictures only. */
  readonly preview_url: string | null;
  readonly view_url: string;
}

/** Answer of `GET cache/list`. */
export interface CacheList {
  readonly total: number;
  readonly page: number;
  readonly page_size: number;
  readonly items: readonly CacheItem[];
  /** Null at the end. */
  readonly next: string | null;
}

/** Objects of one request: each can be a few values of KV. */
const MAX_NAMES = 30;

/** Body of `POST cache/item/delete`. */
export const CacheItemDelete = z.object({
  type: Kind.default('image'),
  name: z.optional(Name),
  names: z.optional(z.array(Name).min(1).max(MAX_NAMES)),
});

/** Query of `GET cache`. */
export const CacheQuery = z.object({
  scope: z.optional(z.enum(['all', 'none'])),
  /** An id, or the full text of a token. */
  token: z.optional(z.string().max(8_192)),
  /** Several, with commas between. */
  tokens: z.optional(z.string().max(100_000)),
  after: z.optional(z.string().regex(/^\d{0,16}$/, 'Send the "next" of the page before.')),
});

/** What one account holds upstream. */
export interface OnlineDetail {
  readonly token_id: string;
  /** A mask: never the credential. */
  readonly token: string;
  readonly count: number;
  /** There are more than were counted. */
  readonly more: boolean;
  /** `ok`, `not_loaded`, or `error: …`. */
  readonly status: string;
  readonly last_asset_clear_at: null;
}

/** One file of an account. */
export interface AssetItem {
  readonly id: string;
  /** Untrusted text: whoever uploaded it chose it. */
  readonly name: string;
  readonly mime: string;
  readonly size_bytes: number | null;
  /** Unix ms. */
  readonly created_at: number | null;
}

/** Answer of `GET tokens/assets`. */
export interface AssetList {
  readonly assets: readonly AssetItem[];
  readonly next: string | null;
}

/** Answer of `POST tokens/assets/delete`. */
export interface AssetDeletion {
  readonly status: 'success';
  readonly result: {
    readonly total: number;
    readonly success: number;
    readonly failed: number;
    readonly more: boolean;
  };
  /** Why files that were named are still there, by their ids. */
  readonly errors: Readonly<Record<string, string>>;
  /** With which id to ask again; null when all is done. */
  readonly next: string | null;
}

/** Query of `GET tokens/assets`. */
export const AssetListQuery = z.object({
  id: z.string().min(1).max(100),
  after: z.optional(z.string().min(1).max(1_000)),
});

/** Deleted upstream by one request; more follow with the next. */
export const MAX_ASSET_DELETES = 50;

/** Body of `POST tokens/assets/delete`. */
export const AssetDelete = z
  .object({
    id: z.string().min(1).max(100),
    asset_ids: z.optional(z.array(z.string().min(1).max(500)).min(1).max(MAX_ASSET_DELETES)),
    all: z.optional(z.literal(true)),
  })
  .refine(({ asset_ids, all }) => (asset_ids === undefined) !== (all === undefined), {
    error: 'Name assets, or say all: true.',
    path: ['asset_ids'],
  });
