import type { DrawCall, ImagePart, ImageProgressPart } from '../../provider';
import { unreadableFault } from '../faults';
import { openTurn } from './open-turn';

/**
 * Draws one picture in a conversation. Upstream always draws two and counts one call; the first that is
 * final is taken and the socket closed. Until then it is told how far they are.
 *
 * @throws ProviderError `refused` with `content_policy_violation` when the pictures were withheld; the
 * signal's reason when it is aborted.
 */
export async function* drawThroughGateway(
  call: DrawCall,
  signal: AbortSignal,
): AsyncGenerator<ImageProgressPart | ImagePart, void, undefined> {
  const { model, settings, task } = call;
  const ask = {
    mode: model.upstream.mode ?? model.upstream.model,
    text: `Drawing: ${task.prompt}`,
    attachments: [],
    temporary: settings.temporary,
    keep: false,
    thread: null,
  };
  const stream = await openTurn({ ...call, signal }, ask, [], true);
  try {
    for (let parts = await stream.read(); parts !== null; parts = await stream.read()) {
      for (const part of parts) {
        if (part.type === 'image' || part.type === 'image-progress') yield part;
        if (part.type === 'image') return;
      }
    }
    signal.throwIfAborted();
    throw unreadableFault('no picture');
  } finally {
    stream.cancel();
  }
}
