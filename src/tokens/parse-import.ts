import type { ImportReason, TokenImport, TokenUpload } from '../contract/tokens';
import { MAX_IMPORT } from '../contract/tokens';
import { AppError } from '../errors';
import { isMask } from '../lib/seal';
import type { ProviderId, Tier } from '../models/model-spec';
import { readSecret } from './secret-text';

/** Where an item goes. */
export interface PoolName {
  readonly provider: ProviderId;
  readonly tier: Tier;
}

/** One credential of an import, not yet sealed. Figures: null is "unknown". */
export interface ParsedToken extends PoolName {
  readonly secret: string;
  readonly note?: string;
  readonly tags?: readonly string[];
  readonly disabled: boolean;
  readonly quota: number | null;
  readonly heavyQuota: number | null;
}

export interface ParsedImport {
  readonly tokens: readonly ParsedToken[];
  readonly invalid: readonly { readonly line: number; readonly reason: ImportReason }[];
  readonly duplicates: number;
  /** Pools that were posted, empty ones included: what `replace` replaces. */
  readonly pools: readonly PoolName[];
  /** Items and lines, blank ones not counted. */
  readonly total: number;
}

interface Item {
  readonly line: number;
  readonly pool: PoolName;
  readonly upload: TokenUpload;
}

const BASIC: PoolName = { provider: 'grok-web', tier: 'basic' };
const SUPER: PoolName = { provider: 'grok-web', tier: 'super' };

type Target = Pick<TokenImport, 'provider' | 'tier' | 'token_type'>;

/**
 * Reads a JSON import. Items are numbered from 1 through all lists, in the order ssoBasic, ssoSuper, tokens.
 * @throws AppError `masked_identifier`, or `invalid_request` when there are too many.
 */
export function parseImport(body: TokenImport): ParsedImport {
  const lists: readonly (readonly [readonly TokenUpload[] | undefined, PoolName])[] = [
    [body.ssoBasic, BASIC],
    [body.ssoSuper, SUPER],
    [body.tokens, targetPool(body)],
  ];
  const posted = lists.filter(([uploads]) => uploads !== undefined);
  const items: Item[] = [];
  for (const [uploads = [], pool] of posted) {
    for (const upload of uploads) items.push({ line: items.length + 1, pool, upload });
  }
  return parseItems(
    items,
    posted.map(([, pool]) => pool),
  );
}

/** Reads a text import: one credential a line, blank lines ignored. @throws as `parseImport`. */
export function parseTextImport(text: string, target: Target): ParsedImport {
  const pool = targetPool(target);
  const items = text
    .split(/\r\n|\n|\r/)
    .map((upload, index): Item => ({ line: index + 1, pool, upload }));
  return parseItems(items, [pool]);
}

/** The pool that an older name or a provider and tier stand for; basic Grok accounts when nothing is said. */
function targetPool({ provider, tier, token_type: type }: Target): PoolName {
  if (provider !== undefined && provider !== 'grok-web') return { provider, tier: 'basic' };
  if (tier !== undefined) return { provider: 'grok-web', tier };
  return type === 'ssoSuper' ? SUPER : BASIC;
}

function parseItems(items: readonly Item[], pools: readonly PoolName[]): ParsedImport {
  const tokens: ParsedToken[] = [];
  const invalid: { line: number; reason: ImportReason }[] = [];
  const seen = new Set<string>();
  let duplicates = 0;
  let total = 0;
  for (const item of items) {
    const text = typeof item.upload === 'string' ? item.upload : item.upload.token;
    if (text.trim() === '') continue;
    if (++total > MAX_IMPORT) throw tooMany();
    if (isMask(text)) throw masked(item.line);
    const read = readSecret(text, item.pool.provider);
    if (!read.ok) {
      invalid.push({ line: item.line, reason: read.reason });
      continue;
    }
    if (seen.has(read.secret)) duplicates++;
    else tokens.push(parsedToken(item, read.secret));
    seen.add(read.secret);
  }
  return { tokens, invalid, duplicates, pools, total };
}

function parsedToken({ pool, upload }: Item, secret: string): ParsedToken {
  const fields = typeof upload === 'string' ? { token: upload } : upload;
  return {
    ...pool,
    secret,
    ...(fields.note === undefined ? {} : { note: fields.note.trim() }),
    ...(fields.tags === undefined ? {} : { tags: cleanTags(fields.tags) }),
    // Cooling and invalid are what the gateway finds out; only being disabled is a person's word.
    disabled: fields.status === 'disabled',
    quota: figure(fields.quota),
    heavyQuota: pool.tier === 'basic' ? null : figure(fields.heavy_quota),
  };
}

/** Trimmed, without blanks and repeats, in the order given. */
export function cleanTags(tags: readonly string[]): string[] {
  return [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
}

function figure(value: number | null | undefined): number | null {
  return value === undefined || value === -1 ? null : value;
}

function masked(line: number): AppError {
  return new AppError(
    'masked_identifier',
    'A mask is not a credential: import the full text, or name stored ones by id.',
    { param: `line ${line}` },
  );
}

function tooMany(): AppError {
  return new AppError('invalid_request', `One import holds at most ${MAX_IMPORT} credentials.`, {
    param: 'tokens',
  });
}
