import type { KeyBatch } from '../contract/keys';
import { AppError } from '../errors';
import { newApiKey } from '../lib/ids';
import { type ApiKey, deleteKeys, findKeys, setKeysEnabled } from '../store/api-keys';
import { type KeyDeps, type MadeKey, makeKey, MAX_TRIES, storeKeys } from './edit-keys';
import { nextVersion, pushKeys } from './push-keys';

/** Makes `count` keys named `<prefix>-1`, `<prefix>-2`, …; a single one bears the prefix alone. */
export async function createKeys(
  deps: KeyDeps,
  batch: Extract<KeyBatch, { action: 'create' }>,
): Promise<MadeKey[]> {
  const { count, name_prefix: prefix } = batch;
  const made = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      makeKey(newApiKey(), count === 1 ? prefix : `${prefix}-${index + 1}`, batch, deps.now),
    ),
  );
  // Made at one moment: the first is to come first where the newest do.
  const ids = made.map(({ row }) => row.id).toSorted();
  const ordered = made.map((one) => ({ ...one, row: { ...one.row, id: ids.pop() ?? one.row.id } }));
  await storeKeys(
    deps,
    ordered.map(({ row }) => row),
  );
  return ordered;
}

export interface BatchResult {
  readonly count: number;
  /** Ids that no key has. */
  readonly missing: readonly string[];
}

/** Deletes many keys: the pool's tombstones first. */
export async function removeKeys(deps: KeyDeps, ids: readonly string[]): Promise<BatchResult> {
  const rows = await findKeys(deps.db, ids);
  await pushKeys(deps.pool, rows.map(nextVersion), true);
  await deleteKeys(
    deps.db,
    rows.map((row) => row.id),
  );
  return { count: rows.length, missing: missing(ids, rows) };
}

/** Switches many keys on or off. @throws AppError `stale_version` when others keep editing them. */
export async function switchKeys(
  deps: KeyDeps,
  ids: readonly string[],
  enabled: boolean,
): Promise<BatchResult> {
  const found = await findKeys(deps.db, ids);
  let rest = found;
  for (let tries = 0; tries < MAX_TRIES && rest.length > 0; tries++) {
    if (tries > 0) rest = await readAgain(deps, rest);
    const readVersions = new Map(rest.map((row) => [row.id, row.version]));
    const edits = rest.map((row) => ({ ...nextVersion(row), enabled }));
    const pushed = await pushKeys(deps.pool, edits);
    const switches = pushed.map(({ id, version }) => ({
      id,
      version,
      readVersion: readVersions.get(id) ?? 0,
    }));
    const done = new Set(await setKeysEnabled(deps.db, switches, enabled, deps.now));
    rest = rest.filter((row) => !done.has(row.id));
  }
  if (rest.length > 0) {
    throw new AppError('stale_version', 'Some keys are being edited by somebody else. Try again.');
  }
  return { count: found.length, missing: missing(ids, found) };
}

/** Keys as they stand now. Those deleted meanwhile are buried again: the pool may hold them alive by now. */
async function readAgain(deps: KeyDeps, rows: readonly ApiKey[]): Promise<ApiKey[]> {
  const found = await findKeys(
    deps.db,
    rows.map((row) => row.id),
  );
  const alive = new Set(found.map((row) => row.id));
  const gone = rows.filter((row) => !alive.has(row.id));
  await pushKeys(deps.pool, gone.map(nextVersion), true);
  return found;
}

function missing(ids: readonly string[], rows: readonly ApiKey[]): string[] {
  const found = new Set(rows.map((row) => row.id));
  return [...new Set(ids)].filter((id) => !found.has(id));
}
