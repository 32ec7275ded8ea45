import { env } from 'cloudflare:workers';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { userIdOf } from './simulator/grok-user';

const Event = z.looseObject({
  session_id: z.optional(z.string()),
  event: z.looseObject({ type: z.string(), event_id: z.string() }),
});
type Event = z.infer<typeof Event>;
const Calls = z.object({
  calls: z.array(
    z.looseObject({
      host: z.string(),
      path: z.string(),
      body: z.unknown(),
      verdict: z.string(),
      status: z.nullable(z.number()),
      ended: z.string(),
      headers: z.looseObject({ cookieNames: z.array(z.string()) }),
    }),
  ),
});
const Buckets = z.object({
  buckets: z.array(z.looseObject({ bucket: z.string(), accepted: z.number(), units: z.number() })),
});

function send(url: string, init?: RequestInit): Promise<Response> {
  if (env.EGRESS === undefined) throw new Error('EGRESS is not bound');
  return env.EGRESS.fetch(url, init);
}

function shake(credential: string, headers: Record<string, string> = {}, uid?: string) {
  const own = userIdOf(credential);
  return send(`https://grok.com/ws/mgw/?uid=${uid ?? own}`, {
    headers: {
      upgrade: 'websocket',
      cookie: `sso=${credential}; sso-rw=${credential}; x-userid=${own}`,
      ...headers,
    },
  });
}

/** One connection of a client, and what has come over it. */
class Client {
  readonly events: Event[] = [];
  readonly frames: string[] = [];
  readonly closed = Promise.withResolvers<number>();
  readonly #socket: WebSocket;
  #wake = Promise.withResolvers<void>();
  isClosed = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.accept();
    socket.addEventListener('message', ({ data }) => {
      this.frames.push(String(data));
      this.events.push(...eventsOf(String(data)));
      this.#woken();
    });
    socket.addEventListener('close', ({ code }) => {
      this.isClosed = true;
      this.closed.resolve(code);
      this.#woken();
    });
  }

  send(event: object, sessionId?: string): void {
    const envelope = sessionId === undefined ? { event } : { session_id: sessionId, event };
    this.#socket.send(JSON.stringify(envelope));
  }

  close(): void {
    this.#socket.close(1000, 'done');
  }

  /** The first event of this type. */
  async on(type: string): Promise<Event> {
    for (;;) {
      const found = this.events.find(({ event }) => event.type === type);
      if (found !== undefined) return found;
      if (this.isClosed) throw new Error(`closed before ${type}: ${this.types().join(' ')}`);
      await this.#wake.promise;
    }
  }

  types(): string[] {
    return this.events.map(({ event }) => event.type);
  }

  #woken(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** Objects of a frame, cut at the seams where two stand back to back; what is none is left out. */
function eventsOf(text: string): Event[] {
  return text.split(/(?<=\})(?=\{"(?:session_id|event)":)/).flatMap((one) => {
    try {
      const event = Event.safeParse(JSON.parse(one));
      return event.success ? [event.data] : [];
    } catch {
      return [];
    }
  });
}

async function connect(credential: string): Promise<Client> {
  const response = await shake(credential);
  if (response.webSocket === null) throw new Error(`HTTP ${response.status}`);
  return new Client(response.webSocket);
}

interface Ask {
  readonly text?: string;
  readonly model?: string;
  readonly files?: readonly string[];
  readonly follows?: { readonly conversationId: string; readonly responseId: string };
  readonly useChunk?: boolean;
}

async function open(client: Client, { model = 'fast', follows, useChunk = true }: Ask) {
  const x_grok = {
    use_chunk: useChunk,
    ...(follows === undefined
      ? { keep_context: false, is_temporary: true, disable_memory: true }
      : { conversation_id: follows.conversationId, load_existing: true, needs_history: false }),
  };
  client.send(
    { type: 'session.create', event_id: 'evt_init_1', session: { model, x_grok } },
    follows?.conversationId,
  );
  const [created] = await Promise.all([
    client.on('session.created'),
    client.on('conversation.attached'),
  ]);
  return created.session_id ?? '';
}

async function ask(client: Client, asked: Ask): Promise<string> {
  const sessionId = await open(client, asked);
  const mentions = (asked.files ?? []).map((file_id) => ({
    mention: { target: { file_mention: { file_id } } },
  }));
  const text = { text: { text: asked.text ?? '[user]\nHello there, everybody' } };
  client.send(
    {
      type: 'conversation.item.create',
      event_id: 'evt_msg_1',
      ...(asked.follows !== undefined && { parent_response_id: asked.follows.responseId }),
      item: { type: 'message', role: 'user', x_grok: { input_chunks: [...mentions, text] } },
    },
    sessionId,
  );
  client.send({ type: 'response.create', event_id: 'evt_resp_1' }, sessionId);
  return sessionId;
}

const Text = z.looseObject({ text: z.looseObject({ text: z.string(), channel: z.string() }) });

function textOf(client: Client, channel = 'CHANNEL_ASSISTANT_RESPONSE'): string {
  return client.events
    .map(({ event }) => Text.safeParse(event['chunk']).data?.text)
    .map((one) => (one?.channel === channel ? one.text : ''))
    .join('');
}

async function turn(credential: string, asked: Ask = {}) {
  const client = await connect(credential);
  const conversationId = await ask(client, asked);
  const done = await client.on('response.done');
  client.close();
  const { response } = z
    .looseObject({ response: z.looseObject({ id: z.string(), status: z.string() }) })
    .parse(done.event);
  return { client, response, conversationId };
}

async function failure(credential: string, asked: Ask = {}) {
  const client = await connect(credential);
  await ask(client, asked);
  const { event } = await client.on('error');
  client.close();
  return event['error'];
}

async function control<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(await (await send(`https://simulator.local${path}`)).json());
}

async function calls(credential: string) {
  return (await control(`/calls?credential=${credential}`, Calls)).calls;
}

async function accepted(credential: string, bucket = 'fast'): Promise<number> {
  const { buckets } = await control(`/ledger?credential=${credential}`, Buckets);
  return buckets.find((one) => one.bucket === bucket)?.accepted ?? 0;
}

function rest(credential: string, path: string, init: RequestInit = {}) {
  const headers = { cookie: `sso=${credential}; sso-rw=${credential}` };
  return send(`https://grok.com${path}`, { ...init, headers });
}

describe('GET /api/auth/session', () => {
  const Session = z.looseObject({
    status: z.string(),
    session: z.optional(z.looseObject({ userId: z.string() })),
  });
  const session = async (credential: string) =>
    Session.parse(await (await rest(credential, '/api/auth/session')).json());

  it('names the user of a credential, always the same', async () => {
    const { status, session: found } = await session('ses-a');
    expect(status).toBe('authenticated');
    expect(found?.userId).toBe(userIdOf('ses-a'));
    expect(z.uuid().safeParse(found?.userId).success).toBe(true);
    expect(userIdOf('ses-a')).not.toBe(userIdOf('ses-b'));
  });

  it('tells a dead session by status or inside a 200, and needs no statsig id', async () => {
    expect((await rest('ses-unauthorized', '/api/auth/session')).status).toBe(401);
    expect((await session('ses-nosession')).status).toBe('unauthenticated');
    expect((await session('ses-blockedsession')).status).toBe('Blocked');
    expect((await session('ses-statsig')).status).toBe('authenticated');
  });
});

describe('handshake of /ws/mgw/', () => {
  it('refuses no WebSocket, no UUID, and another user', async () => {
    expect((await rest('hs-a', `/ws/mgw/?uid=${userIdOf('hs-a')}`)).status).toBe(400);
    expect((await shake('hs-a', {}, 'me')).status).toBe(400);
    expect((await shake('hs-a', {}, userIdOf('hs-b'))).status).toBe(403);
    expect((await shake('hs-a', { cookie: 'sso=hs-a' })).status).toBe(403);
    expect((await shake('hs-a', { cookie: `sso=hs-a; x-userid=${userIdOf('x')}` })).status).toBe(
      403,
    );
  });

  it.each([
    ['hs-unauthorized', 401],
    ['hs-banned', 403],
    ['hs-antibot', 403],
    ['hs-challenge', 403],
    ['hs-moderated', 403],
    ['hs-limited30', 429],
    ['hs-limitedhtml', 429],
    ['hs-e500', 500],
    ['hs-e503', 503],
  ])('answers %s with %i, as over REST', async (credential, status) => {
    const response = await shake(credential);
    expect(response.status).toBe(status);
    expect(response.webSocket).toBeNull();
    await response.text();
    expect(await calls(credential)).toMatchObject([
      { status, ended: 'complete', verdict: 'noted' },
    ]);
  });

  it('says how long a limit lasts', async () => {
    expect((await shake('hs-limited30')).headers.get('retry-after')).toBe('30');
    expect((await shake('hs-limited')).headers.get('retry-after')).toBeNull();
  });

  it('wants no statsig id', async () => {
    const { client } = await turn('hs-statsig');
    expect(textOf(client)).toBe('Echo: Hello there, everybody');
  });
});

describe('a turn over /ws/mgw/', () => {
  it('answers in the order of the site, counts once, and is recorded with what was sent', async () => {
    const { client, conversationId, response } = await turn('gw-a-q5');
    expect(client.types().slice(0, 5)).toEqual([
      'session.created',
      'conversation.attached',
      'conversation.item.added',
      'conversation.queue.updated',
      'response.created',
    ]);
    expect(client.types().at(-1)).toBe('response.done');
    expect(response.status).toBe('completed');
    expect(textOf(client)).toBe('Echo: Hello there, everybody');
    expect(client.events[0]).toMatchObject({
      session_id: conversationId,
      event: { client_event_id: 'evt_init_1' },
    });
    expect(client.events[1]?.event).toMatchObject({ conversation: { id: conversationId } });
    expect(await accepted('gw-a-q5')).toBe(1);
    const [call, ...others] = await calls('gw-a-q5');
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      host: 'grok.com',
      path: `/ws/mgw/?uid=${userIdOf('gw-a-q5')}`,
      verdict: 'accepted',
      status: 101,
      ended: 'complete',
      body: [
        { event: { type: 'session.create' } },
        { session_id: conversationId, event: { type: 'conversation.item.create' } },
        { session_id: conversationId, event: { type: 'response.create' } },
      ],
    });
    expect(call?.headers.cookieNames).toContain('x-userid');
  });

  it('attaches before it creates, where asked for', async () => {
    const { client } = await turn('gw-attachfirst');
    expect(client.types().slice(0, 2)).toEqual(['conversation.attached', 'session.created']);
    expect(textOf(client)).toContain('Echo: ');
  });

  it('thinks, searches and cites', async () => {
    const { client } = await turn('gw-think', { text: 'Why? [[think]] [[cite]]' });
    expect(textOf(client, 'CHANNEL_ASSISTANT_NOTETAKER_HEADER')).toBe('Recalling echoes');
    expect(textOf(client, 'CHANNEL_ASSISTANT_THINKING')).toBe('So I repeat it.');
    const chunks = client.events.map(({ event }) => event['chunk'] ?? {});
    for (const name of ['tool_usage_card', 'tool_result', 'render_citation', 'phase_marker']) {
      expect(chunks.some((chunk) => Object.keys(chunk).includes(name))).toBe(true);
    }
  });

  it('sends deltas instead of chunks unless chunks are asked for', async () => {
    const { client } = await turn('gw-delta', { useChunk: false });
    const deltas = client.events.map(
      ({ event }) => z.string().safeParse(event['delta']).data ?? '',
    );
    expect(deltas.join('')).toBe('Echo: Hello there, everybody');
    expect(textOf(client)).toBe('');
  });

  it('puts several objects in a frame, and rubbish between them', async () => {
    const { client } = await turn('gw-joined-tokens9');
    expect(client.frames.length).toBeLessThan(client.events.length);
    expect(textOf(client)).toBe('w1 w2 w3 w4 w5 w6 w7 w8 w9');
    const { client: other } = await turn('gw-badjson');
    expect(other.frames).toContain('not json at all');
    expect(textOf(other)).toBe('Echo: Hello there, everybody');
  });

  it('answers pings, also while it is silent', async () => {
    const client = await connect('gw-silent');
    await ask(client, {});
    client.send({ type: 'ping', event_id: 'evt_hb_1' });
    await client.on('pong');
    expect(client.types()).not.toContain('response.created');
    client.close();
    await expect
      .poll(() => calls('gw-silent'))
      .toMatchObject([{ verdict: 'accepted', ended: 'cancelled' }]);
  });

  it('records a client that leaves before it asks', async () => {
    const client = await connect('gw-early');
    await open(client, {});
    client.close();
    await expect
      .poll(() => calls('gw-early'))
      .toMatchObject([
        { verdict: 'noted', ended: 'cancelled', body: [{ event: { type: 'session.create' } }] },
      ]);
    expect(await accepted('gw-early')).toBe(0);
  });

  it('records a client that leaves in mid-answer', async () => {
    const client = await connect('gw-stall');
    await ask(client, {});
    await expect.poll(() => textOf(client)).toBe('Echo: Hello');
    client.close();
    await expect.poll(() => calls('gw-stall')).toMatchObject([{ ended: 'cancelled' }]);
    expect(await accepted('gw-stall')).toBe(1);
  });

  it.each([
    ['cut', 'Echo: Hello'],
    ['cutfirst', ''],
  ])('breaks the socket off for %s; counted', async (word, text) => {
    const client = await connect(`gw-${word}`);
    await ask(client, {});
    expect(await client.closed.promise).toBe(1011);
    expect(textOf(client)).toBe(text);
    expect(client.types()).not.toContain('response.done');
    expect(await accepted(`gw-${word}`)).toBe(1);
    expect(await calls(`gw-${word}`)).toMatchObject([{ ended: 'cut' }]);
  });

  it.each([
    ['inband7', 7, 0],
    ['inband8', 8, 0],
    ['inband8late', 8, 1],
    ['once500', 13, 0],
    ['flaky100', 13, 0],
    ['e500counts', 13, 1],
  ])('says %s in an error event with code %i; counted %i', async (word, code, counted) => {
    expect(await failure(`gw-${word}`)).toMatchObject({ code });
    expect(await accepted(`gw-${word}`)).toBe(counted);
  });

  it('answers the second time after once500', async () => {
    await failure('gw2-once500');
    expect(textOf((await turn('gw2-once500')).client)).toContain('Echo');
  });

  it.each([
    ['usagelimit', 'usage_limit_reached', 0],
    ['streamerror', 'internal_error', 1],
  ])('says %s inside the answer', async (word, kind, counted) => {
    const { client, response } = await turn(`gw-${word}`);
    const { event } = await client.on('response.grok.output');
    expect(event['output']).toMatchObject({ stream_error: { kind } });
    expect(response.status).toBe('failed');
    expect(await accepted(`gw-${word}`)).toBe(counted);
  });

  it('keeps one quota with REST: the mode of both', async () => {
    const credential = 'gw-q2';
    await turn(credential);
    const body = JSON.stringify({ modeId: 'fast', message: 'Hi' });
    await (
      await rest(credential, '/rest/app-chat/conversations/new', { method: 'POST', body })
    ).text();
    const { client } = await turn(credential);
    const { event } = await client.on('response.grok.output');
    expect(event['output']).toMatchObject({ stream_error: { kind: 'usage_limit_reached' } });
    expect(await accepted(credential)).toBe(2);
    expect((await turn(credential, { model: 'auto' })).response.status).toBe('completed');
  });

  it('knows no other model, and answers once', async () => {
    const client = await connect('gw-strict');
    client.send({
      type: 'session.create',
      event_id: 'e',
      session: { model: 'grok-3', x_grok: {} },
    });
    expect((await client.on('error')).event['error']).toMatchObject({ code: 3 });
    client.close();
    const hasty = await connect('gw-hasty');
    hasty.send({ type: 'response.create', event_id: 'e' });
    expect((await hasty.on('error')).event['error']).toMatchObject({ code: 3 });
    hasty.close();
  });

  it('takes files of the same account only', async () => {
    const body = JSON.stringify({
      fileName: 'a.png',
      fileMimeType: 'image/png',
      content: btoa('png'),
    });
    const upload = await rest('gw-file', '/rest/app-chat/upload-file', { method: 'POST', body });
    const { fileMetadataId, fileUri } = z
      .object({ fileMetadataId: z.string(), fileUri: z.string() })
      .parse(await upload.json());
    expect(fileUri).toBe(`users/${userIdOf('gw-file')}/${fileMetadataId}/content`);
    expect((await turn('gw-file', { files: [fileMetadataId] })).response.status).toBe('completed');
    expect(await failure('gw-thief', { files: [fileMetadataId] })).toMatchObject({ code: 3 });
    expect(await accepted('gw-thief')).toBe(0);
  });
});

describe('continuation over /ws/mgw/', () => {
  it('goes on where the answer ended, turn by turn', async () => {
    const first = await turn('co-a', { text: 'One' });
    const follows = { conversationId: first.conversationId, responseId: first.response.id };
    const second = await turn('co-a', { text: 'Two', follows });
    expect(second.conversationId).toBe(first.conversationId);
    expect(textOf(second.client)).toBe('Echo (turn 2): Two');
    const third = await turn('co-a', {
      text: 'Three',
      follows: { ...follows, responseId: second.response.id },
    });
    expect(textOf(third.client)).toBe('Echo (turn 3): Three');
  });

  it("knows neither another credential's conversation nor an unknown answer", async () => {
    const { conversationId, response } = await turn('co-b');
    const stolen = { conversationId, responseId: response.id };
    const client = await connect('co-c');
    const asking = ask(client, { follows: stolen }).catch(() => null);
    expect((await client.on('error')).event['error']).toMatchObject({ code: 5 });
    client.close();
    await asking;
    const lost = { conversationId, responseId: crypto.randomUUID() };
    expect(await failure('co-b', { follows: lost })).toMatchObject({ code: 5 });
    expect(await accepted('co-b')).toBe(1);
  });

  it('cannot follow an answer that was broken off', async () => {
    const client = await connect('co-cut');
    const conversationId = await ask(client, {});
    const { event } = await client.on('response.created');
    await client.closed.promise;
    const { id } = z.looseObject({ id: z.string() }).parse(event['response']);
    const again = await connect('co-cut');
    const asking = ask(again, { follows: { conversationId, responseId: id } }).catch(() => null);
    expect((await again.on('error')).event['error']).toMatchObject({ code: 5 });
    again.close();
    await asking;
  });
});

describe('pictures over /ws/mgw/', () => {
  it('draws two for one query, each with a path of the account', async () => {
    const { client } = await turn('pic-a-q3', { text: 'Drawing: a cat' });
    const Card = z.object({ card_attachment: z.object({ jsonData: z.string() }) });
    const cards = client.events.flatMap(({ event }) => {
      const card = Card.safeParse(event['output']);
      return card.success
        ? [
            z
              .looseObject({
                image_chunk: z.looseObject({ progress: z.number(), imageUrl: z.string() }),
              })
              .parse(JSON.parse(card.data.card_attachment.jsonData)).image_chunk,
          ]
        : [];
    });
    const finals = cards.filter(({ progress }) => progress === 100);
    expect(finals).toHaveLength(2);
    for (const { imageUrl } of finals) {
      expect(imageUrl).toMatch(
        new RegExp(`^users/${userIdOf('pic-a-q3')}/generated/[0-9a-f-]{36}/image\\.jpg$`),
      );
    }
    expect(await accepted('pic-a-q3')).toBe(1);
  });
});

describe('POST /rest/media/imagine/quota_info', () => {
  const quota = async (credential: string) =>
    z
      .record(z.string(), z.nullable(z.looseObject({ available: z.boolean() })))
      .parse(
        await (
          await rest(credential, '/rest/media/imagine/quota_info', { method: 'POST', body: '{}' })
        ).json(),
      );
  const use = (credential: string, bucket: string, used: number) =>
    send('https://simulator.local/set', {
      method: 'POST',
      body: JSON.stringify({ credential, bucket, used }),
    });

  it('tells what the ledger holds', async () => {
    await use('im-q5-window60', 'imagine:image_edit', 2);
    await use('im-q5-window60', 'imagine:video', 5);
    const found = await quota('im-q5-window60');
    const window = { available: true, windowSizeSeconds: 60 };
    expect(found).toMatchObject({
      image: null,
      imagePro: { ...window, remainingQueries: 5 },
      imageEdit: { ...window, remainingQueries: 3 },
      video: { available: false },
      video720p: { ...window, remainingQueries: 5 },
    });
    const at = Date.parse(String(found['video']?.['nextAvailableAt']));
    expect(at).toBeGreaterThan(Date.now() + 50_000);
    expect(at).toBeLessThan(Date.now() + 62_000);
  });

  it('meters nothing without a quota, and can fail', async () => {
    expect(Object.values(await quota('im-free'))).toEqual([null, null, null, null, null]);
    const path = '/rest/media/imagine/quota_info';
    const init = { method: 'POST', body: '{}' };
    expect((await rest('im-noread', path, init)).status).toBe(500);
    expect((await rest('im-statsig', path, init)).status).toBe(403);
  });
});

describe('POST /http/upload-file-v2/direct', () => {
  const Reply = z.looseObject({
    uploadId: z.string(),
    terminalError: z.unknown(),
    fileMetadata: z.nullable(
      z.object({ fileMetadataId: z.string(), fileId: z.string(), fileUri: z.string() }),
    ),
  });
  function upload(credential: string, source?: string, bytes = new Uint8Array([0, 255, 13, 10])) {
    const form = new FormData();
    form.append('file', new File([bytes], 'image.png', { type: 'image/png' }));
    if (source !== undefined) form.append('file_source', source);
    return rest(credential, '/http/upload-file-v2/direct', { method: 'POST', body: form });
  }

  it('keeps a file whose ids a chat of the same account can name', async () => {
    const reply = Reply.parse(
      await (await upload('up-a', 'IMAGINE_SELF_UPLOAD_FILE_SOURCE')).json(),
    );
    const id = reply.fileMetadata?.fileMetadataId ?? '';
    expect(reply.fileMetadata?.fileUri).toBe(`users/${userIdOf('up-a')}/${id}/content`);
    expect((await turn('up-a', { files: [id] })).response.status).toBe('completed');
    expect((await calls('up-a'))[0]?.body).toEqual({
      fields: ['file', 'file_source'],
      fileSource: 'IMAGINE_SELF_UPLOAD_FILE_SOURCE',
      file: { name: 'image.png', type: 'image/png', bytes: 4 },
    });
  });

  it('names an upload that is still taken in by its own id only', async () => {
    const reply = Reply.parse(await (await upload('up-uploadidonly')).json());
    expect(reply.fileMetadata).toBeNull();
    const { response } = await turn('up-uploadidonly', { files: [reply.uploadId] });
    expect(response.status).toBe('completed');
  });

  it('refuses another source, a form without a file, and what its word refuses', async () => {
    expect((await upload('up-b', 'ELSEWHERE')).status).toBe(400);
    const empty = { method: 'POST', body: new FormData() };
    expect((await rest('up-b', '/http/upload-file-v2/direct', empty)).status).toBe(400);
    const refused = Reply.parse(await (await upload('up-terminalerror')).json());
    expect(refused.terminalError).toMatchObject({ code: 'UNSUPPORTED_FILE' });
  });

  it('gives the bytes back, large ones too', async () => {
    const bytes = Uint8Array.from({ length: 3_000_001 }, (_, at) => (at * 7) % 251);
    const reply = Reply.parse(await (await upload('up-big', undefined, bytes)).json());
    const uri = reply.fileMetadata?.fileUri ?? '';
    const file = await send(`https://assets.grok.com/${uri}`, {
      headers: { cookie: 'sso=up-big; sso-rw=up-big' },
    });
    expect(file.status).toBe(200);
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
  });
});
