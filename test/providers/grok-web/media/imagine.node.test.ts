import { describe, expect, it } from 'vitest';
import type { Egress, SocketReply } from '../../../../src/egress/egress';
import {
  drawOverSocket,
  type ImagineWaits,
} from '../../../../src/providers/grok-web/media/imagine';
import type { DrawTask, HeldSockets } from '../../../../src/providers/provider';
import { drain, SECRET } from '../fakes';
import { drawCall, partsOf, picturesOf, rowOf } from './support';

const MODEL = rowOf('grok-imagine-image', 'g3');
const SHORT: ImagineWaits = { stallMs: 20, verdictMs: 20, roundMs: 20 };
const PUBLIC = 'https://imagine-public.x.ai/imagine-public/images';
const urlOf = (id: string) => `${PUBLIC}/${id}.jpg`;

type Sent = Record<string, unknown>;
/** Plays upstream: is told the request's id, and gives the frames; `close` ends the socket. */
type Script = (requestId: string) => readonly (object | 'close')[];

class FakeSocket extends EventTarget {
  readonly sent: Sent[] = [];
  readonly closed: (number | undefined)[] = [];
  readonly #script: Script;

  constructor(script: Script) {
    super();
    this.#script = script;
  }

  send(text: string): void {
    const frame: Sent = JSON.parse(text);
    this.sent.push(frame);
    const requestId = /"requestId":"([^"]+)"/.exec(text)?.[1];
    if (requestId !== undefined) queueMicrotask(() => this.#play(requestId));
  }

  close(code?: number): void {
    this.closed.push(code);
  }

  #play(requestId: string): void {
    for (const frame of this.#script(requestId)) {
      const event =
        frame === 'close'
          ? new Event('close')
          : new MessageEvent('message', { data: JSON.stringify(frame) });
      this.dispatchEvent(event);
    }
  }
}

function upstream(script: Script) {
  const socket = new FakeSocket(script);
  const asked: { url: string; headers: Headers }[] = [];
  const egress: Egress = {
    fetch: () => Promise.reject(new Error('no request was expected')),
    openSocket: (url, init) => {
      asked.push({ url, headers: new Headers(init.headers) });
      // SAFETY: the adapter sends, closes and listens, nothing else.
      return Promise.resolve({ socket: socket as unknown as WebSocket });
    },
  };
  return { egress, socket, asked };
}

async function run(script: Script, task: Partial<DrawTask> = {}) {
  const site = upstream(script);
  const stream = drawOverSocket(drawCall(MODEL, site.egress, task), false, SHORT);
  return { ...(await drain(stream)), ...site, units: stream.unitsSpent?.() };
}

const start = (id: string, order: number) => ({
  type: 'json',
  current_status: 'start_stage',
  image_id: id,
  order,
});
const preview = (id: string, order: number, percentage_complete = 50) => ({
  type: 'image',
  id,
  order,
  percentage_complete,
  url: `${PUBLIC}/${id}.png`,
  blob: 'cHJl',
});
const final = (id: string, order: number, more = {}) => ({
  type: 'image',
  id,
  order,
  percentage_complete: 100,
  url: urlOf(id),
  blob: 'ZmluYWw=',
  ...more,
});
const completed = (id: string, more = {}) => ({
  type: 'json',
  current_status: 'completed',
  image_id: id,
  moderated: false,
  ...more,
});

describe('drawOverSocket', () => {
  it('resets, asks once for all pictures, and says what the task says', async () => {
    const { socket, asked } = await run(
      () => [final('a', 0), completed('a'), final('b', 1), completed('b')],
      { n: 2, ratio: '3:2', enableNsfw: true },
    );
    expect(asked.map(({ url }) => url)).toEqual(['https://grok.com/ws/imagine/listen']);
    expect(asked[0]?.headers.get('cookie')).toBe(`sso=${SECRET}; sso-rw=${SECRET}`);
    expect(socket.sent).toMatchObject([
      { type: 'conversation.item.create', item: { content: [{ type: 'reset' }] } },
      {
        item: {
          content: [
            {
              type: 'input_text',
              text: 'a red kite',
              properties: {
                aspect_ratio: '3:2',
                enable_nsfw: true,
                enable_pro: false,
                num_generations: 2,
              },
            },
          ],
        },
      },
    ]);
    expect(socket.closed).toEqual([1_000]);
  });

  it('leaves out a ratio that was not given, and keeps adult content off (D-62)', async () => {
    const { socket } = await run(() => [final('a', 0), completed('a')]);
    const request = JSON.stringify(socket.sent[1]);
    expect(request).not.toContain('aspect_ratio');
    expect(request).toContain('"enable_nsfw":false');
  });

  it('gives each picture its place, whichever is ready first', async () => {
    const { parts, failure, units } = await run(
      () => [
        start('a', 0),
        start('b', 1),
        preview('b', 1),
        preview('a', 0),
        final('b', 1),
        completed('b'),
        final('a', 0),
        completed('a'),
      ],
      { n: 2 },
    );
    expect(failure).toBeNull();
    expect(parts).toEqual([
      { type: 'image-progress', index: 1, progress: 50, base64: 'cHJl' },
      { type: 'image-progress', index: 0, progress: 50, base64: 'cHJl' },
      { type: 'image', index: 1, url: urlOf('b'), base64: 'ZmluYWw=' },
      { type: 'image', index: 0, url: urlOf('a'), base64: 'ZmluYWw=' },
      { type: 'finish', usage: null },
    ]);
    expect(units).toBe(2);
  });

  it('takes a finished picture that nobody judges, after a while', async () => {
    const { parts, failure } = await run(() => [final('a', 0)]);
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([urlOf('a')]);
  });

  it('takes a completed frame with an address alone', async () => {
    const { parts } = await run(() => [
      preview('a', 0),
      completed('a', { url: 'users/u1/generated/a/image.jpg' }),
    ]);
    expect(picturesOf(parts)).toEqual(['https://assets.grok.com/users/u1/generated/a/image.jpg']);
  });

  it('never gives a picture that is moderated after it was finished', async () => {
    const script = () => [
      final('a', 0),
      completed('a', { moderated: true }),
      final('b', 1),
      completed('b'),
    ];
    const { parts, failure } = await run(script, { n: 2 });
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([undefined, urlOf('b')]);
    expect(partsOf(parts, 'image-failed')).toEqual([
      { type: 'image-failed', index: 0, code: 'content_policy_violation' },
    ]);
  });

  it('refuses when every picture was moderated', async () => {
    const { failure, units } = await run(() => [completed('a', { moderated: true })]);
    expect(failure).toMatchObject({ outcome: 'refused', code: 'content_policy_violation' });
    expect(units).toBe(1);
  });

  it('ignores the frames of another request', async () => {
    const { parts } = await run((requestId) => [
      { ...final('x', 0), request_id: 'another' },
      { ...completed('x'), request_id: 'another' },
      { type: 'error', err_code: 'x', err_msg: 'x', request_id: 'another' },
      { ...final('a', 0), request_id: requestId },
      { ...completed('a'), request_id: requestId },
    ]);
    expect(picturesOf(parts)).toEqual([urlOf('a')]);
  });

  it('calls a rate limit a limit, and nothing spent before it began', async () => {
    const limit = { type: 'error', err_code: 'rate_limit_exceeded', err_msg: 'Image rate limit' };
    const { parts, failure, units } = await run(() => [limit]);
    expect(parts).toEqual([]);
    expect(failure).toMatchObject({ outcome: 'limited' });
    expect(units).toBe(0);
    const late = await run(() => [final('a', 0), completed('a'), limit], { n: 3 });
    expect(picturesOf(late.parts)).toEqual([urlOf('a')]);
    expect(partsOf(late.parts, 'image-failed')).toHaveLength(2);
    expect(late.failure).toMatchObject({ outcome: 'limited' });
    expect(late.units).toBe(3);
  });

  it('fails when the socket closes before any picture', async () => {
    const { failure, units } = await run(() => [preview('a', 0), 'close']);
    expect(failure).toMatchObject({ outcome: 'faulty', code: 'upstream_cut' });
    expect(units).toBe(1);
  });

  it('keeps what came when the socket closes too early (D-70)', async () => {
    const script = () => [final('a', 0), completed('a'), 'close' as const];
    const { parts, failure } = await run(script, { n: 2 });
    expect(failure).toBeNull();
    expect(picturesOf(parts)).toEqual([urlOf('a')]);
    expect(partsOf(parts, 'image-failed')).toEqual([
      { type: 'image-failed', index: 1, code: 'upstream_cut' },
    ]);
  });

  describe('from a site that draws fewer at a time', () => {
    /** Draws this many a round, of those that it is asked for; `close` after each. */
    const rounds = (sizes: readonly number[], isClosing = false) => {
      let round = 0;
      let drawn = 0;
      return (requestId: string): readonly (object | 'close')[] => {
        const names = Array.from({ length: sizes[round++] ?? 0 }, () => `p${(drawn += 1)}`);
        const frames = names.flatMap((name, order) =>
          [final(name, order), completed(name)].map((frame) => ({
            ...frame,
            request_id: requestId,
          })),
        );
        return isClosing ? [...frames, 'close'] : frames;
      };
    };
    const askedFor = (socket: FakeSocket) =>
      socket.sent.flatMap(
        (frame) => /"num_generations":(\d+)/.exec(JSON.stringify(frame))?.[1] ?? [],
      );

    it('asks for the rest on the same socket until all have come', async () => {
      const { parts, failure, units, socket, asked } = await run(rounds([4, 4, 2]), { n: 10 });
      expect(failure).toBeNull();
      expect(new Set(picturesOf(parts)).size).toBe(10);
      expect(askedFor(socket)).toEqual(['10', '6', '2']);
      expect(asked).toHaveLength(1);
      expect(units).toBe(10);
    });

    it('asks over another socket when that one was closed', async () => {
      const { parts, asked } = await run(rounds([2, 2], true), { n: 4 });
      expect(partsOf(parts, 'image')).toHaveLength(4);
      expect(asked).toHaveLength(2);
    });

    it('stops at a round that brings nothing, and says what is missing', async () => {
      const { parts, failure, socket } = await run(rounds([2, 0]), { n: 3 });
      expect(failure).toBeNull();
      expect(partsOf(parts, 'image')).toHaveLength(2);
      expect(partsOf(parts, 'image-failed')).toHaveLength(1);
      expect(askedFor(socket)).toEqual(['3', '1']);
    });

    it('tells of the limit that a further round met', async () => {
      const limit = { type: 'error', err_code: 'rate_limit_exceeded', err_msg: 'Image rate limit' };
      let round = 0;
      const { parts, failure } = await run(
        (id) => ((round += 1) === 1 ? rounds([2])(id) : [limit]),
        { n: 4 },
      );
      expect(partsOf(parts, 'image')).toHaveLength(2);
      expect(failure).toMatchObject({ outcome: 'limited' });
    });

    it('does not draw again what was withheld', async () => {
      const script = () => [final('a', 0), completed('a'), completed('b', { moderated: true })];
      const { socket } = await run(script, { n: 2 });
      expect(askedFor(socket)).toEqual(['2']);
    });
  });

  it('gives up a picture that stays a preview when the others are done', async () => {
    const script = () => [preview('b', 1), final('a', 0), completed('a')];
    const { parts, failure, socket } = await run(script, { n: 2 });
    expect(failure).toBeNull();
    expect(partsOf(parts, 'image-failed')).toEqual([
      { type: 'image-failed', index: 1, code: 'upstream_timeout' },
    ]);
    expect(socket.closed).toEqual([1_000]);
  });

  it('fills a moderated place with a picture too many', async () => {
    const script = () => [
      start('a', 0),
      start('b', 1),
      start('c', 2),
      completed('a', { moderated: true }),
      final('c', 2),
      completed('c'),
      final('b', 1),
      completed('b'),
    ];
    const { parts } = await run(script, { n: 2 });
    expect(partsOf(parts, 'image')).toHaveLength(2);
    expect(partsOf(parts, 'image-failed')).toEqual([]);
  });

  it.each([
    [401, 'revoked'],
    [403, 'blocked'],
    [429, 'limited'],
    [500, 'faulty'],
  ])('judges a handshake answered with %i like a request', async (status, outcome) => {
    const reply: SocketReply = { response: new Response('', { status }) };
    const egress: Egress = {
      fetch: () => Promise.reject(new Error('not asked')),
      openSocket: () => Promise.resolve(reply),
    };
    const stream = drawOverSocket(drawCall(MODEL, egress), false, SHORT);
    expect((await drain(stream)).failure).toMatchObject({ outcome });
    expect(stream.unitsSpent?.()).toBe(0);
  });

  it('closes the socket when it is cancelled, and hands an abort back as it is', async () => {
    const cancelled = upstream(() => [preview('a', 0)]);
    const stream = drawOverSocket(drawCall(MODEL, cancelled.egress), false, SHORT);
    expect(await stream.read()).toMatchObject([{ type: 'image-progress' }]);
    stream.cancel();
    expect(await stream.read()).toBeNull();
    await expect.poll(() => cancelled.socket.closed).toEqual([1_000]);

    const controller = new AbortController();
    const aborted = upstream(() => [preview('a', 0)]);
    const call = drawCall(MODEL, aborted.egress, {}, { signal: controller.signal });
    const other = drawOverSocket(call, false, SHORT);
    await other.read();
    const reason = new Error('too long');
    controller.abort(reason);
    await expect(other.read()).rejects.toBe(reason);
    expect(aborted.socket.closed).toEqual([1_000]);
  });
});

describe('a socket that is held between batches', () => {
  /** A holder that holds whatever it is given. */
  function holder() {
    const given: FakeSocket[] = [];
    return {
      given,
      sockets: {
        take: () => given.pop() ?? null,
        give: (_tokenId: string, socket: WebSocket) => {
          // SAFETY: the adapter was given fakes.
          given.push(socket as unknown as FakeSocket);
        },
      },
    };
  }
  const twice = async (script: Script) => {
    const site = upstream(script);
    const held = holder();
    const ends = [];
    for (let n = 0; n < 2; n++) {
      // SAFETY: as above, in the other direction.
      const sockets = held.sockets as unknown as HeldSockets;
      const call = { ...drawCall(MODEL, site.egress), sockets };
      ends.push(await drain(drawOverSocket(call, false, SHORT)));
    }
    return { ...site, ends, given: held.given };
  };

  it('serves the next batch: one handshake, one answer each', async () => {
    const { asked, socket, ends, given } = await twice((id) => [
      final(id, 0, { request_id: id }),
      completed(id, { request_id: id }),
    ]);
    expect(asked).toHaveLength(1);
    expect(socket.sent).toHaveLength(4);
    expect(socket.closed).toEqual([]);
    expect(given).toEqual([socket]);
    for (const end of ends) expect(picturesOf(end.parts)).toHaveLength(1);
    expect(picturesOf(ends[0]?.parts ?? [])).not.toEqual(picturesOf(ends[1]?.parts ?? []));
  });

  it('is not kept after a batch that did not end well', async () => {
    for (const script of [
      (): object[] => [{ type: 'error', err_code: 'internal', err_msg: 'no' }],
      (): object[] => [final('a', 0)],
      (): object[] => [preview('a', 0), { type: 'error', err_code: 'rate_limit_exceeded' }],
    ]) {
      const { asked, socket, given } = await twice(script);
      expect(asked).toHaveLength(2);
      expect(socket.closed).toEqual([1_000, 1_000]);
      expect(given).toEqual([]);
    }
  });

  it('that takes nothing any more is replaced, and nothing of it is counted', async () => {
    const site = upstream(() => [final('a', 0), completed('a')]);
    const dead = new FakeSocket(() => []);
    dead.send = () => {
      throw new Error('closed');
    };
    // SAFETY: the adapter sends, closes and listens, nothing else.
    const sockets = { take: () => dead, give: () => undefined } as unknown as HeldSockets;
    const stream = drawOverSocket({ ...drawCall(MODEL, site.egress), sockets }, false, SHORT);
    expect(picturesOf((await drain(stream)).parts)).toHaveLength(1);
    expect(dead.closed).toEqual([1_000]);
    expect(stream.unitsSpent?.()).toBe(1);
  });
});
