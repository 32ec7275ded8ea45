import * as z from 'zod';
import { FAULT_AFTER_TOKENS, breakFirst, breakOff } from './break-off';
import { openCall } from './call';
import type { Call } from './call';
import { scriptOfCall } from './faults';
import type { Script } from './faults';
import type { GrokRequest } from './grok-request';
import { DEFAULT_QUOTA_UNITS, drawOf } from './grok-catalog';
import type { Draw } from './grok-catalog';
import * as frames from './grok-frames';
import type { GrokFrame, Turn } from './grok-frames';
import { mediaFrames, planMedia } from './grok-draw';
import type { MediaPlan } from './grok-draw';
import { mediaAskOf } from './grok-draw-request';
import type { MediaAsk } from './grok-draw-request';
import { ANTI_BOT, TOO_MANY, USAGE_LIMIT } from './grok-refusals';
import { badRequest, chatRefusal, serverError, tooMany } from './grok-refusals';
import { grokWire } from './grok-wire';
import type { Charge } from './ledger';
import { parsed } from './recording';
import { tokensOf, wordTokens } from './text';

const Body = z.looseObject({
  message: z.string().min(1),
  modelName: z.optional(z.string()),
  modelMode: z.optional(z.nullable(z.string())),
  modeId: z.optional(z.string()),
  temporary: z.optional(z.boolean()),
  fileAttachments: z.optional(z.array(z.string())),
});
type Body = z.infer<typeof Body>;

/** `POST /rest/app-chat/conversations/new`: one turn of a new conversation, as lines of JSON. */
export async function chat(grok: GrokRequest): Promise<Response> {
  const { stage, credential, script, bodyText } = grok;
  const body = Body.safeParse(parsed(bodyText));
  const media = mediaAskOf(credential, parsed(bodyText));
  const draw = body.success ? drawFor(body.data, media) : null;
  const refusal =
    chatRefusal(script) ??
    (body.success ? null : badRequest('Invalid request')) ??
    (draw === null ? badRequest('Unknown model') : null) ??
    (media?.files === null ? badRequest('Unknown asset or post') : null);
  if (refusal !== null || draw === null || !body.success) {
    const call = await openCall(stage, { credential, bodyText });
    await call.wait(script.slowHeadMs);
    return call.answer(refusal ?? badRequest('Invalid request'));
  }
  const charge: Charge = {
    ...draw,
    limitUnits: script.quotaUnits ?? (isImagine(draw) ? null : DEFAULT_QUOTA_UNITS),
    windowS: script.windowS,
  };
  const call = await openCall(stage, {
    credential,
    bodyText,
    charge: isRefusedInBand(script) ? null : charge,
    luck: { once500: script.has('once500'), flakyPercent: script.flakyPercent },
    files: [...(body.data.fileAttachments ?? []), ...(media?.files ?? [])],
  });
  await call.wait(script.slowHeadMs);
  switch (call.reply.verdict) {
    case 'exhausted':
      return call.answer(tooMany(call.reply.waitS));
    case 'unlucky':
      return call.answer(serverError());
    case 'unknown_file':
    case 'unknown_thread':
      return call.answer(badRequest('Unknown file'));
    case 'noted':
    case 'accepted': {
      const played = { ...grok, script: scriptOfCall(script, credential, call.reply.number) };
      if (played.script.has('e500counts')) return call.answer(serverError());
      const plan = await planOf(grok, call, media);
      return call.stream(
        grokWire(answer(played, call, body.data, plan), script),
        'application/json',
      );
    }
  }
}

/** What a turn draws on: by its model, or by what it has drawn or filmed. */
function drawFor(body: Body, media: MediaAsk | null): Draw | null {
  return media === null ? drawOf({ ...body, modelMode: body.modelMode ?? undefined }) : media.draw;
}

/** Buckets of pictures and videos are unmetered where the credential's name gives no quota. */
function isImagine({ bucket }: Draw): boolean {
  return bucket.startsWith('imagine:');
}

/** Nothing is drawn for a call that was not accepted. */
function planOf(grok: GrokRequest, call: Call, media: MediaAsk | null): Promise<MediaPlan> | null {
  const isDrawn = media !== null && call.reply.verdict === 'accepted';
  return isDrawn ? planMedia(grok, media) : null;
}

/** A refusal that is told inside a 200: the call is not accepted, so it is not counted. */
function isRefusedInBand(script: Script): boolean {
  return script.has('inband7') || script.has('inband8') || script.has('usagelimit');
}

/** The frames of the answer, in the order of the site; faults of the script strike on the way. */
async function* answer(
  grok: GrokRequest,
  call: Call,
  body: Body,
  plan: MediaPlan | null,
): AsyncGenerator<GrokFrame> {
  const { script } = grok;
  const turn = turnOf(body);
  if (script.has('silent')) await call.silence();
  await call.wait(script.slowMs);
  if (script.has('inband7')) return yield { error: ANTI_BOT };
  if (script.has('inband8')) return yield { error: TOO_MANY };
  yield* frames.openingFrames(turn);
  if (script.has('badjson')) yield* frames.strangeFrames(turn);
  if (script.has('usagelimit')) return yield frames.responseErrorFrame(turn, USAGE_LIMIT);
  if (script.has('streamerror')) return yield frames.streamErrorFrame(turn);
  await breakFirst(call, script);
  if (plan !== null) return yield* mediaFrames(grok, call, turn, plan);
  const thinks = script.has('thinking') || body.message.includes('[[think]]');
  if (thinks) yield* frames.thinkingFrames(turn);
  const tokens = answerTokens(script, body.message);
  for (const [index, token] of tokens.entries()) {
    if (index > 0) await call.wait(script.paceMs);
    yield frames.answerFrame(turn, token);
    if (index + 1 !== Math.min(FAULT_AFTER_TOKENS, tokens.length)) continue;
    await breakOff(call, script);
    if (script.has('earlyend')) return;
    if (script.has('inband8late')) return yield { error: TOO_MANY };
  }
  yield* frames.closingFrames(turn, tokens.join(''), thinks);
}

function answerTokens(script: Script, message: string): string[] {
  if (script.answerTokens !== null) return wordTokens(script.answerTokens);
  return tokensOf(`Echo: ${message.trimEnd().split('\n').at(-1) ?? ''}`);
}

function turnOf(body: Body): Turn {
  return {
    conversationId: crypto.randomUUID(),
    userResponseId: crypto.randomUUID(),
    responseId: crypto.randomUUID(),
    message: body.message,
    model: body.modeId ?? body.modelName ?? '',
    modelMode: body.modeId === undefined ? (body.modelMode ?? null) : null,
    temporary: body.temporary ?? false,
    fileAttachments: body.fileAttachments ?? [],
  };
}
