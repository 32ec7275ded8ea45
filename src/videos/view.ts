import type { VideoObject } from '../contract/videos';
import { unixSeconds } from '../lib/time';
import type { VideoRow } from '../store/videos';
import { expiresAt, statusOf, type VideoJobState } from './job';
import { KEEP_MS } from './limits';
import type { VideoLinks } from './video-html';

/** A job as it is listed. */
export function rowOf(job: VideoJobState): VideoRow {
  const { film, result } = job;
  return {
    keyId: job.ask.keyId,
    id: job.id,
    model: job.model.id,
    prompt: film.prompt,
    seconds: film.seconds,
    size: job.size,
    status: statusOf(job),
    progress: job.progress,
    createdAt: job.createdAt,
    completedAt: result?.ok === true ? job.endedAt : null,
    expiresAt: expiresAt(job),
    errorCode: result?.ok === false ? result.code : null,
    errorMessage: result?.ok === false ? result.message : null,
    url: result?.ok === true ? result.url : null,
    posterUrl: result?.ok === true ? result.posterUrl : null,
    tokenId: result?.ok === true ? job.lease.tokenId : null,
  };
}

/** A job that is listed, but whose object never got it: the gateway died in between. */
export function neverBegun(row: VideoRow, now: number): VideoRow {
  return {
    ...row,
    status: 'failed',
    expiresAt: now + KEEP_MS,
    errorCode: 'video_interrupted',
    errorMessage: 'The gateway was restarted before it asked for this video.',
  };
}

/** A job as OpenAI writes it. @param links null while there is no video */
export function videoObject(row: VideoRow, links: VideoLinks | null = null): VideoObject {
  const { errorCode: code, errorMessage: message } = row;
  return {
    id: row.id,
    object: 'video',
    model: row.model,
    status: row.status,
    progress: row.progress,
    created_at: unixSeconds(row.createdAt),
    completed_at: row.completedAt === null ? null : unixSeconds(row.completedAt),
    expires_at: row.expiresAt === null ? null : unixSeconds(row.expiresAt),
    prompt: row.prompt,
    seconds: String(row.seconds),
    size: row.size,
    remixed_from_video_id: null,
    error: code === null ? null : { code, message: message ?? '' },
    url: links?.video ?? null,
    thumbnail_url: links?.poster ?? null,
  };
}
