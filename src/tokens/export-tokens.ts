import type { TokenItem } from '../contract/tokens';
import { open, type SealEnv } from '../lib/seal';
import type { TokenPoolRpc } from '../pool/rpc';
import type { TokenView } from '../pool/token';
import { CHUNK, chunks } from './name-tokens';
import { type PoolFilter, walkTokens } from './list-tokens';
import { tokenItem } from './view-token';

/** Which tokens an export is of. */
export type ExportScope = { readonly ids: readonly string[] } | { readonly filter: PoolFilter };

type ScopePool = Pick<TokenPoolRpc, 'listTokens' | 'findTokens'>;

const PAGE = 500;

async function* tokensOf(
  pool: ScopePool,
  scope: ExportScope,
): AsyncGenerator<readonly TokenView[]> {
  if ('filter' in scope) yield* walkTokens(pool, scope.filter, PAGE);
  else {
    for (const chunk of chunks(scope.ids, CHUNK)) {
      yield await pool.findTokens(chunk.map((id) => ({ id })));
    }
  }
}

/** Masks and facts, a JSON object a line. */
export async function* exportLines(pool: ScopePool, scope: ExportScope): AsyncGenerator<string> {
  for await (const tokens of tokensOf(pool, scope)) {
    yield tokens.map((token) => `${JSON.stringify(tokenItem(token))}\n`).join('');
  }
}

const COLUMNS: readonly (readonly [string, (item: TokenItem) => string | number | null])[] = [
  ['id', (item) => item.id],
  ['token', (item) => item.token],
  ['provider', (item) => item.provider],
  ['tier', (item) => item.tier],
  ['status', (item) => (item.exhausted ? 'exhausted' : item.status)],
  ['reason', (item) => item.reason],
  ['quota', (item) => item.quota],
  ['heavy_quota', (item) => item.heavy_quota],
  ['use_count', (item) => item.use_count],
  ['fail_count', (item) => item.fail_count],
  ['last_failure', (item) => item.last_failure],
  ['last_used_at', (item) => time(item.last_used_at)],
  ['created_at', (item) => time(item.created_at)],
  ['tags', (item) => item.tags.join('; ')],
  ['note', (item) => item.note],
];

/** The same as a table: comma-separated, with a heading, and the mark by which Excel knows UTF-8. */
export async function* exportCsv(pool: ScopePool, scope: ExportScope): AsyncGenerator<string> {
  yield `\uFEFF${COLUMNS.map(([name]) => name).join(',')}\r\n`;
  for await (const tokens of tokensOf(pool, scope)) {
    yield tokens.map((token) => csvRow(tokenItem(token))).join('');
  }
}

function csvRow(item: TokenItem): string {
  return `${COLUMNS.map(([, read]) => csvCell(read(item))).join(',')}\r\n`;
}

/** Quoted where need be; text that a spreadsheet would take for a formula gets an apostrophe. */
function csvCell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/**
 * Full secrets, one a line.
 * @throws MissingSecretError when a key that sealed one is gone.
 */
export async function* exportSecrets(
  env: SealEnv,
  pool: ScopePool & Pick<TokenPoolRpc, 'sealedSecrets'>,
  scope: ExportScope,
): AsyncGenerator<string> {
  for await (const ids of idsOf(pool, scope)) {
    for (const chunk of chunks(ids, CHUNK)) {
      const sealed = await pool.sealedSecrets(chunk);
      const secrets = await Promise.all(
        sealed.map(async ({ id, sealedSecret }) => open(env, id, sealedSecret)),
      );
      yield secrets.map((secret) => `${secret}\n`).join('');
    }
  }
}

async function* idsOf(pool: ScopePool, scope: ExportScope): AsyncGenerator<readonly string[]> {
  if ('ids' in scope) yield scope.ids;
  else {
    for await (const tokens of walkTokens(pool, scope.filter, PAGE)) {
      yield tokens.map(({ id }) => id);
    }
  }
}
