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

/** Objects of one request: each can be a few values of KV. */
const MAX_NAMES = 50;

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
