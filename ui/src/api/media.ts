import type {
  AssetDeletion,
  AssetList,
  CacheList,
  CacheSize,
  OnlineDetail,
  PurgeProgress,
  PurgeTarget,
} from '../../../src/contract/cache';
import type { MediaKind } from '../../../src/contract/media';
import { ApiError, call } from './call';

/** What is cached here, and what accounts hold upstream. */

export type CacheSizes = Readonly<Record<MediaKind, CacheSize>>;

export async function readCacheSizes(signal?: AbortSignal): Promise<CacheSizes> {
  const options = signal === undefined ? {} : { signal };
  const reply = await call<{ readonly local_image: CacheSize; readonly local_video: CacheSize }>(
    'GET',
    'cache/local',
    options,
  );
  return { image: reply.local_image, video: reply.local_video };
}

/** A page of one kind, last read first. */
export function readCachePage(
  kind: MediaKind,
  search: string,
  page: { readonly after: string; readonly limit: number },
  signal?: AbortSignal,
): Promise<CacheList> {
  const query = { type: kind, search, after: page.after, page_size: page.limit };
  return call('GET', 'cache/list', { query, ...(signal === undefined ? {} : { signal }) });
}

/** At most 30 names. What is gone already is as good as deleted. */
export async function deleteCached(kind: MediaKind, names: readonly string[]): Promise<void> {
  try {
    await call('POST', 'cache/item/delete', { body: { type: kind, names } });
  } catch (thrown) {
    if (!(thrown instanceof ApiError) || thrown.code !== 'not_found') throw thrown;
  }
}

/** Clears in the background: `readPurge` tells how far it is. @returns how many objects there are. */
export async function clearCache(target: PurgeTarget): Promise<number> {
  const body = { type: target };
  const reply = await call<{ readonly result: { readonly count: number } }>('POST', 'cache/clear', {
    body,
  });
  return reply.result.count;
}

/** Stops clearings after the step that is under way. */
export function cancelClear(): Promise<PurgeProgress> {
  return call('POST', 'cache/clear/cancel');
}

export function readPurge(signal?: AbortSignal): Promise<PurgeProgress> {
  return call('GET', 'cache/progress', signal === undefined ? {} : { signal });
}

/** One page of an account's files. */
export function readAssets(id: string, after: string, signal?: AbortSignal): Promise<AssetList> {
  const options = { query: { id, after }, ...(signal === undefined ? {} : { signal }) };
  return call('GET', 'tokens/assets', options);
}

/** At most 50 files of an account. @returns why some are still there, by their ids. */
export async function deleteAssets(
  id: string,
  assetIds: readonly string[],
): Promise<AssetDeletion['errors']> {
  const body = { id, asset_ids: assetIds };
  return (await call<AssetDeletion>('POST', 'tokens/assets/delete', { body })).errors;
}

export interface AccountPage {
  readonly accounts: readonly OnlineDetail[];
  readonly next: string | null;
}

/** Asks a few accounts how many files they hold. @param after the `next` of the page before, or empty */
export async function readAccounts(after: string, signal: AbortSignal): Promise<AccountPage> {
  const query = { scope: 'all', after };
  const reply = await call<{
    readonly online_details: readonly OnlineDetail[];
    readonly next: string | null;
  }>('GET', 'cache', { query, signal });
  return { accounts: reply.online_details, next: reply.next };
}

interface Cleared {
  readonly results: Readonly<
    Record<
      string,
      {
        readonly status: 'success' | 'error';
        readonly error?: string;
        readonly result?: { readonly failed: number };
      }
    >
  >;
  /** With which ids to ask again. */
  readonly next: readonly string[] | null;
}

/** Deletes all files of an account, as many requests as it takes. @returns what went wrong, or null. */
export async function clearAccount(id: string): Promise<string | null> {
  for (let ids: readonly string[] | null = [id]; ids !== null;) {
    const { results, next }: Cleared = await call('POST', 'cache/online/clear', { body: { ids } });
    const told = results[id];
    if (told?.status === 'error') return told.error ?? '';
    if (told?.result !== undefined && told.result.failed > 0) return `${told.result.failed}`;
    ids = next;
  }
  return null;
}
