import type { KeyCounts, KeyItem, KeyItemWithUsage, NamedKey } from '../../../src/contract/keys';
import { call } from './call';
import type { KeyFields } from './key-fields';

/** Callers' keys. */

/** A key just made: the only moment its text is known. */
export interface NewKey extends KeyItem {
  readonly key: string;
}

export interface KeyPage {
  readonly data: readonly KeyItemWithUsage[];
  readonly next: string | null;
  /** Of all pages. */
  readonly total: number;
}

/** What narrows the list; empty fields do not. */
export interface KeyQuery {
  readonly search: string;
  readonly status: 'active' | 'inactive' | 'exhausted' | '';
}

/** Keys of one page of the panel. */
export const KEY_PAGE = 50;

/** A page, newest first. @param after the `next` of the page before; empty for the first */
export function readKeyPage(query: KeyQuery, after: string, signal: AbortSignal): Promise<KeyPage> {
  const page = { ...query, after, limit: KEY_PAGE, order: 'newest' };
  return call('GET', 'keys', { query: page, signal });
}

export async function readKeyCounts(signal: AbortSignal): Promise<KeyCounts> {
  return (await call<{ readonly data: KeyCounts }>('GET', 'keys/counts', { signal })).data;
}

/** Ids and names of all that match, at most 10,000. */
export async function readKeyNames(
  query: KeyQuery,
  signal?: AbortSignal,
): Promise<readonly NamedKey[]> {
  const options = { query: { ...query }, ...(signal === undefined ? {} : { signal }) };
  return (await call<{ readonly data: readonly NamedKey[] }>('GET', 'keys/names', options)).data;
}

/** Some of the keys whose name or mask holds a text, or whose id it is. @param limit 1–500 */
export async function findKeys(
  search: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly KeyItem[]> {
  return (await call<KeyPage>('GET', 'keys', { query: { search, limit }, signal })).data;
}

/** @param key a key of this product to take over; blank makes one */
export async function createKey(fields: KeyFields, key: string): Promise<NewKey> {
  const body = key === '' ? fields : { ...fields, key };
  const reply = await call<{ readonly data: NewKey }>('POST', 'keys', { body });
  return reply.data;
}

/** Makes `<prefix>-1`, `<prefix>-2`, …; at most 1,000. */
export async function createKeys(
  count: number,
  prefix: string,
  fields: KeyFields,
): Promise<readonly NewKey[]> {
  const body = { ...fields, action: 'create', count, name_prefix: prefix };
  const reply = await call<{ readonly data: readonly NewKey[] }>('POST', 'keys/batch', { body });
  return reply.data;
}

export async function editKey(id: string, fields: KeyFields): Promise<void> {
  await call('POST', 'keys/update', { body: { ...fields, id } });
}

const BATCH = 1_000;

/** Any number of keys. @returns how many there were. */
export async function changeKeys(
  action: 'enable' | 'disable' | 'delete',
  ids: readonly string[],
): Promise<number> {
  let count = 0;
  for (let start = 0; start < ids.length; start += BATCH) {
    const body = { action, ids: ids.slice(start, start + BATCH) };
    const reply = await call<{ readonly data: { readonly count: number } }>('POST', 'keys/batch', {
      body,
    });
    count += reply.data.count;
  }
  return count;
}
