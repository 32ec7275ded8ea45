import * as z from 'zod';
import { generatedUri } from './assets-made';
import { FAULT_AFTER_TOKENS, breakOff } from './break-off';
import { CutHere, openCall } from './call';
import type { Call } from './call';
import type { Script } from './faults';
import type { MediaPlan } from './grok-draw';
import { inResponse, modelResponseFrame } from './grok-frames';
import type { GrokFrame, Turn } from './grok-frames';
import { badRequest, serverError, unknownPath } from './grok-refusals';
import type { GrokRequest } from './grok-request';
import { ledgerOf } from './ledger';
import type { SimulatorEnv } from './ledger';
import { parsed } from './recording';

type VideoPlan = Extract<MediaPlan, { readonly kind: 'video' }>;

const STEPS = [1, 20, 40, 60, 80, 100] as const;
const FLUSH_MS = 10;

/** F16 with growing progress, the closing sentence, F19. */
export async function* videoFrames(
  env: SimulatorEnv,
  call: Call,
  script: Script,
  turn: Turn,
  plan: VideoPlan,
): AsyncGenerator<GrokFrame> {
  const filmed = script.has('sdvideo') ? { ...plan, resolutionName: '480p' } : plan;
  const steps = script.has('failvideo') ? STEPS.slice(0, -1) : STEPS;
  for (const [index, progress] of steps.entries()) {
    if (index > 0) await call.wait(script.paceMs);
    if (progress === 100 && !script.has('modvideo')) await ledgerOf(env).readyAsset(plan.id);
    yield progressFrame(turn, filmed, progress, script.has('modvideo'));
    if (script.has('cutvideo')) {
      await call.wait(FLUSH_MS);
      throw new CutHere('Cut after the first word of the video.');
    }
    if (index + 1 === FAULT_AFTER_TOKENS) await breakOff(call, script);
  }
  const token = script.has('failvideo') ? '' : 'Here is your video.';
  yield inResponse(turn.responseId, { token }, { isSoftStop: true });
  yield modelResponseFrame(turn, { message: token });
}

const UpscaleBody = z.looseObject({ videoId: z.string().min(1) });

/** `POST /rest/media/video/upscale`: a finished video of the account, larger. Not counted. */
export async function upscale(grok: GrokRequest): Promise<Response> {
  const { stage, credential, script, bodyText } = grok;
  const call = await openCall(stage, { credential, bodyText });
  const body = UpscaleBody.safeParse(parsed(bodyText));
  if (!body.success) return call.answer(badRequest('videoId is required'));
  if (script.has('noupscale')) return call.answer(serverError());
  const { videoId } = body.data;
  const state = await ledgerOf(stage.env).assetState(credential, videoId);
  if (state !== 'ready') return call.answer(unknownPath());
  const path = generatedUri(credential, videoId, 'generated_video_hd.mp4');
  return call.answer(Response.json({ hdMediaUrl: `https://assets.grok.com/${path}` }));
}

function progressFrame(
  turn: Turn,
  { credential, id, postId, resolutionName }: VideoPlan,
  progress: number,
  moderated: boolean,
): GrokFrame {
  const done = {
    assetId: id,
    videoUrl: generatedUri(credential, id, 'generated_video.mp4'),
    thumbnailImageUrl: generatedUri(credential, id, 'preview_image.jpg'),
    moderated,
  };
  return inResponse(turn.responseId, {
    streamingVideoGenerationResponse: {
      videoId: id,
      progress,
      videoPostId: postId,
      resolutionName,
      ...(progress === 100 ? done : {}),
    },
  });
}
