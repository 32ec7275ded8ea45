import { beforeEach, describe, expect, it } from 'vitest';
import { EgressError } from '../../../src/egress/egress';
import { grokWeb } from '../../../src/providers/grok-web/index';
import { drawThroughGateway } from '../../../src/providers/grok-web/gateway/draw';
import { forgetUserId } from '../../../src/providers/grok-web/gateway/user-id';
import type { DrawCall, ProviderCall } from '../../../src/providers/provider';
import {
  call,
  drain,
  fakeEgress,
  MODEL,
  request,
  SECRET,
  SETTINGS,
  textOf,
  type Seen,
} from './fakes';
import { answer, ATTACHED, CONVERSATION, DONE, FakeSocket, frame, linesOf } from './gateway-fakes';

const UID = '7a000000-0000-4000-8000-0000000000a1';
const FAST = {
  ...MODEL,
  id: 'grok-chat-fast',
  dialect: 'gateway' as const,
  upstream: { model: 'fast', mode: 'fast' },
};
const SESSION = { status: 'authenticated', session: { userId: UID } };

/** An upstream that knows the user and answers each turn with these frames. */
function upstream(
  frames: readonly unknown[] = [answer('Hello.'), DONE],
  session: () => Response | Promise<Response> = () => Response.json(SESSION),
) {
  const sockets: FakeSocket[] = [];
  const { egress, seen } = fakeEgress(session, () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    socket.onSent = ({ type, event_id: client_event_id }) => {
      if (type !== 'session.create') return;
      socket.says(frame('session.created', { client_event_id }), ATTACHED, ...frames);
    };
    return { socket: socket as unknown as WebSocket };
  });
  return { egress, seen, sockets };
}

const ask = (egress: ProviderCall['egress'], given: Partial<ProviderCall> = {}) =>
  grokWeb.stream(call(egress, { model: FAST, ...given }));

const paths = (seen: readonly Seen[]) => seen.map(({ url }) => new URL(url).pathname);
const question = (socket: FakeSocket | undefined) => {
  const event = socket?.sent[1]?.['event'] as { item: { x_grok: { input_chunks: unknown[] } } };
  return event.item.x_grok.input_chunks;
};

beforeEach(() => forgetUserId(call(upstream().egress)));

describe('a chat over the gateway', () => {
  it('asks for the user, then opens the socket with few headers', async () => {
    const { egress, seen, sockets } = upstream();
    const settings = { ...SETTINGS, clearance: 'clear', statsigId: 'statsig' };
    const { parts, failure } = await drain(await ask(egress, { settings }));
    expect(failure).toBeNull();
    expect(textOf(parts, 'text-delta')).toBe('Hello.');
    const [session, socket] = seen;
    expect(session?.url).toBe(`${SETTINGS.baseUrl}/api/auth/session`);
    expect(session?.headers.get('x-statsig-id')).toBeNull();
    expect(session?.headers.get('content-type')).toBeNull();
    expect(session?.headers.get('referer')).toBe('https://grok.com/');
    expect(socket?.url).toBe(`${SETTINGS.baseUrl}/ws/mgw/?uid=${UID}`);
    expect(Object.fromEntries(socket?.headers ?? [])).toEqual({
      'accept-language': 'en-US,en;q=0.9',
      'cache-control': 'no-cache',
      cookie: `sso=${SECRET}; sso-rw=${SECRET}; cf_clearance=clear; x-userid=${UID}`,
      origin: 'https://grok.com',
      pragma: 'no-cache',
      'user-agent': SETTINGS.userAgent,
    });
    expect(sockets[0]?.closed).toEqual([1_000]);
  });

  it('labels every message', async () => {
    const { egress, sockets } = upstream();
    const messages = [
      { role: 'system' as const, content: 'Be brief.' },
      { role: 'user' as const, content: 'Hi' },
      { role: 'assistant' as const, content: 'Hello' },
      { role: 'tool' as const, content: '12 °C', tool_call_id: 'call_1' },
      { role: 'user' as const, content: 'Sky colour?' },
    ];
    const text =
      '[system]\nBe brief.\n\n[user]\nHi\n\n[assistant]\nHello\n\n' +
      '[tool result for call_1]\n12 °C\n\n[user]\nSky colour?';
    await drain(await ask(egress, { request: request(messages) }));
    expect(question(sockets[0])).toEqual([{ text: { text } }]);
  });

  it('sends only what is new when it goes on with a thread', async () => {
    const { egress, sockets } = upstream();
    const messages = [
      { role: 'user' as const, content: 'Hi' },
      { role: 'assistant' as const, content: 'Hello' },
      { role: 'user' as const, content: 'And now?' },
    ];
    const thread = { conversationId: CONVERSATION, responseId: 'r0' };
    const { parts } = await drain(
      await ask(egress, { request: request(messages, { store: true }), thread }),
    );
    expect(question(sockets[0])).toEqual([{ text: { text: '[user]\nAnd now?' } }]);
    expect(parts.find(({ type }) => type === 'thread')).toMatchObject({
      thread: { conversationId: CONVERSATION },
    });
  });

  it('filters tags by the request, else by the settings', async () => {
    const frames = [answer('a <secret>b</secret>'), DONE];
    const own = request('Hi', { filter_tags: ['secret'] });
    const filtered = await drain(await ask(upstream(frames).egress, { request: own }));
    expect(textOf(filtered.parts, 'text-delta')).toBe('a ');
    const plain = await drain(await ask(upstream(frames).egress));
    expect(textOf(plain.parts, 'text-delta')).toBe('a <secret>b</secret>');
  });

  it.each([
    [401, '', 'revoked'],
    [403, '', 'blocked'],
    [
      403,
      JSON.stringify({ code: 7, message: 'User is blocked [WKE=unauthorized:blocked-user]' }),
      'banned',
    ],
    [429, JSON.stringify({ code: 8, message: 'Too many requests' }), 'limited'],
    [500, '', 'faulty'],
    [400, JSON.stringify({ code: 3, message: 'uid' }), 'refused'],
  ])('judges a handshake of %s like a REST answer: %s %s', async (status, body, outcome) => {
    const { egress } = fakeEgress(
      () => Response.json(SESSION),
      () => ({ response: new Response(body, { status }) }),
    );
    await expect(ask(egress)).rejects.toMatchObject({ outcome });
  });

  it('is unused when the socket could not be asked for', async () => {
    const { egress } = fakeEgress(
      () => Response.json(SESSION),
      () => Promise.reject(new EgressError('no')),
    );
    await expect(ask(egress)).rejects.toMatchObject({ outcome: 'unused' });
  });
});

describe('the user id', () => {
  it('is asked for once, also by many calls at the same time', async () => {
    const { egress, seen } = upstream();
    await Promise.all(Array.from({ length: 5 }, async () => drain(await ask(egress))));
    await drain(await ask(egress));
    expect(paths(seen).filter((path) => path === '/api/auth/session')).toHaveLength(1);
    expect(paths(seen).filter((path) => path === '/ws/mgw/')).toHaveLength(6);
  });

  it('is asked for again after a 401, and for another secret', async () => {
    const { egress, seen } = fakeEgress(
      () => Response.json(SESSION),
      () => ({ response: new Response('', { status: 401 }) }),
    );
    for (const secret of [SECRET, SECRET, 'another']) {
      await expect(ask(egress, { secret })).rejects.toMatchObject({ outcome: 'revoked' });
    }
    expect(paths(seen).filter((path) => path === '/api/auth/session')).toHaveLength(3);
  });

  it('is asked for again by those whose asker has left', async () => {
    let times = 0;
    const { egress, seen } = upstream([answer('Hi'), DONE], () =>
      ++times === 1 ? new Promise<Response>(() => undefined) : Response.json(SESSION),
    );
    // A fetch that never answers ends with its signal, as the runtime's does.
    const { fetch } = egress;
    egress.fetch = (url, init) =>
      Promise.race([
        fetch(url, init),
        new Promise<Response>((_, reject) => {
          init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        }),
      ]);
    const first = new AbortController();
    const leaving = ask(egress, { signal: first.signal });
    const staying = ask(egress);
    await expect.poll(() => seen.length).toBe(1);
    first.abort(new Error('left'));
    await expect(leaving).rejects.toThrow('left');
    expect(textOf((await drain(await staying)).parts, 'text-delta')).toBe('Hi');
    expect(paths(seen).filter((path) => path === '/api/auth/session')).toHaveLength(2);
  });

  it.each([
    ['session.userId', SESSION],
    ['user.id', { session: { userId: '' }, user: { id: UID } }],
    ['user.sub', { user: { sub: UID } }],
    ['sub', { sub: UID }],
  ])('is found in %s', async (_, body) => {
    const { egress } = upstream(undefined, () => Response.json(body));
    expect((await drain(await ask(egress))).failure).toBeNull();
  });

  it.each([
    ['an account that is signed out', { status: 'Unauthenticated' }, 'revoked'],
    ['an account that is blocked', { status: 'blocked', user: { id: UID } }, 'banned'],
    ['no id', { status: 'authenticated' }, 'unused'],
    ['an id that is none', { user: { id: '../x' } }, 'unused'],
  ])('fails for %s', async (_, body, outcome) => {
    const { egress, seen } = upstream(undefined, () => Response.json(body));
    await expect(ask(egress)).rejects.toMatchObject({ outcome });
    expect(paths(seen)).toEqual(['/api/auth/session']);
  });

  it.each([
    [401, '', 'revoked'],
    [429, '{"code":8}', 'limited'],
    [503, '', 'unused'],
  ])('fails for a status of %s', async (status, body, outcome) => {
    const { egress } = upstream(undefined, () => new Response(body, { status }));
    await expect(ask(egress)).rejects.toMatchObject({ outcome });
  });
});

async function allOf<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const part of parts) all.push(part);
  return all;
}

describe('drawThroughGateway', () => {
  const draw = (egress: ProviderCall['egress'], signal = new AbortController().signal) => {
    const { request: _, ...attempt } = call(egress, { model: FAST, signal });
    const task = {
      prompt: 'a kite',
      n: 1,
      ratio: null,
      concurrency: 1,
      images: [],
      enableNsfw: false,
    };
    const given: DrawCall = { ...attempt, task };
    return allOf(drawThroughGateway(given, signal));
  };
  const after = (name: string) => linesOf(name).slice(2);

  it('takes the first final picture and closes the socket', async () => {
    const { egress, sockets } = upstream(after('image'));
    const parts = await draw(egress);
    expect(parts.at(-1)).toEqual({
      type: 'image',
      url: `https://assets.grok.com/users/${UID}/generated/e0000000-0000-4000-8000-000000000001/image.jpg`,
    });
    const progress = parts.slice(0, -1);
    expect(progress.length).toBeGreaterThan(0);
    for (const part of progress) expect(part).toMatchObject({ type: 'image-progress' });
    expect(question(sockets[0])).toEqual([{ text: { text: 'Drawing: a kite' } }]);
    expect(sockets[0]?.closed).toEqual([1_000]);
  });

  it('fails when only words came', async () => {
    const { egress } = upstream([answer('I would rather not.'), DONE]);
    await expect(draw(egress)).rejects.toMatchObject({ outcome: 'faulty' });
  });

  it('ends with the reason of an abort', async () => {
    const reason = new Error('left');
    const abort = new AbortController();
    const drawing = draw(upstream([]).egress, abort.signal);
    setTimeout(() => abort.abort(reason));
    await expect(drawing).rejects.toBe(reason);
  });
});
