import { authenticate } from '../../auth/api-key';
import { MAX_CHAT_BODY_BYTES, MAX_EDIT_BODY_BYTES, PLANNED_SETTINGS_MS } from '../../config';
import { ImageEditRequest } from '../../contract/images';
import { withFiles } from '../../files/attachments';
import { fileDeps } from '../../files/file-deps';
import { readJson } from '../../http/body';
import { isMultipart } from '../../http/multipart';
import { readEditForm, readEditJson, tooMany } from '../../images/edit-form';
import { recentSettings } from '../../store/settings-cache';
import { imagesOf } from './image-sources';
import { answerImages, type ImageJob, imageModel, plansOf } from './images-io';
import { countingRefusals } from './refusals';

/** `POST /v1/images/edits`: pictures from pictures, as a form or as JSON, streamed or whole. */
export async function editImages(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  callId: string,
): Promise<Response> {
  const caller = await authenticate(request, env.DB);
  const settings = await recentSettings(env.DB, PLANNED_SETTINGS_MS);
  const { job, plans } = await countingRefusals(env, ctx, caller, async () => {
    const sources = withFiles(
      imagesOf(env, ctx, settings.settings, request.url),
      fileDeps(env),
      caller.key.id,
    );
    const { fields, originals } = isMultipart(request)
      ? await readEditForm(request, MAX_EDIT_BODY_BYTES, sources.find)
      : await readEditJson(
          await readJson(request, ImageEditRequest, MAX_CHAT_BODY_BYTES),
          sources.find,
        );
    const model = await imageModel(env, caller, fields.model, 'edit', originals.length);
    const most = model.media?.task === 'edit' ? model.media.maxImages : 1;
    if (originals.length > most) throw tooMany(most, model.id);
    const read: ImageJob = { fields, model, prefix: 'image_edit', originals, sources };
    return { job: read, plans: plansOf(read, settings.settings) };
  });
  return answerImages(job, plans, { request, env, ctx, callId, caller, settings });
}
