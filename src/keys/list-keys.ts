import {
  type KeyCounts,
  type KeyFilter,
  type KeyItemWithUsage,
  type KeyListQuery,
  MAX_KEY_NAMES,
  type NamedKey,
} from '../contract/keys';
import type { KeyStatus } from '../pool/key';
import type { TokenPoolRpc } from '../pool/rpc';
import { countKeys, type KeyRows, listKeyNames, listKeys } from '../store/api-keys';
import { chunks } from '../tokens/name-tokens';
import { keyItemWithUsage } from './view-key';

export interface KeyListDeps {
  readonly db: D1Database;
  readonly pool: Pick<TokenPoolRpc, 'keyStatus' | 'exhaustedKeys'>;
}

/** Counters asked for by one call: the pool reads each key that it has not met since it woke. */
const CHUNK = 100;

/** A page of keys with today's counters. */
export async function listKeysWithUsage(
  deps: KeyListDeps,
  { after = '', limit, order, ...filter }: KeyListQuery,
): Promise<{ data: KeyItemWithUsage[]; next: string | null; total: number }> {
  const rows = await rowsOf(deps, filter);
  const newestFirst = order === 'newest';
  const { keys, next, total } = await listKeys(deps.db, { ...rows, after, limit, newestFirst });
  const byId = new Map<string, KeyStatus>();
  for (const chunk of chunks(keys, CHUNK)) {
    const statuses = await deps.pool.keyStatus(chunk.map((key) => key.id));
    for (const status of statuses) byId.set(status.id, status);
  }
  return { data: keys.map((key) => keyItemWithUsage(key, byId.get(key.id))), next, total };
}

/** Ids and names of all that a filter lets through, so that something can be done with all of them. */
export async function listNames(deps: KeyListDeps, filter: KeyFilter): Promise<NamedKey[]> {
  return listKeyNames(deps.db, await rowsOf(deps, filter), MAX_KEY_NAMES);
}

/** How keys stand, without a look at each. */
export async function keyCounts({ db, pool }: KeyListDeps): Promise<KeyCounts> {
  const { total, active, among } = await countKeys(db, await pool.exhaustedKeys());
  return { total, active, inactive: total - active, exhausted: among };
}

async function rowsOf({ pool }: KeyListDeps, { search = '', status }: KeyFilter): Promise<KeyRows> {
  switch (status) {
    case undefined:
      return { search };
    case 'active':
    case 'inactive':
      return { search, enabled: status === 'active' };
    case 'exhausted':
      return { search, ids: await pool.exhaustedKeys() };
  }
}
