import { kvMaxBytes } from '../media/deps';
import type { FileDeps } from './file-store';

/** Where a Worker keeps its callers' files. */
export function fileDeps(
  env: Pick<Env, 'DB' | 'KV_CACHE' | 'FILES' | 'KV_CACHE_MAX_BYTES'>,
): FileDeps {
  return {
    db: env.DB,
    kv: env.KV_CACHE,
    bucket: env.FILES ?? null,
    kvMaxBytes: kvMaxBytes(env),
    now: Date.now,
  };
}
