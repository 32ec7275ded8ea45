import { request } from './call';
import { failureIn, readSse } from './sse';

/** Pictures over the public API. */

export interface ImageAsk {
  readonly prompt: string;
  readonly model: string;
  readonly n: number;
  /** A ratio such as `3:2`; empty leaves it to upstream. */
  readonly size: string;
  /** Upstream calls at once, 1–3. */
  readonly concurrency: number;
}

/** What happens to the pictures that were asked for; `index` counts from 0. */
export type ImageNews =
  | {
      readonly type: 'progress';
      readonly index: number;
      /** Percent. */
      readonly progress: number;
      /** Empty when there is no preview. */
      readonly base64: string;
    }
  | { readonly type: 'picture'; readonly index: number; readonly url: string }
  /** Fewer came than were asked for. @see Incomplete */
  | { readonly type: 'missing'; readonly reasons: readonly string[] };

interface Event {
  readonly type?: string;
  readonly index?: number;
  readonly progress?: number;
  readonly b64_json?: string;
  readonly url?: string;
  readonly incomplete?: { readonly reasons: readonly string[] };
}

/**
 * Draws from words; with sources (`data:` URIs), from those.
 * @throws ApiError, also in the middle; DOMException when aborted.
 */
export async function* drawImages(
  { size, ...ask }: ImageAsk,
  sources: readonly string[],
  key: string,
  signal: AbortSignal,
): AsyncGenerator<ImageNews> {
  const path = sources.length === 0 ? '/v1/images/generations' : '/v1/images/edits';
  const body = {
    ...ask,
    ...(size === '' ? {} : { size }),
    ...(sources.length === 0 ? {} : { images: sources }),
    stream: true,
    response_format: 'url',
  };
  const response = await request('POST', path, { body, bearer: key, signal });
  for await (const { data } of readSse(response, signal)) {
    const value: unknown = JSON.parse(data);
    const failure = failureIn(value, response);
    if (failure !== null) throw failure;
    yield* newsOf(value);
  }
}

function* newsOf(value: unknown): Generator<ImageNews> {
  // SAFETY: every field is optional, and looked at before it is used.
  const { type = '', index = 0, progress = 0, b64_json, url, incomplete } = value as Event;
  if (type.endsWith('.partial_image')) {
    yield { type: 'progress', index, progress, base64: b64_json ?? '' };
  }
  if (type.endsWith('.completed') && url !== undefined) yield { type: 'picture', index, url };
  if (incomplete !== undefined) yield { type: 'missing', reasons: incomplete.reasons };
}

/** How pictures are drawn: `legacy` in a conversation, `imagine_ws_experimental` over a socket. */
export async function readImageMethod(key: string, signal: AbortSignal): Promise<string> {
  const response = await request('GET', '/v1/images/method', { bearer: key, signal });
  // SAFETY: the gateway that answers is the one that served this page.
  const reply = (await response.json()) as { readonly image_generation_method: string };
  return reply.image_generation_method;
}
