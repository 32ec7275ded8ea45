import {
  answerFrame,
  closingFrames,
  type GrokFrame,
  inResponse,
  modelResponseFrame,
  openingFrames,
  type Turn,
} from '../../simulator/grok-frames.ts';
import * as gateway from '../../simulator/grok-gateway-events.ts';
import { answerOf, chunkedHttp, TEXTS, wholeHttp } from './encode.ts';
import { textFrame } from './socket-frames.ts';

/** Answers of the Grok site, in the frames that the simulator plays, made once. */

const USER = '11111111-1111-4111-8111-111111111111';
const CONVERSATION = '22222222-2222-4222-8222-222222222222';
const RESPONSE = '33333333-3333-4333-8333-333333333333';
const PICTURES = [
  '44444444-4444-4444-8444-444444444444',
  '55555555-5555-4555-8555-555555555555',
] as const;

const TURN: Turn = {
  conversationId: CONVERSATION,
  userResponseId: USER,
  responseId: RESPONSE,
  message: 'Say hello.',
  model: 'grok-4',
  modelMode: null,
  temporary: false,
  fileAttachments: [],
};

export const SESSION = wholeHttp(
  'application/json',
  JSON.stringify({ status: 'authenticated', session: { userId: USER }, user: { id: USER } }),
);

/** What comes ahead of the first part comes with it. */
function withOpening(opening: string, texts: readonly string[]): string[] {
  return texts.map((text, n) => (n === 0 ? opening + text : text));
}

const lines = (frames: readonly GrokFrame[]) =>
  frames.map((frame) => `${JSON.stringify(frame)}\n`).join('');

export const CHAT = chunkedHttp(
  'application/json',
  withOpening(
    lines(openingFrames(TURN)),
    TEXTS.map((text) => lines([answerFrame(TURN, text)])),
  ),
  lines(closingFrames(TURN, TEXTS.join(''), false)),
);

const pathOf = (id: string) => `users/${USER}/generated/${id}/image.jpg`;
const progress = (percent: number) =>
  PICTURES.map((imageId, imageIndex) =>
    inResponse(RESPONSE, {
      streamingImageGenerationResponse: {
        imageId,
        imageUrl: pathOf(percent === 100 ? imageId : `${imageId}-part-0`),
        imageIndex,
        progress: percent,
        ...(percent === 100 ? { isFinal: true, moderated: false } : {}),
      },
    }),
  );

/** Two pictures, as `POST /rest/app-chat/conversations/new` tells them. */
export const DRAWING = chunkedHttp(
  'application/json',
  [lines([...openingFrames(TURN), ...progress(10), ...progress(50), ...progress(100)])],
  lines([modelResponseFrame(TURN, { generatedImageUrls: PICTURES.map(pathOf) })]),
);

const frames = (events: readonly gateway.GatewayEvent[]) =>
  Buffer.concat(
    events.map((event) => textFrame(JSON.stringify({ session_id: CONVERSATION, event }))),
  );

/** What `session.create` is answered with. It names no opening: it answers any. */
export const GATEWAY_SESSION = frames(gateway.sessionEvents(CONVERSATION, ''));

/** What `response.create` is answered with. */
export const GATEWAY_CHAT = answerOf([
  ...TEXTS.map((text, n) =>
    frames([
      ...(n === 0 ? [...gateway.openingEvents(USER, RESPONSE), gateway.RESPONSE_START] : []),
      gateway.answerEvent(text, true),
    ]),
  ),
  frames(gateway.closingEvents(RESPONSE, '')),
]);
