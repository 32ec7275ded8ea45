import { logWarning } from '../lib/log';
import { HOUR_MS } from '../lib/time';
import { deleteExpiredVideos, listUnfinishedVideos, updateVideo } from '../store/videos';
import { videoJob } from '../videos/rpc';
import { neverBegun } from '../videos/view';

/** Rows of one DELETE; the next run goes on. */
const CHUNK_ROWS = 1_000;
/** No video takes so long: its object has lost its alarm, or never got the job. */
const OVERDUE_MS = HOUR_MS;
const MAX_OVERDUE = 20;

/** Deletes jobs that have expired, and looks after those that should have ended long ago. */
export async function tendVideos(env: Env, now: number): Promise<void> {
  await deleteExpiredVideos(env.DB, now, CHUNK_ROWS).run();
  for (const row of await listUnfinishedVideos(env.DB, now - OVERDUE_MS, MAX_OVERDUE)) {
    try {
      // Asking an object makes sure that it goes on.
      const standing = (await videoJob(env, row.id).status()) ?? neverBegun(row, now);
      if (standing.expiresAt !== null) await updateVideo(env.DB, standing);
    } catch (error) {
      logWarning('video_not_tended', { video: row.id, error });
    }
  }
}
