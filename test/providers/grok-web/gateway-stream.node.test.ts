import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  GatewayPartStream,
  MAX_FRAME_CHARS,
  MAX_WAITING_CHARS,
  PING_MS,
} from '../../../src/providers/grok-web/gateway/part-stream';
import { drain } from './fakes';
import { answer, ATTACHED, CREATED, DONE, FakeSocket, frame, turnOf } from './gateway-fakes';

const said = (text: string) => ({ type: 'text-delta', text });
const END = [
  { type: 'choice-end', choice: 0, reason: 'stop' },
  { type: 'finish', usage: null },
];

function open(signal = new AbortController().signal) {
  const socket = new FakeSocket();
  return { socket, stream: new GatewayPartStream(socket, turnOf(), signal) };
}

/** A turn whose question was put. */
async function asked(signal?: AbortSignal) {
  const { socket, stream } = open(signal);
  socket.says(CREATED, ATTACHED, answer('Hi'));
  expect(await stream.read()).toEqual([said('Hi')]);
  return { socket, stream };
}

const types = (socket: FakeSocket) =>
  socket.sent.map(({ event }) => (event as { type: string }).type);

describe('GatewayPartStream', () => {
  it('gives all that has come in one read, and closes the socket at the end', async () => {
    const { socket, stream } = await asked();
    expect(types(socket)).toEqual([
      'session.create',
      'conversation.item.create',
      'response.create',
    ]);
    socket.says(answer(' there'), answer('!'));
    expect(await stream.read()).toEqual([said(' there'), said('!')]);
    expect(socket.closed).toEqual([]);
    socket.says(DONE);
    expect(await stream.read()).toEqual(END);
    expect(socket.closed).toEqual([1_000]);
    expect(await stream.read()).toBeNull();
  });

  it('waits for what comes later', async () => {
    const { socket, stream } = await asked();
    const reading = stream.read();
    socket.says(frame('conversation.title.updated', { title: 'x' }));
    await Promise.resolve();
    socket.says(answer('later'));
    expect(await reading).toEqual([said('later')]);
  });

  it('reads several objects in one frame and passes over frames that are none', async () => {
    const { socket, stream } = await asked();
    const garbage = ['not json at all', '', '[]', '{"session_id":"x"}', new ArrayBuffer(3)];
    const joined = JSON.stringify(answer('a')) + JSON.stringify(answer('b {"')) + '\n';
    socket.says(...garbage, joined, ...garbage, DONE);
    expect(await stream.read()).toEqual([said('a'), said('b {"'), ...END]);
  });

  it.each([
    ['closes', (socket: FakeSocket) => socket.fire('close', { code: 1011 })],
    ['breaks', (socket: FakeSocket) => socket.fire('error', {})],
    ['ends its session', (socket: FakeSocket) => socket.says(frame('session.ended'))],
  ])('is cut when the socket %s, after what had come', async (_, end) => {
    const { socket, stream } = await asked();
    socket.says(answer(' you'));
    end(socket);
    const { parts, failure } = await drain(stream);
    expect(parts).toEqual([said(' you')]);
    expect(failure).toMatchObject({ outcome: 'faulty', code: 'upstream_cut' });
    expect(socket.closed).toHaveLength(1);
    expect(await stream.read()).toBeNull();
  });

  it('counts nothing when it fails before the question was put', async () => {
    const { socket, stream } = open();
    socket.says(CREATED);
    socket.fire('close', { code: 1006 });
    const { failure } = await drain(stream);
    expect(failure).toMatchObject({ outcome: 'unused', detail: { retryable: true } });
  });

  it('blames the credential all the same when upstream does, before the question', async () => {
    const { socket, stream } = open();
    socket.says(frame('error', { error: { code: 8, message: 'Too many requests' } }));
    expect((await drain(stream)).failure).toMatchObject({ outcome: 'limited' });
  });

  it('is cut when a frame cannot be sent', async () => {
    const { socket, stream } = open();
    socket.isBroken = true;
    socket.says(CREATED, ATTACHED);
    expect((await drain(stream)).failure).toMatchObject({ code: 'upstream_cut' });
  });

  it('takes no frame beyond its limit', async () => {
    const { socket, stream } = await asked();
    socket.says('x'.repeat(MAX_FRAME_CHARS + 1));
    expect((await drain(stream)).failure).toMatchObject({ outcome: 'faulty' });
  });

  it('holds no more unread frames than its limit, and blames nobody', async () => {
    const { socket, stream } = await asked();
    const big = 'x'.repeat(MAX_FRAME_CHARS);
    for (let held = 0; held <= MAX_WAITING_CHARS; held += big.length) socket.says(big);
    expect((await drain(stream)).failure).toMatchObject({
      outcome: 'refused',
      code: 'upstream_error',
      detail: { counted: true, retryable: false },
    });
  });

  it('closes the socket at once when it is aborted, and throws the reason', async () => {
    const abort = new AbortController();
    const { socket, stream } = await asked(abort.signal);
    const reading = stream.read();
    const reason = new Error('client left');
    abort.abort(reason);
    expect(socket.closed).toEqual([1_000]);
    await expect(reading).rejects.toBe(reason);
    expect(await stream.read()).toBeNull();
  });

  it('sends nothing when it was aborted before it began', async () => {
    const reason = new Error('client left');
    const { socket, stream } = open(AbortSignal.abort(reason));
    expect(socket.sent).toEqual([]);
    expect(socket.closed).toHaveLength(1);
    await expect(stream.read()).rejects.toBe(reason);
  });

  it('ends a waiting read when it is cancelled, more than once', async () => {
    const { socket, stream } = await asked();
    const reading = stream.read();
    stream.cancel();
    stream.cancel();
    socket.says(answer('late'));
    expect(await reading).toBeNull();
    expect(socket.closed).toHaveLength(1);
  });
});

describe('the heartbeat', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is sent while the turn lasts, read or not', async () => {
    const { socket, stream } = await asked();
    vi.advanceTimersByTime(2 * PING_MS + 1);
    expect(types(socket).slice(3)).toEqual(['ping', 'ping']);
    expect(socket.sent.at(-1)).toEqual({
      event: { type: 'ping', event_id: 'evt_hb_1765000000000' },
    });
    socket.says(frame('pong'), DONE);
    expect(await stream.read()).toEqual(END);
    vi.advanceTimersByTime(10 * PING_MS);
    expect(types(socket)).toHaveLength(5);
    expect(vi.getTimerCount()).toBe(0);
  });
});
