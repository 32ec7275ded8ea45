import { AppError } from '../errors';
import type { TokenPoolRpc } from '../pool/rpc';
import { type ApiKey, poolKey } from '../store/api-keys';

type KeyPool = Pick<TokenPoolRpc, 'putKey'>;

const MAX_TRIES = 5;
/** Keys handed to the pool at once. */
const PUSHES = 20;

/** The key as its next edit begins. */
export function nextVersion(row: ApiKey): ApiKey {
  return { ...row, version: row.version + 1 };
}

/** Hands a key to the pool; where another edit came first, under a version above that one's. */
export async function pushKey(pool: KeyPool, row: ApiKey, deleted = false): Promise<ApiKey> {
  let pushed = row;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { version, applied } = await pool.putKey(poolKey(pushed, deleted));
    if (applied) return pushed;
    pushed = { ...pushed, version: version + 1 };
  }
  throw new AppError('stale_version', 'The key is being edited by somebody else. Try again.');
}

/** As `pushKey`, for many; in the order given. */
export async function pushKeys(
  pool: KeyPool,
  rows: readonly ApiKey[],
  deleted = false,
): Promise<ApiKey[]> {
  const pushed = [...rows];
  const queue = rows.entries();
  const work = async (): Promise<void> => {
    for (const [index, row] of queue) pushed[index] = await pushKey(pool, row, deleted);
  };
  await Promise.all(Array.from({ length: Math.min(PUSHES, rows.length) }, work));
  return pushed;
}
