import { openCall } from './call';
import type { Call, Stage } from './call';
import type { Script } from './faults';
import { scriptOf, scriptOfCall } from './faults';
import { answerTo } from './openai-answer';
import { chunksOf, completionOf } from './openai-chunks';
import * as errors from './openai-errors';
import { isServed, modelsOf } from './openai-models';
import { OpenAiRequest, promptPrefix } from './openai-request';
import { eventWire, jsonWire, refusedInBand } from './openai-wire';
import { bearerOf, parsed } from './recording';

/** Plays a provider that speaks OpenAI's chat: any path that ends in `/chat/completions` or `/models`. */
export async function playOpenAi(stage: Stage): Promise<Response> {
  const { request, url } = stage;
  const key = bearerOf(request.headers);
  const script = scriptOf(key ?? '');
  const bodyText = await request.text();
  const refusal = errors.keyRefusal(key, script);
  const route = `${request.method} ${url.pathname.replace(/^.*(?=\/chat\/completions$|\/models$)/, '')}`;
  if (refusal === null && key !== null && route === 'POST /chat/completions') {
    return chat({ stage, key, script, bodyText });
  }
  const call = await openCall(stage, { credential: key ?? '', bodyText });
  if (refusal !== null) {
    await call.wait(script.slowHeadMs);
    return call.answer(refusal);
  }
  return call.answer(
    route === 'GET /models' ? Response.json(modelsOf(url.hostname)) : errors.unknownPath(),
  );
}

interface ChatCall {
  readonly stage: Stage;
  readonly key: string;
  readonly script: Script;
  readonly bodyText: string;
}

async function chat({ stage, key, script, bodyText }: ChatCall): Promise<Response> {
  const request = OpenAiRequest.safeParse(parsed(bodyText));
  const refusal = errors.chatRefusal(script) ?? requestRefusal(stage.url.hostname, request);
  if (refusal !== null || !request.success) {
    const call = await openCall(stage, { credential: key, bodyText });
    await call.wait(script.slowHeadMs);
    return call.answer(refusal ?? errors.badRequest('Invalid request'));
  }
  const charge = {
    bucket: request.data.model,
    units: 1,
    limitUnits: script.quotaUnits,
    windowS: script.windowS,
  };
  const call = await openCall(stage, {
    credential: key,
    bodyText,
    charge: refusedInBand(script) === null ? charge : null,
    luck: { once500: script.has('once500'), flakyPercent: script.flakyPercent },
    promptPrefix: promptPrefix(request.data),
  });
  await call.wait(script.slowHeadMs);
  return replied(call, scriptOfCall(script, key, call.reply.number), request.data);
}

function requestRefusal(
  hostname: string,
  request: ReturnType<typeof OpenAiRequest.safeParse>,
): Response | null {
  if (!request.success) {
    const [issue] = request.error.issues;
    return errors.badRequest(
      `Invalid request: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
    );
  }
  return isServed(hostname, request.data.model) ? null : errors.unknownModel(request.data.model);
}

function replied(call: Call, script: Script, request: OpenAiRequest): Response {
  const { verdict, waitS, prefixSeen } = call.reply;
  if (verdict === 'exhausted') return call.answer(errors.rateLimited(waitS));
  if (verdict === 'unlucky' || script.has('e500counts')) return call.answer(errors.serverError());
  const answer = answerTo(request, script, prefixSeen);
  if (request.stream === true) {
    return call.stream(eventWire(call, script, chunksOf(answer, request)), 'text/event-stream');
  }
  const failure = refusedInBand(script) ?? (script.has('streamerror') ? errors.BROKEN : null);
  const body = failure ?? completionOf(answer, request);
  return call.stream(jsonWire(call, script, body), 'application/json');
}
