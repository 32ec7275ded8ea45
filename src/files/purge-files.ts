import type { StepResult } from '../media/purge-job';
import { deleteFileRows, listExpiredFiles } from '../store/files';
import { fileKey } from './file-id';

/** Deletes a batch of expired files: KV has forgotten its own, R2 is told, then the rows go. */
export async function purgeFiles({
  db,
  files: bucket,
  now,
  batch,
}: {
  readonly db: D1Database;
  readonly files: Pick<R2Bucket, 'delete'> | null;
  /** Unix ms. */
  readonly now: number;
  /** At most 1,000: so many keys R2 takes a call. */
  readonly batch: number;
}): Promise<StepResult> {
  const files = await listExpiredFiles(db, { now, hasBucket: bucket !== null, limit: batch });
  if (files.length === 0) return { deleted: 0, deletedBytes: 0, kvCalls: 0, cursor: null };
  const inR2 = files.filter(({ place }) => place === 'r2').map(({ id }) => fileKey(id));
  if (inR2.length > 0) await bucket?.delete(inR2);
  const deleted = await deleteFileRows(db, files);
  const deletedBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const last = files.at(-1);
  const hasMore = last !== undefined && files.length === batch;
  const cursor = hasMore ? { expiresAt: last.expiresAt, name: last.id } : null;
  return { deleted, deletedBytes, kvCalls: 0, cursor };
}
