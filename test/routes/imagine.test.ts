import { env, exports } from 'cloudflare:workers';
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { KEEP_MS, MAX_CLIENTS, TICKET_MS } from '../../src/imagine/limits';
import { makeTicket } from '../../src/imagine/ticket';
import { sha256Hex, toBase64Url, utf8 } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';
import { fingerprint, mask, open, seal } from '../../src/lib/seal';
import { poolStub } from '../../src/pool/stub';
import { upstreamCalls } from '../media/support';

const WS = '/v1/images/imagine/ws';

async function storeKey(limits: object = {}, enabled = 1): Promise<{ key: string; id: string }> {
  const key = newApiKey();
  const id = newId('key');
  await env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
     VALUES (?1, ?2, 'test', 'sk-…', 1, ?4, ?3, 0, 0)`,
  )
    .bind(id, await sha256Hex(key), JSON.stringify(limits), enabled)
    .run();
  return { key, id };
}

const pool = () => poolStub(env);

async function useToken(words: string): Promise<string> {
  const before = await pool().listTokens({ limit: 500 });
  await pool().deleteTokens(before.tokens.map(({ id }) => ({ id })));
  const id = newId('tok');
  const secret = `${words}-${id}`;
  await pool().importTokens([
    {
      id,
      provider: 'grok-web',
      tier: 'super',
      sealedSecret: await seal(env, id, secret),
      fingerprint: await fingerprint(env, secret),
      mask: mask(secret),
      buckets: [{ name: 'imagine:image_pro', remaining: 1_000, limit: 1_000 }],
    },
  ]);
  return id;
}

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  exports.default.fetch(`https://gw.test${path}`, { headers });

const post = (path: string, key: string, body: object = {}): Promise<Response> =>
  exports.default.fetch(`https://gw.test/v1/images/imagine/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const Event = z.looseObject({ type: z.string() });
type Event = z.infer<typeof Event>;

/** A client that writes down what it hears. */
class Client {
  readonly heard: Event[] = [];
  readonly #socket: WebSocket;

  constructor(readonly response: Response) {
    if (response.webSocket === null) throw new Error(`no socket: ${response.status}`);
    this.#socket = response.webSocket;
    this.#socket.addEventListener('message', ({ data }) => {
      this.heard.push(Event.parse(JSON.parse(String(data))));
    });
    this.#socket.accept();
    clients.add(this);
  }

  static async attach(key: string, query = ''): Promise<Client> {
    const headers = { upgrade: 'websocket', authorization: `Bearer ${key}` };
    return new Client(await get(`${WS}${query}`, headers));
  }

  /** What names this session to whoever comes back. */
  get session(): string {
    return String(this.heard.find(({ type }) => type === 'attached')?.['session']);
  }

  say(message: object | string): void {
    this.#socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  close(): void {
    clients.delete(this);
    this.#socket.close(1_000, 'bye');
  }

  /** In short, previews left out. */
  get story(): string[] {
    return this.heard
      .filter(({ type }) => type !== 'preview' && type !== 'attached')
      .map(({ type, status, sequence, code }) => [type, status ?? sequence ?? code].join(' '));
  }

  async hears(last: string): Promise<void> {
    await expect.poll(() => this.story).toContain(last);
  }

  get lastError(): Event | undefined {
    return this.heard.findLast(({ type }) => type === 'error');
  }
}
const clients = new Set<Client>();

async function codeOf(response: Response): Promise<string> {
  return (await response.json<{ error: { code: string } }>()).error.code;
}

async function imageUsed(id: string) {
  const [status] = await pool().keyStatus([id]);
  const { used, reserved } = status?.perDay.image ?? { used: -1, reserved: -1 };
  return { used, reserved };
}

const lastCall = async (keyId: string) => {
  await pool().drain();
  const row = await env.DB.prepare(
    'SELECT kind, outcome, status, error, charged FROM calls WHERE key_id = ?1 ORDER BY id DESC LIMIT 1',
  )
    .bind(keyId)
    .first();
  return row;
};

beforeEach(async () => {
  await useToken('plain');
});
afterEach(() => {
  for (const client of clients) client.close();
});

describe('the way into an Imagine session', () => {
  it('is no plain request: 426', async () => {
    const { key } = await storeKey();
    const response = await get(WS, { authorization: `Bearer ${key}` });
    expect(response.status).toBe(426);
    expect(response.headers.get('upgrade')).toBe('websocket');
    expect(await codeOf(response)).toBe('upgrade_required');
  });

  it.each(['api_key', 'key', 'token', 'access_token'])(
    'is refused with a key in the address as %s, before anything is accepted (D-21)',
    async (name) => {
      const { key } = await storeKey();
      for (const path of [WS, '/api/v1/admin/imagine/ws', '/v1/images/imagine/sse']) {
        const response = await get(`${path}?${name}=${key}`, { upgrade: 'websocket' });
        expect(response.status).toBe(400);
        expect(response.webSocket).toBeNull();
        const text = await response.text();
        expect(text).toContain('/v1/images/imagine/ticket');
        expect(text).not.toContain(key);
      }
    },
  );

  it('needs a key that works (D-21)', async () => {
    const disabled = await storeKey({}, 0);
    const expired = await storeKey({ expiresAt: 5 });
    const upgrade = { upgrade: 'websocket' };
    for (const [headers, code] of [
      [{}, 'missing_api_key'],
      [{ authorization: `Bearer ${newApiKey()}` }, 'invalid_api_key'],
      [{ authorization: `Bearer ${disabled.key}` }, 'key_disabled'],
      [{ authorization: `Bearer ${expired.key}` }, 'key_expired'],
      [{ 'sec-websocket-protocol': 'imagine, bearer.!!' }, 'invalid_api_key'],
    ] as const) {
      const response = await get(WS, { ...upgrade, ...headers });
      expect([response.status, await codeOf(response)]).toEqual([401, code]);
    }
    const ticket = await makeTicket(env, { keyId: disabled.id, user: 'default' }, Date.now());
    expect(await codeOf(await get(`${WS}?ticket=${ticket}`, upgrade))).toBe('key_disabled');
  });

  it('is open by subprotocol, from any page, and answers with the plain one', async () => {
    const { key } = await storeKey();
    const client = new Client(
      await get(WS, {
        upgrade: 'websocket',
        origin: 'https://elsewhere.test',
        'sec-websocket-protocol': `imagine, bearer.${toBase64Url(utf8(key))}`,
      }),
    );
    expect(client.response.headers.get('sec-websocket-protocol')).toBe('imagine');
    client.say({ type: 'ping' });
    await client.hears('pong ');
  });

  it('is open by a ticket, once, for a minute, on both paths', async () => {
    const { key, id } = await storeKey();
    const upgrade = { upgrade: 'websocket' };
    for (const path of [WS, '/api/v1/admin/imagine/ws']) {
      const issued = await (
        await post('ticket', key, { user: 'anna' })
      ).json<{
        ticket: string;
        expires_in: number;
      }>();
      expect(issued.expires_in).toBe(60);
      expect(issued.ticket).not.toContain(key);
      const client = new Client(await get(`${path}?ticket=${issued.ticket}`, upgrade));
      client.say('{"type":"ping"}');
      await client.hears('pong ');
      const again = await get(`${path}?ticket=${issued.ticket}`, upgrade);
      expect([again.status, await codeOf(again)]).toEqual([401, 'invalid_ticket']);
    }
    // A ticket that names nobody opens a session of its own.
    const nameless = await (await post('ticket', key)).json<{ ticket: string }>();
    const own = new Client(await get(`${WS}?ticket=${nameless.ticket}`, upgrade));
    await expect.poll(() => own.session).toMatch(/^socket-/);
    const old = await makeTicket(env, { keyId: id, user: 'anna' }, Date.now() - TICKET_MS);
    for (const ticket of [old, 'x', `${old}.y`, 'e30.e30']) {
      expect(await codeOf(await get(`${WS}?ticket=${ticket}`, upgrade))).toBe('invalid_ticket');
    }
  });

  it('is closed to addresses that the key does not allow, by key and by ticket', async () => {
    const { key } = await storeKey({ ips: ['192.0.2.0/24'] });
    const headers = { upgrade: 'websocket', authorization: `Bearer ${key}` };
    const inside = { ...headers, 'cf-connecting-ip': '192.0.2.7' };
    for (const address of ['192.0.3.7', undefined]) {
      const from = address === undefined ? {} : { 'cf-connecting-ip': address };
      for (const path of [WS, '/v1/images/imagine/sse']) {
        const refused = await get(path, { ...headers, ...from });
        expect([refused.status, await codeOf(refused)]).toEqual([403, 'ip_not_allowed']);
      }
      const { ticket } = await (await post('ticket', key)).json<{ ticket: string }>();
      const refused = await get(`${WS}?ticket=${ticket}`, { upgrade: 'websocket', ...from });
      expect([refused.status, await codeOf(refused)]).toEqual([403, 'ip_not_allowed']);
    }
    const client = new Client(await get(WS, inside));
    await expect.poll(() => client.heard.length).toBe(1);
  });

  it(`admits ${MAX_CLIENTS} clients and tells the next to wait`, async () => {
    const { key } = await storeKey();
    for (let i = 0; i < MAX_CLIENTS; i++) await Client.attach(key, '?user=one');
    const headers = { upgrade: 'websocket', authorization: `Bearer ${key}` };
    const refused = await get(`${WS}?user=one`, headers);
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'too_many_clients']);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await get(`${WS}?user=another`, headers)).status).toBe(101);
  });

  it.each(['user=', `user=${'x'.repeat(65)}`, 'after=-1', 'after=x', 'format=gif'])(
    'is refused with %s',
    async (query) => {
      const { key } = await storeKey();
      const headers = { upgrade: 'websocket', authorization: `Bearer ${key}` };
      expect((await get(`${WS}?${query}`, headers)).status).toBe(400);
    },
  );
});

describe('a run', () => {
  it('of one batch draws, charges, logs and ends; who comes later hears the same', async () => {
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'a red kite', aspect_ratio: '1:1', mode: 'single', n: 3 });
    await client.hears('status finished');
    expect(client.story).toEqual([
      'status running',
      'image 1',
      'image 2',
      'image 3',
      'status finished',
    ]);
    const stored = client.heard.filter((event) => event['seq'] !== undefined);
    expect(stored[0]).toMatchObject({ prompt: 'a red kite', aspect_ratio: '1:1' });
    expect(stored[0]?.['run_id']).toMatch(/^[0-9a-f]{32}$/);
    expect(stored[1]).toMatchObject({
      url: expect.stringMatching(/^https:\/\/gw\.test\/images\/u_/),
      aspect_ratio: '1:1',
      run_id: stored[0]?.['run_id'],
      elapsed_ms: expect.any(Number),
      created_at: expect.any(Number),
    });
    expect(stored[1]).not.toHaveProperty('b64_json');
    expect(client.heard.some(({ type }) => type === 'preview')).toBe(true);
    await expect.poll(() => imageUsed(id)).toEqual({ used: 3, reserved: 0 });
    await expect
      .poll(() => lastCall(id), { interval: 250 })
      .toEqual({ kind: 'image', outcome: 'done', status: 200, error: null, charged: 3 });

    const seqs = stored.map(({ seq }) => Number(seq));
    const late = await Client.attach(key, `?user=${client.session}&after=${seqs[1]}`);
    await late.hears('status finished');
    expect(late.heard.slice(1)).toEqual(stored.slice(2));
    expect(late.heard[0]).toEqual({
      type: 'attached',
      session: client.session,
      first_seq: seqs[0],
      last_seq: seqs.at(-1),
      run_id: null,
    });
    const picture = await exports.default.fetch(String(stored[1]?.['url']));
    expect(picture.status).toBe(200);
    expect(picture.headers.get('content-type')).toMatch(/^image\//);
    await picture.arrayBuffer();
    expect((await pool().verify()).differences).toEqual([]);
  });

  it('goes on batch after batch until it is stopped; the batch in flight ends at once', async () => {
    await useToken('pace40');
    const { key, id } = await storeKey({ perDay: { image: 100 } });
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'kites', n: 2 });
    await client.hears('image 4');
    client.say({ type: 'stop' });
    await client.hears('status stopped');
    await expect.poll(() => imageUsed(id)).toMatchObject({ reserved: 0 });
    const count = client.heard.filter(({ type }) => type === 'image').length;
    expect(await imageUsed(id)).toEqual({ used: count, reserved: 0 });
    client.say({ type: 'stop' });
    await expect.poll(() => client.heard.at(-1)).toMatchObject({ status: 'stopped', run_id: null });
    expect((await pool().stats()).openLeases).toBe(0);
    expect((await pool().verify()).differences).toEqual([]);
  });

  it('stopped while upstream is silent charges nothing and is logged as aborted', async () => {
    await useToken('silent');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'kites', n: 2 });
    await expect.poll(() => imageUsed(id)).toEqual({ used: 0, reserved: 2 });
    client.say({ type: 'stop' });
    await client.hears('status stopped');
    await expect.poll(() => imageUsed(id)).toEqual({ used: 0, reserved: 0 });
    await expect
      .poll(() => lastCall(id), { interval: 250 })
      .toMatchObject({ outcome: 'aborted', charged: 0 });
  });

  it('that the key’s day refuses ends with an error that says when to come back (D-21)', async () => {
    const { key, id } = await storeKey({ perDay: { image: 5 } });
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'kites', n: 4 });
    await client.hears('status stopped');
    const [error] = client.heard.filter(({ type }) => type === 'error');
    expect(error).toMatchObject({ code: 'daily_quota_exceeded' });
    expect(Number(error?.['retry_after'])).toBeGreaterThan(10);
    expect(await imageUsed(id)).toEqual({ used: 4, reserved: 0 });
  });

  it('of a key that was disabled meanwhile ends at its next batch (D-21)', async () => {
    await useToken('pace20');
    const { key, id } = await storeKey();
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'kites', n: 1 });
    await client.hears('image 1');
    const [status] = await pool().keyStatus([id]);
    await pool().putKey({ ...status!.limits, enabled: false, version: 2 });
    await client.hears('status stopped');
    expect(client.story.at(-2)).toBe('error key_disabled');
  });

  it('waits for a limit that ends soon, and goes on', async () => {
    await useToken('silent');
    const { key } = await storeKey({ concurrency: 1 });
    const first = await Client.attach(key, '?user=first');
    first.say({ type: 'start', prompt: 'kites' });
    await expect.poll(async () => (await pool().stats()).openLeases).toBe(1);
    const second = await Client.attach(key, '?user=second');
    await useToken('plain');
    second.say({ type: 'start', prompt: 'kites', n: 1 });
    await second.hears('error concurrency_exceeded');
    expect(second.lastError).toMatchObject({ retry_after: 1 });
    first.say({ type: 'stop' });
    await second.hears('image 1');
    second.say({ type: 'stop' });
    await second.hears('status stopped');
  });

  it('that is replaced is told as stopped, and starts come once a second', async () => {
    await useToken('silent');
    const { key } = await storeKey();
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'one' });
    client.say({ type: 'start', prompt: 'two' });
    await client.hears('error start_too_soon');
    expect(client.lastError).toMatchObject({ retry_after: 1 });
    await expect
      .poll(
        async () => {
          const reply = await post('start', key, { prompt: 'three', user: client.session });
          return reply.status;
        },
        { interval: 200 },
      )
      .toBe(200);
    await expect
      .poll(() => client.story)
      .toEqual(['status running', 'error start_too_soon', 'status stopped', 'status running']);
    client.say({ type: 'stop' });
    await expect.poll(() => client.story.at(-1)).toBe('status stopped');
  });

  it('with a picture that was moderated says so and charges the others', async () => {
    await useToken('modslot');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'kites', mode: 'single', n: 3 });
    await client.hears('status finished');
    expect(client.story).toContain('error content_policy_violation');
    await expect.poll(() => imageUsed(id)).toEqual({ used: 2, reserved: 0 });
  });

  it('that upstream fails says why and ends; the key is not charged', async () => {
    await useToken('e500');
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'kites' });
    await client.hears('status stopped');
    expect(client.story).toContain('error upstream_error');
    await expect.poll(() => imageUsed(id)).toEqual({ used: 0, reserved: 0 });
  });

  it('gives the pictures themselves to those who asked, and links to all', async () => {
    const { key } = await storeKey();
    const plain = await Client.attach(key, '?user=both');
    const whole = await Client.attach(key, '?user=both&format=b64_json');
    whole.say({ type: 'start', prompt: 'kites', mode: 'single', n: 1 });
    await Promise.all([plain.hears('status finished'), whole.hears('status finished')]);
    const image = whole.heard.find(({ type }) => type === 'image');
    expect(Uint8Array.fromBase64(String(image?.['b64_json'])).length).toBeGreaterThan(10);
    const { b64_json: _, ...rest } = image ?? { b64_json: '' };
    expect(plain.heard.find(({ type }) => type === 'image')).toEqual(rest);
  });

  it('answers mistakes to the one who made them, without a number', async () => {
    const { key } = await storeKey();
    const client = await Client.attach(key);
    const other = await Client.attach(key);
    client.say('{');
    client.say({ type: 'start' });
    client.say({ type: 'dance' });
    client.say({ type: 'start', prompt: 'x', model: 'grok-4' });
    client.say('x'.repeat(16_385));
    await client.hears('error body_too_large');
    expect(client.story.sort()).toEqual([
      'error body_too_large',
      'error empty_prompt',
      'error invalid_payload',
      'error model_not_found',
      'error unknown_command',
    ]);
    for (const event of client.heard.slice(1)) expect(event).not.toHaveProperty('seq');
    expect(other.story).toEqual([]);
  });

  it.each([WS, '/api/v1/admin/imagine/ws'])(
    'of a socket without a user is its own, and goes on by the session it was told (%s)',
    async (path) => {
      const { key } = await storeKey();
      const headers = { upgrade: 'websocket', authorization: `Bearer ${key}` };
      const [one, two] = [
        new Client(await get(path, headers)),
        new Client(await get(path, headers)),
      ] as const;
      one.say({ type: 'start', prompt: 'kites', mode: 'single', n: 1 });
      two.say({ type: 'start', prompt: 'boats', mode: 'single', n: 1 });
      await Promise.all([one.hears('status finished'), two.hears('status finished')]);
      for (const client of [one, two]) {
        expect(client.story).toEqual(['status running', 'image 1', 'status finished']);
      }
      expect(one.session).not.toBe(two.session);
      const again = new Client(await get(`${path}?user=${one.session}`, headers));
      await again.hears('status finished');
      expect(again.heard.slice(1)).toEqual(one.heard.filter((event) => event['seq'] !== undefined));
    },
  );

  it('of one user is not heard by another', async () => {
    const { key } = await storeKey();
    const anna = await Client.attach(key, '?user=anna');
    const bert = await Client.attach(key, '?user=bert');
    anna.say({ type: 'start', prompt: 'kites', mode: 'single', n: 1 });
    await anna.hears('status finished');
    expect(bert.story).toEqual([]);
  });
});

describe('the socket upstream', () => {
  /** Handshakes of the one credential, by the batches that went over each. */
  async function handshakes(tokenId: string): Promise<number[]> {
    const [sealed] = await pool().sealedSecrets([tokenId]);
    const secret = sealed === undefined ? '' : await open(env, tokenId, sealed.sealedSecret);
    const counts = new Map<string, number>();
    for (const { headers } of await upstreamCalls(secret)) {
      const socket = headers.values['x-simulator-socket'];
      if (socket !== undefined) counts.set(socket, (counts.get(socket) ?? 0) + 1);
    }
    return [...counts.values()];
  }
  const single = { type: 'start', prompt: 'kites', mode: 'single', n: 1 };

  it('is one for the batches of a run, and for the run that follows at once', async () => {
    const token = await useToken('plain');
    const { key } = await storeKey();
    const client = await Client.attach(key);
    client.say(single);
    await client.hears('status finished');
    await expect
      .poll(async () => (await post('start', key, { ...single, user: client.session })).status, {
        interval: 200,
      })
      .toBe(200);
    await expect
      .poll(() => client.story.filter((line) => line === 'status finished'))
      .toHaveLength(2);
    expect(await handshakes(token)).toEqual([2]);
  });

  it('is another after a stop', async () => {
    const token = await useToken('plain');
    const { key } = await storeKey();
    const client = await Client.attach(key);
    client.say(single);
    await client.hears('status finished');
    client.say({ type: 'stop' });
    await expect.poll(() => client.heard.at(-1)).toMatchObject({ run_id: null });
    await expect
      .poll(async () => (await post('start', key, { ...single, user: client.session })).status, {
        interval: 200,
      })
      .toBe(200);
    await expect
      .poll(() => client.story.filter((line) => line === 'status finished'))
      .toHaveLength(2);
    expect(await handshakes(token)).toEqual([1, 1]);
  });

  it('that upstream closes between batches costs nothing but a handshake', async () => {
    const token = await useToken('idleclose');
    const { key, id } = await storeKey({ perDay: { image: 100 } });
    const client = await Client.attach(key);
    client.say({ type: 'start', prompt: 'kites', n: 1 });
    await client.hears('image 3');
    client.say({ type: 'stop' });
    await client.hears('status stopped');
    expect(client.story.filter((line) => line.startsWith('error'))).toEqual([]);
    await expect.poll(() => imageUsed(id)).toMatchObject({ reserved: 0 });
    const [credential] = await pool().findTokens([{ id: token }]);
    expect(credential).toMatchObject({ state: 'active', failures: 0 });
  });
});

describe('an event stream', () => {
  /** Reads events until the stream told of this one. */
  async function readUntil(response: Response, last: string): Promise<string> {
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes(last)) {
      const { value, done } = await reader.read();
      if (done) break;
      text += value;
    }
    await reader.cancel();
    return text;
  }

  it('tells the same, numbered, and goes on after the last id', async () => {
    const { key, id } = await storeKey({ perDay: { image: 10 } });
    const auth = { authorization: `Bearer ${key}` };
    const stream = await get('/v1/images/imagine/sse?user=s', auth);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(stream.headers.get('access-control-allow-origin')).toBe('*');
    const started = await post('start', key, { prompt: 'x', mode: 'single', n: 2, user: 's' });
    expect(await started.json()).toEqual({ run_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    const text = await readUntil(stream, '"finished"');
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq));
    expect(ids).toEqual([0, 1, 2, 3].map((n) => ids[0]! + n));
    const later = await get('/v1/images/imagine/sse?user=s', {
      ...auth,
      'last-event-id': String(ids[1]),
    });
    const rest = await readUntil(later, '"finished"');
    expect([...rest.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq))).toEqual(ids.slice(2));
    // An event source comes back to the address it was opened at: its header knows better.
    const again = await get(`/v1/images/imagine/sse?user=s&after=${ids[0]! - 1}`, {
      ...auth,
      'last-event-id': String(ids[2]),
    });
    const last = await readUntil(again, '"finished"');
    expect([...last.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq))).toEqual(ids.slice(3));
    await expect.poll(() => imageUsed(id)).toEqual({ used: 2, reserved: 0 });
    expect(await (await post('stop', key, { user: 's' })).json()).toEqual({ run_id: null });
    // Both have gone: the session will be forgotten.
    const session = env.IMAGINE_SESSION.getByName(`${id}:s`);
    const alarmAt = () => runInDurableObject(session, (_, ctx) => ctx.storage.getAlarm());
    await expect.poll(alarmAt).not.toBeNull();
  });

  it('is open by a ticket', async () => {
    const { key } = await storeKey();
    const { ticket } = await (await post('ticket', key)).json<{ ticket: string }>();
    const stream = await get(`/v1/images/imagine/sse?ticket=${ticket}`);
    expect(await readUntil(stream, 'attached')).toContain('"last_seq":null');
  });

  it.each([
    [{ prompt: '' }, 400],
    [{}, 400],
    [{ prompt: 'x', n: 11 }, 400],
    [{ prompt: 'x', user: 'x'.repeat(65) }, 400],
    [{ prompt: 'x', model: 'none' }, 404],
  ])('is started wrongly by %j: %i', async (body, status) => {
    const { key } = await storeKey();
    expect((await post('start', key, body)).status).toBe(status);
  });
});

describe('a session that sleeps', () => {
  const stubOf = (id: string) => env.IMAGINE_SESSION.getByName(`${id}:sleepy`);
  const attach = (key: string, query = '') => Client.attach(key, `?user=sleepy${query}`);

  it('keeps its clients and its events', async () => {
    const { key, id } = await storeKey();
    const client = await attach(key);
    client.say({ type: 'start', prompt: 'kites', mode: 'single', n: 1 });
    await client.hears('status finished');
    // Its socket upstream, which would be held for a while, keeps an object awake.
    client.say({ type: 'stop' });
    await expect.poll(() => client.heard.at(-1)).toMatchObject({ run_id: null });
    client.close();
    await evictDurableObject(stubOf(id));
    const again = await attach(key);
    await again.hears('status finished');
    expect(again.story).toEqual(['status running', 'image 1', 'status finished']);
  });

  it('is forgotten ten minutes after its last client has left', async () => {
    const { key, id } = await storeKey();
    const client = await attach(key);
    client.say({ type: 'start', prompt: 'kites', mode: 'single', n: 1 });
    await client.hears('status finished');
    client.close();
    const alarmAt = () => runInDurableObject(stubOf(id), (_, ctx) => ctx.storage.getAlarm());
    await expect.poll(alarmAt).not.toBeNull();
    const inMs = Number(await alarmAt()) - Date.now();
    expect(inMs).toBeGreaterThan(590_000);
    expect(inMs).toBeLessThan(601_000);

    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + KEEP_MS + 1_000 });
    try {
      expect(await runDurableObjectAlarm(stubOf(id))).toBe(true);
      const tables = await runInDurableObject(stubOf(id), (_, ctx) =>
        ctx.storage.sql.exec(`SELECT name FROM sqlite_schema WHERE name = 'events'`).toArray(),
      );
      expect(tables).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
    const late = await attach(key, '&after=5');
    late.say({ type: 'start', prompt: 'kites', mode: 'single', n: 1 });
    await late.hears('status finished');
    expect(late.heard[0]).toMatchObject({ last_seq: null });
  });
});
