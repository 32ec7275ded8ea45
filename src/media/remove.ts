import { deleteRows, type StoredMedia } from '../store/media-purge';
import { partKeys } from './parts';

/** KV calls of one invocation: the platform allows 1,000 of all kinds. */
export const MAX_KV_CALLS = 400;
/** Connections that an invocation may have open at once. */
const PARALLEL = 6;

/** Where the bytes and the rows are. */
export interface RemoveDeps {
  readonly db: D1Database;
  readonly kv: Pick<KVNamespace, 'delete'>;
  /** Null in an account without R2. Takes 1,000 keys a call. */
  readonly files: Pick<R2Bucket, 'delete'> | null;
  /** Unix ms. */
  readonly now: number;
  /** Called before each call of KV. */
  readonly onKvCall?: () => void;
}

/** Calls of KV that removing an object costs: what has expired is gone from KV already. */
export function kvCallsOf(row: StoredMedia, now: number): number {
  return row.place === 'kv' && row.expiresAt > now ? partKeys(row).length : 0;
}

/** As many of the first rows as KV's calls allow; never none. */
export function withinKvCalls(rows: readonly StoredMedia[], now: number): readonly StoredMedia[] {
  let calls = 0;
  const tooMany = rows.findIndex((row) => (calls += kvCallsOf(row, now)) > MAX_KV_CALLS);
  return tooMany === -1 ? rows : rows.slice(0, Math.max(1, tooMany));
}

/**
 * Deletes bytes, then rows: whenever it is cut short, each object that is left has its row, and doing it
 * again ends it. At most 1,000 rows.
 * @returns how many rows went. @throws when storage fails; nothing is lost then but time.
 */
export async function removeMedia(deps: RemoveDeps, rows: readonly StoredMedia[]): Promise<number> {
  if (rows.length === 0) return 0;
  const keys = rows.map((row) => (kvCallsOf(row, deps.now) === 0 ? [] : partKeys(row)));
  // The first part last: while it is there nobody takes the object for missing and writes it anew.
  await deleteKeys(
    deps,
    keys.flatMap((parts) => parts.slice(1)),
  );
  await deleteKeys(
    deps,
    keys.flatMap((parts) => parts.slice(0, 1)),
  );
  const files = rows.filter(({ place }) => place === 'r2').map(({ name }) => name);
  if (files.length > 0) await deps.files?.delete(files);
  return deleteRows(deps.db, rows);
}

async function deleteKeys(deps: RemoveDeps, keys: readonly string[]): Promise<void> {
  const queue = keys.values();
  const work = async (): Promise<void> => {
    for (const key of queue) {
      deps.onKvCall?.();
      await deps.kv.delete(key);
    }
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, keys.length) }, work));
}
