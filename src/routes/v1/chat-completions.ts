import { authenticate, type Caller } from '../../auth/api-key';
import { affinityOf } from '../../chat/affinity';
import { thinkingStyle } from '../../chat/answer';
import { completeChat } from '../../chat/complete-chat';
import type { AnswerJob } from '../../chat/job';
import { CallRun } from '../../calls/run-call';
import { streamChat } from '../../chat/stream-chat';
import { MAX_CHAT_BODY_BYTES, termMs, watchLimits } from '../../config';
import { ChatRequest } from '../../contract/chat';
import { callDeps, poolOf, settingsNow } from '../../deps';
import { readJson } from '../../http/body';
import { rateHeaders } from '../../http/ratelimit';
import { unixSeconds } from '../../lib/time';
import type { ModelSpec } from '../../models/model-spec';
import type { Ask } from '../../pool/rpc';
import { providerOf } from '../../providers/registry';
import { currentSettings } from '../../store/settings-cache';
import type { VersionedSettings } from '../../store/settings-read';
import { importEnvToken, isEnvTokenKnown } from '../../tokens/env-tokens';
import { chatModel } from './models';
import { countingRefusals } from './refusals';

/** `POST /v1/chat/completions`: one chat, streamed or whole. */
export async function chatCompletions(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  callId: string,
): Promise<Response> {
  const caller = await authenticate(request, env.DB);
  const settings = await currentSettings(env.DB);
  const { chat, model } = await countingRefusals(env, ctx, caller, async () => {
    const body = await readJson(request, ChatRequest, MAX_CHAT_BODY_BYTES);
    return { chat: body, model: chatModel(body.model) };
  });
  if (!isEnvTokenKnown(model.provider)) await importEnvToken(env, poolOf(env), model.provider);
  const ask = askFor({ callId, caller, chat, model, request, settings });
  const run = new CallRun(callDeps(env, ctx, { request, caller, model, chat }), {
    ask,
    model,
    begin: (attempt) => providerOf(model.provider).stream({ ...attempt, request: chat }),
  });
  const job = jobFor(request, callId, chat, model);
  if (chat.stream === true) {
    const { response, work } = streamChat(run, job);
    ctx.waitUntil(work);
    return response;
  }
  const completing = completeChat(run, job);
  // The call is settled even when the client leaves and nobody waits for the answer.
  ctx.waitUntil(completing.catch(() => undefined));
  const completion = await completing;
  return Response.json(completion, { headers: rateHeaders(run.rates) });
}

function askFor(call: {
  readonly callId: string;
  readonly caller: Caller;
  readonly chat: ChatRequest;
  readonly model: ModelSpec;
  readonly request: Request;
  readonly settings: VersionedSettings;
}): Ask {
  const { callId, caller, chat, model, request, settings } = call;
  const affinity = affinityOf(caller.key.id, chat, model.promptCache === true);
  return {
    callId,
    keyId: caller.key.id,
    keyVersion: caller.version,
    settingsVersion: settings.version,
    model: model.id,
    kind: 'chat',
    ip: request.headers.get('cf-connecting-ip'),
    provider: model.provider,
    tiers: model.tiers,
    bucket: model.bucket,
    units: model.units,
    metered: providerOf(model.provider).metered,
    charges: model.charges,
    stream: chat.stream === true,
    termMs: termMs(settings.settings),
    ...(affinity === undefined ? {} : { affinity }),
  };
}

function jobFor(request: Request, callId: string, chat: ChatRequest, model: ModelSpec): AnswerJob {
  const isStreamed = chat.stream === true;
  return {
    request: chat,
    head: { id: `chatcmpl-${callId}`, created: unixSeconds(Date.now()), model: model.id },
    limits: () => watchLimits(settingsNow(), isStreamed),
    style: () => thinkingStyle(chat, model.provider, settingsNow().grok.thinking),
    signal: request.signal,
  };
}
