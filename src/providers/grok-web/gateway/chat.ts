import type { PartStream, ProviderCall } from '../../provider';
import { flatten } from '../prompt';
import { uploadImages } from '../upload';
import { openTurn } from './open-turn';

/**
 * Dialect `gateway`: one turn of a conversation over a WebSocket. A call that asks for its answer to be
 * stored is kept upstream and ends with the `thread` to go on with.
 *
 * @throws ProviderError
 */
export async function streamOverGateway(call: ProviderCall): Promise<PartStream> {
  const { model, request, settings, thread } = call;
  const { messages } = request;
  const lastAnswer = messages.findLastIndex(({ role }) => role === 'assistant');
  const prompt = flatten(request, {
    labels: 'brackets',
    // A conversation that is continued knows everything up to its last answer.
    from: thread === undefined ? 0 : lastAnswer + 1,
  });
  const attachments = await uploadImages(call, prompt.images);
  const ask = {
    mode: model.upstream.mode ?? model.upstream.model,
    text: prompt.text,
    attachments,
    temporary: request.temporary ?? settings.temporary,
    keep: request.store === true,
    thread: thread ?? null,
  };
  return openTurn(call, ask, request.filter_tags ?? settings.filterTags);
}
