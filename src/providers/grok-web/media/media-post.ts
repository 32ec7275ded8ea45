import { ProviderError, type Attempt } from '../../provider';
import { readText } from '../body';
import { asUnused, httpFault, unreadableFault } from '../faults';
import { firstText, parseRecord, record } from '../narrow';
import { post } from './conversation';

const MAX_REPLY_BYTES = 64 * 1024;

/** What a media post is made of: words for a video, or a picture of the account. */
export type PostSource = { readonly prompt: string } | { readonly imageUrl: string };

/**
 * `POST /rest/media/post/create` → the id of the post that a video or an edit hangs on. Nothing is
 * drawn by it, so upstream's trouble counts as a call that was never sent.
 *
 * @throws ProviderError
 */
export async function createPost(attempt: Attempt, source: PostSource): Promise<string> {
  try {
    const response = await post(attempt, '/rest/media/post/create', bodyOf(source), '/imagine');
    if (response.status !== 200) throw await httpFault(response, Date.now());
    const reply = parseRecord(await readText(response.body, MAX_REPLY_BYTES));
    const id = firstText(record(reply?.['post']) ?? {}, 'id');
    if (id === '') throw unreadableFault('unreadable post reply');
    return id;
  } catch (thrown) {
    if (!(thrown instanceof ProviderError)) throw thrown;
    throw thrown.outcome === 'faulty' ? asUnused(thrown, 'media post') : thrown;
  }
}

function bodyOf(source: PostSource): object {
  return 'prompt' in source
    ? { mediaType: 'MEDIA_POST_TYPE_VIDEO', prompt: source.prompt }
    : { mediaType: 'MEDIA_POST_TYPE_IMAGE', mediaUrl: source.imageUrl };
}
