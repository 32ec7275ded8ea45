import type { ContentPart, Message } from '../../contract/chat';
import { AppError } from '../../errors';
import type { FetchedImage } from '../provider';

/** Bytes of all images that one request may have fetched for it. */
const MAX_INLINED_BYTES = 40 * 1_024 * 1_024;

/**
 * Replaces the https images of a request by data URIs, for providers that do not fetch.
 * One after another, so that memory holds little beyond what is sent.
 *
 * @returns the same list when there is nothing to replace.
 * @throws AppError url_not_allowed, invalid_image
 */
export async function inlineImages(
  messages: readonly Message[],
  fetchImage: (url: string) => Promise<FetchedImage>,
): Promise<readonly Message[]> {
  const urls = new Set(messages.flatMap(remoteImages));
  if (urls.size === 0) return messages;
  const inlined = new Map<string, string>();
  let bytes = 0;
  for (const url of urls) {
    const image = await fetchImage(url);
    bytes += image.bytes.length;
    if (bytes > MAX_INLINED_BYTES) {
      throw new AppError('invalid_image', 'The images of the request are too large together.');
    }
    inlined.set(url, `data:${image.mime};base64,${image.bytes.toBase64()}`);
  }
  return messages.map((message) => withInlined(message, inlined));
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
