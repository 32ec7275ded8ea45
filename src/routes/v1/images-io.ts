import type { Caller } from '../../auth/api-key';
import { askFor } from '../../calls/ask';
import { CallRun } from '../../calls/run-call';
import { termMs, watchLimits } from '../../config';
import type { ImageGenerationRequest } from '../../contract/images';
import type { Settings } from '../../contract/settings';
import { callDeps, settingsNow } from '../../deps';
import { AppError } from '../../errors';
import { rateHeaders } from '../../http/ratelimit';
import type { ImageSources } from '../../images/chat-images';
import { completeImages } from '../../images/complete-images';
import type { DrawJob } from '../../images/draw';
import { type DrawPlan, formatOf, planWithFallback } from '../../images/plan';
import { ratioOf } from '../../images/ratio';
import { type EventStyle, streamImages } from '../../images/stream-images';
import { inputTokensOf } from '../../images/usage';
import { newCallId } from '../../lib/ids';
import { findModel, type Generations } from '../../models/catalog';
import { defaultPictureModel } from '../../models/default-model';
import type { ModelSpec } from '../../models/model-spec';
import type { Original } from '../../providers/provider';
import type { VersionedSettings } from '../../store/settings-read';
import { modelOf, supply } from './models';

/** What the two routes for pictures have in common. */

export { imagesOf } from './image-sources';

/**
 * The model of a request for pictures; without a name the newest of its kind that can be served.
 * @param originals - pictures that are to be edited.
 * @throws AppError `model_not_found`, `invalid_request` for a model of another kind.
 */
export async function imageModel(
  env: Env,
  { key }: Caller,
  name: string | null | undefined,
  kind: 'image' | 'edit',
  originals = 0,
): Promise<ModelSpec> {
  const named = name ?? null;
  const counted = named === null ? await supply(env) : [];
  const find = (generations: Generations): ModelSpec | null =>
    named === null
      ? defaultPictureModel(kind, {
          generations,
          allowed: key.models,
          supply: counted,
          originals,
        })
      : findModel(named, generations);
  const model = await modelOf(env.DB, find, named);
  if (model.kind === kind) return model;
  const can = kind === 'image' ? 'draws no pictures from words' : 'edits no pictures';
  throw new AppError('invalid_request', `The model ${model.id} ${can}.`, { param: 'model' });
}

/** A request for pictures that has been read and found sound. */
export interface ImageJob {
  readonly model: ModelSpec;
  readonly fields: ImageGenerationRequest;
  readonly prefix: EventStyle['prefix'];
  /** What is edited; empty when drawing from words. */
  readonly originals: readonly Original[];
  readonly sources: ImageSources;
}

/** What a request may fail for before anything is asked of the pool. */
export function plansOf(
  job: ImageJob,
  { images, grok }: Settings,
): ReturnType<typeof planWithFallback> {
  const { fields, model, originals } = job;
  const isEdit = model.kind === 'edit';
  return planWithFallback(model, grok.image_generation_method, {
    prompt: fields.prompt,
    n: fields.n ?? 1,
    // Without a size a picture is square, as it always was; an edit keeps the shape of its original.
    ratio: ratioOf(fields.size) ?? (isEdit ? null : '1:1'),
    concurrency: fields.concurrency ?? 1,
    images: originals,
    enableNsfw: images.enable_nsfw,
  });
}

interface Context {
  readonly request: Request;
  readonly env: Env;
  readonly ctx: ExecutionContext;
  readonly callId: string;
  readonly caller: Caller;
  readonly settings: VersionedSettings;
}

/** Runs a request for pictures and answers it, streamed or whole. @throws AppError */
export async function answerImages(
  job: ImageJob,
  [first, ...others]: ReturnType<typeof plansOf>,
  context: Context,
): Promise<Response> {
  const { ctx, settings } = context;
  const { fields, model } = job;
  const isStreamed = fields.stream === true;
  const n = fields.n ?? 1;
  let last: CallRun | null = null;
  const start = (plan: DrawPlan, callId: string): CallRun => {
    last = runOf(plan, callId, isStreamed, context);
    return last;
  };
  const drawing: DrawJob = {
    n,
    format: formatOf(fields.response_format, model, settings.settings),
    // The second is a call of its own, so it has an id of its own: the first has ended under the request's.
    runs: [
      () => start(first, context.callId),
      ...others.map((plan) => () => start(plan, newCallId())),
    ],
    limits: () => watchLimits(settingsNow(), isStreamed, 'image'),
    outlet: job.sources,
    input: inputTokensOf(fields.prompt, job.originals.length),
  };
  if (isStreamed) {
    const { response, work } = streamImages(drawing, styleOf(job), Date.now);
    ctx.waitUntil(work);
    return response;
  }
  const completing = completeImages(drawing, Date.now);
  // The call is settled even when the client leaves and nobody waits for the answer.
  ctx.waitUntil(completing.catch(() => undefined));
  const answer = await completing;
  return Response.json(answer, { headers: rateHeaders(ratesOf(last)) });
}

/** Assigned in a closure: the compiler does not see that it is. */
function ratesOf(run: CallRun | null): CallRun['rates'] {
  return run?.rates ?? null;
}

function runOf(plan: DrawPlan, callId: string, stream: boolean, context: Context): CallRun {
  const { env, ctx, request, caller, settings } = context;
  const ask = askFor(plan, {
    callId,
    caller,
    settingsVersion: settings.version,
    request,
    stream,
    termMs: termMs(settings.settings, 'image'),
  });
  const deps = callDeps(env, ctx, { request, caller, model: plan.model });
  const { model, begin } = plan;
  return new CallRun(deps, { ask, model, begin, caller: request.signal });
}

function styleOf({ fields, prefix }: ImageJob): EventStyle {
  return {
    prefix,
    size: fields.size ?? 'auto',
    quality: fields.quality ?? 'auto',
    background: fields.background ?? 'auto',
    previews: fields.partial_images ?? null,
  };
}
