import type { VideoRow } from '../store/videos';
import type { NewVideo } from './job';

/** RPC surface of `objects/video-job.ts`: plain data only. */
export interface VideoJobRpc {
  /**
   * Takes a job on. Resolves when it is stored and listed; starting the same job again changes nothing.
   * @param image - the first frame: a `data:` URI or an https URL.
   */
  start(video: NewVideo, image: string | null): Promise<void>;
  /** How the job stands; null when there is none here. Makes sure that it is looked after. */
  status(): Promise<VideoRow | null>;
  /** Stops the job and forgets it. */
  remove(): Promise<void>;
}

/** The object of this job. */
export function videoJob(env: Pick<Env, 'VIDEO_JOB'>, id: string): VideoJobRpc {
  return env.VIDEO_JOB.get(env.VIDEO_JOB.idFromName(id));
}
