import type { KeyCreate, KeySelection, KeyUpdate } from '../contract/keys';
import { AppError } from '../errors';
import { sha256Hex } from '../lib/digest';
import { isWellFormedApiKey, newApiKey, newId } from '../lib/ids';
import { isMask, mask } from '../lib/seal';
import type { TokenPoolRpc } from '../pool/rpc';
import {
  type ApiKey,
  deleteKeys,
  findKeyByHash,
  findKeyById,
  insertKeys,
  updateKey,
} from '../store/api-keys';
import { applyLimits, type KeyFields, UNLIMITED } from './key-limits';
import { nextVersion, pushKey, pushKeys } from './push-keys';

/**
 * Every edit goes to the pool first, with a version above the row's, then to D1 if the row still has
 * the version that was read. Two edits at once: the slower one reads again and repeats on top.
 */
export interface KeyDeps {
  readonly db: D1Database;
  readonly pool: Pick<TokenPoolRpc, 'putKey'>;
  /** Unix ms. */
  readonly now: number;
}

/** A key just made, with its text: the only moment it exists outside the caller's hands. */
export interface MadeKey {
  readonly row: ApiKey;
  readonly key: string;
}

/** How often an edit begins again because another came first. */
export const MAX_TRIES = 5;

/** @throws AppError `invalid_request` for a key not made by this product, `key_exists`. */
export async function createKey(deps: KeyDeps, input: KeyCreate): Promise<MadeKey> {
  const given = input.key?.trim() ?? '';
  if (given !== '' && !isWellFormedApiKey(given)) {
    throw new AppError('invalid_request', 'Only keys made by this product can be taken over.', {
      param: 'key',
    });
  }
  const made = await makeKey(given === '' ? newApiKey() : given, input.name ?? '', input, deps.now);
  if (given !== '' && (await findKeyByHash(deps.db, made.row.hash)) !== null) {
    throw new AppError('key_exists', 'This key exists already.', { param: 'key' });
  }
  await storeKeys(deps, [made.row]);
  return made;
}

/** @throws AppError `not_found`, `masked_identifier`, `stale_version` when others keep editing it. */
export async function editKey(deps: KeyDeps, input: KeyUpdate): Promise<ApiKey> {
  let edited: ApiKey | null = null;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const read = await findNamed(deps.db, input);
    if (read === null) {
      // Deleted meanwhile: the pool must not be left with a live key that this edit brought back.
      if (edited !== null) await pushKey(deps.pool, nextVersion(edited), true);
      throw notFound();
    }
    edited = await pushKey(deps.pool, applyEdit(read, input, deps.now));
    if (await updateKey(deps.db, edited, read.version)) return edited;
  }
  throw new AppError('stale_version', 'The key is being edited by somebody else. Try again.');
}

/** Ends a key for good: the pool keeps a tombstone. @throws as `editKey`. */
export async function removeKey(deps: KeyDeps, name: KeySelection): Promise<ApiKey> {
  const row = await findNamed(deps.db, name);
  if (row === null) throw notFound();
  await pushKey(deps.pool, nextVersion(row), true);
  await deleteKeys(deps.db, [row.id]);
  return row;
}

/** A key and its row, stored nowhere yet. A blank name becomes `key-` and 8 digits of the hash. */
export async function makeKey(
  key: string,
  name: string,
  fields: KeyFields,
  now: number,
): Promise<MadeKey> {
  const id = newId('key', now);
  const hash = await sha256Hex(key);
  const row: ApiKey = {
    id,
    hash,
    name: name === '' ? `key-${hash.slice(0, 8)}` : name,
    display: mask(key),
    version: 1,
    enabled: fields.is_active ?? true,
    limits: applyLimits(UNLIMITED, fields),
    createdAt: now,
    updatedAt: now,
    lastUsedAt: null,
  };
  return { row, key };
}

/** The pool first, so that no key can be shown that is not enforced. */
export async function storeKeys(deps: KeyDeps, rows: readonly ApiKey[]): Promise<void> {
  await pushKeys(deps.pool, rows);
  await insertKeys(deps.db, rows);
}

function applyEdit(row: ApiKey, input: KeyUpdate, now: number): ApiKey {
  // A blank name was never a wish.
  const name = input.name === undefined || input.name === '' ? row.name : input.name;
  return {
    ...nextVersion(row),
    name,
    enabled: input.is_active ?? row.enabled,
    limits: applyLimits(row.limits, input),
    updatedAt: now,
  };
}

/** @throws AppError `invalid_request` without a name, `masked_identifier`. */
async function findNamed(db: D1Database, { id, key }: KeySelection): Promise<ApiKey | null> {
  const name = id ?? key;
  if (name === undefined || name === '') {
    throw new AppError('invalid_request', 'Name the key by its id.', { param: 'id' });
  }
  if (isMask(name)) {
    throw new AppError('masked_identifier', 'A mask does not identify a key: send its id.', {
      param: id === undefined ? 'key' : 'id',
    });
  }
  return id === undefined ? findKeyByHash(db, await sha256Hex(name)) : findKeyById(db, id);
}

function notFound(): AppError {
  return new AppError('not_found', 'There is no such key.');
}
