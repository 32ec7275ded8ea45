import OpenAI, {
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Gateway, startGateway } from './harness';

let gateway: Gateway;
let apiKey: string;
let client: OpenAI;

beforeAll(async () => {
  gateway = await startGateway();
  // Each test has a failing credential of its own: together they are no shared cause.
  await gateway.admin('POST', 'config', { token: { breaker_credentials: 100 } });
  apiKey = await gateway.newKey();
  client = clientOf(apiKey);
});
afterAll(() => gateway.close());

function clientOf(key: string, maxRetries = 0): OpenAI {
  return new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries });
}

const MODEL = 'deepseek-chat';

/** A model of each wire that the gateway speaks upstream, and what that wire can do. */
interface Dialect {
  readonly model: string;
  readonly provider: 'deepseek' | 'grok-web';
  /** Tools and schemas have their place in its requests. */
  readonly hasTools: boolean;
  /** Upstream keeps conversations, which go on by the id of an answer. */
  readonly hasThreads: boolean;
  /** Upstream counts tokens. */
  readonly hasUsage: boolean;
}

const SITE = { provider: 'grok-web', hasTools: false, hasThreads: false, hasUsage: false } as const;
const DIALECTS: readonly Dialect[] = [
  { model: MODEL, provider: 'deepseek', hasTools: true, hasThreads: false, hasUsage: true },
  { ...SITE, model: 'grok-4' },
  { ...SITE, model: 'grok-4.20-fast' },
  { ...SITE, model: 'grok-chat-fast', hasThreads: true },
];
const NAMED = DIALECTS.map((dialect) => [dialect.model, dialect] as const);
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);
const say = (content: string) => [{ role: 'user' as const, content }];
const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

let names = 0;
/** A credential that the simulator has not met, with these words in its name. */
function credential(words: string): string {
  names += 1;
  return `${words}-sdk${names}x`;
}

/** What the key's holder is told of the calls under way. */
async function underWay(): Promise<number> {
  const response = await fetch(`${gateway.url}/v1/key`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const Key = z.object({ limits: z.object({ concurrency: z.object({ used: z.number() }) }) });
  return Key.parse(await response.json()).limits.concurrency.used;
}

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => error,
  );
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

/** Reads a stream to its end or failure. */
async function streamed(key: OpenAI, model = MODEL): Promise<string> {
  const stream = await key.chat.completions.create({
    model,
    messages: say('hello'),
    stream: true,
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

/** The same cases over every wire: where one cannot do something, what it answers instead is the case. */
describe.each(NAMED)('every dialect behind the openai package: %s', (model, dialect) => {
  beforeAll(() => gateway.useTokens(dialect.provider, [credential('plain')]));

  /** A credential of its own for one case. @returns its name. */
  async function alone(words = 'plain'): Promise<string> {
    const name = credential(words);
    await gateway.useTokens(dialect.provider, [name]);
    return name;
  }

  /** What upstream was told, as one text. */
  const told = async (name: string) =>
    JSON.stringify((await gateway.calls(name)).map((call) => call.body));

  it('gives a whole answer', async () => {
    const { data, response } = await client.chat.completions
      .create({ model, messages: say('hello') })
      .withResponse();
    expect(data).toMatchObject({ object: 'chat.completion', model });
    expect(data.choices[0]?.message).toMatchObject({ role: 'assistant', content: 'Echo: hello' });
    expect(data.choices[0]?.finish_reason).toBe('stop');
    expect(data.usage?.total_tokens).toBeGreaterThan(0);
    expect(data.usage !== undefined && 'estimated' in data.usage).toBe(!dialect.hasUsage);
    expect(data.id).toBe(`chatcmpl-${response.headers.get('x-request-id')}`);
  });

  it('gives a stream, with usage at its end when that is asked for', async () => {
    const stream = await client.chat.completions.create({
      model,
      messages: say('hello'),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await all(stream);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      'Echo: hello',
    );
    expect(chunks.filter((chunk) => chunk.choices[0]?.delta.role !== undefined)).toHaveLength(1);
    expect(chunks.flatMap((chunk) => chunk.choices[0]?.finish_reason ?? [])).toEqual(['stop']);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { total_tokens: expect.any(Number) },
    });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  it('calls tools, whole and streamed alike; the site of Grok answers in words', async () => {
    const ask = { model, messages: say('[[tool]] Bern'), tools: [WEATHER] };
    const whole = await client.chat.completions.create(ask);
    const final = await client.chat.completions.stream(ask).finalChatCompletion();
    const name = dialect.hasTools ? 'get_weather' : undefined;
    const reason = dialect.hasTools ? 'tool_calls' : 'stop';
    for (const { choices } of [whole, final]) {
      const [choice] = choices;
      expect(choice?.finish_reason).toBe(reason);
      const [call] = choice?.message.tool_calls ?? [];
      const called = call?.type === 'function' ? call.function : undefined;
      expect(called?.name).toBe(name);
      const written = called?.arguments ?? JSON.stringify({ city: choice?.message.content });
      expect(JSON.parse(written)).toHaveProperty('city', expect.stringMatching(/\w/));
    }
  });

  it('goes on after a tool was called', async () => {
    const name = await alone();
    const call = { id: 'call_1', type: 'function' as const };
    const answered = await client.chat.completions.create({
      model,
      messages: [
        ...say('the weather?'),
        {
          role: 'assistant',
          tool_calls: [
            { ...call, function: { name: 'get_weather', arguments: '{"city":"Bern"}' } },
          ],
        },
        { role: 'tool', tool_call_id: call.id, content: 'sunny' },
      ],
    });
    expect(answered.choices).toHaveLength(1);
    for (const words of ['get_weather', 'Bern', 'call_1', 'sunny']) {
      expect(await told(name)).toContain(words);
    }
  });

  it('answers in the schema that is asked for; the site of Grok is told of it in words', async () => {
    const name = await alone();
    const schema = {
      type: 'object',
      properties: { name: { type: 'string' }, people: { type: 'integer' } },
      required: ['name', 'people'],
      additionalProperties: false,
    };
    const completion = await client.chat.completions.create({
      model,
      messages: say('a city'),
      response_format: { type: 'json_schema', json_schema: { name: 'city', strict: true, schema } },
    });
    expect(await told(name)).toContain('people');
    const City = z.strictObject({ name: z.string(), people: z.int() });
    const content = completion.choices[0]?.message.content ?? '';
    const answer = dialect.hasTools ? JSON.parse(content) : { name: content, people: 0 };
    expect(City.safeParse(answer).success).toBe(true);
  });

  it('takes pictures along', async () => {
    const name = await alone();
    const picture = PNG.toString('base64');
    const { choices } = await client.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'what is this' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${picture}` } },
          ],
        },
      ],
    });
    expect(choices[0]?.message.content).toContain('what is this');
    expect(await told(name)).toMatch(
      dialect.provider === 'deepseek'
        ? /data:image\/png/
        : /file_?attachment(?:s|_ids)\\*":\[\\*"\w/i,
    );
  });

  /** Asks twice, the second time going on with the first answer. */
  async function continued(): Promise<OpenAI.ChatCompletion> {
    await alone();
    const first = await client.chat.completions.create({
      model,
      messages: say('hello'),
      store: true,
    });
    // Not of the SDK's chat parameters: it sends what it does not know as it is.
    const next = { model, messages: say('and now'), previous_response_id: first.id };
    return client.chat.completions.create(next);
  }

  it.runIf(dialect.hasThreads)('goes on with a stored answer', async () => {
    const { choices } = await continued();
    expect(choices[0]?.message.content).toBe('Echo (turn 2): and now');
  });

  it.runIf(!dialect.hasThreads)('says that it cannot go on with a stored answer', async () => {
    const refused = await thrownBy(continued());
    expect(refused).toBeInstanceOf(BadRequestError);
    expect(refused).toMatchObject({ code: 'unsupported_parameter', param: 'previous_response_id' });
  });

  it('serves by another credential when the first one fails, and nobody notices', async () => {
    await gateway.useTokens(dialect.provider, ['e500', 'unauthorized', 'plain'].map(credential));
    for (let i = 0; i < 3; i++) expect(await streamed(client, model)).toBe('Echo: hello');
  });

  it('is cancelled when the client leaves in the middle, and the lease comes back', async () => {
    const name = await alone('pace100-tokens100');
    const stream = await client.chat.completions.create({
      model,
      messages: say('hello'),
      stream: true,
    });
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content) break;
    }
    // Leaving the loop aborts the request.
    const ended = async () => (await gateway.calls(name)).map((call) => call.ended);
    await expect.poll(ended).toContain('cancelled');
    await expect.poll(underWay).toBe(0);
  });

  it.runIf(dialect.provider === 'grok-web')('shows thinking and sources', async () => {
    await alone();
    const { choices } = await client.chat.completions.create({
      model,
      messages: say('[[think]] hello'),
    });
    expect(choices[0]?.message).toMatchObject({ reasoning_content: expect.stringMatching(/\w/) });
    expect(choices[0]?.message.annotations?.[0]).toMatchObject({ type: 'url_citation' });
  });
});

describe('the openai package', () => {
  beforeAll(() => gateway.useTokens('deepseek', [credential('plain')]));

  it('is also served below /api/v1', async () => {
    const below = new OpenAI({ apiKey, baseURL: `${gateway.url}/api/v1`, maxRetries: 0 });
    const { choices } = await below.chat.completions.create({
      model: MODEL,
      messages: say('hello'),
    });
    expect(choices[0]?.message.content).toBe('Echo: hello');
  });

  it('gets reasoning in its own field, as think tags, or not at all', async () => {
    const ask = (fields: object) =>
      client.chat.completions.create({
        model: 'deepseek-reasoner',
        messages: say('hello'),
        ...fields,
      });
    const {
      choices: [field],
    } = await ask({});
    expect(field?.message).toHaveProperty('reasoning_content');
    expect(field?.message.content).toBe('Echo: hello');
    const {
      choices: [tags],
    } = await ask({ thinking_format: 'tags' });
    expect(tags?.message.content).toMatch(/^<think>\n[^]+\n<\/think>\nEcho: hello$/);
    const {
      choices: [none],
    } = await ask({ reasoning_effort: 'none' });
    expect(none?.message).not.toHaveProperty('reasoning_content');
  });

  it('lists what can be served, and finds one model by its name', async () => {
    const { data } = await client.models.list();
    const ids = data.map(({ id }) => id);
    expect(ids).toContain(MODEL);
    expect(ids).not.toContain('glm-5');
    expect(await client.models.retrieve(MODEL)).toMatchObject({ id: MODEL, object: 'model' });
    expect(await thrownBy(client.models.retrieve('constructor'))).toBeInstanceOf(NotFoundError);
  });

  it('is told when upstream did not count', async () => {
    await gateway.useTokens('deepseek', [credential('nousage')]);
    const { usage } = await client.chat.completions.create({
      model: MODEL,
      messages: say('hello'),
    });
    expect(usage).toMatchObject({ estimated: true, completion_tokens: 3 });
  });
});

describe('an abort in the middle of a stream', () => {
  it('by its signal, too, and the aborted call is one row of the log', async () => {
    const name = credential('pace100-tokens100');
    await gateway.useTokens('deepseek', [name]);
    const controller = new AbortController();
    const stream = await client.chat.completions.create(
      { model: MODEL, messages: say('hello'), stream: true },
      { signal: controller.signal },
    );
    let id = '';
    const reading = (async () => {
      for await (const chunk of stream) {
        id = chunk.id.replace('chatcmpl-', '');
        controller.abort();
      }
    })();
    const thrown = await thrownBy(reading);
    expect(thrown === null || thrown instanceof APIUserAbortError).toBe(true);
    await expect.poll(async () => (await gateway.calls(name))[0]?.ended).toBe('cancelled');
    const Calls = z.object({ calls: z.array(z.object({ id: z.string(), outcome: z.string() })) });
    await expect
      .poll(
        async () => {
          const rows = await gateway.harness
            .getWorker<{ DB: D1Database }>()
            .getEnv()
            .then(({ DB }) =>
              DB.prepare('SELECT id, outcome FROM calls WHERE id = ?1').bind(id).all(),
            );
          return Calls.parse({ calls: rows.results }).calls;
        },
        { interval: 250 },
      )
      .toEqual([{ id, outcome: 'aborted' }]);
  });
});

/** What the simulator's credential does, and how the caller must hear of it. */
const FAULTS = [
  ['moderated', BadRequestError, 400, 'content_policy_violation'],
  ['limited30', RateLimitError, 429, 'pool_exhausted'],
  ['unauthorized', InternalServerError, 502, 'upstream_unauthorized'],
  ['banned', InternalServerError, 502, 'upstream_unauthorized'],
  ['challenge', InternalServerError, 502, 'upstream_blocked'],
  ['e500', InternalServerError, 502, 'upstream_error'],
  ['cutfirst', InternalServerError, 502, 'upstream_cut'],
  ['silent', InternalServerError, 504, 'upstream_timeout'],
] as const;

/**
 * Makes credentials that all fail like this: more than the calls of one case try together, because a call
 * that is served late must not find all of them resting.
 */
async function failingTokens(words: string): Promise<void> {
  const grok = Array.from({ length: 18 }, () => credential(words));
  await gateway.useTokens('grok-web', grok);
  await gateway.useTokens(
    'deepseek',
    grok.slice(0, 6).map(() => credential(words)),
  );
}

/** The same for every dialect, by its model. */
function byModel<T>(value: T): Record<string, T> {
  return Object.fromEntries(DIALECTS.map(({ model }) => [model, value]));
}

/** Asks every dialect at once. @returns what came of it, by model. */
async function overEvery<T>(ask: (model: string) => Promise<T>): Promise<Record<string, T>> {
  const answers = DIALECTS.map(async ({ model }) => [model, await ask(model)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

/** Long enough for any machine; a whole answer of an official API may take all of the time there is. */
const PATIENT = { first_part_s: 60, idle_s: 60, total_s: 600 };
/** What is waited for where upstream says nothing, or nothing more: everything else may take its time. */
const IMPATIENT: Readonly<Record<string, Partial<typeof PATIENT>>> = {
  silent: { first_part_s: 1, total_s: 2 },
  stall: { idle_s: 1 },
};

/** Sets the times for one fault. The isolate learns of new settings with its next call, whatever comes of it. */
async function setTimes(words: string, headMs: number): Promise<void> {
  const stream = { head_ms: headMs, ...PATIENT, ...IMPATIENT[words] };
  await gateway.admin('POST', 'config', { stream });
  await gateway.useTokens('deepseek', [credential('plain')]);
  await thrownBy(streamed(client));
}

describe('a failure before the head has left', () => {
  it.each(FAULTS)(
    'of %s is %o with status %i and code %s, over every dialect, whole and streamed',
    async (words, Class, status, code) => {
      await setTimes(words, 30_000);
      await failingTokens(words);
      const failures = await overEvery((model) =>
        Promise.all(
          [false, true].map((stream) =>
            thrownBy(client.chat.completions.create({ model, messages: say('hello'), stream })),
          ),
        ),
      );
      const failure = expect.objectContaining({ status, code });
      expect(failures).toEqual(byModel([failure, failure]));
      for (const thrown of Object.values(failures).flat()) expect(thrown).toBeInstanceOf(Class);
    },
  );

  it('that may be repeated soon says when', async () => {
    await gateway.useTokens('deepseek', [credential('limited30')]);
    const thrown = await thrownBy(streamed(client));
    if (!(thrown instanceof RateLimitError)) throw new Error('no 429', { cause: thrown });
    const retryAfterS = Number(thrown.headers.get('retry-after'));
    expect(retryAfterS).toBeGreaterThan(25);
    expect(retryAfterS).toBeLessThanOrEqual(30);
  });

  it('is sent once by a client that retries, when it is told to stay away for long', async () => {
    await gateway.useTokens('moonshot', [credential('limited600')]);
    let requests = 0;
    const counting = new OpenAI({
      apiKey,
      baseURL: `${gateway.url}/v1`,
      fetch: (url, init) => {
        requests += 1;
        return fetch(url, init);
      },
    });
    const thrown = await thrownBy(
      counting.chat.completions.create({ model: 'kimi-k2.5', messages: say('hello') }),
    );
    expect(thrown).toBeInstanceOf(RateLimitError);
    expect(requests).toBe(1);
  });
});

describe('a failure after the head has left', () => {
  it.each(FAULTS)(
    'of %s is an error event with the same envelope, over every dialect',
    async (words, _Class, status, code) => {
      await setTimes(words, 50);
      await failingTokens(`slowhead150-${words}`);
      const failures = await overEvery(async (model) => {
        const ask = { model, messages: say('hello'), stream: true } as const;
        const thrown = await thrownBy(all(await client.chat.completions.create(ask)));
        if (!(thrown instanceof APIError)) throw new Error('no APIError', { cause: thrown });
        return { code: thrown.code, error: thrown.error };
      });
      const error = expect.objectContaining({ status, code, message: expect.any(String) });
      expect(failures).toEqual(byModel({ code, error }));
    },
  );

  it.each([
    ['cut', 'upstream_cut'],
    ['stall', 'upstream_timeout'],
  ])('of %s, in the middle of the answer, ends it without a finish', async (words, code) => {
    await setTimes(words, 50);
    await failingTokens(`tokens9-${words}`);
    const endings = await overEvery(async (model) => {
      const ask = { model, messages: say('hello'), stream: true } as const;
      const stream = await client.chat.completions.create(ask);
      let text = '';
      let isFinished = false;
      const reading = (async () => {
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? '';
          isFinished ||= (chunk.choices[0]?.finish_reason ?? null) !== null;
        }
      })();
      return { thrown: await thrownBy(reading), hasText: text !== '', isFinished };
    });
    const thrown = expect.objectContaining({ code });
    expect(endings).toEqual(byModel({ thrown, hasText: true, isFinished: false }));
  });

  afterEach(async () => {
    await expect.poll(underWay).toBe(0);
  });
});

describe('a refusal of the gateway itself', () => {
  beforeAll(async () => {
    await gateway.admin('POST', 'config', { stream: { head_ms: 1_500, ...PATIENT } });
    await gateway.useTokens('deepseek', [credential('plain')]);
  });

  const ask = (key: OpenAI, fields: object = {}) =>
    key.chat.completions.create({ model: MODEL, messages: say('hello'), ...fields });

  /** What the caller hears, whole and streamed. */
  const refusals = (key: OpenAI, fields: object = {}) =>
    Promise.all([false, true].map((stream) => thrownBy(ask(key, { ...fields, stream }))));

  it('is AuthenticationError for a wrong key, and for one that is switched off', async () => {
    for (const thrown of await refusals(clientOf('sk-wrong'))) {
      expect(thrown).toBeInstanceOf(AuthenticationError);
    }
    const off = clientOf(await gateway.newKey({ is_active: false }));
    for (const thrown of await refusals(off)) {
      expect(thrown).toMatchObject({ status: 401, code: 'key_disabled' });
    }
    expect(await thrownBy(off.models.list())).toMatchObject({ status: 401, code: 'key_disabled' });
  });

  it('is PermissionDeniedError for a model that the key may not use, which it does not see either', async () => {
    const key = clientOf(await gateway.newKey({ models: ['deepseek-reasoner'] }));
    for (const thrown of await refusals(key)) expect(thrown).toBeInstanceOf(PermissionDeniedError);
    expect((await key.models.list()).data.map(({ id }) => id)).toEqual(['deepseek-reasoner']);
  });

  it('is NotFoundError for a model that is none, BadRequestError for a wrong field', async () => {
    for (const thrown of await refusals(client, { model: 'gpt-none' })) {
      expect(thrown).toBeInstanceOf(NotFoundError);
    }
    for (const wrong of await refusals(client, { temperature: 9 })) {
      expect(wrong).toBeInstanceOf(BadRequestError);
      expect(wrong).toMatchObject({ param: 'temperature', code: 'invalid_request' });
    }
  });

  it('is RateLimitError when the key’s quota is used up, and the headers say so before', async () => {
    const key = clientOf(await gateway.newKey({ limits: { chat_per_day: 1 } }));
    const { response } = await ask(key).withResponse();
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('1');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    for (const stream of [false, true]) {
      const thrown = await thrownBy(ask(key, { stream }));
      expect(thrown).toBeInstanceOf(RateLimitError);
      expect(thrown).toMatchObject({ code: 'daily_quota_exceeded', type: 'rate_limit_error' });
    }
  });

  it('is a 503 when no credential is there at all', async () => {
    for (const thrown of await refusals(client, { model: 'glm-5' })) {
      expect(thrown).toMatchObject({ status: 503, code: 'no_credentials' });
    }
  });

  it('is a 503 that says when to come back, while the provider itself is failing', async () => {
    await gateway.admin('POST', 'config', { token: { breaker_credentials: 3 } });
    await gateway.useTokens('moonshot', ['e500', 'e500', 'e500'].map(credential));
    const model = 'kimi-k2.5';
    // All three are tried for it, and fail alike.
    expect(await thrownBy(ask(client, { model }))).toMatchObject({ code: 'upstream_error' });
    for (const thrown of await refusals(client, { model })) {
      if (!(thrown instanceof InternalServerError)) throw new Error('no 5xx', { cause: thrown });
      expect(thrown).toMatchObject({ status: 503, code: 'provider_unavailable' });
      expect(Number(thrown.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(Number(thrown.headers.get('retry-after'))).toBeLessThanOrEqual(5);
    }
    await gateway.admin('POST', 'config', { token: { breaker_credentials: 100 } });
  });
});

describe('the setting of thinking', () => {
  it('hides it in the next answers', async () => {
    await gateway.useTokens('grok-web', [credential('plain')]);
    await gateway.admin('POST', 'config', { grok: { thinking: false } });
    const off = await client.chat.completions.create({
      model: 'grok-4',
      messages: say('[[think]] hello'),
    });
    expect(off.choices[0]?.message).not.toHaveProperty('reasoning_content');
  });
});
