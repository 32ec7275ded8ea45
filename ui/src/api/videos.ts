import type {
  VideoObject,
  VideoPreset,
  VideoRatio,
  VideoResolution,
} from '../../../src/contract/videos';
import { request } from './call';

/** Video jobs over the public API. */

export interface VideoAsk {
  readonly model: string;
  readonly prompt: string;
  readonly seconds: number;
  readonly aspect_ratio: VideoRatio;
  readonly resolution: VideoResolution;
  readonly preset: VideoPreset;
  /** `data:` URI of the first frame. */
  readonly input_reference?: string;
}

export function createVideo(ask: VideoAsk, key: string): Promise<VideoObject> {
  return answer(request('POST', '/v1/videos', { body: ask, bearer: key }));
}

/** How a job stands at this moment. */
export function readVideo(id: string, key: string): Promise<VideoObject> {
  return answer(request('GET', `/v1/videos/${id}`, { bearer: key }));
}

export interface VideoPage {
  readonly data: readonly VideoObject[];
  readonly last_id: string | null;
  readonly has_more: boolean;
}

/** The key's own jobs, newest first. @param after id of the last that is known */
export function readVideos(key: string, after?: string): Promise<VideoPage> {
  return answer(request('GET', '/v1/videos', { bearer: key, query: { limit: PAGE, after } }));
}

const PAGE = 24;

/** Stops a job that is under way, and forgets it. */
export async function deleteVideo(id: string, key: string): Promise<void> {
  await request('DELETE', `/v1/videos/${id}`, { bearer: key });
}

async function answer<T>(asked: Promise<Response>): Promise<T> {
  const response = await asked;
  // SAFETY: the gateway that answers is the one that served this page; T is its own reply type.
  return (await response.json()) as T;
}
