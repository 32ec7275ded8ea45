import type { AdminRequest } from '../../auth/admin';
import { reauthenticate } from '../../auth/reauthenticate';
import { SecretExport, TokenExport, TokenExportQuery } from '../../contract/tokens';
import { AppError } from '../../errors';
import {
  exportCsv,
  exportLines,
  exportSecrets,
  type ExportScope,
} from '../../tokens/export-tokens';
import { poolFilter, type TokenFilter } from '../../tokens/list-tokens';
import { audit, readBody, readQuery, streamed } from './io';
import { adminPool } from './pool';

/** `GET tokens/export?type&state&tag&search&format` → masks and facts of all that match. */
export function exportMatching(request: AdminRequest, env: Env): Response {
  const { format, ...filter } = readQuery(request, TokenExportQuery);
  return facts(env, { filter: poolFilter(filter) }, format);
}

/** `POST tokens/export {ids, format?}` → masks and facts of these. */
export async function exportChosen(request: AdminRequest, env: Env): Promise<Response> {
  const { ids, format } = await readBody(request, TokenExport);
  return facts(env, { ids }, format);
}

/**
 * `POST tokens/export-secrets {password, ids?|filter?}` → full secrets, one a line. The password is
 * asked for again, and it is written down who took them.
 */
export async function exportSecretTexts(request: AdminRequest, env: Env): Promise<Response> {
  const { password, ids, filter } = await readBody(request, SecretExport);
  if ((ids === undefined) === (filter === undefined)) {
    throw new AppError('invalid_request', 'Send either ids or a filter.', { param: 'ids' });
  }
  const scope: ExportScope = ids === undefined ? { filter: poolFilter(filter ?? {}) } : { ids };
  await reauthenticate(env.DB, request.admin, password, 'password');
  // Before the first secret leaves: what cannot be written down is not handed out.
  await audit(request, env, 'tokens.export-secrets', describe(ids, filter));
  return attachment(
    exportSecrets(env, adminPool(env), scope),
    'text/plain; charset=utf-8',
    'tokens.txt',
  );
}

function facts(env: Env, scope: ExportScope, format: 'ndjson' | 'csv'): Response {
  const pool = adminPool(env);
  return format === 'csv'
    ? attachment(exportCsv(pool, scope), 'text/csv; charset=utf-8', 'tokens.csv')
    : attachment(exportLines(pool, scope), 'application/x-ndjson; charset=utf-8', 'tokens.ndjson');
}

function attachment(lines: AsyncGenerator<string>, type: string, name: string): Response {
  return new Response(streamed(lines), {
    headers: {
      'content-type': type,
      'content-disposition': `attachment; filename="${name}"`,
      'cache-control': 'no-store',
    },
  });
}

/** For the audit log: how many, or which filter. */
function describe(ids: readonly string[] | undefined, filter: TokenFilter = {}): string {
  if (ids !== undefined) return `${ids.length} tokens`;
  // Not what was searched for: that may be a piece of a secret.
  const { search, ...plain } = filter;
  const words = Object.entries(plain).map(([name, value]) => `${name}=${value}`);
  if (search !== undefined && search !== '') words.push('search');
  return words.length === 0 ? 'all tokens' : words.join(' ').slice(0, 200);
}
