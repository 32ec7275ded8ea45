import type { AdminRequest } from '../../auth/admin';
import { RefreshRequest, TokenSelection } from '../../contract/tokens';
import { AppError } from '../../errors';
import { readStoredSettings } from '../../store/settings';
import { findNamed, nameTokens } from '../../tokens/name-tokens';
import { readingDeps } from '../../tokens/reading-deps';
import { type RefreshDeps, refreshTokens, testToken } from '../../tokens/refresh-tokens';
import { audit, readBody, reply } from './io';
import { adminPool } from './pool';

/** Tokens of one request: each costs a few calls upstream, and a Worker has only so many. */
const MAX_REFRESH = 200;

/**
 * `POST tokens/refresh {id|ids|token|tokens}` → `{ status, results: { <as sent>: boolean } }`.
 * `{ all: true, after? }` does one page and answers `next`, keyed by id.
 */
export async function refresh(request: AdminRequest, env: Env): Promise<Response> {
  const body = await readBody(request, RefreshRequest);
  const deps = await refreshDeps(env);
  if (body.all === true) return refreshPage(request, env, deps, body.after);
  const names = await nameTokens(env, body);
  if (names.length > MAX_REFRESH) {
    throw new AppError('invalid_request', `Refresh at most ${MAX_REFRESH} tokens at once.`, {
      param: 'tokens',
    });
  }
  const found = await findNamed(adminPool(env), names);
  const fresh = await refreshTokens(deps, [
    ...new Map([...found.values()].map((token) => [token.id, token])).values(),
  ]);
  const results = Object.fromEntries(
    names.map(({ sent }) => [sent, fresh.get(found.get(sent)?.id ?? '') ?? false]),
  );
  await audit(request, env, 'tokens.refresh', `${names.length} tokens`);
  return reply({ status: 'success', results });
}

/**
 * `POST tokens/test {id|token}` → `TokenTest`, always 200: upstream is asked now, and what it says
 * also counts for the pool. A look is no change: it is not in the audit log, which a test of all tokens would fill.
 */
export async function test(request: AdminRequest, env: Env): Promise<Response> {
  const names = await nameTokens(env, await readBody(request, TokenSelection));
  const [token] = (await findNamed(adminPool(env), names.slice(0, 1))).values();
  if (token === undefined) throw new AppError('not_found', 'There is no such token.');
  return reply(await testToken(await refreshDeps(env), token));
}

async function refreshPage(
  request: AdminRequest,
  env: Env,
  deps: RefreshDeps,
  after: string | undefined,
): Promise<Response> {
  const page = await adminPool(env).listTokens({
    limit: MAX_REFRESH,
    ...(after === undefined || after === '' ? {} : { after }),
  });
  const fresh = await refreshTokens(deps, page.tokens);
  // One row for all pages.
  const isFirst = after === undefined || after === '';
  if (isFirst) await audit(request, env, 'tokens.refresh', 'all tokens');
  return reply({ status: 'success', results: Object.fromEntries(fresh), next: page.next });
}

/** What reading figures needs, by the settings as they are stored now. */
export async function refreshDeps(env: Env): Promise<RefreshDeps> {
  const { settings } = await readStoredSettings(env.DB);
  return {
    pool: adminPool(env),
    readings: readingDeps(env, settings),
    generations: settings.grok.generations,
  };
}
