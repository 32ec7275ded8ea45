import type { Script } from './faults';
import { PNG } from './media-samples';
import { jpegOf } from './media-samples-film';

/** A batch that was asked over the Imagine socket. */
export interface ImagineAsk {
  /** The whole message. */
  readonly text: string;
  readonly requestId: string;
  /** The same for every batch of one handshake. */
  readonly socketId: string;
  readonly prompt: string;
  readonly ratio: string;
  /** Pictures, 1–10. */
  readonly count: number;
}

/** A frame of the socket; a picture's tell its percent. */
export type ImagineFrame =
  | { readonly type: 'json'; readonly current_status: string; readonly [key: string]: unknown }
  | {
      readonly type: 'image';
      readonly percentage_complete: number;
      readonly [key: string]: unknown;
    };

const PREVIEWS = [30, 60] as const;
const PUBLIC_URL = 'https://imagine-public.x.ai/imagine-public/images';
const SIDE = 784;
const TALL = 1_168;

interface Slot {
  readonly id: string;
  readonly order: number;
  readonly moderated: boolean;
}

/**
 * Every frame of a batch: all pictures begin, all previews come, then the finals, the last picture's
 * first, each followed by its `completed`.
 */
export function* batchFrames(ask: ImagineAsk, script: Script): Generator<ImagineFrame> {
  const slots = Array.from({ length: ask.count }, (_, order): Slot => ({
    id: crypto.randomUUID(),
    order,
    moderated: script.has('modall') || (script.has('modslot') && order === 0),
  }));
  for (const slot of slots) yield stateFrame(ask, slot, 'start_stage', { percentage_complete: 0 });
  for (const percent of PREVIEWS) {
    for (const slot of slots) yield imageFrame(ask, slot, percent);
    if (script.has('foreign')) yield* foreignFrames(ask);
  }
  if (script.has('previewonly')) return;
  for (const slot of slots.toReversed()) {
    if (!slot.moderated) yield imageFrame(ask, slot, 100);
    const { moderated } = slot;
    yield stateFrame(ask, slot, 'completed', { moderated, r_rated: false });
  }
}

/** A whole picture of somebody else's request. */
function* foreignFrames(ask: ImagineAsk): Generator<ImagineFrame> {
  const foreign = { ...ask, requestId: crypto.randomUUID() };
  const slot: Slot = { id: crypto.randomUUID(), order: 0, moderated: false };
  yield stateFrame(foreign, slot, 'start_stage', { percentage_complete: 0 });
  yield imageFrame(foreign, slot, 100);
  yield stateFrame(foreign, slot, 'completed', { moderated: false, r_rated: false });
}

function stateFrame(
  ask: ImagineAsk,
  { id, order }: Slot,
  status: 'start_stage' | 'completed',
  marks: Readonly<Record<string, unknown>>,
): ImagineFrame {
  return {
    type: 'json',
    current_status: status,
    image_id: id,
    request_id: ask.requestId,
    order,
    ...sizeOf(ask.ratio),
    ...marks,
  };
}

function imageFrame(ask: ImagineAsk, { id, order }: Slot, percent: number): ImagineFrame {
  const isFinal = percent === 100;
  return {
    type: 'image',
    id,
    request_id: ask.requestId,
    url: `${PUBLIC_URL}/${id}.${isFinal ? 'jpg' : 'png'}`,
    blob: (isFinal ? jpegOf(id) : PNG).toBase64(),
    percentage_complete: percent,
    order,
    grid_index: order,
    prompt: ask.prompt,
    full_prompt: ask.prompt,
    ...sizeOf(ask.ratio),
  };
}

/** Points of a picture: only whether it stands or lies is played. */
function sizeOf(ratio: string) {
  const [across = 1, down = 1] = ratio.split(':').map(Number);
  return {
    width: across > down ? TALL : SIDE,
    height: down > across ? TALL : SIDE,
  };
}
