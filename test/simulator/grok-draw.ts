import { generatedUri, keepPictures, keepVideo } from './assets-made';
import { FAULT_AFTER_TOKENS, breakOff } from './break-off';
import type { Call } from './call';
import type { Script } from './faults';
import type { MediaAsk } from './grok-draw-request';
import { inResponse, modelResponseFrame } from './grok-frames';
import type { GrokFrame, Turn } from './grok-frames';
import { TOO_MANY } from './grok-refusals';
import type { GrokRequest } from './grok-request';
import { videoFrames } from './grok-video';

/** What an accepted call will draw or film; its files are kept by the account. */
export type MediaPlan =
  | { readonly kind: 'pictures'; readonly credential: string; readonly ids: readonly string[] }
  | {
      readonly kind: 'video';
      readonly credential: string;
      readonly id: string;
      readonly postId: string;
      readonly resolutionName: string;
    };

/** Percents told of a picture; below 100 it is a preview. */
const STEPS = [10, 50, 100] as const;
/** Pauses between the frames of a video. */
const PAUSES_OF_VIDEO = 5;

/** Gives what was accepted its ids, and the account its files: at once, or when a video will be done. */
export async function planMedia(
  { stage, credential, script }: GrokRequest,
  ask: MediaAsk,
): Promise<MediaPlan> {
  if (ask.kind === 'pictures') {
    const ids = Array.from({ length: drawnOf(script, ask.count) }, () => crypto.randomUUID());
    await keepPictures(stage.env, credential, ids);
    return { kind: 'pictures', credential, ids };
  }
  const { resolutionName } = ask;
  const id = crypto.randomUUID();
  if (!script.has('failvideo') && !script.has('modvideo')) {
    // Nobody has to wait for it: it is filmed to its end whether the client stays or not.
    const tellingMs = script.slowHeadMs + script.slowMs + script.paceMs * PAUSES_OF_VIDEO;
    const delayMs = script.has('cutvideo') ? script.videoDelayMs : tellingMs;
    await keepVideo(stage.env, credential, id, delayMs);
  }
  const postId = ask.postId ?? crypto.randomUUID();
  return { kind: 'video', credential, id, postId, resolutionName };
}

/** How many of the pictures asked for are drawn. */
export function drawnOf(script: Script, count: number): number {
  if (script.has('noimage')) return 0;
  return script.has('oneimage') ? Math.min(1, count) : count;
}

/** Whether the picture at `index` of `count` is told as moderated. */
export function isModerated(script: Script, index: number, count: number): boolean {
  return script.has('modall') || (script.has('modimage') && index === count - 1);
}

/** The frames that tell of the drawing or filming, after the opening ones; faults strike on the way. */
export async function* mediaFrames(
  { stage, script }: GrokRequest,
  call: Call,
  turn: Turn,
  plan: MediaPlan,
): AsyncGenerator<GrokFrame> {
  if (plan.kind === 'video') yield* videoFrames(stage.env, call, script, turn, plan);
  else yield* pictureFrames(call, script, turn, plan);
  yield { result: { title: { newTitle: 'Imagine' } } };
}

async function* pictureFrames(
  call: Call,
  script: Script,
  turn: Turn,
  { credential, ids }: Extract<MediaPlan, { readonly kind: 'pictures' }>,
): AsyncGenerator<GrokFrame> {
  yield inResponse(turn.responseId, { imageAttachmentInfo: { imageCount: ids.length } });
  const frames = STEPS.flatMap((progress) =>
    ids.map((id, imageIndex) =>
      pictureFrame(turn, credential, {
        id,
        imageIndex,
        progress,
        moderated: isModerated(script, imageIndex, ids.length),
      }),
    ),
  );
  for (const [index, frame] of frames.entries()) {
    if (index > 0) await call.wait(script.paceMs);
    yield frame;
    if (index + 1 !== FAULT_AFTER_TOKENS) continue;
    await breakOff(call, script);
    if (script.has('inband8late')) return yield { error: TOO_MANY };
  }
  if (script.has('badjson')) yield modelResponseFrame(turn, { generatedImageUrls: ['/'] });
  // What was moderated is listed all the same: F14 is what tells.
  const generatedImageUrls = ids.map((id) => generatedUri(credential, id, 'image.jpg'));
  yield modelResponseFrame(turn, { generatedImageUrls });
}

/** F14: previews are of `<id>-part-0`. */
function pictureFrame(
  turn: Turn,
  credential: string,
  picture: {
    readonly id: string;
    readonly imageIndex: number;
    readonly progress: number;
    readonly moderated: boolean;
  },
): GrokFrame {
  const { id: imageId, imageIndex, progress, moderated } = picture;
  const isFinal = progress === 100;
  const imageUrl = generatedUri(credential, isFinal ? imageId : `${imageId}-part-0`, 'image.jpg');
  const marks = isFinal ? { isFinal, moderated } : {};
  return inResponse(turn.responseId, {
    streamingImageGenerationResponse: { imageId, imageUrl, imageIndex, progress, ...marks },
  });
}
