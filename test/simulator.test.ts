import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import * as z from 'zod';
import { describe, expect, it } from 'vitest';
import { isUnlucky, scriptOf, scriptOfCall } from './simulator/faults';
import simulator from './simulator/index';
import { exampleOf } from './simulator/json-schema';
import type { SimulatorEnv } from './simulator/ledger';
import { charged, rolled } from './simulator/window';

const LAST_FRAMES = ['finalMetadata', 'modelResponse', 'title'];
const CHAT_URL = 'https://grok.com/rest/app-chat/conversations/new';
const LIMITS_URL = 'https://grok.com/rest/rate-limits';
const DEEPSEEK_URL = 'https://api.deepseek.com/chat/completions';

const Bucket = z.object({
  bucket: z.string(),
  accepted: z.number(),
  units: z.number(),
  used: z.number(),
  limit: z.nullable(z.number()),
});
const RecordedCall = z.looseObject({
  callId: z.nullable(z.string()),
  headers: z.looseObject({
    values: z.record(z.string(), z.string()),
    cookieNames: z.array(z.string()),
    clearance: z.nullable(z.string()),
  }),
  body: z.unknown(),
  status: z.nullable(z.number()),
  ended: z.string(),
});
const Limits = z.looseObject({ remainingQueries: z.number(), totalQueries: z.number() });
const Frame = z.looseObject({
  error: z.optional(z.looseObject({ code: z.number() })),
  result: z.optional(
    z.looseObject({
      response: z.optional(
        z.looseObject({
          token: z.optional(z.union([z.string(), z.array(z.string())])),
          isThinking: z.optional(z.boolean()),
          modelResponse: z.optional(z.looseObject({ message: z.string(), model: z.string() })),
        }),
      ),
    }),
  ),
});
type Frame = z.infer<typeof Frame>;
const Choice = z.looseObject({
  index: z.number(),
  finish_reason: z.nullable(z.string()),
  delta: z.looseObject({
    content: z.optional(z.nullable(z.string())),
    reasoning_content: z.optional(z.string()),
    tool_calls: z.optional(
      z.array(
        z.looseObject({
          index: z.number(),
          id: z.optional(z.string()),
          function: z.looseObject({ name: z.optional(z.string()), arguments: z.string() }),
        }),
      ),
    ),
  }),
});
const Usage = z.looseObject({
  completion_tokens: z.number(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.number() }),
});
const Chunk = z.looseObject({
  choices: z.array(Choice),
  usage: z.optional(z.nullable(Usage)),
});
const Completion = z.looseObject({
  choices: z.array(
    z.looseObject({
      finish_reason: z.string(),
      message: z.looseObject({
        content: z.nullable(z.string()),
        reasoning_content: z.optional(z.string()),
      }),
    }),
  ),
  usage: z.optional(Usage),
});

function send(url: string, init?: RequestInit): Promise<Response> {
  if (env.EGRESS === undefined) throw new Error('EGRESS is not bound');
  return env.EGRESS.fetch(url, init);
}

const FAST = { modeId: 'fast', message: 'Hello there' };
const GROK_4 = { modelName: 'grok-4', modelMode: 'MODEL_MODE_GROK_4', message: 'user: Hi\n\nSky?' };

interface GrokInit {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

function grok(credential: string, body: unknown, init: GrokInit = {}, url = CHAT_URL) {
  const headers = { cookie: `sso=${credential};sso-rw=${credential}`, ...init.headers };
  return send(url, { method: 'POST', body: JSON.stringify(body), ...init, headers });
}

async function limits(credential: string, body: unknown) {
  return Limits.parse(await (await grok(credential, body, {}, LIMITS_URL)).json());
}

function deepseek(key: string, body: object, init: RequestInit = {}) {
  const messages = [{ role: 'user', content: 'Hello there' }];
  return send(DEEPSEEK_URL, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'deepseek-chat', messages, ...body }),
    ...init,
  });
}

async function completion(key: string, body: object) {
  return Completion.parse(await (await deepseek(key, body)).json());
}

async function chunks(response: Response) {
  const data = (await response.text()).split('\n\n').filter((one) => one.startsWith('data: {'));
  return data.map((one) => Chunk.parse(JSON.parse(one.slice(6))));
}

async function frames(response: Response): Promise<Frame[]> {
  return framesOf(await response.text());
}

function framesOf(text: string): Frame[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [Frame.parse(JSON.parse(line.replace(/^data: /, '')))];
    } catch {
      return [];
    }
  });
}

function textOf(all: readonly Frame[]): string {
  return all
    .map((frame) => frame.result?.response)
    .map((one) => (one?.isThinking === true || Array.isArray(one?.token) ? '' : (one?.token ?? '')))
    .join('');
}

function kindsOf(all: readonly Frame[]): string[] {
  const common = new Set(['isThinking', 'isSoftStop', 'responseId']);
  return all.map((frame) => {
    const { response, ...rest } = frame.result ?? {};
    return Object.keys(response ?? rest).find((key) => !common.has(key)) ?? '';
  });
}

function control(path: string, body?: unknown) {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return send(`https://simulator.local${path}`, init);
}

async function bucketsOf(credential: string) {
  const { buckets } = z
    .object({ buckets: z.array(Bucket) })
    .parse(await (await control(`/ledger?credential=${credential}`)).json());
  return buckets;
}

async function acceptedOf(credential: string): Promise<number> {
  return (await bucketsOf(credential)).reduce((sum, bucket) => sum + bucket.accepted, 0);
}

async function callsOf(credential: string) {
  const { calls } = z
    .object({ calls: z.array(RecordedCall) })
    .parse(await (await control(`/calls?credential=${credential}`)).json());
  return calls;
}

/** Text read before the body broke off. */
async function readUntilBreak(response: Response): Promise<{ text: string; broke: boolean }> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) return { text, broke: false };
      text += part.value;
    }
  } catch {
    return { text, broke: true };
  }
}

describe('names', () => {
  it('reads quota, numbers and faults from a name', () => {
    const script = scriptOf('acct7-q8-slow200-limited30-flaky25-inband8');
    expect(script).toMatchObject({ quotaUnits: 8, slowMs: 200, retryAfterS: 30, flakyPercent: 25 });
    expect([script.has('limited'), script.has('inband8'), script.has('cut')]).toEqual([
      true,
      true,
      false,
    ]);
    expect(scriptOf('plain').quotaUnits).toBeNull();
  });

  it('lets a flaky name fail about as often as it says, and always the same calls', () => {
    const fates = Array.from({ length: 1_000 }, (_, at) =>
      isUnlucky('a-flaky20', at + 1, { once500: false, flakyPercent: 20 }),
    );
    const failed = fates.filter(Boolean).length;
    expect(failed).toBeGreaterThan(150);
    expect(failed).toBeLessThan(250);
    expect(isUnlucky('a', 1, { once500: true, flakyPercent: 0 })).toBe(true);
    expect(isUnlucky('a', 2, { once500: true, flakyPercent: 0 })).toBe(false);
  });

  it('lets an unsteady name go wrong in every way, and always alike', () => {
    const script = scriptOf('a-unsteady50');
    const fates = Array.from({ length: 100 }, (_, at) => {
      const played = scriptOfCall(script, 'a-unsteady50', at + 1);
      return played.slowMs > 0
        ? 'pause'
        : (['e500counts', 'cutfirst', 'cut', 'streamerror'] as const).find(played.has);
    });
    expect(new Set(fates).size).toBe(6);
    const well = fates.filter((fate) => fate === undefined).length;
    expect(well).toBeGreaterThan(35);
    expect(well).toBeLessThan(65);
    expect(scriptOfCall(scriptOf('plain'), 'plain', 1).has('cut')).toBe(false);
  });

  it('opens a window with its first counted call and empties it when it has passed', () => {
    const first = charged({ usedUnits: 0, startedAt: null }, 1_000, 4, 6);
    expect(first).toEqual({ usedUnits: 4, startedAt: 1_000 });
    if (first === null) throw new Error('refused');
    expect(charged(first, 2_000, 4, 6)).toBeNull();
    expect(rolled(first, 10_999, 10).usedUnits).toBe(4);
    expect(rolled(first, 11_000, 10)).toEqual({ usedUnits: 0, startedAt: null });
  });
});

describe('Grok chat', () => {
  it('echoes the last line in the order of the site and names the mode', async () => {
    const response = await grok('echo-mode', { ...FAST, message: '[user]\nSky colour? 天空' });
    expect(response.status).toBe(200);
    const all = await frames(response);
    const kinds = kindsOf(all);
    expect(kinds.slice(0, 5)).toEqual([
      'conversation',
      'userResponse',
      'uiLayout',
      'llmInfo',
      'uiLayout',
    ]);
    expect(kinds.slice(-3)).toEqual(LAST_FRAMES);
    expect(kinds.filter((kind) => kind === 'token').length).toBeGreaterThan(3);
    expect(textOf(all)).toBe('Echo: Sky colour? 天空');
    expect(all.at(-2)?.result?.response?.modelResponse).toMatchObject({
      message: 'Echo: Sky colour? 天空',
      model: 'fast',
    });
  });

  it('names the model family of the older selector and charges its bucket', async () => {
    const all = await frames(await grok('echo-model', GROK_4));
    expect(all.at(-2)?.result?.response?.modelResponse?.model).toBe('grok-4');
    expect(textOf(all)).toBe('Echo: Sky?');
    expect(await bucketsOf('echo-model')).toEqual([
      { bucket: 'grok-4', accepted: 1, units: 1, used: 1, limit: 1_000 },
    ]);
  });

  it('refuses what the site does not know', async () => {
    expect((await grok('unknown', { ...FAST, modeId: 'turbo' })).status).toBe(400);
    expect((await grok('unknown', { ...GROK_4, modelMode: 'MODEL_MODE_AUTO' })).status).toBe(400);
    expect((await grok('unknown', 'no object')).status).toBe(400);
    expect((await send(CHAT_URL, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await send('https://grok.com/rest/assets')).status).toBe(401);
    expect((await grok('unknown', {}, {}, 'https://grok.com/rest/assets')).status).toBe(404);
    expect(await bucketsOf('unknown')).toEqual([]);
  });

  it('thinks when asked, and searches before it answers', async () => {
    const body = await (await grok('thinks', { ...FAST, message: 'Why? [[think]]' })).text();
    const all = framesOf(body);
    expect(all.filter((frame) => frame.result?.response?.isThinking === true).length).toBe(7);
    expect(body).toContain('"messageTag":"header"');
    expect(body).toContain('<xai:tool_usage_card>');
    expect(body).toContain('"webSearchResults":{"results":[{');
    expect(textOf(all)).toBe('Echo: Why? [[think]]');
  });

  it.each(['split', 'nonewline', 'dataprefix', 'badjson', 'badjson-split', 'dataprefix-nonewline'])(
    'frames the same answer as %s',
    async (word) => {
      const all = await frames(await grok(`framing-${word}`, FAST));
      expect(textOf(all)).toBe('Echo: Hello there');
      expect(kindsOf(all).slice(-3)).toEqual(LAST_FRAMES);
    },
  );

  it('joins objects without newlines, and ends lines only where it says so', async () => {
    const joined = await (await grok('wire-joined', FAST)).text();
    expect(joined).toContain('}{"result"');
    expect(joined).not.toContain('\n');
    expect((await (await grok('wire-plain', FAST)).text()).endsWith('}\n')).toBe(true);
    expect((await (await grok('wire-nonewline', FAST)).text()).endsWith('}')).toBe(true);
    const events = await (await grok('wire-dataprefix', FAST)).text();
    expect(events.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('writes answers of n words', async () => {
    expect(textOf(await frames(await grok('long-tokens40', FAST)))).toBe(
      Array.from({ length: 40 }, (_, at) => `w${at + 1}`).join(' '),
    );
  });
});

describe('the true ledger', () => {
  it('accepts exactly the quota, however many ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 400 }, async () => {
        const response = await grok('rush-q8', FAST);
        await response.text();
        return response;
      }),
    );
    expect(answers.filter((one) => one.status === 200).length).toBe(8);
    const refused = answers.filter((one) => one.status === 429);
    expect(refused.length).toBe(392);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(7_100);
    expect(await bucketsOf('rush-q8')).toEqual([
      { bucket: 'fast', accepted: 8, units: 8, used: 8, limit: 8 },
    ]);
    expect(await limits('rush-q8', { modelName: 'fast' })).toMatchObject({
      remainingQueries: 0,
      totalQueries: 8,
      windowSizeSeconds: 7_200,
      waitTimeSeconds: expect.any(Number),
      lowEffortRateLimits: null,
    });
    expect(await limits('rush-q8', { modelName: 'expert' })).toMatchObject({ remainingQueries: 8 });
  });

  it('draws four units for a high-effort call and tells the budget in tokens', async () => {
    const heavy = { ...GROK_4, modelMode: 'MODEL_MODE_HEAVY' };
    const asked = { requestKind: 'DEFAULT', modelName: 'grok-4-heavy' };
    expect((await grok('budget-q6', heavy)).status).toBe(200);
    expect(await limits('budget-q6', asked)).toMatchObject({
      remainingTokens: 2,
      totalTokens: 6,
      remainingQueries: 0,
      totalQueries: 1,
      lowEffortRateLimits: { cost: 1, remainingQueries: 2, waitTimeSeconds: 0 },
      highEffortRateLimits: { cost: 4, remainingQueries: 0 },
    });
    expect((await grok('budget-q6', heavy)).status).toBe(429);
    expect((await grok('budget-q6', { modelName: 'grok-4' }, {}, LIMITS_URL)).status).toBe(400);
  });

  it('has its truth changed from outside', async () => {
    await control('/set', { credential: 'changed-q5', bucket: 'fast', used: 5 });
    expect((await grok('changed-q5', FAST)).status).toBe(429);
    await control('/set', { credential: 'changed-q5', bucket: 'fast', used: 0 });
    expect((await grok('changed-q5', FAST)).status).toBe(200);
    expect((await control('/set', { credential: 'changed-q5' })).status).toBe(400);
  });

  it('gives a window back when it has passed', async () => {
    expect((await grok('window-q1-window2', FAST)).status).toBe(200);
    const refused = await grok('window-q1-window2', FAST);
    expect(refused.headers.get('retry-after')).toMatch(/^[12]$/);
    await expect.poll(async () => (await grok('window-q1-window2', FAST)).status).toBe(200);
  });
});

describe('Grok refusals', () => {
  it.each([
    ['unauthorized', 401, '"code":16'],
    ['banned', 403, 'WKE=unauthorized:blocked-user'],
    ['antibot', 403, '{"error":{"message":"Request rejected by anti-bot rules.","code":7'],
    ['challenge', 403, 'Just a moment'],
    ['moderated', 403, 'content-moderated'],
    ['limited', 429, '"code":8'],
    ['limitedhtml', 429, '<!DOCTYPE html>'],
    ['e500', 500, ''],
    ['e503', 503, ''],
    ['statsig', 403, '"code":7'],
    ['clearance', 403, 'challenge-platform'],
    ['agent', 403, 'challenge-platform'],
  ])('answers %s with %i and counts nothing', async (word, status, part) => {
    const response = await grok(`refusal-${word}`, FAST);
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await response.text()).toContain(part);
    expect(await acceptedOf(`refusal-${word}`)).toBe(0);
    expect(await callsOf(`refusal-${word}`)).toMatchObject([{ status, ended: 'complete' }]);
  });

  it('names the seconds of a limit that has them', async () => {
    expect((await grok('named-limited30', FAST)).headers.get('retry-after')).toBe('30');
  });

  it('lets in who brings what is demanded, and shows the headers that came', async () => {
    const name = 'door-statsig-clearance-agent';
    const headers = {
      cookie: `cf_clearance=abc; sso=${name}`,
      'x-statsig-id': 'opaque',
      'user-agent': 'Mozilla/5.0',
      'x-xai-request-id': 'id-1',
      referer: 'https://grok.com/',
    };
    expect((await grok(name, FAST, { headers })).status).toBe(200);
    const [call] = await callsOf(name);
    expect(call).toMatchObject({
      callId: 'id-1',
      headers: {
        cookieNames: ['cf_clearance', 'sso'],
        clearance: 'abc',
        values: { 'x-statsig-id': 'opaque', 'user-agent': 'Mozilla/5.0' },
      },
      body: FAST,
    });
  });

  it('counts a 500 only where it says so', async () => {
    expect((await grok('counted-e500counts', FAST)).status).toBe(500);
    expect(await acceptedOf('counted-e500counts')).toBe(1);
    expect((await grok('once-once500', FAST)).status).toBe(500);
    expect((await grok('once-once500', FAST)).status).toBe(200);
    expect(await acceptedOf('once-once500')).toBe(1);
  });

  it('fails the readings of noread and leaves its chats alone', async () => {
    expect((await grok('x-noread', { modelName: 'fast' }, {}, LIMITS_URL)).status).toBe(500);
    expect((await grok('x-noread', FAST)).status).toBe(200);
  });
});

describe('Grok faults inside a 200', () => {
  it.each([
    ['inband7', 7],
    ['inband8', 8],
  ])('tells %s as a first line and counts nothing', async (word, code) => {
    const all = await frames(await grok(`in-${word}`, FAST));
    expect(all).toMatchObject([{ error: { code } }]);
    expect(await acceptedOf(`in-${word}`)).toBe(0);
  });

  it('tells a limit after some text, counted', async () => {
    const all = await frames(await grok('in-inband8late', FAST));
    expect(textOf(all)).toBe('Echo: Hello');
    expect(all.at(-1)).toMatchObject({ error: { code: 8 } });
    expect(await acceptedOf('in-inband8late')).toBe(1);
  });

  it('tells a usage limit in the response, uncounted, and a stream error, counted', async () => {
    expect((await frames(await grok('in-usagelimit', FAST))).at(-1)).toMatchObject({
      result: { response: { error: { message: expect.stringContaining('usage limit'), code: 8 } } },
    });
    expect((await frames(await grok('in-streamerror', FAST))).at(-1)).toMatchObject({
      result: { response: { modelResponse: { message: '', streamErrors: [{ code: 13 }] } } },
    });
    expect(await acceptedOf('in-usagelimit')).toBe(0);
    expect(await acceptedOf('in-streamerror')).toBe(1);
  });

  it('cuts a stream in the middle or before the first token', async () => {
    const cut = await readUntilBreak(await grok('in-cut', FAST));
    expect(cut.broke).toBe(true);
    expect(textOf(framesOf(cut.text))).toBe('Echo: Hello');
    const first = await readUntilBreak(await grok('in-cutfirst', FAST));
    expect(first.broke).toBe(true);
    expect(textOf(framesOf(first.text))).toBe('');
    expect(await callsOf('in-cut')).toMatchObject([{ ended: 'cut' }]);
    expect(await acceptedOf('in-cut')).toBe(1);
  });

  it('ends a stream early and cleanly', async () => {
    const { text, broke } = await readUntilBreak(await grok('in-earlyend', FAST));
    expect(broke).toBe(false);
    expect(textOf(framesOf(text))).toBe('Echo: Hello');
    expect(framesOf(text).at(-1)).toMatchObject({
      result: { response: { token: expect.any(String) } },
    });
    expect(await acceptedOf('in-earlyend')).toBe(1);
  });
});

describe('clients that leave', () => {
  it.each(['silent', 'stall', 'tokens50-pace50'])('is noticed in mid-stream: %s', async (word) => {
    const name = `leave-${word}`;
    const response = await grok(name, FAST);
    const reader = response.body?.getReader();
    if (word !== 'silent') await reader?.read();
    else void reader?.read().catch(() => null);
    expect(await callsOf(name)).toMatchObject([{ ended: 'open', status: null }]);
    await reader?.cancel();
    await expect.poll(() => callsOf(name)).toMatchObject([{ ended: 'cancelled', status: 200 }]);
    expect(await acceptedOf(name)).toBe(1);
  });

  it('is noticed while a signal aborts the body', async () => {
    const leaving = new AbortController();
    const response = await grok('leave-stall-signal', FAST, { signal: leaving.signal });
    const reading = readUntilBreak(response);
    leaving.abort();
    expect((await reading).broke).toBe(true);
    await expect.poll(() => callsOf('leave-stall-signal')).toMatchObject([{ ended: 'cancelled' }]);
  });

  it('is noticed before the head, and counted: the call had been accepted', async () => {
    const leaving = new AbortController();
    const waiting = grok('leave-slowhead30000', FAST, { signal: leaving.signal });
    await expect.poll(() => acceptedOf('leave-slowhead30000')).toBe(1);
    leaving.abort();
    await expect(waiting).rejects.toThrow('aborted');
    await expect
      .poll(() => callsOf('leave-slowhead30000'))
      .toMatchObject([{ ended: 'cancelled', status: null }]);
  });

  it('delays head and body by what the name says', async () => {
    const startedAt = Date.now();
    const response = await grok('late-slowhead60-slow60', FAST);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(55);
    await response.text();
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(115);
  });
});

describe('Grok upload', () => {
  const UPLOAD_URL = 'https://grok.com/rest/app-chat/upload-file';
  const file = { fileName: 'image.png', fileMimeType: 'image/png', content: 'iVBORw0KGgo=' };

  it('takes base64 and lets only the same session use the file', async () => {
    const uploaded = z
      .object({ fileMetadataId: z.uuid(), fileUri: z.string() })
      .parse(await (await grok('files-a', file, {}, UPLOAD_URL)).json());
    expect(uploaded.fileUri).toContain(uploaded.fileMetadataId);
    const withFile = { ...FAST, fileAttachments: [uploaded.fileMetadataId] };
    expect((await grok('files-a', withFile)).status).toBe(200);
    expect((await grok('files-b', withFile)).status).toBe(400);
    expect(await acceptedOf('files-b')).toBe(0);
  });

  it('refuses what is no base64', async () => {
    const bad = { ...file, content: 'data:image/png;base64,AAAA' };
    expect((await grok('files-c', bad, {}, UPLOAD_URL)).status).toBe(400);
  });
});

describe('OpenAI-compatible chat', () => {
  it('echoes as one completion with usage, and as chunks that end in usage and [DONE]', async () => {
    const whole = await completion('oa-plain', {});
    expect(whole.choices).toMatchObject([
      { finish_reason: 'stop', message: { role: 'assistant', content: 'Echo: Hello there' } },
    ]);
    expect(whole.usage?.completion_tokens).toBe(3);
    const options = { stream: true, stream_options: { include_usage: true } };
    const streamed = await chunks(await deepseek('oa-stream', options));
    const contents = streamed.map((one) => one.choices[0]?.delta.content ?? '');
    expect(contents.join('')).toBe('Echo: Hello there');
    expect(streamed.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
    expect(streamed.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(streamed[0]?.usage).toBeNull();
    const body = await (await deepseek('oa-stream', { stream: true })).text();
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(body).not.toContain('usage');
  });

  it('leaves usage out when the key says so', async () => {
    expect((await completion('oa-nousage', {})).usage).toBeUndefined();
    const options = { stream: true, stream_options: { include_usage: true } };
    expect(await (await deepseek('oa-nousage', options)).text()).not.toContain('usage');
  });

  it('calls two tools in parallel, their arguments split over chunks', async () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } };
    const tools = ['weather', 'time', 'third'].map((name) => ({
      type: 'function',
      function: { name, parameters },
    }));
    const messages = [{ role: 'user', content: 'Now [[tool]]' }];
    const streamed = await chunks(await deepseek('oa-tools', { messages, tools, stream: true }));
    const deltas = streamed.flatMap((one) => one.choices[0]?.delta.tool_calls ?? []);
    const calls = [0, 1].map((index) => deltas.filter((delta) => delta.index === index));
    expect(calls.map((pieces) => pieces[0]?.function.name)).toEqual(['weather', 'time']);
    for (const pieces of calls) {
      expect(pieces.length).toBeGreaterThan(2);
      const text = pieces.map((piece) => piece.function.arguments).join('');
      expect(JSON.parse(text)).toEqual({ city: 'text' });
    }
    expect(streamed.at(-1)?.choices[0]?.finish_reason).toBe('tool_calls');
    const answered = [...messages, { role: 'tool', tool_call_id: 'x', content: 'sunny' }];
    const after = await completion('oa-tools', { messages: answered, tools });
    expect(after.choices[0]?.message.content).toBe('Tool said: sunny');
  });

  it('fills a JSON schema', async () => {
    const schema = {
      type: 'object',
      properties: {
        steps: { type: 'array', items: { $ref: '#/$defs/step' } },
        n: { type: 'integer' },
      },
      $defs: { step: { type: 'object', properties: { kind: { enum: ['a', 'b'] } } } },
    };
    expect(exampleOf(schema)).toEqual({ steps: [{ kind: 'a' }], n: 1 });
    const format = { type: 'json_schema', json_schema: { name: 'plan', schema } };
    const whole = await completion('oa-schema', { response_format: format });
    expect(JSON.parse(whole.choices[0]?.message.content ?? '')).toEqual(exampleOf(schema));
  });

  it('reasons where the model does', async () => {
    const whole = await completion('oa-reason', { model: 'deepseek-reasoner' });
    expect(whole.choices[0]?.message.reasoning_content).toContain('echo');
    const asked = await completion('oa-reason', { thinking: { type: 'enabled' } });
    expect(asked.choices[0]?.message.reasoning_content).toBeDefined();
    const plain = await completion('oa-reason', {});
    expect(plain.choices[0]?.message.reasoning_content).toBeUndefined();
  });

  it('keeps a prompt cache per key', async () => {
    const cached = async (key: string) =>
      (await completion(key, {})).usage?.prompt_tokens_details.cached_tokens;
    expect(await cached('oa-cache-a')).toBe(0);
    expect(await cached('oa-cache-a')).toBeGreaterThan(0);
    expect(await cached('oa-cache-b')).toBe(0);
  });

  it('honours n, max_tokens and stop', async () => {
    const three = await completion('oa-fields', { n: 3 });
    expect(three.choices.map((choice) => choice.message.content)).toEqual([
      'Echo: Hello there',
      '2. Echo: Hello there',
      '3. Echo: Hello there',
    ]);
    const short = await completion('oa-fields', { max_tokens: 2 });
    expect(short.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { content: 'Echo: Hello' },
    });
    const stopped = await completion('oa-fields', { stop: [' there'] });
    expect(stopped.choices[0]?.message.content).toBe('Echo: Hello');
  });

  it.each([
    ['unauthorized', 401, 'authentication_error'],
    ['banned', 403, 'permission_error'],
    ['nobalance', 402, 'Insufficient Balance'],
    ['moderated', 400, 'content_filter'],
    ['limited7', 429, 'rate_limit'],
    ['e500', 500, 'server_error'],
    ['e503', 503, 'overloaded'],
  ])('answers %s with %i and counts nothing', async (word, status, part) => {
    const response = await deepseek(`oa-no-${word}`, {});
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(part);
    expect(await acceptedOf(`oa-no-${word}`)).toBe(0);
  });

  it('refuses bad requests and unknown models, and lists its models', async () => {
    expect((await deepseek('oa-bad', { messages: [] })).status).toBe(400);
    expect((await deepseek('oa-bad', { model: 'gpt-4' })).status).toBe(404);
    const init = { headers: { authorization: 'Bearer oa-list' } };
    const listed = await send('https://api.moonshot.cn/v1/models', init);
    expect(await listed.text()).toContain('kimi-k2-thinking');
    expect((await send('https://api.moonshot.cn/v1/models')).status).toBe(401);
  });

  it('counts per model where the key has a quota', async () => {
    expect((await deepseek('oa-q1', {})).status).toBe(200);
    expect((await deepseek('oa-q1', {})).status).toBe(429);
    expect((await deepseek('oa-q1', { model: 'deepseek-reasoner' })).status).toBe(200);
  });

  it('fails in the middle: cut, in-band error, split bytes, comments first', async () => {
    const stream = { stream: true };
    const cut = await readUntilBreak(await deepseek('oa-f-cut', stream));
    expect([cut.broke, cut.text.includes('[DONE]')]).toEqual([true, false]);
    expect((await readUntilBreak(await deepseek('oa-f-cut', {}))).broke).toBe(true);
    expect(await (await deepseek('oa-f-inband8', stream)).text()).toContain('rate_limit_exceeded');
    expect(await (await deepseek('oa-f-inband8late', stream)).text()).toContain(' Hello');
    const whole = await chunks(await deepseek('oa-f-split-keepalive', stream));
    expect(whole.map((one) => one.choices[0]?.delta.content ?? '').join('')).toBe(
      'Echo: Hello there',
    );
  });
});

describe('the other hosts', () => {
  it('takes posts for the settlement backend and fails as many as told', async () => {
    const post = (init: RequestInit) =>
      send('https://backend.test/usage', { method: 'POST', ...init });
    const headers = { authorization: 'Bearer secret' };
    expect((await post({ body: '{}' })).status).toBe(401);
    await control('/backend/fail', { count: 1 });
    expect((await post({ body: '{"n":1}', headers })).status).toBe(500);
    expect((await post({ body: '{"n":1}', headers })).status).toBe(200);
    expect(await (await control('/backend')).json()).toMatchObject({
      count: 2,
      posts: [
        { path: '/usage', bearer: 'secret', body: { n: 1 }, failed: true },
        { failed: false },
      ],
    });
  });

  it('serves pictures, lies and redirects', async () => {
    const png = await send('https://images.test/ok.png');
    expect(png.headers.get('content-type')).toBe('image/png');
    expect((await png.arrayBuffer()).byteLength).toBe(70);
    const to = encodeURIComponent('https://images.test/ok.png');
    const moved = await send(`https://images.test/redirect?to=${to}`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([
      302,
      'https://images.test/ok.png',
    ]);
    const big = await send('https://images.test/big?bytes=200000');
    expect((await big.arrayBuffer()).byteLength).toBe(200_000);
    expect((await send('https://images.test/none')).status).toBe(404);
    expect((await callsOf('images.test')).length).toBe(4);
  });

  it('plays a host under a path of any origin, and its control API too', async () => {
    const url = 'http://127.0.0.1:9/__host/grok.com/rest/app-chat/conversations/new';
    expect(textOf(await frames(await grok('by-path', FAST, {}, url)))).toBe('Echo: Hello there');
    const shown = await send('http://127.0.0.1:9/__control/ledger?credential=by-path');
    expect(await shown.json()).toMatchObject({ buckets: [{ credential: 'by-path', accepted: 1 }] });
    expect((await send('http://127.0.0.1:9/__host/elsewhere.test/')).status).toBe(404);
  });

  it('stops a request that comes back to it', async () => {
    const headers = { via: '1.1 simulator' };
    expect((await send('http://127.0.0.1:9/', { headers })).status).toBe(508);
  });

  it('leaves a host alone that it is told to leave alone', async () => {
    const request = new Request<unknown, IncomingRequestCfProperties>('https://grok.com/', {
      headers: { via: '1.1 simulator' },
    });
    // SAFETY: a request that is forwarded needs no ledger.
    const told = { UNPLAYED_HOSTS: 'api.x.ai grok.com' } as SimulatorEnv;
    // It has come back, so it does not leave this machine.
    const response = await simulator.fetch(request, told, createExecutionContext());
    expect(response.status).toBe(508);
  });

  it('forgets everything on reset', async () => {
    expect((await control('/reset', {})).status).toBe(200);
    expect(await bucketsOf('by-path')).toEqual([]);
    expect(await callsOf('by-path')).toEqual([]);
  });
});
