import type { KeyItem, KeyItemWithUsage } from '../../../src/contract/keys';
import { call } from './call';
import type { KeyFields } from './key-fields';

/** Callers' keys. */

/** A key just made: the only moment its text is known. */
export interface NewKey extends KeyItem {
  readonly key: string;
}

interface Page {
  readonly data: readonly KeyItemWithUsage[];
  readonly next: string | null;
}

const PAGE = 500;

const byNumber = new Intl.Collator('en', { numeric: true });
const newestFirst = (a: KeyItem, b: KeyItem): number =>
  b.created_at - a.created_at || byNumber.compare(a.name, b.name);

/** All keys, newest first, page by page: `told` hears of those that have come so far. */
export async function readKeys(
  signal: AbortSignal,
  told: (keys: readonly KeyItemWithUsage[]) => void,
): Promise<void> {
  let keys: readonly KeyItemWithUsage[] = [];
  let after: string | null = '';
  while (after !== null) {
    const query: Record<string, string | number> = { after, limit: PAGE };
    const page: Page = await call('GET', 'keys', { query, signal });
    keys = [...keys, ...page.data].toSorted(newestFirst);
    told(keys);
    after = page.next;
  }
}

/** Some of the keys whose name or mask holds a text, or whose id it is. @param limit 1–500 */
export async function findKeys(
  search: string,
  limit: number,
  signal: AbortSignal,
): Promise<readonly KeyItem[]> {
  return (await call<Page>('GET', 'keys', { query: { search, limit }, signal })).data;
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
