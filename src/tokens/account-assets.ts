import { type AssetPage, ProviderError } from '../providers/provider';
import { AppError } from '../errors';
import { newCallId } from '../lib/ids';
import { MINUTE_MS } from '../lib/time';
import { callPool, type Connect } from '../pool/client';
import type { TokenView } from '../pool/token';
import type { ReadingDeps } from './read-quota';

/** What reading and deleting an account's own files needs. */
export interface AccountDeps extends Pick<
  ReadingDeps,
  'provider' | 'settings' | 'egress' | 'open'
> {
  readonly pool: Connect;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

export type Account = Pick<TokenView, 'id' | 'provider'>;

/** One call upstream. */
const CALL_TIMEOUT_MS = 15_000;
/** A loan that nobody gives back ends by itself. */
const LOAN_MS = 2 * MINUTE_MS;
/** Pages that are counted of one account: 500 files. */
const MAX_COUNTED_PAGES = 10;
const NO_ASSETS: AssetPage = { assets: [], next: null };
/** Deletions of one account at once. */
const PARALLEL = 5;

/** One page of an account's files. @throws AppError */
export function listAccountAssets(
  deps: AccountDeps,
  account: Account,
  after: string | null,
): Promise<AssetPage> {
  return withAccount(deps, account, ({ list }) => list(after));
}

export interface AssetCount {
  readonly count: number;
  /** There are more than were counted. */
  readonly more: boolean;
}

/** Counts an account's files, up to 500. @throws AppError */
export function countAccountAssets(deps: AccountDeps, account: Account): Promise<AssetCount> {
  return withAccount(deps, account, async ({ list }) => {
    let count = 0;
    let after: string | null = null;
    for (let page = 0; page < MAX_COUNTED_PAGES; page++) {
      const { assets, next }: AssetPage = await list(after);
      count += assets.length;
      if (next === null) return { count, more: false };
      after = next;
    }
    return { count, more: true };
  });
}

export interface AssetsDeleted {
  readonly total: number;
  readonly success: number;
  readonly failed: number;
  /** More can be deleted by asking again. */
  readonly more: boolean;
}

/** Deletes these files of an account. @throws AppError when the account cannot be used. */
export function deleteAccountAssets(
  deps: AccountDeps,
  account: Account,
  ids: readonly string[],
): Promise<AssetsDeleted & { readonly errors: ReadonlyMap<string, string> }> {
  return withAccount(deps, account, async ({ remove }) => {
    const errors = await removeAll(ids, remove);
    const success = ids.length - errors.size;
    return { total: ids.length, success, failed: errors.size, more: false, errors };
  });
}

/** Deletes an account's files, at most so many of its first page. @throws AppError */
export function clearAccountAssets(
  deps: AccountDeps,
  account: Account,
  limit: number,
): Promise<AssetsDeleted> {
  return withAccount(deps, account, async ({ list, remove }) => {
    const { assets, next } = await list(null);
    const ids = assets.slice(0, limit).map(({ id }) => id);
    const success = ids.length - (await removeAll(ids, remove)).size;
    // Where nothing can be deleted, asking again would never end.
    const more = success > 0 && (next !== null || assets.length > ids.length);
    return { total: ids.length, success, failed: ids.length - success, more };
  });
}

/** @returns why files are still there, by their ids. */
async function removeAll(
  ids: readonly string[],
  remove: (id: string) => Promise<void>,
): Promise<ReadonlyMap<string, string>> {
  const queue = ids.values();
  const errors = new Map<string, string>();
  const work = async (): Promise<void> => {
    for (const id of queue) {
      await remove(id).catch((thrown: unknown) => {
        errors.set(id, thrown instanceof AppError ? thrown.message : 'It could not be deleted.');
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, ids.length) }, work));
  return errors;
}

interface AccountFiles {
  readonly list: (after: string | null) => Promise<AssetPage>;
  readonly remove: (id: string) => Promise<void>;
}

/** Borrows the credential for as long as its files are worked on; nobody's health is touched. */
async function withAccount<T>(
  deps: AccountDeps,
  account: Account,
  work: (files: AccountFiles) => Promise<T>,
): Promise<T> {
  const provider = deps.provider(account.provider);
  if (provider?.listAssets === undefined || provider.deleteAsset === undefined) {
    throw new AppError('invalid_request', 'Accounts of this provider hold no files.', {
      param: 'token',
    });
  }
  const loanId = newCallId();
  const loan = await callPool(deps.pool, (pool) => pool.lendForMedia(account.id, loanId, LOAN_MS));
  if (!loan.ok) throw notLent(loan.code);
  try {
    const secret = await deps.open(account.id, loan.sealedSecret);
    const callOf = () => ({
      secret,
      egress: deps.egress(loan.egress),
      settings: deps.settings(provider.id),
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    return await work({
      list: async (after) => (await told(provider.listAssets?.(callOf(), after))) ?? NO_ASSETS,
      remove: (id) => told(provider.deleteAsset?.(callOf(), id)),
    });
  } finally {
    const returned = callPool(deps.pool, (pool) => pool.returnMedia([loanId]));
    deps.waitUntil(returned.catch(() => undefined));
  }
}

function notLent(code: 'gone' | 'busy'): AppError {
  return code === 'gone'
    ? new AppError('not_found', 'This token is expired, disabled or not in the pool.')
    : new AppError('media_busy', 'Too many files of this account are being read.', {
        retryAfterS: 2,
      });
}

/** @throws AppError for what upstream said. */
async function told<T>(asked: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await asked;
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    throw new AppError(thrown.code, thrown.message, { cause: thrown });
  }
}
