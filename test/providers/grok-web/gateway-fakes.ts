import { readFileSync } from 'node:fs';
import { newAnswer } from '../../../src/providers/grok-web/answer-state';
import { GatewayTurn, type TurnAsk } from '../../../src/providers/grok-web/gateway/turn';
import type { TurnSocket } from '../../../src/providers/grok-web/gateway/part-stream';
import type { Json } from '../../../src/providers/grok-web/narrow';
import { SETTINGS } from './fakes';

export const CONVERSATION = 'c0000000-0000-4000-8000-000000000009';
export const RESPONSE = 'd0000000-0000-4000-8000-000000000012';
export const OPENING_ID = 'evt_init_u1';

export const ASK: TurnAsk = {
  mode: 'fast',
  text: '[user]\nSky colour?',
  attachments: [],
  temporary: true,
  keep: false,
  thread: null,
};

/** A turn whose ids are `u1`, `u2`, … and whose clock stands still. */
export function turnOf(ask: Partial<TurnAsk> = {}, filterTags = SETTINGS.filterTags): GatewayTurn {
  let count = 0;
  return new GatewayTurn({ ...ASK, ...ask }, newAnswer(filterTags), {
    uuid: () => `u${++count}`,
    now: () => 1_765_000_000_000,
  });
}

export function frame(
  type: string,
  fields: Json = {},
  sessionId: string | null = CONVERSATION,
): Json {
  return { ...(sessionId !== null && { session_id: sessionId }), event: { type, ...fields } };
}

export const CREATED = frame('session.created', { client_event_id: OPENING_ID });
export const ATTACHED = frame('conversation.attached', { conversation: { id: CONVERSATION } });
export const DONE = frame('response.done', { response: { id: RESPONSE, status: 'completed' } });
export const answer = (text: string): Json =>
  frame('response.chunk', { chunk: { text: { text, channel: 'CHANNEL_ASSISTANT_RESPONSE' } } });

/** Frames of a recorded turn, a line each. */
export function linesOf(name: string): string[] {
  const url = new URL(`../../fixtures/grok-web/gateway-${name}.jsonl`, import.meta.url);
  return readFileSync(url, 'utf8').trim().split('\n');
}

/** A socket that is played by the test. */
export class FakeSocket implements TurnSocket {
  readonly sent: Json[] = [];
  readonly closed: (number | undefined)[] = [];
  isBroken = false;
  /** Upstream's reaction to a frame. */
  onSent: (event: Json) => void = () => undefined;
  readonly #listeners = new Map<string, ((event: never) => void)[]>();

  send(text: string): void {
    if (this.isBroken) throw new TypeError("Can't call WebSocket send() after close().");
    const sent: Json = JSON.parse(text);
    this.sent.push(sent);
    this.onSent(sent['event'] as Json);
  }

  close(code?: number): void {
    this.closed.push(code);
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /** Upstream sends frames, each as JSON unless it is text or bytes already. */
  says(...frames: readonly unknown[]): void {
    for (const one of frames) {
      const isRaw = typeof one === 'string' || one instanceof ArrayBuffer;
      this.fire('message', { data: isRaw ? one : JSON.stringify(one) });
    }
  }

  fire(type: string, event: object): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}
