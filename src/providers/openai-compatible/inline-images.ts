import type { ContentPart, Message } from '../../contract/chat';
import { aboutImage, AppError } from '../../errors';
import { isRecord } from '../../lib/ndjson';
import type { FetchedImage } from '../provider';

/** Most images that one request may have fetched for it, and bytes of all of them. */
const MAX_FETCHED = 20;
const MAX_INLINED_BYTES = 40 * 1_024 * 1_024;
/** Fetched at once. */
const CONCURRENT = 5;
/** Longest time that all of them may take together. Ms. */
const FETCH_TIMEOUT_MS = 20_000;

type FetchImage = (url: string, signal: AbortSignal) => Promise<FetchedImage>;

/**
 * Replaces images of a request by data URIs: for providers that do not fetch, and of addresses that only
 * this gateway can read.
 *
 * @param isLeft - addresses that stay as they are.
 * @returns the same list when there is nothing to replace.
 * @throws AppError url_not_allowed, invalid_image; the signal's reason when it is aborted.
 */
export async function inlineImages(
  messages: readonly Message[],
  fetchImage: FetchImage,
  signal: AbortSignal,
  options: {
    readonly isLeft?: ((url: string) => boolean) | undefined;
    readonly timeoutMs?: number;
  } = {},
): Promise<readonly Message[]> {
  const { isLeft = () => false, timeoutMs = FETCH_TIMEOUT_MS } = options;
  const urls = new Set(messages.flatMap(remoteImages).filter((url) => !isLeft(url)));
  if (urls.size === 0) return messages;
  if (urls.size > MAX_FETCHED) {
    throw invalid(`At most ${MAX_FETCHED} images can be fetched for one request.`);
  }
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    const within = AbortSignal.any([signal, limit]);
    const inlined = await fetchAll(urls, (url) => fetchImage(url, within));
    return messages.map((message) => withInlined(message, inlined));
  } catch (thrown) {
    if (signal.aborted || !limit.aborted) throw thrown;
    throw invalid('The images of the request took too long to fetch.', thrown);
  }
}

/** The first failure ends the wait; what is still under way ends with the call or its time. */
async function fetchAll(
  urls: ReadonlySet<string>,
  fetchImage: (url: string) => Promise<FetchedImage>,
): Promise<ReadonlyMap<string, string>> {
  const inlined = new Map<string, string>();
  const waiting = [...urls].entries();
  let bytes = 0;
  const work = async (): Promise<void> => {
    for (const [index, url] of waiting) {
      const image = await fetchImage(url).catch((thrown: unknown) => {
        throw aboutImage(thrown, { param: 'messages', index, count: urls.size });
      });
      bytes += image.bytes.length;
      if (bytes > MAX_INLINED_BYTES) {
        throw invalid('The images of the request are too large together.');
      }
      inlined.set(url, `data:${image.mime};base64,${image.bytes.toBase64()}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENT, urls.size) }, work));
  return inlined;
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError('invalid_image', message, { param: 'messages', cause });
}

function remoteImages(message: Message): string[] {
  if (!Array.isArray(message.content)) return [];
  return message.content
    .map(imageUrl)
    .filter((url): url is string => url !== null && !/^data:/i.test(url));
}

function withInlined(message: Message, inlined: ReadonlyMap<string, string>): Message {
  if (!Array.isArray(message.content)) return message;
  return {
    ...message,
    content: message.content.map((part) => {
      const url = inlined.get(imageUrl(part) ?? '');
      return url === undefined ? part : { type: 'image_url', image_url: { url } };
    }),
  };
}

/** Where an image part points to; null for other parts. */
function imageUrl(part: ContentPart): string | null {
  if (part.type !== 'image_url' && part.type !== 'input_image') return null;
  return typeof part.image_url === 'string' ? part.image_url : part.image_url.url;
}

/** Addresses of videos. They are never inlined: what is not on the web goes as its caller says it. */
export function videosOf(messages: readonly Message[]): string[] {
  return messages.flatMap(({ content }) =>
    Array.isArray(content) ? content.map(videoUrl).filter((url) => /^https?:/i.test(url)) : [],
  );
}

function videoUrl(part: ContentPart): string {
  if (part.type !== 'video_url') return '';
  const { video_url: video } = part;
  const url = isRecord(video) ? video['url'] : video;
  return typeof url === 'string' ? url : '';
}
