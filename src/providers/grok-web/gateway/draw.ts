import type { DrawCall, ImagePart } from '../../provider';
import { unreadableFault } from '../faults';
import { openTurn } from './open-turn';

/**
 * Draws one picture in a conversation. Upstream always draws two and counts one call; the first that is
 * final is taken and the socket closed.
 *
 * @throws ProviderError `refused` with `content_policy_violation` when the pictures were withheld; the
 * signal's reason when it is aborted.
 */
export async function drawThroughGateway(call: DrawCall, signal: AbortSignal): Promise<ImagePart> {
  const { model, settings, task } = call;
  const ask = {
    mode: model.upstream.mode ?? model.upstream.model,
    text: `Drawing: ${task.prompt}`,
    attachments: [],
    temporary: settings.temporary,
    keep: false,
    thread: null,
  };
  const stream = await openTurn({ ...call, signal }, ask, []);
  try {
    for (let parts = await stream.read(); parts !== null; parts = await stream.read()) {
      const picture = parts.find((part) => part.type === 'image');
      if (picture !== undefined) return picture;
    }
    signal.throwIfAborted();
    throw unreadableFault('no picture');
  } finally {
    stream.cancel();
  }
}
