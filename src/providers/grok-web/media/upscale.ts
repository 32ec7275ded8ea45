import type { Attempt } from '../../provider';
import { readText } from '../body';
import { firstText, parseRecord } from '../narrow';
import { absoluteUrl } from './asset-url';
import { post } from './conversation';

const MAX_REPLY_BYTES = 64 * 1024;

/**
 * `POST /rest/media/video/upscale` → the address of the larger video; null when upstream does not make
 * one, for whatever reason: the video itself is there.
 *
 * @throws the signal's reason.
 */
export async function upscale(attempt: Attempt, videoId: string): Promise<string | null> {
  try {
    const response = await post(attempt, '/rest/media/video/upscale', { videoId }, '/');
    const body = await readText(response.body, MAX_REPLY_BYTES);
    if (response.status !== 200) return null;
    return absoluteUrl(firstText(parseRecord(body) ?? {}, 'hdMediaUrl'));
  } catch (thrown) {
    if (attempt.signal.aborted) throw thrown;
    return null;
  }
}
