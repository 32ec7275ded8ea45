import { modeBucket } from './grok-models';

/** Buckets behind the two figures that lists show of an account, whatever its generation calls them. */

/** What older clients call "quota", by generation. */
export const QUOTA_BUCKET = 'grok-4';
export const HEAVY_BUCKET = 'grok-4-heavy';
/** The same of the newer generations. */
export const MODE_BUCKET = modeBucket('fast');
export const HEAVY_MODE_BUCKET = modeBucket('heavy');

/** Buckets that tell each figure, the first that is there wins. */
export const CHAT_BUCKETS: readonly string[] = [QUOTA_BUCKET, MODE_BUCKET];
export const HEAVY_BUCKETS: readonly string[] = [HEAVY_BUCKET, HEAVY_MODE_BUCKET];

/** Whether a bucket can stand in for the chat figure when neither of its own has one. */
export function isForChat(bucket: string): boolean {
  return !HEAVY_BUCKETS.includes(bucket) && !bucket.startsWith('imagine:');
}
