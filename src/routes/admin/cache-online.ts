import type { AdminRequest } from '../../auth/admin';
import {
  AssetDelete,
  type AssetDeletion,
  type AssetList,
  AssetListQuery,
  CacheQuery,
  MAX_ASSET_DELETES,
  type OnlineDetail,
} from '../../contract/cache';
import { TokenSelection } from '../../contract/tokens';
import { poolOf } from '../../deps';
import { AppError } from '../../errors';
import { cacheSizes } from '../../media/cache-size';
import type { TokenView } from '../../pool/token';
import { readStoredSettings } from '../../store/settings';
import {
  type AccountDeps,
  clearAccountAssets,
  countAccountAssets,
  deleteAccountAssets,
  listAccountAssets,
} from '../../tokens/account-assets';
import { findNamed, nameTokens } from '../../tokens/name-tokens';
import { readingDeps } from '../../tokens/reading-deps';
import { audit, readBody, readQuery, reply } from './io';
import { adminPool } from './pool';

/** Accounts that one request asks upstream about: each is up to ten calls. */
const ACCOUNTS = 5;
/** Accounts that are listed without asking upstream. */
const LISTED = 500;
const PROVIDER = 'grok-web';

/**
 * `GET cache` → what is cached here, and with `?token=`, `?tokens=a,b` or `?scope=all` (a few accounts a
 * request, by `after` and `next`) how many files those accounts hold upstream.
 */
export async function show(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const query = readQuery(request, CacheQuery);
  const { image, video } = await cacheSizes(env.DB, Date.now());
  const named = [query.token ?? '', ...(query.tokens ?? '').split(',')].filter(Boolean);
  const { accounts, next } = await accountsOf(env, query.scope === 'all', named, query.after);
  const isAsked = named.length > 0 || query.scope === 'all';
  const details = isAsked ? await detailsOf(await accountDeps(env, ctx), accounts) : [];
  const [only] = details;
  return reply({
    local_image: image,
    local_video: video,
    online: {
      count: details.reduce((sum, { count }) => sum + count, 0),
      status:
        details.length === 1 && only !== undefined ? only.status : isAsked ? 'ok' : NOT_LOADED,
      token: details.length === 1 && only !== undefined ? only.token : null,
      last_asset_clear_at: null,
    },
    online_accounts: accounts.map(({ id, mask, state, tier }) => ({
      token_id: id,
      token: mask,
      status: state,
      tier,
    })),
    online_scope: query.scope ?? (named.length > 0 ? 'selected' : 'none'),
    online_details: details,
    next,
  });
}

const NOT_LOADED = 'not_loaded';

/**
 * `POST cache/online/clear {id|ids|token|tokens}` → `{ status, results, result?, next }`: at most 50 files
 * go by one request; `next` lists the ids with which to ask again, null when all is done.
 */
export async function clear(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const names = await nameTokens(env, await readBody(request, TokenSelection));
  const found = await findNamed(adminPool(env), names);
  const deps = await accountDeps(env, ctx);
  const results: Record<string, object> = {};
  const again: string[] = [];
  let budget = MAX_ASSET_DELETES;
  let asked = 0;
  for (const { sent } of names) {
    const token = found.get(sent);
    if (token === undefined) {
      results[sent] = { status: 'error', error: 'There is no such token.' };
    } else if (budget === 0 || asked === ACCOUNTS) {
      again.push(token.id);
    } else {
      asked++;
      const cleared = await attempt(() => clearAccountAssets(deps, token, budget));
      results[sent] = cleared.ok
        ? { status: 'success', result: cleared.value }
        : { status: 'error', error: cleared.error };
      budget -= cleared.ok ? cleared.value.total : 0;
      if (cleared.ok && cleared.value.more) again.push(token.id);
    }
  }
  const deleted = MAX_ASSET_DELETES - budget;
  await audit(request, env, 'cache.online-clear', `${names.length} tokens`, `${deleted} files`);
  const only = names.length === 1 ? results[names[0]?.sent ?? ''] : undefined;
  return reply({
    status: 'success',
    results,
    ...(only !== undefined && 'result' in only ? { result: only.result } : {}),
    next: again.length === 0 ? null : again,
  });
}

/** `GET tokens/assets?id&after` → `AssetList`. */
export async function listAssets(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { id, after } = readQuery(request, AssetListQuery);
  const token = await tokenOf(env, id);
  const page = await listAccountAssets(await accountDeps(env, ctx), token, after ?? null);
  const assets = page.assets.map(({ id: assetId, name, mime, sizeBytes, createdAt }) => ({
    id: assetId,
    name,
    mime,
    size_bytes: sizeBytes,
    created_at: createdAt,
  }));
  const body: AssetList = { assets, next: page.next };
  return reply(body);
}

/** `POST tokens/assets/delete {id, asset_ids|all}` → `AssetDeletion`. */
export async function deleteAssets(
  request: AdminRequest,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  const { id, asset_ids: ids } = await readBody(request, AssetDelete);
  const token = await tokenOf(env, id);
  const deps = await accountDeps(env, ctx);
  const { errors, ...result } =
    ids === undefined
      ? { ...(await clearAccountAssets(deps, token, MAX_ASSET_DELETES)), errors: [] }
      : await deleteAccountAssets(deps, token, [...new Set(ids)]);
  await audit(request, env, 'tokens.assets-delete', id, `${result.success} files`);
  const body: AssetDeletion = {
    status: 'success',
    result,
    errors: Object.fromEntries(errors),
    next: result.more ? id : null,
  };
  return reply(body);
}

async function accountsOf(
  env: Env,
  isAll: boolean,
  named: readonly string[],
  after = '',
): Promise<{ readonly accounts: readonly TokenView[]; readonly next: string | null }> {
  const pool = adminPool(env);
  if (named.length > 0) {
    if (named.length > ACCOUNTS) {
      const rule = `Ask for at most ${ACCOUNTS} tokens at once.`;
      throw new AppError('invalid_request', rule, { param: 'tokens' });
    }
    const found = await findNamed(pool, await nameTokens(env, { tokens: [...named] }));
    if (found.size === 0) throw new AppError('not_found', 'None of these tokens is in the pool.');
    return { accounts: [...found.values()], next: null };
  }
  const limit = isAll ? ACCOUNTS : LISTED;
  const { tokens, next } = await pool.listTokens({ limit, ...(after === '' ? {} : { after }) });
  return { accounts: tokens.filter(({ provider }) => provider === PROVIDER), next };
}

function detailsOf(deps: AccountDeps, accounts: readonly TokenView[]): Promise<OnlineDetail[]> {
  return Promise.all(
    accounts.map(async (account) => {
      const counted = await attempt(() => countAccountAssets(deps, account));
      return {
        token_id: account.id,
        token: account.mask,
        count: counted.ok ? counted.value.count : 0,
        more: counted.ok && counted.value.more,
        status: counted.ok ? 'ok' : `error: ${counted.error}`,
        last_asset_clear_at: null,
      };
    }),
  );
}

type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string };

/** One account's failure does not hide the others. */
async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { ok: false, error: thrown.message };
  }
}

async function tokenOf(env: Env, id: string): Promise<TokenView> {
  const [token] = await adminPool(env).findTokens([{ id }]);
  if (token === undefined) throw new AppError('not_found', 'There is no such token.');
  return token;
}

async function accountDeps(env: Env, ctx: ExecutionContext): Promise<AccountDeps> {
  const { settings } = await readStoredSettings(env.DB);
  return {
    ...readingDeps(env, settings),
    pool: poolOf(env),
    waitUntil: (work) => ctx.waitUntil(work),
  };
}
