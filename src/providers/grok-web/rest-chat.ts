import type { PartStream, ProviderCall } from '../provider';
import { newAnswer } from './answer-state';
import { cutFault, egressFault, httpFault } from './faults';
import { restHeaders } from './headers';
import { GrokPartStream } from './part-stream';
import { flatten } from './prompt';
import { chatBody } from './request';
import { uploadImages } from './upload';

/**
 * Dialects `rest-model` and `rest-mode`: one text per turn, images uploaded ahead of it, an NDJSON answer.
 * @throws ProviderError
 */
export async function streamOverRest(call: ProviderCall): Promise<PartStream> {
  const { request, settings, signal } = call;
  const prompt = flatten(request);
  const attachments = await uploadImages(call, prompt.images);
  const response = await post(
    call,
    chatBody(call.model, request, {
      message: prompt.text,
      attachments,
      temporary: request.temporary ?? settings.temporary,
    }),
  );
  const type = response.headers.get('content-type') ?? '';
  if (response.status !== 200 || type.includes('text/html')) {
    throw await httpFault(response, Date.now());
  }
  if (response.body === null) throw cutFault('empty body');
  return new GrokPartStream(
    response.body,
    newAnswer(request.filter_tags ?? settings.filterTags),
    signal,
  );
}

/** `POST /rest/app-chat/conversations/new` → NDJSON. */
async function post(call: ProviderCall, body: object): Promise<Response> {
  const { settings, secret, egress, signal } = call;
  const headers = restHeaders(secret, settings, true);
  try {
    return await egress.fetch(`${settings.baseUrl}/rest/app-chat/conversations/new`, {
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
