import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  type Arrival,
  type Row,
  type Sent,
  sumsOf,
  tellRows,
  uncountedUnits,
  unheardUnits,
} from './chaos-books';
import { freePort, killAll, type Running, startGatewayProcess, startSimulator } from './processes';

/**
 * A thousand chats while clients leave, upstream fails in many ways and the gateway is killed twice.
 * Afterwards the books must agree: pool, upstream's true ledger, the call log and its sums.
 */

const CHATS = 1_000;
const CONCURRENCY = 24;
const TOKENS = 20;
const LEAVING = 0.1;
const MAX_STAY_MS = 400;
const TOTAL_S = 3;
/** Times that a client comes back when it is told to. */
const MAX_REFUSALS = 10;
/** Both are served by the bucket of the first. */
const MODELS = ['grok-4', 'grok-4-thinking'] as const;
/** Term of a lease: the total timeout and 30 s. */
const TERM_MS = (TOTAL_S + 30) * 1_000;
const PASSWORD = 'correct horse battery staple';

/** Seeded, so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SEED = Number(process.env['SEED'] ?? 20_261_120);
const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
const names = Array.from(
  { length: TOKENS },
  (_, n) => `q1000-flaky6-unsteady10-pace10-tokens12-chaos${n}`,
);
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
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const Tokens = z.object({
  version: z.number(),
  ssoBasic: z.array(
    z.object({
      id: z.string(),
      token: z.string(),
      use_count: z.number(),
      buckets: z.array(
        z.object({
          name: z.string(),
          state: z.string(),
          used: z.nullable(z.number()),
          reserved: z.number(),
          uncertain: z.number(),
        }),
      ),
    }),
  ),
});
type PooledToken = z.infer<typeof Tokens>['ssoBasic'][number];

const bucketOf = (token: PooledToken) => token.buckets.find((bucket) => bucket.name === 'grok-4');

function nameOf(token: PooledToken | undefined): string {
  const ending = token?.token.slice(-4) ?? '?';
  return names.find((name) => name.endsWith(ending)) ?? '';
}

async function control<T>(shape: z.ZodType<T>, path: string): Promise<T> {
  const response = await fetch(`${simulator.url}/__control/${path}`);
  return shape.parse(await response.json());
}

const Ledger = z.object({
  buckets: z.array(z.object({ credential: z.string(), accepted: z.number() })),
});

/** Units that upstream has really counted, by credential name. */
async function trueUse(): Promise<Map<string, number>> {
  const { buckets } = await control(Ledger, 'ledger');
  const used = new Map<string, number>();
  for (const row of buckets) {
    used.set(row.credential, (used.get(row.credential) ?? 0) + row.accepted);
  }
  return used;
}

const Calls = z.object({
  calls: z.array(
    z.object({
      credential: z.string(),
      path: z.string(),
      verdict: z.string(),
      body: z.nullable(z.object({ message: z.optional(z.string()) })),
    }),
  ),
});

/** Every chat that reached upstream, and how many readings of quota did. */
async function seenUpstream() {
  const { calls } = await control(Calls, 'calls?limit=20000');
  const chats = calls.flatMap(({ credential, verdict, body }): Arrival[] => {
    const number = /chaos (\d+)/.exec(body?.message ?? '')?.[1];
    if (number === undefined) return [];
    return [{ number: Number(number), credential, isCounted: verdict === 'accepted' }];
  });
  const readings = calls.filter(({ path }) => path === '/rest/rate-limits').length;
  return { chats, readings };
}

/** A caller's key. */
interface Key {
  readonly id: string;
  readonly key: string;
}

async function newKey(name: string): Promise<Key> {
  const shape = z.object({ data: z.object({ id: z.string(), key: z.string() }) });
  return (await admin(shape, 'POST', 'keys', { name })).data;
}

/** One chat that will be sent. */
interface Plan {
  readonly number: number;
  readonly model: string;
  readonly stream: boolean;
  /** Null: the client stays. */
  readonly leaveAfterMs: number | null;
}

const draw = random(SEED);
const plans = Array.from({ length: CHATS }, (_, number): Plan => ({
  number,
  model: MODELS[draw() < 0.8 ? 0 : 1],
  stream: draw() < 0.5,
  leaveAfterMs: draw() < LEAVING ? draw() * MAX_STAY_MS : null,
}));

/** One chat; a client that leaves does so at a random moment. Never throws. */
async function ask({ id: keyId, key }: Key, plan: Plan) {
  const { number, model, stream, leaveAfterMs } = plan;
  const leaving = new AbortController();
  const timer = leaveAfterMs === null ? null : setTimeout(() => leaving.abort(), leaveAfterMs);
  const sentAt = Date.now();
  let id: string | null = null;
  let status = 0;
  let waitS = 0;
  try {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model,
        stream,
        messages: [{ role: 'user', content: `chaos ${number}` }],
      }),
      signal: leaving.signal,
    });
    id = response.headers.get('x-request-id');
    status = response.status;
    waitS = Number(response.headers.get('retry-after') ?? 0);
    await response.text();
  } catch {
    // Left, or the gateway was killed under it.
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
  return { sent: { number, keyId, sentAt, id, status } satisfies Sent, waitS };
}

const wasRefused = ({ status }: Sent): boolean => status === 429 || status === 503;

/** One chat, again where the gateway refuses it and says when to come back. */
async function chat(key: Key, plan: Plan): Promise<Sent> {
  for (let refusals = 0; ; refusals++) {
    const { sent, waitS } = await ask(key, plan);
    const isOver = !wasRefused(sent) || plan.leaveAfterMs !== null || refusals === MAX_REFUSALS;
    if (isOver || waitS === 0) return sent;
    await new Promise((resolve) => setTimeout(resolve, waitS * 1_000));
  }
}

/**
 * All chats, the gateway killed after a quarter and after a half of them: the leases it held run out
 * while the rest is served. Who leaves has a key of its own: the next chat may overtake what is left of it.
 */
async function storm(keys: readonly Key[]): Promise<Sent[]> {
  const kills = new Set([Math.floor(CHATS / 4), Math.floor(CHATS / 2)]);
  const waiting = [...plans];
  const spare = keys.slice(CONCURRENCY);
  const sent: Sent[] = [];
  let restarting: Promise<void> | null = null;
  const restart = async (): Promise<void> => {
    await gateway.kill();
    await startGateway();
  };
  const client = async (own: Key): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
      if (kills.has(plan.number)) restarting = restart();
      // While it restarts, only those who were on their way are hit; the others come afterwards.
      if (restarting !== null) await restarting;
      const key = plan.leaveAfterMs === null ? own : spare.pop();
      if (key === undefined) throw new Error('there is a key for each who leaves');
      sent.push(await chat(key, plan));
    }
  };
  await Promise.all(keys.slice(0, CONCURRENCY).map(client));
  return sent;
}

const Verify = z.object({
  ok: z.boolean(),
  differences: z.array(z.unknown()),
  usage: z.optional(z.object({ comparable: z.boolean(), differences: z.array(z.unknown()) })),
});

/** Every row of the call log. */
async function callLog(): Promise<Row[]> {
  const shape = z.object({
    calls: z.array(
      z.object({
        id: z.string(),
        at: z.number(),
        key_id: z.string(),
        token_id: z.nullable(z.string()),
        attempts: z.number(),
        outcome: z.string(),
        units: z.number(),
        uncertain: z.boolean(),
      }),
    ),
    next: z.nullable(z.string()),
  });
  const calls: Row[] = [];
  for (let after = ''; ;) {
    const page = await admin(
      shape,
      'GET',
      `calls?limit=500${after === '' ? '' : `&after=${after}`}`,
    );
    calls.push(...page.calls);
    if (page.next === null) return calls;
    after = page.next;
  }
}

/** The pool with its credentials and settings, and the callers' keys. */
async function prepare(): Promise<Key[]> {
  session = await logIn();
  await admin(z.unknown(), 'POST', 'config', {
    stream: { total_s: TOTAL_S, first_part_s: TOTAL_S, idle_s: TOTAL_S },
    token: { breaker_trial_s: 1, faulty_s: 1 },
  });
  const { version } = await admin(Tokens, 'GET', 'tokens');
  await admin(z.unknown(), 'POST', 'tokens', { ssoBasic: names, replace: true, version });
  await admin(z.unknown(), 'POST', 'tokens/refresh', { all: true });
  const leaving = plans.filter(({ leaveAfterMs }) => leaveAfterMs !== null).length;
  const wanted = Array.from({ length: CONCURRENCY + leaving }, (_, n) => newKey(`chaos ${n}`));
  return Promise.all(wanted);
}

const sum = (figures: Iterable<number>): number => [...figures].reduce((all, one) => all + one, 0);

describe(`chaos, SEED=${SEED}`, () => {
  it(
    'keeps the books of pool, upstream, call log and sums equal',
    { timeout: 300_000 },
    async () => {
      const sent = await storm(await prepare());
      session = await logIn();
      expect(sent).toHaveLength(CHATS);
      expect(sent.filter(({ status }) => status === 200).length).toBeGreaterThan(CHATS / 2);

      // No lease outlives its term: those of the killed Workers are given up by the alarm.
      const reserved = async () => {
        const { ssoBasic } = await admin(Tokens, 'GET', 'tokens');
        return sum(ssoBasic.map((token) => bucketOf(token)?.reserved ?? 0));
      };
      await expect.poll(reserved, { timeout: TERM_MS + 30_000, interval: 500 }).toBe(0);

      const verified = await admin(Verify, 'GET', 'verify?drain=1');
      expect(verified).toMatchObject({
        ok: true,
        differences: [],
        usage: { comparable: true, differences: [] },
      });

      // Every admitted call has one row: each request that upstream saw, each answer, each lending.
      const rows = await callLog();
      const seen = await seenUpstream();
      const told = tellRows(rows, sent, seen.chats);
      const numbers = new Set(told.map(({ chat: { number } }) => number));
      expect(seen.chats.filter(({ number }) => !numbers.has(number))).toEqual([]);
      const ids = new Set(rows.map(({ id }) => id));
      const named = sent.filter(({ id }) => id !== null);
      expect(named.filter((one) => ids.has(one.id ?? '') === wasRefused(one))).toEqual([]);
      const { ssoBasic: before } = await admin(Tokens, 'GET', 'tokens');
      const lent = sum(before.map((token) => token.use_count));
      expect(sum(rows.map(({ attempts }) => attempts))).toBe(lent);
      const outcomes = new Set(rows.map(({ outcome }) => outcome));
      expect([...outcomes]).toEqual(expect.arrayContaining(['done', 'partial', 'aborted', 'lost']));
      expect(rows.some(({ attempts }) => attempts > 1)).toBe(true);

      // What was spent and never heard of is one unit, of a call that says so.
      const unheard = told.filter((call) => unheardUnits(call) !== 0);
      expect(unheard.filter((call) => unheardUnits(call) !== 1 || !call.row.uncertain)).toEqual([]);

      // Per token: what the pool spent beyond upstream's count is what is uncertain and was not counted.
      const ledger = await trueUse();
      const uncounted = uncountedUnits(told, (tokenId) =>
        nameOf(before.find(({ id }) => id === tokenId)),
      );
      const drift = before.map((token) => ({
        name: nameOf(token),
        over: (bucketOf(token)?.used ?? 0) - (ledger.get(nameOf(token)) ?? 0),
        uncounted: uncounted.get(nameOf(token)) ?? 0,
        uncertain: bucketOf(token)?.uncertain ?? 0,
      }));
      expect(seen.readings).toBe(TOKENS);
      expect(drift.filter((token) => token.over !== token.uncounted)).toEqual([]);
      expect(drift.filter(({ over, uncertain }) => over < 0 || over > uncertain)).toEqual([]);

      // One reading later they are equal.
      await admin(z.unknown(), 'POST', 'tokens/refresh', { all: true });
      const { ssoBasic: after } = await admin(Tokens, 'GET', 'tokens');
      const equal = after.map((token) => [bucketOf(token)?.used, ledger.get(nameOf(token)) ?? 0]);
      expect(equal.filter(([used, counted]) => used !== counted)).toEqual([]);

      // The sums are those of the rows.
      await gateway.kill();
      const sums = sumsOf(join(folder, 'gateway'));
      expect(sums.daily.length).toBeGreaterThan(CONCURRENCY);
      expect(sums.daily).toEqual(sums.dailyOfRows);
      expect(sums.hourly).toEqual(sums.hourlyOfRows);

      const count = (outcome: string) => rows.filter((row) => row.outcome === outcome).length;
      console.log(
        `${CHATS} chats sent, ${rows.length} admitted, ${count('done')} answered, ` +
          `${count('lost')} lost; ${sum(drift.map(({ uncertain }) => uncertain))} units uncertain, ` +
          `of which upstream had not counted ${sum(drift.map(({ over }) => over))}`,
      );
    },
  );
});
