import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Gateway, startGateway } from './harness';

/** Exactness over HTTP: whatever happens at once, nothing goes beyond a quota and nothing is left over. */

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.close());

const HERD = 400;
const TOKENS = 10;
const UNITS = 8;
const ROOM = TOKENS * UNITS;

/** Ten credentials of eight calls each; the simulator keeps the true count by their names. */
const names = (run: string): string[] =>
  Array.from({ length: TOKENS }, (_, n) => `q${UNITS}-${run}${n}`);

const Ledger = z.object({
  buckets: z.array(z.object({ credential: z.string(), bucket: z.string(), accepted: z.number() })),
});

/** Calls that upstream accepted, by credential. */
async function accepted(credentials: readonly string[]): Promise<number[]> {
  const { buckets } = Ledger.parse(await gateway.simulator('GET', '/ledger'));
  return credentials.map((name) =>
    buckets.filter((row) => row.credential === name).reduce((sum, row) => sum + row.accepted, 0),
  );
}

interface Reply {
  readonly status: number;
  readonly retryAfterS: number;
  readonly shouldRetry: string | null;
  readonly text: string;
}

async function chat(key: string, stream: boolean, model = 'grok-4'): Promise<Reply> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'count me' }] }),
  });
  return {
    status: response.status,
    retryAfterS: Number(response.headers.get('retry-after') ?? Number.NaN),
    shouldRetry: response.headers.get('x-should-retry'),
    text: await response.text(),
  };
}

const herd = (key: string, stream: boolean): Promise<Reply[]> =>
  Promise.all(Array.from({ length: HERD }, () => chat(key, stream)));

/** Replies that hold the whole answer, in whatever pieces. */
const answered = (replies: readonly Reply[]): Reply[] =>
  replies.filter((reply) => reply.status === 200 && wordsOf(reply.text).includes('count me'));

function wordsOf(text: string): string {
  if (!text.startsWith('data:') && !text.startsWith(':')) return text;
  const deltas = [...text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)];
  return text.includes('data: [DONE]')
    ? deltas.map(([, json = '""']) => String(JSON.parse(json))).join('')
    : '';
}

async function keyUse(key: string): Promise<unknown> {
  const response = await fetch(`${gateway.url}/v1/key`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return response.json();
}

describe.each([
  ['streamed', true],
  ['whole', false],
] as const)('400 %s chats at once on ten credentials of eight calls', (mode, stream) => {
  it('known quota: 80 answers, none beyond eight, 320 refusals that say when to come back', async () => {
    const credentials = names(`known-${mode}-`);
    await gateway.useTokens('grok-web', credentials);
    await gateway.admin('POST', 'tokens/refresh', { all: true });
    const replies = await herd(await gateway.newKey(), stream);
    expect(answered(replies)).toHaveLength(ROOM);
    expect(await accepted(credentials)).toEqual(credentials.map(() => UNITS));
    const refused = replies.filter((reply) => reply.status === 429);
    expect(refused).toHaveLength(HERD - ROOM);
    expect(refused.every((reply) => reply.retryAfterS > 60 && reply.shouldRetry === 'false')).toBe(
      true,
    );
  });

  it('never read: none beyond eight, and all 80 are served within 60 s', async () => {
    const credentials = names(`unread-${mode}-`);
    await gateway.useTokens('grok-web', credentials);
    const key = await gateway.newKey();
    const deadline = Date.now() + 60_000;
    const served = await Promise.all(
      Array.from({ length: HERD }, async () => {
        for (;;) {
          const reply = await chat(key, stream);
          if (reply.status === 200) return true;
          const retryMs = reply.retryAfterS * 1_000;
          if (Date.now() + retryMs > deadline) return false;
          await new Promise((resolve) => setTimeout(resolve, retryMs));
        }
      }),
    );
    expect(served.filter(Boolean)).toHaveLength(ROOM);
    expect(await accepted(credentials)).toEqual(credentials.map(() => UNITS));
  });
});

describe('the limits of a key', () => {
  it('50 a day lets 50 of 400 chats at once through, 0 lets none', async () => {
    const credentials = ['q1000-limits'];
    await gateway.useTokens('grok-web', credentials);
    await gateway.admin('POST', 'tokens/refresh', { all: true });
    const fifty = await gateway.newKey({ limits: { chat_per_day: 50 } });
    const replies = await herd(fifty, false);
    expect(answered(replies)).toHaveLength(50);
    expect(replies.filter((reply) => reply.text.includes('daily_quota_exceeded'))).toHaveLength(
      350,
    );
    expect(await accepted(credentials)).toEqual([50]);

    const none = await gateway.newKey({ limits: { chat_per_day: 0 } });
    expect(await chat(none, false)).toMatchObject({ status: 429 });
    expect(await accepted(credentials)).toEqual([50]);
  });

  it('five upstream failures give the units of the key back', async () => {
    const key = await gateway.newKey({ limits: { chat_per_day: 5 } });
    const statuses: number[] = [];
    for (const fault of ['moderated', 'e500', 'e503', 'unauthorized', 'antibot']) {
      await gateway.useTokens('grok-web', [`q1000-${fault}-given-back`]);
      statuses.push((await chat(key, statuses.length % 2 === 0)).status);
    }
    expect(statuses).toEqual([400, 502, 502, 502, 502]);
    await expect
      .poll(() => keyUse(key))
      .toMatchObject({
        limits: { chat_per_day: { limit: 5, used: 0, reserved: 0, remaining: 5 } },
      });
  });
});

describe('an SDK with its default retries', () => {
  it('sends one request per refusal whose Retry-After exceeds 60 s', async () => {
    await gateway.useTokens('grok-web', ['q1-sdk-default-retries']);
    await gateway.admin('POST', 'tokens/refresh', { all: true });
    let requests = 0;
    const client = new OpenAI({
      apiKey: await gateway.newKey(),
      baseURL: `${gateway.url}/v1`,
      fetch: (url, init) => {
        requests++;
        return fetch(url, init);
      },
    });
    const create = () =>
      client.chat.completions.create({
        model: 'grok-4',
        messages: [{ role: 'user', content: 'hello' }],
      });
    await create();
    requests = 0;
    await expect(create()).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    expect(requests).toBe(1);
  });
});
