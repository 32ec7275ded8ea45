import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/contract/settings';
import { sha256Hex } from '../../../src/lib/digest';
import { newApiKey, newId } from '../../../src/lib/ids';
import { fingerprint, mask, seal } from '../../../src/lib/seal';
import type { ProviderId } from '../../../src/models/model-spec';
import type { TokenView } from '../../../src/pool/token';
import { poolStub } from '../../../src/pool/stub';
import { type Client, signIn } from './client';

/** Each setting is changed as an admin changes it, and its effect is seen as a caller sees it. */

let admin: Client;
let key: string;

beforeAll(async () => {
  admin = await signIn();
  key = newApiKey();
  await env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
     VALUES (?1, ?2, 'test', 'sk-…', 1, 1, '{}', 0, 0)`,
  )
    .bind(newId('key'), await sha256Hex(key))
    .run();
  await set(CALM);
});

/** What fails here fails on purpose: no breaker of one test stands in the way of the next. */
const CALM = {
  ...DEFAULT_SETTINGS,
  token: { ...DEFAULT_SETTINGS.token, breaker_credentials: 100 },
};

afterEach(() => set(CALM));

async function set(settings: object): Promise<void> {
  const { status, body } = await admin.post('config', settings);
  if (status !== 200) throw new Error(`not set: ${JSON.stringify(body)}`);
}

const pool = () => poolStub(env);

/** Makes these the only credentials of all: their names tell the simulator what to do. */
async function useTokens(provider: ProviderId, ...words: string[]): Promise<string[]> {
  const before = await pool().listTokens({ limit: 500 });
  await pool().deleteTokens(before.tokens.map(({ id }) => ({ id })));
  const secrets: string[] = [];
  for (const word of words) {
    const id = newId('tok');
    const secret = `${word}-${id}`;
    secrets.push(secret);
    const sealedSecret = await seal(env, id, secret);
    const mark = await fingerprint(env, secret);
    await pool().importTokens([
      { id, provider, tier: 'basic', sealedSecret, fingerprint: mark, mask: mask(secret) },
    ]);
  }
  return secrets;
}

const chat = (fields: object = {}): Promise<Response> =>
  exports.default.fetch('https://gw.test/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'deepseek-chat',
      messages: [{ role: 'user', content: 'hi' }],
      ...fields,
    }),
  });
const grok = (fields: object = {}): Promise<Response> => chat({ model: 'grok-4', ...fields });

async function codeOf(response: Response): Promise<string | undefined> {
  return (await response.json<{ error?: { code: string } }>()).error?.code;
}

interface Recorded {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

async function callsOf(credential: string): Promise<readonly Recorded[]> {
  const url = `https://simulator.local/calls?credential=${credential}`;
  const response = await env.EGRESS?.fetch(url);
  return (await response?.json<{ calls: Recorded[] }>())?.calls ?? [];
}

async function onlyToken(): Promise<TokenView> {
  await expect.poll(async () => (await pool().stats()).openLeases).toBe(0);
  const [token] = (await pool().listTokens({ limit: 1 })).tokens;
  if (token === undefined) throw new Error('no token');
  return token;
}

/** Whole seconds from now, to compare with a setting. */
const secondsUntil = (at: number | null | undefined): number =>
  Math.round(((at ?? 0) - Date.now()) / 10_000) * 10;

describe('stream', () => {
  it('heartbeat_ms: silence is filled so often', async () => {
    await set({ stream: { head_ms: 0, heartbeat_ms: 100 } });
    await useTokens('deepseek', 'slow1000');
    const text = await (await chat({ stream: true })).text();
    expect(text.match(/^: beat$/gm)?.length).toBeGreaterThanOrEqual(2);
  });

  it('first_part_s: holds for a stream, and for no whole answer of an official API', async () => {
    await set({ stream: { first_part_s: 1, head_ms: 5_000 } });
    await useTokens('deepseek', 'slow1300');
    const [streamed, whole] = await Promise.all([chat({ stream: true }), chat()]);
    expect([streamed.status, await codeOf(streamed)]).toEqual([504, 'upstream_timeout']);
    expect(whole.status).toBe(200);
  });

  it('total_s: holds for a whole answer, and blames no credential', async () => {
    await set({ stream: { total_s: 1 }, token: { faulty_strikes: 1 } });
    await useTokens('deepseek', 'slow5000');
    const response = await chat();
    expect([response.status, await codeOf(response)]).toEqual([504, 'upstream_timeout']);
    expect(await onlyToken()).toMatchObject({ state: 'active', failures: 0 });
  });
});

describe('grok', () => {
  const PASTED: readonly (readonly [word: string, setting: string, good: string, bad: string])[] = [
    ['statsig', 'x_statsig_id', 'pasted-statsig', ''],
    ['clearance', 'cf_clearance', 'cf_clearance=pasted', ''],
    ['agent', 'user_agent', 'Mozilla/5.0 (pasted)', 'curl/8'],
  ];
  it.each(PASTED)('a credential of %s is served with %s alone', async (word, name, good, bad) => {
    await useTokens('grok-web', word);
    await set({ grok: { [name]: bad } });
    const refused = await grok();
    expect([refused.status, await codeOf(refused)]).toEqual([502, 'upstream_blocked']);
    await set({ grok: { [name]: good } });
    expect((await grok()).status).toBe(200);
  });

  it('temporary and filter_tags: as set, unless the request says otherwise', async () => {
    await set({ grok: { temporary: true, filter_tags: ['hide'] } });
    const [secret = ''] = await useTokens('grok-web', 'plain');
    const messages = [{ role: 'user', content: 'a <hide>b</hide> c' }];
    const filtered = await (await grok({ messages })).text();
    expect(filtered).not.toContain('hide');
    const shown = await (await grok({ messages, temporary: false, filter_tags: [] })).text();
    expect(shown).toContain('<hide>b</hide>');
    const asked = (await callsOf(secret)).filter(({ path }) => path.includes('conversations'));
    expect(new Set(asked.map(({ body }) => body['temporary']))).toEqual(new Set([false, true]));
  });
});

describe('app', () => {
  it('app_url: links of what was drawn begin with it', async () => {
    await set({ app: { app_url: 'https://pictures.example' } });
    await useTokens('grok-web', 'draws');
    const response = await exports.default.fetch('https://gw.test/v1/images/generations', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'grok-imagine-1.0', prompt: 'a kite', n: 1 }),
    });
    const { data } = await response.json<{ data: { url: string }[] }>();
    expect(data[0]?.url).toMatch(/^https:\/\/pictures\.example\/images\//);
  });
});

describe('images', () => {
  it('total_s: drawing takes no longer', async () => {
    await set({ images: { total_s: 1 } });
    await useTokens('grok-web', 'silent');
    const response = await exports.default.fetch('https://gw.test/v1/images/generations', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'a kite' }),
    });
    expect([response.status, await codeOf(response)]).toEqual([504, 'upstream_timeout']);
  });
});

describe('retry', () => {
  it.each([1, 2])('max_attempts: %i', async (attempts) => {
    await set({ retry: { max_attempts: attempts } });
    const secrets = await useTokens('deepseek', 'e500', 'e500', 'e500');
    expect((await chat()).status).toBe(502);
    const calls = await Promise.all(secrets.map(callsOf));
    expect(calls.flat()).toHaveLength(attempts);
  });
});

describe('token', () => {
  it.each([
    ['max_in_flight', 'deepseek', 1],
    ['max_in_flight', 'deepseek', 2],
    ['unknown_in_flight', 'grok-web', 1],
    ['unknown_in_flight', 'grok-web', 2],
  ] as const)('%s: so many at once of %s: %i', async (name, provider, allowed) => {
    await set({ token: { [name]: allowed } });
    await useTokens(provider, 'slow400-noread');
    const ask = provider === 'deepseek' ? chat : grok;
    const answers = await Promise.all([ask(), ask()]);
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual(allowed === 1 ? [200, 429] : [200, 200]);
  });

  it.each([
    ['limited_s', 'limited'],
    ['max_retry_after_s', 'limited9000'],
  ])('%s: a bucket rests so long', async (name, word) => {
    await set({ token: { [name]: 500 } });
    await useTokens('deepseek', word);
    await chat();
    const [bucket] = (await onlyToken()).buckets;
    expect(secondsUntil(bucket?.coolingUntil)).toBe(500);
  });

  it.each([
    ['revoked_s', 'unauthorized', {}],
    ['faulty_s', 'e500', { faulty_strikes: 1 }],
  ])('%s: a credential rests so long', async (name, word, more) => {
    await set({ token: { [name]: 500, ...more } });
    await useTokens('deepseek', word);
    await chat();
    expect(secondsUntil((await onlyToken()).coolingUntil)).toBe(500);
  });

  it.each([
    [1, 'expired'],
    [2, 'cooling'],
  ] as const)(
    'fail_threshold: a refused session expires after %i in a row',
    async (count, state) => {
      await set({ token: { fail_threshold: count } });
      await useTokens('deepseek', 'unauthorized');
      await chat();
      expect(await onlyToken()).toMatchObject({ state });
    },
  );

  it('breaker_credentials, breaker_window_s and breaker_trial_s: a shared failure holds calls back so long', async () => {
    await set({ token: { breaker_credentials: 2, breaker_window_s: 60, breaker_trial_s: 40 } });
    await useTokens('deepseek', 'e500', 'e500');
    await chat();
    const held = await chat();
    expect([held.status, await codeOf(held)]).toEqual([503, 'provider_unavailable']);
    const { breakers } = await pool().stats();
    expect(breakers).toMatchObject([{ name: 'deepseek/deepseek-chat', cause: 'faulty' }]);
    expect(secondsUntil(breakers[0]?.until)).toBe(40);
    // What an operator ends is ended, and written down.
    const names = breakers.map(({ name }) => name);
    expect((await admin.post('breakers/close', { names })).body).toMatchObject({ closed: 1 });
    expect((await pool().stats()).breakers).toEqual([]);
    const { entries } = (await admin.get('audit?action=breakers.close')).body;
    expect(entries).toMatchObject([{ target: 'deepseek/deepseek-chat', detail: '1 closed' }]);
  });

  it('faulty_strikes: so many failures before a rest', async () => {
    await set({ token: { faulty_strikes: 2 } });
    await useTokens('deepseek', 'e500');
    await chat();
    expect(await onlyToken()).toMatchObject({ state: 'active' });
    await chat();
    expect(await onlyToken()).toMatchObject({ state: 'cooling' });
  });
});
