import { AppError } from '../errors';
import { sha256Hex } from '../lib/digest';
import { isMask } from '../lib/seal';
import { findKeysByHash } from '../store/key-names';

/** Whether a text names a key by its id: keys themselves begin otherwise. */
export function isKeyId(name: string): boolean {
  return /^key_[0-9A-Z]{26}$/.test(name);
}

/**
 * The ids that names stand for, ids or full keys; full keys that are not known are left out.
 * @throws AppError `masked_identifier`.
 */
export async function idsOf(db: D1Database, names: readonly string[]): Promise<string[]> {
  if (names.some(isMask)) {
    throw new AppError('masked_identifier', 'A mask does not identify a key: send its id.', {
      param: 'keys',
    });
  }
  const hashes = await Promise.all(names.filter((name) => !isKeyId(name)).map(sha256Hex));
  const found = hashes.length === 0 ? [] : await findKeysByHash(db, hashes);
  return [...new Set([...names.filter(isKeyId), ...found])];
}
