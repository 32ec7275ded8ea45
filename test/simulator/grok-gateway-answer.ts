import { keepPictures } from './assets-made';
import { FAULT_AFTER_TOKENS, breakFirst, breakOff } from './break-off';
import type { Call } from './call';
import type { Script } from './faults';
import { drawnOf, isModerated } from './grok-draw';
import * as events from './grok-gateway-events';
import type { GatewayEvent } from './grok-gateway-events';
import { ANTI_BOT, TOO_MANY, USAGE_LIMIT, rpcError } from './grok-refusals';
import { userIdOf } from './grok-user';
import type { SimulatorEnv } from './ledger';
import { tokensOf, wordTokens } from './text';

/** Pictures that a drawing yields, whatever was asked for. */
const PICTURES = 2;
const DRAWING = 'Drawing: ';
const PREVIEW = 'data:image/jpeg;base64,/9j/2Q==';

/** A turn that the site has taken on. */
export interface GatewayTurn {
  readonly call: Call;
  readonly env: SimulatorEnv;
  readonly credential: string;
  readonly script: Script;
  readonly responseId: string;
  readonly text: string;
  /** Text comes as `response.chunk`; else as `response.output_text.delta`. */
  readonly inChunks: boolean;
}

/**
 * The events of a turn after `response.create`, in the order of the site; faults of the script strike
 * on the way. @throws CutHere, ClientGone.
 */
export async function* answerEvents(turn: GatewayTurn): AsyncGenerator<GatewayEvent> {
  const { call, script, responseId } = turn;
  const refusal = refusalOf(turn);
  if (refusal === null && script.has('silent')) await call.silence();
  await call.wait(script.slowMs);
  if (refusal !== null) return yield* refusal;
  if (script.has('inband7')) return yield events.errorEvent(ANTI_BOT);
  if (script.has('inband8')) return yield events.errorEvent(TOO_MANY);
  yield* events.openingEvents(crypto.randomUUID(), responseId);
  if (script.has('badjson')) yield { type: 'mystery.event', depth: { braces: '}{"' } };
  if (script.has('usagelimit')) return yield* usageLimit(responseId);
  if (script.has('streamerror')) {
    return yield* events.streamErrorEvents(responseId, 'internal_error', 'Upstream failure');
  }
  await breakFirst(call, script);
  yield* turn.text.startsWith(DRAWING) ? drawing(turn) : words(turn);
}

/** What the ledger has against the turn; null when it was counted, or is refused in band. */
function refusalOf({ call, script, responseId }: GatewayTurn): GatewayEvent[] | null {
  switch (call.reply.verdict) {
    case 'exhausted':
      return usageLimit(responseId);
    case 'unlucky':
      return [events.errorEvent(rpcError('internal', 'Internal error'))];
    case 'unknown_file':
      return [events.errorEvent(rpcError('invalidArgument', 'Unknown file'))];
    case 'unknown_thread':
      return [events.errorEvent(rpcError('notFound', 'Response not found'))];
    case 'noted':
    case 'accepted':
      return script.has('e500counts')
        ? [events.errorEvent(rpcError('internal', 'Internal error'))]
        : null;
  }
}

function usageLimit(responseId: string): GatewayEvent[] {
  return events.streamErrorEvents(responseId, 'usage_limit_reached', USAGE_LIMIT.message);
}

async function* words({
  call,
  script,
  responseId,
  text,
  inChunks,
}: GatewayTurn): AsyncGenerator<GatewayEvent> {
  if (script.has('thinking') || text.includes('[[think]]')) yield* events.thinkingEvents();
  yield events.RESPONSE_START;
  const tokens = answerTokens(script, text, call.reply.turn);
  for (const [index, token] of tokens.entries()) {
    if (index > 0) await call.wait(script.paceMs);
    yield events.answerEvent(token, inChunks);
    if (index + 1 !== Math.min(FAULT_AFTER_TOKENS, tokens.length)) continue;
    await breakOff(call, script);
    if (script.has('inband8late')) return yield events.errorEvent(TOO_MANY);
  }
  if (script.has('citing') || text.includes('[[cite]]')) yield events.CITATION;
  yield* events.closingEvents(responseId, inChunks ? '' : tokens.join(''));
}

/** Two pictures, each with a preview before it. */
async function* drawing(turn: GatewayTurn): AsyncGenerator<GatewayEvent> {
  const { call, env, credential, script, responseId } = turn;
  const pictures = Array.from({ length: drawnOf(script, PICTURES) }, (_, index) => {
    const id = crypto.randomUUID();
    return { id, index, url: `users/${userIdOf(credential)}/generated/${id}/image.jpg` };
  });
  const ids = pictures.map(({ id }) => id);
  await keepPictures(env, credential, ids);
  for (const picture of pictures) {
    yield events.cardEvent({ ...picture, progress: 50, url: PREVIEW });
    await call.wait(script.paceMs);
  }
  await breakOff(call, script);
  for (const picture of pictures) {
    const moderated = isModerated(script, picture.index, pictures.length);
    yield events.cardEvent({ ...picture, progress: 100, moderated });
    await call.wait(script.paceMs);
  }
  yield* events.closingEvents(responseId, '');
}

function answerTokens(script: Script, text: string, turn: number): string[] {
  if (script.answerTokens !== null) return wordTokens(script.answerTokens);
  const echo = turn === 1 ? 'Echo' : `Echo (turn ${turn})`;
  return tokensOf(`${echo}: ${text.trimEnd().split('\n').at(-1) ?? ''}`);
}
