import type { PurgeProgress, PurgeTarget } from '../contract/cache';

/** RPC surface of `objects/media-purge.ts`: plain data only. */
export interface MediaPurgeRpc {
  /** Sees to it that the purge of the night is due, and looks now and then whether the cache is too large. */
  tend(): Promise<void>;
  /**
   * Clears away all that is of this kind now. What one step can do is done when this resolves; the rest
   * follows by itself.
   */
  clear(target: PurgeTarget): Promise<PurgeProgress>;
  /** Stops the clearing that runs after its step, and those that wait. The night goes on. */
  cancel(): Promise<PurgeProgress>;
  /** How the purge that runs, or else the last one, stands. Makes sure that one that runs goes on. */
  progress(): Promise<PurgeProgress>;
}

/** The one object that clears away. */
export function mediaPurge(env: Pick<Env, 'MEDIA_PURGE'>): MediaPurgeRpc {
  return env.MEDIA_PURGE.get(env.MEDIA_PURGE.idFromName('main'));
}
