import { ProviderError, type Attempt } from '../../provider';
import { cutFault, egressFault, httpFault } from '../faults';
import { FrameReader } from '../frames';
import { restHeaders } from '../headers';
import type { Json } from '../narrow';

const SITE = 'https://grok.com';

/** Headers of a call that the site makes from one of its pages, such as `/imagine`. */
export function pageHeaders(
  { secret, settings }: Pick<Attempt, 'secret' | 'settings'>,
  page: string,
): Record<string, string> {
  return { ...restHeaders(secret, settings, true), referer: `${SITE}${page}` };
}

/**
 * One turn: `POST /rest/app-chat/conversations/new` → its frames, as they come. Leaving early ends
 * the upstream call.
 *
 * @param page where the site makes such a call.
 * @throws ProviderError, or the signal's reason.
 */
export async function* converse(
  attempt: Attempt,
  body: object,
  page: string,
): AsyncGenerator<Json, void, undefined> {
  const response = await post(attempt, '/rest/app-chat/conversations/new', body, page);
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200 || type.includes('text/html')) {
    throw await httpFault(response, Date.now());
  }
  if (response.body === null) throw cutFault('empty body');
  const reader = response.body.getReader();
  const frames = new FrameReader();
  // A body that has ended or failed has nothing left to cancel.
  const cancel = () => void reader.cancel().catch(() => undefined);
  attempt.signal.addEventListener('abort', cancel);
  try {
    for (;;) {
      const { value, done } = await reader.read();
      // A cancelled body ends as if it were whole.
      attempt.signal.throwIfAborted();
      yield* done ? frames.end() : frames.push(value);
      if (done || frames.done) return;
    }
  } catch (thrown) {
    if (thrown instanceof ProviderError || attempt.signal.aborted) throw thrown;
    throw cutFault('connection cut', thrown);
  } finally {
    attempt.signal.removeEventListener('abort', cancel);
    cancel();
  }
}

/** Posts JSON to the site. @throws ProviderError when no answer came, or the signal's reason. */
export async function post(
  attempt: Pick<Attempt, 'secret' | 'settings' | 'egress' | 'signal'>,
  path: string,
  body: object,
  page: string,
): Promise<Response> {
  const { settings, egress, signal } = attempt;
  const headers = pageHeaders(attempt, page);
  try {
    return await egress.fetch(`${settings.baseUrl}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers,
      body: JSON.stringify(body),
      signal,
    });
  } catch (thrown) {
    throw egressFault(thrown, signal);
  }
}
