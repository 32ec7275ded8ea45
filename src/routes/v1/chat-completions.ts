import { authenticate } from '../../auth/api-key';
import { askFor } from '../../calls/ask';
import { affinityOf } from '../../chat/affinity';
import { thinkingStyle } from '../../chat/answer';
import { type ChatPlan, type ChatWorld, type Instead, planChat } from '../../chat/begin-chat';
import { completeChat } from '../../chat/complete-chat';
import type { AnswerJob } from '../../chat/job';
import { CallRun } from '../../calls/run-call';
import { streamChat } from '../../chat/stream-chat';
import { ANSWER_ID_PREFIX } from '../../chat/threads';
import { MAX_CHAT_BODY_BYTES, termMs, watchLimits } from '../../config';
import { ChatRequest } from '../../contract/chat';
import { callDeps, poolOf, settingsNow } from '../../deps';
import { attachPictures, withFiles } from '../../files/attachments';
import { fileDeps } from '../../files/file-deps';
import { readJson } from '../../http/body';
import { rateHeaders } from '../../http/ratelimit';
import { JsonReply } from '../../http/reply';
import { newCallId } from '../../lib/ids';
import { unixSeconds } from '../../lib/time';
import { mediaDeps } from '../../media/deps';
import { providerOf } from '../../providers/registry';
import { currentSettings } from '../../store/settings-cache';
import { importEnvToken, isEnvTokenKnown } from '../../tokens/env-tokens';
import { imagesOf } from './image-sources';
import { chatModel } from './models';
import { countingRefusals } from './refusals';
import { linkVideo } from './video-links';

/** `POST /v1/chat/completions`: one chat, streamed or whole. */
export async function chatCompletions(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  callId: string,
): Promise<Response | JsonReply> {
  const caller = await authenticate(request, env.DB);
  const settings = await currentSettings(env.DB);
  const { chat, plan } = await countingRefusals(env, ctx, caller, async () => {
    const read = await readJson(request, ChatRequest, MAX_CHAT_BODY_BYTES);
    const body = { ...read, messages: attachPictures(read.messages) };
    const images = () =>
      withFiles(imagesOf(env, ctx, settings.settings, request.url), fileDeps(env), caller.key.id);
    const media = () =>
      mediaDeps(env, (work) => ctx.waitUntil(work), settings.settings, request.url);
    const world: ChatWorld = {
      settings: settings.settings,
      images,
      linkVideo: (video, tokenId) => linkVideo(media(), video, tokenId),
      threads: { db: env.DB, keyId: caller.key.id, callId },
    };
    return { chat: body, plan: await planChat(await chatModel(env.DB, body.model), body, world) };
  });
  const { model } = plan;
  if (!isEnvTokenKnown(model.provider)) await importEnvToken(env, poolOf(env), model.provider);
  const isSilent = chat.stream !== true && providerOf(model.provider).isSilentWhenWhole === true;
  const start = (
    call: Pick<ChatPlan, 'kind' | 'model' | 'units' | 'charges' | 'begin' | 'tokenId'>,
    id: string,
  ): CallRun => {
    const ask = askFor(call, {
      callId: id,
      caller,
      settingsVersion: settings.version,
      request,
      stream: chat.stream === true,
      termMs: termMs(settings.settings, call.kind),
      tokenId: call.tokenId,
      affinity: affinityOf(caller.key.id, chat, call.model.promptCache === true),
    });
    const deps = callDeps(env, ctx, { request, caller, model: call.model, chat });
    const { begin } = call;
    return new CallRun(deps, { ask, model: call.model, begin, isSilent, caller: request.signal });
  };
  let run = start(plan, callId);
  // A call of its own has an id of its own: the first has ended under the request's.
  const instead = (call: Instead): CallRun => (run = start(call.plan, newCallId()));
  const job = jobFor(request, callId, chat, plan, isSilent, instead);
  if (chat.stream === true) {
    const { response, work } = streamChat(run, job);
    ctx.waitUntil(work);
    return response;
  }
  const completing = completeChat(run, job);
  // The call is settled even when the client leaves and nobody waits for the answer.
  ctx.waitUntil(completing.catch(() => undefined));
  const completion = await completing;
  return new JsonReply(completion, rateHeaders(run.rates));
}

function jobFor(
  request: Request,
  callId: string,
  chat: ChatRequest,
  plan: ChatPlan,
  isSilent: boolean,
  start: (call: Instead) => CallRun,
): AnswerJob {
  const isStreamed = chat.stream === true;
  const { kind, model, show, charged, lost, instead } = plan;
  return {
    request: chat,
    head: { id: ANSWER_ID_PREFIX + callId, created: unixSeconds(Date.now()), model: model.id },
    limits: () => watchLimits(settingsNow(), isStreamed, kind, isSilent),
    style: () => thinkingStyle(chat, model.provider, settingsNow().grok.thinking),
    show,
    ...(charged === undefined ? {} : { charged }),
    ...(lost === undefined ? {} : { lost }),
    ...(instead === undefined
      ? {}
      : { fallback: { canHelp: instead.canHelp, run: () => start(instead) } }),
  };
}
