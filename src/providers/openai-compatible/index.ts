import type { Message } from '../../contract/chat';
import {
  type AccountCall,
  type Attempt,
  type PartStream,
  type Provider,
  type ProviderCall,
  ProviderError,
} from '../provider';
import { readParts } from './answers';
import { DIALECTS, type Dialect, type OpenAiCompatibleId } from './dialects';
import { faultOfResponse, faultOfThrown } from './faults';
import { inlineImages, videosOf } from './inline-images';
import { upstreamRequest } from './request';

/** An adapter for a provider that speaks OpenAI's chat protocol. */
export function openAiCompatible(id: OpenAiCompatibleId): Provider {
  const dialect = DIALECTS[id];
  return {
    id,
    metered: false,
    isSilentWhenWhole: true,
    stream: (call) => stream(dialect, call),
    test,
  };
}

async function stream(dialect: Dialect, call: ProviderCall): Promise<PartStream> {
  const messages = await sendable(dialect, call);
  const { body, headers } = upstreamRequest(dialect, call.model, call.request, messages);
  const signal = signalOf(call);
  const response = await ask(call, '/chat/completions', {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
    signal,
  });
  return readParts(response, signal, call.alive);
}

/**
 * What ends the call of upstream. Of a whole answer, which comes in one piece, the request's own signal
 * is enough; a stream that has begun is ended by the one that is listened to.
 */
function signalOf(call: ProviderCall): AbortSignal {
  return call.request.stream === true ? call.signal : (call.callerSignal ?? call.signal);
}

/** What upstream cannot fetch by itself is sent along; it is sent to no address that is not public. */
async function sendable(dialect: Dialect, call: ProviderCall): Promise<readonly Message[]> {
  const { messages } = call.request;
  if (!messages.some(({ content }) => Array.isArray(content))) return messages;
  const { isPublicImage, fetchImage } = call;
  for (const url of videosOf(messages)) isPublicImage?.(url);
  // Without a word on what is public, nothing is left for upstream to fetch.
  const isLeft = dialect.fetchesImages ? isPublicImage : undefined;
  return inlineImages(messages, fetchImage, call.signal, { isLeft });
}

/** The list of models costs nothing and needs the key. */
async function test(call: AccountCall): Promise<void> {
  const { signal } = call;
  const response = await ask(call, '/models', { method: 'GET', headers: {}, signal });
  void response.body?.cancel().catch(() => undefined);
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** @throws ProviderError for every answer but a 2xx; what the signal threw when it is aborted. */
async function ask(
  call: Pick<Attempt, 'secret' | 'egress' | 'settings'>,
  path: string,
  question: Question,
): Promise<Response> {
  const { secret, egress, settings } = call;
  if (!/^[\x21-\x7e]+$/.test(secret)) throw unsendable();
  let response: Response;
  try {
    response = await egress.fetch(settings.baseUrl + path, {
      ...question,
      headers: { ...question.headers, authorization: `Bearer ${secret}` },
      // A redirect would carry the credential elsewhere.
      redirect: 'manual',
    });
  } catch (thrown) {
    throw faultOfThrown(thrown, question.signal);
  }
  if (response.ok) return response;
  throw await faultOfResponse(response, Date.now());
}

function unsendable(): ProviderError {
  return new ProviderError(
    'The provider did not accept a credential of this gateway; its operator has to renew it.',
    'revoked',
    'upstream_unauthorized',
    { retryable: true, reason: 'the credential holds characters that no header can carry' },
  );
}
