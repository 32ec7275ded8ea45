import type { ChatRequest } from '../../../src/contract/chat';
import type { Egress, SocketReply } from '../../../src/egress/egress';
import type { ModelSpec } from '../../../src/models/model-spec';
import type {
  Part,
  PartStream,
  ProviderCall,
  ProviderSettings,
} from '../../../src/providers/provider';
import { openSocket } from '../../egress/no-socket';

export const SECRET = 'eyJ0eXAi.fake-session.value';

export const SETTINGS: ProviderSettings = {
  baseUrl: 'http://127.0.0.1:9',
  assetsUrl: 'http://127.0.0.1:9',
  statsigId: '',
  clearance: '',
  userAgent: 'Test Browser/1.0',
  temporary: false,
  filterTags: ['xaiartifact', 'xai:tool_usage_card', 'grok:render'],
};

export const MODEL: ModelSpec = {
  id: 'grok-4',
  kind: 'chat',
  provider: 'grok-web',
  dialect: 'rest-model',
  upstream: { model: 'grok-4', mode: 'MODEL_MODE_GROK_4' },
  tiers: ['basic'],
  bucket: 'grok-4',
  units: 1,
  charges: { chat: 1 },
  capabilities: {},
};

/** One request that a fake way out has seen. */
export interface Seen {
  readonly url: string;
  readonly init: RequestInit;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A way out that answers from a function and remembers what it was asked. */
export function fakeEgress(
  answer: (seen: Seen) => Response | Promise<Response>,
  socket: (seen: Seen) => SocketReply | Promise<SocketReply> = openSocket,
) {
  const seen: Seen[] = [];
  const notice = (url: string, init: RequestInit): Seen => {
    const asked = {
      url,
      init,
      headers: new Headers(init.headers),
      // SAFETY: the adapter sends JSON objects only.
      body: JSON.parse(typeof init.body === 'string' ? init.body : '{}') as Record<string, unknown>,
    };
    seen.push(asked);
    return asked;
  };
  const egress: Egress = {
    fetch: async (url, init) => answer(notice(url, init)),
    openSocket: async (url, init) => socket(notice(url, init)),
  };
  return { egress, seen };
}

/** A call with everything in place; the test names what matters to it. */
export function call(egress: Egress, given: Partial<ProviderCall> = {}): ProviderCall {
  return {
    request: request('Hello'),
    model: MODEL,
    tokenId: 'token-1',
    secret: SECRET,
    egress,
    settings: SETTINGS,
    signal: new AbortController().signal,
    fetchImage: () => Promise.reject(new Error('no image was expected')),
    ...given,
  };
}

/** A chat request of one user message, or of the messages given. */
export function request(
  content: string | ChatRequest['messages'],
  more: Partial<ChatRequest> = {},
): ChatRequest {
  const messages = typeof content === 'string' ? [{ role: 'user' as const, content }] : content;
  return { model: 'grok-4', messages, ...more };
}

/** A body that arrives in these pieces, and tells whether it was cancelled. */
export function bodyOf(
  pieces: readonly (string | Uint8Array)[],
  ending: 'close' | 'error' | 'open' = 'close',
) {
  const state = { isCancelled: false };
  const waiting = pieces.map((piece) =>
    typeof piece === 'string' ? new TextEncoder().encode(piece) : piece,
  );
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = waiting.shift();
      if (next !== undefined) controller.enqueue(next);
      else if (ending === 'close') controller.close();
      else if (ending === 'error') controller.error(new Error('connection reset'));
    },
    cancel() {
      state.isCancelled = true;
    },
  });
  return { body, state };
}

/** Every part of an answer, and the failure that ended it. */
export async function drain(stream: PartStream): Promise<{ parts: Part[]; failure: unknown }> {
  const parts: Part[] = [];
  try {
    for (let batch = await stream.read(); batch !== null; batch = await stream.read()) {
      parts.push(...batch);
    }
    return { parts, failure: null };
  } catch (failure) {
    return { parts, failure };
  }
}

/** What a caller would see of an answer. */
export function textOf(parts: readonly Part[], type: 'text-delta' | 'reasoning-delta'): string {
  return parts.map((part) => (part.type === type ? part.text : '')).join('');
}
