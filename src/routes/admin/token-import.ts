import type { AdminRequest } from '../../auth/admin';
import { type ImportSummary, TokenImport, TokenImportQuery } from '../../contract/tokens';
import { AppError, toAppError } from '../../errors';
import { readJson, readText } from '../../http/body';
import { logError } from '../../lib/log';
import { checkImport, importTokens } from '../../tokens/import-tokens';
import { type ParsedImport, parseImport, parseTextImport } from '../../tokens/parse-import';
import { audited, type Import } from './audited-import';
import { readQuery, reply, streamed } from './io';
import { adminPool } from './pool';

/** 10,000 whole cookie strings fit. */
const MAX_IMPORT_BYTES = 32 * 1_048_576;

/**
 * `POST tokens`: JSON in the old shape or `{ tokens, provider?, tier? }`, or text, one a line.
 * With `dry_run` nothing is stored, and the counts say what would happen.
 * → `ImportSummary`; with `Accept: text/event-stream` or `?progress=1` a line or event for each step.
 */
export async function perform(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { parsed, replaceVersion, isDry } = await readImport(request);
  const deps = { env, pool: adminPool(env) };
  const run = isDry
    ? checkImport(deps, parsed)
    : audited(
        request,
        env,
        ctx,
        importTokens(deps, parsed, replaceVersion),
        replaceVersion === null ? 'tokens.import' : 'tokens.replace',
      );
  if (request.headers.get('accept')?.includes('text/event-stream') === true) {
    return stream(run, 'text/event-stream', (event) => `data: ${JSON.stringify(event)}\n\n`);
  }
  if (request.query['progress'] === '1') {
    return stream(run, 'application/x-ndjson', (event) => `${JSON.stringify(event)}\n`);
  }
  for (;;) {
    const step = await run.next();
    if (step.done === true) return reply(step.value);
  }
}

interface ReadImport {
  readonly parsed: ParsedImport;
  readonly replaceVersion: number | null;
  readonly isDry: boolean;
}

async function readImport(request: AdminRequest): Promise<ReadImport> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'text/plain') {
    const target = readQuery(request, TokenImportQuery);
    const text = await readText(request, MAX_IMPORT_BYTES);
    const isDry = target.dry_run === '1' || target.dry_run === 'true';
    return { parsed: parseTextImport(text, target), replaceVersion: null, isDry };
  }
  const body = await readJson(request, TokenImport, MAX_IMPORT_BYTES);
  if (body.ssoBasic === undefined && body.ssoSuper === undefined && body.tokens === undefined) {
    throw new AppError('invalid_request', 'Post ssoBasic, ssoSuper or tokens.', {
      param: 'tokens',
    });
  }
  const parsed = parseImport(body);
  const isDry = body.dry_run === true;
  if (isDry || body.replace !== true) return { parsed, replaceVersion: null, isDry };
  if (body.version === undefined) {
    throw new AppError('stale_version', 'To replace, send the version that GET tokens answered.', {
      param: 'version',
    });
  }
  // A line that could not be read is a credential that would be removed by mistake.
  if (parsed.invalid.length > 0) {
    const lines = parsed.invalid.map(({ line }) => line).slice(0, 20);
    throw new AppError(
      'invalid_request',
      `Nothing was replaced: unreadable items ${lines.join(', ')}.`,
      {
        param: 'tokens',
      },
    );
  }
  return { parsed, replaceVersion: body.version, isDry };
}

/** Progress as it comes; a failure is the last event, because the status is long gone. */
function stream(run: Import, type: string, write: (event: object) => string): Response {
  const events = async function* (): AsyncGenerator<string> {
    try {
      for (;;) {
        const step = await run.next();
        const event = { type: step.done === true ? 'done' : 'progress', ...step.value };
        yield write(event);
        if (step.done === true) return;
      }
    } catch (thrown) {
      const error = toAppError(thrown);
      if (error.code === 'internal') logError('token_import_failed', { error: thrown });
      yield write({ type: 'error', ...error.body() });
    } finally {
      await run.return(NOTHING);
    }
  };
  return new Response(streamed(events()), {
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' },
  });
}

/** What a run that nobody reads to its end returns: never seen. */
const NOTHING: ImportSummary = {
  status: 'success',
  message: '',
  total: 0,
  added: 0,
  updated: 0,
  unchanged: 0,
  removed: 0,
  duplicates: 0,
  invalid: [],
  version: null,
};
