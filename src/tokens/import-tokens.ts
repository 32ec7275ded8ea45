import type { ImportSummary } from '../contract/tokens';
import { AppError } from '../errors';
import { newId } from '../lib/ids';
import { fingerprint, mask, seal, type SealEnv } from '../lib/seal';
import type { TokenPoolRpc } from '../pool/rpc';
import type { ImportCandidate, NewToken, TokenView } from '../pool/token';
import { CHUNK, chunks, IMPORT_CHUNK } from './name-tokens';
import type { ParsedImport, ParsedToken, PoolName } from './parse-import';
import { HEAVY_BUCKET, QUOTA_BUCKET } from './view-token';

export interface ImportDeps {
  readonly env: SealEnv;
  readonly pool: Pick<TokenPoolRpc, 'importTokens' | 'listTokens' | 'findTokens' | 'deleteTokens'>;
}

export interface CheckDeps {
  readonly env: SealEnv;
  readonly pool: Pick<TokenPoolRpc, 'checkImport'>;
}

/** How far an import has come. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
}

const PAGE = 500;

/**
 * Imports credentials, 64 at a time, merged by fingerprint: what is there keeps its id, note, tags and
 * counters. With `replaceVersion` (the list's version as the caller read it), those of the posted
 * pools that were not posted are removed at the end. Stopping early leaves what was done so far.
 *
 * @throws MissingSecretError, or AppError `stale_version` when the list changed meanwhile: by then
 * credentials may have been merged, but none has been removed.
 */
export async function* importTokens(
  deps: ImportDeps,
  parsed: ParsedImport,
  replaceVersion: number | null,
): AsyncGenerator<ImportProgress, ImportSummary> {
  let version = replaceVersion === null ? null : await requireVersion(deps.pool, replaceVersion);
  const fingerprints: string[] = [];
  const counts = { added: 0, updated: 0, unchanged: 0 };
  let done = 0;
  for (const chunk of chunks(parsed.tokens, IMPORT_CHUNK)) {
    const tokens = await Promise.all(chunk.map((token) => sealed(deps.env, token)));
    const result = await deps.pool.importTokens(
      tokens,
      ...(replaceVersion === null || version === null ? [] : [version]),
    );
    if (result.stale === true) throw stale();
    fingerprints.push(...tokens.map((token) => token.fingerprint));
    counts.added += result.added;
    counts.updated += result.updated;
    counts.unchanged += result.unchanged;
    version = result.listVersion;
    done += chunk.length;
    yield { done, total: parsed.tokens.length, ...counts };
  }
  let removed = 0;
  if (replaceVersion !== null) {
    const swept = await removeOthers(
      deps.pool,
      parsed.pools,
      fingerprints,
      version ?? replaceVersion,
    );
    ({ removed, version } = swept);
  }
  return summaryOf(parsed, { ...counts, removed, version });
}

/**
 * Says what an import of these would do, without storing anything.
 * @throws MissingSecretError
 */
export async function* checkImport(
  deps: CheckDeps,
  parsed: ParsedImport,
): AsyncGenerator<ImportProgress, ImportSummary> {
  const counts = { added: 0, updated: 0, unchanged: 0 };
  let done = 0;
  for (const chunk of chunks(parsed.tokens, CHUNK)) {
    const candidates = await Promise.all(chunk.map((token) => candidate(deps.env, token)));
    const outlook = await deps.pool.checkImport(candidates);
    counts.added += outlook.added;
    counts.updated += outlook.updated;
    counts.unchanged += outlook.unchanged;
    done += chunk.length;
    yield { done, total: parsed.tokens.length, ...counts };
  }
  return { ...summaryOf(parsed, { ...counts, removed: 0, version: null }), dry_run: true };
}

type Counts = Pick<ImportSummary, 'added' | 'updated' | 'unchanged' | 'removed' | 'version'>;

function summaryOf({ total, duplicates, invalid }: ParsedImport, counts: Counts): ImportSummary {
  const { added, updated, unchanged, removed } = counts;
  const parts = [`${added} added`, `${updated} updated`, `${unchanged} unchanged`];
  if (removed > 0) parts.push(`${removed} removed`);
  if (invalid.length > 0) parts.push(`${invalid.length} unreadable`);
  const message = `Of ${total}: ${parts.join(', ')}.`;
  return { status: 'success', message, total, ...counts, duplicates, invalid };
}

async function candidate(env: SealEnv, token: ParsedToken): Promise<ImportCandidate> {
  return {
    fingerprint: await fingerprint(env, token.secret),
    tier: token.tier,
    ...(token.note === undefined ? {} : { note: token.note }),
    ...(token.tags === undefined ? {} : { tags: token.tags }),
  };
}

async function sealed(env: SealEnv, token: ParsedToken): Promise<NewToken> {
  const id = newId('tok');
  const [sealedSecret, print] = await Promise.all([
    seal(env, id, token.secret),
    fingerprint(env, token.secret),
  ]);
  const buckets = [
    { name: QUOTA_BUCKET, remaining: token.quota },
    { name: HEAVY_BUCKET, remaining: token.heavyQuota },
  ].filter((bucket) => bucket.remaining !== null);
  return {
    id,
    provider: token.provider,
    tier: token.tier,
    sealedSecret,
    fingerprint: print,
    mask: mask(token.secret),
    ...(token.note === undefined ? {} : { note: token.note }),
    ...(token.tags === undefined ? {} : { tags: token.tags }),
    ...(token.disabled ? { disabled: true } : {}),
    ...(buckets.length === 0 ? {} : { buckets }),
  };
}

/** Removes the tokens of these pools that are not among the fingerprints, while the list stands still. */
async function removeOthers(
  pool: ImportDeps['pool'],
  pools: readonly PoolName[],
  fingerprints: readonly string[],
  startVersion: number,
): Promise<{ readonly removed: number; readonly version: number }> {
  const keep = new Set<string>();
  for (const chunk of chunks(fingerprints, CHUNK)) {
    for (const view of await pool.findTokens(chunk.map((text) => ({ fingerprint: text })))) {
      keep.add(view.id);
    }
  }
  const others: string[] = [];
  for (const name of pools) {
    for await (const view of walkPool(pool, name, startVersion)) {
      if (!keep.has(view.id)) others.push(view.id);
    }
  }
  let removed = 0;
  let version = startVersion;
  for (const chunk of chunks(others, CHUNK)) {
    const result = await pool.deleteTokens(
      chunk.map((id) => ({ id })),
      version,
    );
    if (result.stale === true) throw stale();
    removed += result.found;
    version = result.listVersion;
  }
  return { removed, version };
}

/** Every token of one pool, as long as nobody changes the list. @throws AppError `stale_version`. */
async function* walkPool(
  pool: ImportDeps['pool'],
  name: PoolName,
  version: number,
): AsyncGenerator<TokenView> {
  for (const tier of name.tier === 'super' ? (['super', 'heavy'] as const) : [name.tier]) {
    let after: string | null = '';
    while (after !== null) {
      const page: Awaited<ReturnType<TokenPoolRpc['listTokens']>> = await pool.listTokens({
        limit: PAGE,
        provider: name.provider,
        tier,
        ...(after === '' ? {} : { after }),
      });
      if (page.listVersion !== version) throw stale();
      yield* page.tokens;
      after = page.next;
    }
  }
}

async function requireVersion(pool: ImportDeps['pool'], version: number): Promise<number> {
  const { listVersion } = await pool.listTokens({ limit: 1 });
  if (listVersion !== version) throw stale();
  return version;
}

function stale(): AppError {
  return new AppError(
    'stale_version',
    'The token list has changed since it was read. Read it again, then replace.',
    { param: 'version' },
  );
}
