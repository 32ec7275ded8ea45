import { authenticate } from '../../auth/api-key';
import { MAX_CHAT_BODY_BYTES, PLANNED_SETTINGS_MS } from '../../config';
import { ImageGenerationRequest } from '../../contract/images';
import { readJson } from '../../http/body';
import { recentSettings } from '../../store/settings-cache';
import { imagesOf } from './image-sources';
import { answerImages, type ImageJob, imageModel, plansOf } from './images-io';
import { countingRefusals } from './refusals';

/** `POST /v1/images/generations`: pictures from words, streamed or whole. */
export async function generateImages(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  callId: string,
): Promise<Response> {
  const caller = await authenticate(request, env.DB);
  const settings = await recentSettings(env.DB, PLANNED_SETTINGS_MS);
  const { job, plans } = await countingRefusals(env, ctx, caller, async () => {
    const fields = await readJson(request, ImageGenerationRequest, MAX_CHAT_BODY_BYTES);
    const read: ImageJob = {
      fields,
      model: await imageModel(env, caller, fields.model, 'image'),
      prefix: 'image_generation',
      originals: [],
      sources: imagesOf(env, ctx, settings.settings, request.url),
    };
    return { job: read, plans: plansOf(read, settings.settings) };
  });
  return answerImages(job, plans, { request, env, ctx, callId, caller, settings });
}
