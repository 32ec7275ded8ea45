import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { freePort, killAll, type Running, startGatewayProcess, startSimulator } from './processes';

/**
 * Imagine sessions over real WebSockets: clients that drop at random, and a gateway that is killed in the
 * middle of a batch. Nothing that was stored is missed or told twice, and the books agree.
 */

const DROPS = 100;
const USER = 'default';
const MAX_STAY_MS = 150;
const PASSWORD = 'correct horse battery staple';
const SEED = Number(process.env['SEED'] ?? 20_261_120);
/** Seeded, so that a failure can be run again. */
const draw = random(SEED);

const folder = mkdtempSync(join(tmpdir(), 'imagine-'));
let simulator: Running;
let gateway: Running;
let port: number;
let session: string;

async function startGateway(): Promise<void> {
  gateway = await startGatewayProcess({
    port,
    stateDir: join(folder, 'gateway'),
    env: {
      SIMULATOR: 'off',
      ADMIN_PASSWORD: PASSWORD,
      GROK_BASE_URL: `${simulator.url}/__host/grok.com`,
    },
  });
  session = await logIn();
}

beforeAll(async () => {
  port = await freePort();
  simulator = await startSimulator(join(folder, 'simulator'));
  await startGateway();
});

afterAll(async () => {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

describe(`Imagine sessions, SEED=${SEED}`, () => {
  it(`miss nothing and hear nothing twice over ${DROPS} drops`, async () => {
    const prepared = await prepare('pace20-drops');
    const { key } = prepared;
    const heard: Heard[] = [];
    const first = await Client.attach(key, 0);
    first.say({ type: 'start', prompt: 'kites', n: 2 });
    await first.hears(() => first.events.length > 0);
    first.close();
    heard.push(...first.events);
    for (let i = 0; i < DROPS; i++) {
      const way = draw() < 0.5 ? Client : Listener;
      const client = await way.attach(key, heard.at(-1)?.seq ?? 0);
      await pause(draw() * MAX_STAY_MS);
      client.close();
      heard.push(...client.events);
    }
    const last = await Client.attach(key, heard.at(-1)?.seq ?? 0);
    last.say({ type: 'stop' });
    await last.hears(() => last.events.some(({ json }) => json.includes('"stopped"')));
    heard.push(...last.events);
    last.close();

    const whole = await Client.attach(key, 0);
    await whole.hears(() => whole.events.at(-1)?.seq === heard.at(-1)?.seq);
    whole.close();
    expect(heard).toEqual(whole.events);
    const begin = heard[0]?.seq ?? 0;
    expect(heard.map(({ seq }) => seq - begin)).toEqual(heard.map((_, index) => index));
    const pictures = heard.filter(({ type }) => type === 'image').length;
    expect(pictures).toBeGreaterThan(10);
    await books(prepared, pictures);
  });

  it('tell of a gateway that was killed over a batch, and charge what was delivered', async () => {
    const prepared = await prepare('pace150-killed');
    const { key } = prepared;
    const before = await Client.attach(key, 0);
    before.say({ type: 'start', prompt: 'kites', n: 4 });
    // In the middle of the second batch.
    await before.hears(() => before.pictures > 4);
    await gateway.kill();
    const known = [...before.events];
    await startGateway();

    const after = await Client.attach(key, 0);
    await after.hears(() => after.events.some(({ json }) => json.includes('session_restarted')));
    expect(after.events.slice(0, known.length)).toEqual(known);
    expect(after.events.at(-1)?.json).toContain('session_restarted');
    expect(after.pictures).toBeGreaterThanOrEqual(5);
    expect(after.pictures).toBeLessThan(8);
    const { uncertain } = await books(prepared, after.pictures);
    expect(uncertain).toBe(4);
    // It does not start again by itself.
    await pause(1_000);
    expect(after.events.at(-1)?.json).toContain('session_restarted');
    after.close();
  });

  it('killed while nobody comes back are settled all the same', async () => {
    const prepared = await prepare('pace150-alone');
    const { key } = prepared;
    const before = await Client.attach(key, 0);
    before.say({ type: 'start', prompt: 'kites', n: 4 });
    await before.hears(() => before.pictures > 0);
    await gateway.kill();
    await startGateway();
    // The alarm that was at work is repeated by the platform.
    await expect.poll(() => reservedFor(key), { interval: 500 }).toBe(0);
    const after = await Client.attach(key, 0);
    await after.hears(() => after.events.some(({ json }) => json.includes('session_restarted')));
    await books(prepared, after.pictures);
    after.close();
  });
});

/** These books agree: pictures delivered, the key's day, the call log, the credential, and upstream's ledger. */
async function books(
  { key, keyId, name }: Prepared,
  pictures: number,
): Promise<{ uncertain: number }> {
  await expect.poll(() => reservedFor(key)).toBe(0);
  expect(await imageOf(key)).toMatchObject({ used: pictures, reserved: 0 });
  // The queue takes a moment to bring the last calls into the log.
  const verified = () => admin(Verify, 'GET', 'verify?drain=1');
  await expect.poll(verified, { interval: 500 }).toMatchObject({
    ok: true,
    differences: [],
    usage: { comparable: true, differences: [] },
  });
  // What the calls spent is what upstream counted, and some of what is uncertain.
  const calls = await callsOf(keyId);
  const spent = sum(calls);
  const uncertain = sum(calls.filter((call) => call.uncertain));
  const counted = await trueUse(name);
  expect(spent - counted).toBeGreaterThanOrEqual(0);
  expect(spent - counted).toBeLessThanOrEqual(uncertain);
  // One reading later the credential stands where upstream says.
  await admin(z.unknown(), 'POST', 'tokens/refresh', { all: true });
  const { ssoBasic } = await admin(Tokens, 'GET', 'tokens');
  const bucket = ssoBasic[0]?.buckets.find((one) => one.name === BUCKET);
  expect(bucket).toMatchObject({ reserved: 0, free: QUOTA - counted });
  return { uncertain };
}

const BUCKET = 'imagine:image_pro';
const QUOTA = 1_000;

/** The call log of one key. */
async function callsOf(keyId: string) {
  const call = z.object({ key_id: z.string(), units: z.number(), uncertain: z.boolean() });
  const shape = z.object({ calls: z.array(call) });
  const { calls } = await admin(shape, 'GET', 'calls?limit=500');
  return calls.filter(({ key_id: id }) => id === keyId);
}

function sum(calls: readonly { readonly units: number }[]): number {
  return calls.reduce((total, { units }) => total + units, 0);
}

interface Prepared {
  readonly key: string;
  readonly keyId: string;
  readonly name: string;
}

/** One credential, whose quota is known, and one key. */
async function prepare(words: string): Promise<Prepared> {
  const name = `q${QUOTA}-${words}`;
  const { version } = await admin(Tokens, 'GET', 'tokens');
  const tokens = [{ token: name }];
  const body = { provider: 'grok-web', tier: 'basic', tokens, replace: true, version };
  await admin(z.unknown(), 'POST', 'tokens', body);
  await admin(z.unknown(), 'POST', 'tokens/refresh', { all: true });
  const made = await admin(
    z.object({ data: z.object({ id: z.string(), key: z.string() }) }),
    'POST',
    'keys',
    {
      name: 'imagine',
      limits: { image_per_day: 10_000 },
    },
  );
  return { key: made.data.key, keyId: made.data.id, name };
}

const Tokens = z.object({
  version: z.number(),
  ssoBasic: z.array(
    z.object({
      buckets: z.array(
        z.object({
          name: z.string(),
          free: z.nullable(z.number()),
          reserved: z.number(),
        }),
      ),
    }),
  ),
});

const Verify = z.object({
  ok: z.boolean(),
  differences: z.array(z.unknown()),
  usage: z.optional(z.object({ comparable: z.boolean(), differences: z.array(z.unknown()) })),
});

/** Units that upstream has really counted. */
async function trueUse(credential: string): Promise<number> {
  const response = await fetch(`${simulator.url}/__control/ledger?credential=${credential}`);
  const shape = z.object({
    buckets: z.array(z.object({ bucket: z.string(), units: z.number() })),
  });
  const { buckets } = shape.parse(await response.json());
  return buckets.find(({ bucket }) => bucket === BUCKET)?.units ?? 0;
}

async function imageOf(key: string) {
  const response = await fetch(`${gateway.url}/v1/key`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const limit = z.object({ used: z.number(), reserved: z.number() });
  const shape = z.object({ limits: z.object({ image_per_day: limit }) });
  return shape.parse(await response.json()).limits.image_per_day;
}

async function reservedFor(key: string): Promise<number> {
  return (await imageOf(key)).reserved;
}

const Sent = z.looseObject({ type: z.string(), seq: z.optional(z.number()) });

interface Heard {
  readonly seq: number;
  readonly type: string;
  readonly json: string;
}

/** A browser's client: half come by a ticket, half by the subprotocol. */
class Client {
  /** What was stored, in the order it was told. */
  readonly events: Heard[] = [];
  readonly #socket: WebSocket;
  #isClosed = false;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      // What comes after the drop is lost, as on a broken line.
      if (this.#isClosed) return;
      const json = String(data);
      const { type, seq } = Sent.parse(JSON.parse(json));
      if (seq !== undefined) this.events.push({ seq, type, json });
    });
  }

  static async attach(key: string, after: number): Promise<Client> {
    const address = `${gateway.url.replace('http', 'ws')}/v1/images/imagine/ws?user=${USER}&after=${after}`;
    const byTicket = draw() < 0.5;
    const socket = byTicket
      ? new WebSocket(`${address}&ticket=${await ticketFor(key)}`)
      : new WebSocket(address, ['imagine', `bearer.${Buffer.from(key).toString('base64url')}`]);
    const client = new Client(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('could not attach')));
    });
    return client;
  }

  get pictures(): number {
    return this.events.filter(({ type }) => type === 'image').length;
  }

  say(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  async hears(isEnough: () => boolean): Promise<void> {
    await expect.poll(isEnough, { interval: 5 }).toBe(true);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.close(1_000);
  }
}

/** A reader of server-sent events: says in a header what it has heard last, as an event source does. */
class Listener {
  readonly events: Heard[] = [];
  readonly #abort: AbortController;

  private constructor(abort: AbortController) {
    this.#abort = abort;
  }

  static async attach(key: string, after: number): Promise<Listener> {
    const abort = new AbortController();
    const response = await fetch(`${gateway.url}/v1/images/imagine/sse?user=${USER}`, {
      headers: { authorization: `Bearer ${key}`, 'last-event-id': String(after) },
      signal: abort.signal,
    });
    const listener = new Listener(abort);
    void listener.#read(response).catch(() => undefined);
    return listener;
  }

  /** In the middle of whatever it reads. */
  close(): void {
    this.#abort.abort();
  }

  async #read({ body }: Response): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.#take(block);
    }
  }

  #take(block: string): void {
    const [, id, json = ''] = /^id: (\d+)\ndata: (.*)$/.exec(block) ?? [];
    if (id === undefined || this.#abort.signal.aborted) return;
    this.events.push({ seq: Number(id), type: Sent.parse(JSON.parse(json)).type, json });
  }
}

async function ticketFor(key: string): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/images/imagine/ticket`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user: USER }),
  });
  return z.object({ ticket: z.string() }).parse(await response.json()).ticket;
}

async function admin<T>(
  shape: z.ZodType<T>,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${gateway.url}/api/v1/admin/${path}`, {
    method,
    headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return shape.parse(JSON.parse(text));
}

/** The start script sets up by itself once the gateway serves; until then nobody can log in. */
async function logIn(): Promise<string> {
  for (;;) {
    const response = await fetch(`${gateway.url}/api/v1/admin/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'admin', password: PASSWORD }),
    });
    const reply = z.object({ api_key: z.optional(z.string()) }).parse(await response.json());
    if (reply.api_key !== undefined) return reply.api_key;
    await pause(200);
  }
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
