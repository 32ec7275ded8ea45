import { env, exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/contract/settings';
import { sha256Hex } from '../../src/lib/digest';
import { newApiKey, newId } from '../../src/lib/ids';
import { fingerprint, mask, seal } from '../../src/lib/seal';
import { DAY_MS } from '../../src/lib/time';
import { poolStub } from '../../src/pool/stub';
import { poolSettingsOf } from '../../src/settings/pool-settings';
import { pruneThreads } from '../../src/cron/prune';
import { insertThread } from '../../src/store/threads';

const REST = ['grok-4', 'grok-4.20-fast'] as const;
const FAST = 'grok-chat-fast';

interface Completion {
  readonly id: string;
  readonly choices: readonly {
    readonly message: {
      readonly content: string;
      readonly reasoning_content?: string;
      readonly annotations: readonly { readonly url_citation: { readonly url: string } }[];
    };
  }[];
}

interface Recorded {
  readonly path: string;
  readonly headers: object;
  readonly body: unknown;
  readonly ended: string;
}

const pool = () => poolStub(env);

/** Makes this the only credential of all: its name tells the simulator what to do. */
async function useToken(words: string): Promise<{ id: string; secret: string }> {
  const before = await pool().listTokens({ limit: 500 });
  await pool().deleteTokens(before.tokens.map(({ id }) => ({ id })));
  return importToken(words);
}

async function importToken(words: string): Promise<{ id: string; secret: string }> {
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
    },
  ]);
  return { id, secret };
}

async function storeKey(limits: object = {}): Promise<{ key: string; id: string }> {
  const key = newApiKey();
  const id = newId('key');
  await env.DB.prepare(
    `INSERT INTO api_keys (id, hash, name, display, version, enabled, limits, created_at, updated_at)
     VALUES (?1, ?2, 'test', 'sk-…', 1, 1, ?3, 0, 0)`,
  )
    .bind(id, await sha256Hex(key), JSON.stringify(limits))
    .run();
  return { key, id };
}

function chat(key: string, fields: object = {}, signal?: AbortSignal): Promise<Response> {
  return exports.default.fetch('https://gw.test/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: FAST, messages: [{ role: 'user', content: 'hi' }], ...fields }),
    ...(signal !== undefined && { signal }),
  });
}

async function answered(response: Response): Promise<Completion> {
  expect(response.status).toBe(200);
  return response.json<Completion>();
}

const contentOf = ({ choices }: Completion) => choices[0]?.message.content;

/** What a caller sees of a failure, without the sentence. */
async function failureOf(response: Response) {
  const { error } = await response.json<{ error: Record<string, unknown> }>();
  return {
    status: response.status,
    code: error['code'],
    type: error['type'],
    param: error['param'],
    retryAfter: response.headers.get('retry-after'),
  };
}

async function callsOf(secret: string): Promise<Recorded[]> {
  if (env.EGRESS === undefined) throw new Error('no simulator');
  const url = `https://simulator.local/calls?credential=${secret}`;
  return (await (await env.EGRESS.fetch(url)).json<{ calls: Recorded[] }>()).calls;
}

const openLeases = async (): Promise<number> => (await pool().stats()).openLeases;

beforeAll(async () => {
  // Every case fails in a way of its own: they must not look like a shared cause.
  const { token, ...settings } = DEFAULT_SETTINGS;
  const patient = { ...settings, token: { ...token, breaker_credentials: 100 } };
  await pool().configure(poolSettingsOf(patient, env, 1));
});

describe('a chat over the gateway', () => {
  it('is answered whole, on the unit of its mode, with the few headers of a socket', async () => {
    const { secret } = await useToken('plain');
    const { key } = await storeKey();
    expect(contentOf(await answered(await chat(key)))).toBe('Echo: hi');
    await expect.poll(openLeases).toBe(0);
    expect((await pool().verify()).differences).toEqual([]);
    const turn = (await callsOf(secret)).find(({ path }) => path.startsWith('/ws/mgw/'));
    expect(turn?.headers).toMatchObject({ cookieNames: ['sso', 'sso-rw', 'x-userid'] });
  });

  it('is streamed to its end', async () => {
    await useToken('plain');
    const { key } = await storeKey();
    const response = await chat(key, { stream: true, stream_options: { include_usage: true } });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const text = await response.text();
    expect(contentIn(text)).toBe('Echo: hi');
    expect(text).toContain('"finish_reason":"stop"');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it.each(['badjson', 'joined', 'attachfirst', 'keepalive'])(
    'reads the same answer in the framing %s',
    async (word) => {
      await useToken(word);
      const { key } = await storeKey();
      expect(contentOf(await answered(await chat(key)))).toBe('Echo: hi');
    },
  );

  it('thinks, and names its sources', async () => {
    await useToken('thinking-citing');
    const { key } = await storeKey();
    const [choice] = (await answered(await chat(key))).choices;
    expect(choice?.message.content).toBe('Echo: hi');
    expect(choice?.message.reasoning_content).toBe(
      'Recalling echoes\n\n- Sound comes back.\n\nSo I repeat it.',
    );
    expect(choice?.message.annotations.map(({ url_citation: { url } }) => url)).toEqual([
      'https://example.test/echo',
      'https://x.com/echo/status/1001',
    ]);
    const shown = await answered(await chat(key, { filter_tags: [] }));
    expect(contentOf(shown)).toBe('Echo: hi[[1]](https://example.test/echo)');
  });

  it('takes pictures along', async () => {
    const { secret } = await useToken('plain');
    const { key } = await storeKey();
    const png =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const content = [
      { type: 'text', text: 'what is it' },
      { type: 'image_url', image_url: { url: png } },
    ];
    const whole = await answered(await chat(key, { messages: [{ role: 'user', content }] }));
    expect(contentOf(whole)).toBe('Echo: what is it');
    const paths = (await callsOf(secret)).map(({ path }) => path);
    expect(paths).toContain('/http/upload-file-v2/direct');
  });

  it('asks for the user once, however many begin at the same time', async () => {
    const { secret } = await useToken('plain');
    await pool().configure({
      ...poolSettingsOf(DEFAULT_SETTINGS, env, 2),
      unknownInFlight: 50,
      breakerCredentials: 100,
    });
    const { key } = await storeKey();
    const answers = await Promise.all(Array.from({ length: 12 }, () => chat(key)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    const paths = (await callsOf(secret)).map(({ path }) => path);
    expect(paths.filter((path) => path === '/api/auth/session')).toHaveLength(1);
    expect(paths.filter((path) => path.startsWith('/ws/mgw/'))).toHaveLength(12);
  });

  it('left in the middle closes the socket and gives the lease back', async () => {
    const { secret } = await useToken('pace200-tokens100');
    const { key } = await storeKey();
    const client = new AbortController();
    const response = await chat(key, { stream: true }, client.signal);
    const reader = response.body?.getReader();
    await reader?.read();
    client.abort();
    await reader?.cancel().catch(() => undefined);
    await expect.poll(openLeases).toBe(0);
    const ended = async () =>
      (await callsOf(secret)).find(({ path }) => path.startsWith('/ws/mgw/'))?.ended;
    await expect.poll(ended).toBe('cancelled');
  });

  it('cut in the middle is an error in the stream, without [DONE]', async () => {
    await useToken('cut');
    const { key } = await storeKey();
    const text = await (await chat(key, { stream: true })).text();
    expect(text).toContain('"upstream_cut"');
    expect(text).not.toContain('[DONE]');
  });
});

const FAULTS = [
  'unauthorized',
  'banned',
  'antibot',
  'challenge',
  'e500',
  'e503',
  'moderated',
  'limited',
  'limited40',
  'limitedhtml',
  'inband7',
  'inband8',
  'inband8late',
  'usagelimit',
  'streamerror',
  'cut',
  'cutfirst',
  'e500counts',
];

describe('a failure over the gateway is the same as over REST', () => {
  it.each(FAULTS)('%s', async (word) => {
    const { key } = await storeKey();
    const failures = [];
    for (const model of [...REST, FAST]) {
      await useToken(word);
      failures.push(await failureOf(await chat(key, { model })));
    }
    const [first, ...others] = failures;
    expect(first?.status).toBeGreaterThanOrEqual(400);
    for (const other of others) expect(other).toEqual(first);
    await expect.poll(openLeases).toBe(0);
  });

  it('once500', async () => {
    const { key } = await storeKey();
    for (const model of [...REST, FAST]) {
      await useToken('once500');
      await importToken('plain');
      const first = await chat(key, { model });
      expect((await answered(first)).choices).toHaveLength(1);
    }
  });

  it.each(['nosession', 'blockedsession'])('%s is an account that cannot be used', async (word) => {
    await useToken(word);
    const { key } = await storeKey();
    expect(await failureOf(await chat(key))).toMatchObject({
      status: 502,
      code: 'upstream_unauthorized',
    });
  });
});

describe('previous_response_id', () => {
  const next = (key: string, previous: unknown, fields: object = {}) =>
    chat(key, {
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'Echo: hi' },
        { role: 'user', content: 'and now' },
      ],
      previous_response_id: previous,
      ...fields,
    });
  const rows = async (keyId: string) =>
    (await env.DB.prepare('SELECT id FROM threads WHERE key_id = ?1').bind(keyId).all()).results;

  it('goes on with a stored answer, on the same credential, turn after turn', async () => {
    const first = await useToken('plain');
    const { key } = await storeKey();
    const { id: stored } = await answered(await chat(key, { store: true }));
    for (let n = 0; n < 3; n++) await importToken('plain');
    const second = await answered(await next(key, stored, { store: true }));
    expect(contentOf(second)).toBe('Echo (turn 2): and now');
    const third = await (await next(key, second.id, { store: true, stream: true })).text();
    expect(contentIn(third)).toBe('Echo (turn 3): and now');
    // A streamed answer can be continued as well.
    const thirdId = /"id":"(chatcmpl-\w+)"/.exec(third)?.[1];
    const fourth = await answered(await next(key, thirdId));
    expect(contentOf(fourth)).toBe('Echo (turn 4): and now');
    const turns = (await callsOf(first.secret)).filter(({ path }) => path.startsWith('/ws/mgw/'));
    expect(turns).toHaveLength(4);
    expect(JSON.stringify(turns)).not.toContain('[assistant]');
  });

  it('is not possible for an answer that was not asked to be stored, and no row is written', async () => {
    await useToken('plain');
    const { key, id } = await storeKey();
    const { id: previous } = await answered(await chat(key));
    expect(await failureOf(await next(key, previous))).toMatchObject({
      status: 404,
      code: 'thread_not_found',
      param: 'previous_response_id',
    });
    expect(await rows(id)).toEqual([]);
  });

  it('is another key’s, unknown or expired: 404', async () => {
    const { id: tokenId } = await useToken('plain');
    const mine = await storeKey();
    const other = await storeKey();
    const { id: previous } = await answered(await chat(mine.key, { store: true }));
    const expired = {
      id: '01AAAAAAAAAAAAAAAAAAAAAAAA',
      keyId: mine.id,
      tokenId,
      model: FAST,
      conversationId: 'c',
      responseId: 'r',
      createdAt: 0,
      expiresAt: Date.now() - 1,
    };
    await insertThread(env.DB, expired);
    const attempts = [
      [other.key, previous],
      [mine.key, 'chatcmpl-none'],
      [mine.key, 'resp_123'],
      [mine.key, `chatcmpl-${expired.id}`],
    ] as const;
    for (const [key, id] of attempts) {
      expect(await failureOf(await next(key, id)), id).toMatchObject({
        status: 404,
        code: 'thread_not_found',
      });
    }
    await pruneThreads(env.DB, Date.now());
    expect(await rows(mine.id)).toEqual([{ id: previous.slice('chatcmpl-'.length) }]);
    await pruneThreads(env.DB, Date.now() + 31 * DAY_MS);
    expect(await rows(mine.id)).toEqual([]);
  });

  it.each([...REST, 'deepseek-chat'])('with %s is 400', async (model) => {
    await useToken('plain');
    const { key } = await storeKey();
    const { id: previous } = await answered(await chat(key, { store: true }));
    expect(await failureOf(await next(key, previous, { model }))).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      param: 'previous_response_id',
    });
  });

  it('is refused when its credential is gone, and no other is tried', async () => {
    const { id: tokenId } = await useToken('plain');
    const { key } = await storeKey();
    const { id: previous } = await answered(await chat(key, { store: true }));
    const other = await importToken('plain');
    await pool().deleteTokens([{ id: tokenId }]);
    const failure = await failureOf(await next(key, previous));
    expect(['no_credentials', 'pool_exhausted']).toContain(failure.code);
    expect(await callsOf(other.secret)).toEqual([]);
  });
});

/** The answer's text in a stream of chunks. */
function contentIn(stream: string): string {
  return stream
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line): { choices: { delta: { content?: string } }[] } => JSON.parse(line.slice(6)))
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('');
}
