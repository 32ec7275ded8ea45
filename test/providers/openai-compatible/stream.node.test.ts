import { describe, expect, it } from 'vitest';
import { EgressError } from '../../../src/egress/egress';
import { openAiCompatible } from '../../../src/providers/openai-compatible/index';
import { ProviderError } from '../../../src/providers/provider';
import { callTo, chat, data, delta, DONE, events, readAll, SECRET, start } from './support';

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const counted = { input: 3, output: 2, cached: 0, reasoning: 0, estimated: false };

/** An event stream that stays open, and what became of it. */
function openStream(first: string) {
  const seen = { cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(first)),
    cancel: () => {
      seen.cancelled = true;
    },
  });
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  return { response, seen };
}

describe('a streamed answer', () => {
  it('gives all parts of one network chunk in one read', async () => {
    const chunk =
      data(delta({ content: 'a' })) + data(delta({ content: 'b' })) + data(delta({}, 'stop'));
    const stream = await start(() => events(chunk + data({ choices: [], usage }) + DONE));
    expect(await readAll(stream)).toEqual([
      [
        { type: 'text-delta', text: 'ab' },
        { type: 'choice-end', choice: 0, reason: 'stop' },
        { type: 'finish', usage: counted },
      ],
    ]);
  });

  it('reads the same parts wherever the network cuts (D-37)', async () => {
    const whole =
      data(delta({ content: 'Grüße 漢字 😀' })) +
      data(delta({}, 'stop')) +
      data({ choices: [], usage }) +
      DONE;
    for (const size of [1, 5, 17, 64]) {
      const bytes = new TextEncoder().encode(whole);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let at = 0; at < bytes.length; at += size) {
            controller.enqueue(bytes.subarray(at, at + size));
          }
          controller.close();
        },
      });
      const stream = await start(
        () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
      );
      expect((await readAll(stream)).flat()).toEqual([
        { type: 'text-delta', text: 'Grüße 漢字 😀' },
        { type: 'choice-end', choice: 0, reason: 'stop' },
        { type: 'finish', usage: counted },
      ]);
    }
  });

  it('passes over comments, event names, ids and blank data, and never gives an empty list', async () => {
    const stream = await start(() =>
      events(
        ': keep-alive\n\n',
        'event: message\nid: 1\nretry: 5\n',
        'data:\n\n',
        data(delta({ role: 'assistant' })),
        `data:${JSON.stringify(delta({ content: 'a' }, 'stop'))}\r\n\r\n`,
        DONE,
      ),
    );
    const reads = await readAll(stream);
    expect(reads.every((parts) => parts.length > 0)).toBe(true);
    expect(reads.flat()).toContainEqual({ type: 'text-delta', text: 'a' });
  });

  it('ends without [DONE] and without a last newline when a reason was given (D-37)', async () => {
    const stream = await start(() =>
      events(data(delta({ content: 'a' })), `data: ${JSON.stringify(delta({}, 'length'))}`),
    );
    expect((await readAll(stream)).at(-1)).toEqual([
      { type: 'choice-end', choice: 0, reason: 'length' },
      { type: 'finish', usage: null },
    ]);
  });

  it('is cut when it ends without a reason and without [DONE]', async () => {
    const stream = await start(() => events(data(delta({ content: 'a' }))));
    expect(await stream.read()).toEqual([{ type: 'text-delta', text: 'a' }]);
    await expect(stream.read()).rejects.toMatchObject({
      outcome: 'faulty',
      code: 'upstream_cut',
      detail: { retryable: true },
    });
    expect(await stream.read()).toBeNull();
  });

  it('is cut when nothing came at all', async () => {
    await expect((await start(() => events())).read()).rejects.toMatchObject({
      code: 'upstream_cut',
    });
  });

  it('is cut when the connection is lost between parts', async () => {
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error('Network connection lost.'));
      },
    });
    const stream = await start(
      () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    );
    await expect(stream.read()).rejects.toMatchObject({ outcome: 'faulty', code: 'upstream_cut' });
  });

  it('hands out the parts before an error of the same chunk, then throws it', async () => {
    const { response, seen } = openStream(
      data(delta({ content: 'a' })) + data({ error: { message: 'x', type: 'rate_limit_error' } }),
    );
    const stream = await start(() => response);
    expect(await stream.read()).toEqual([{ type: 'text-delta', text: 'a' }]);
    await expect(stream.read()).rejects.toMatchObject({ outcome: 'limited' });
    expect(seen.cancelled).toBe(true);
    expect(await stream.read()).toBeNull();
  });

  it('calls data that is no JSON object faulty and lets go of the body', async () => {
    for (const text of ['data: {broken\n\n', 'data: 7\n\n', `data: ${'a'.repeat(5_000_000)}`]) {
      const { response, seen } = openStream(text);
      await expect((await start(() => response)).read()).rejects.toMatchObject({
        outcome: 'faulty',
        code: 'upstream_error',
      });
      expect(seen.cancelled).toBe(true);
    }
  });

  it('does not wait for upstream to close after [DONE]', async () => {
    const { response } = openStream(data(delta({ content: 'a' }, 'stop')) + DONE);
    const stream = await start(() => response);
    expect(await readAll(stream)).toHaveLength(1);
  });

  it('cancels upstream, at any time and more than once, and ends a read under way', async () => {
    const { response, seen } = openStream(data(delta({ content: 'a' })));
    const stream = await start(() => response);
    await stream.read();
    const reading = stream.read();
    stream.cancel();
    stream.cancel();
    expect(await reading).toBeNull();
    expect(seen.cancelled).toBe(true);
    expect(await stream.read()).toBeNull();
  });

  it('throws the reason as it is when our own signal ended it', async () => {
    const controller = new AbortController();
    const reason = new Error('left');
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => controller.signal.addEventListener('abort', () => stream.error(reason)),
    });
    const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    const stream = await start(() => response, chat({ stream: true }), {
      signal: controller.signal,
    });
    const reading = stream.read();
    controller.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });
});

describe('a stream that is kept open', () => {
  it('tells of each piece without a part that upstream is alive', async () => {
    let signs = 0;
    const pieces = [
      ': keep-alive\n\n',
      ': keep-alive\n\n',
      data(delta({ content: 'a' }, 'stop')),
      DONE,
    ];
    const stream = await start(() => events(...pieces), chat({ stream: true }), {
      alive: () => (signs += 1),
    });
    await stream.read();
    expect(signs).toBe(2);
  });
});

describe('an answer that is not streamed', () => {
  const completion = {
    id: 'x',
    model: 'deepseek-chat',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'hello', reasoning_content: 'hm' },
        finish_reason: 'stop',
      },
    ],
    usage,
  };

  it('gives all of its parts in one read', async () => {
    expect(await readAll(await start(() => Response.json(completion), chat()))).toEqual([
      [
        { type: 'about', model: 'deepseek-chat' },
        { type: 'reasoning-delta', text: 'hm' },
        { type: 'text-delta', text: 'hello' },
        { type: 'choice-end', choice: 0, reason: 'stop' },
        { type: 'finish', usage: counted },
      ],
    ]);
  });

  it('is read behind the blank lines that DeepSeek sends while it works', async () => {
    const stream = await start(() => new Response(`\n\n\n${JSON.stringify(completion)}`), chat());
    expect((await readAll(stream)).flat().at(-1)).toEqual({ type: 'finish', usage: counted });
  });

  it('is read as what it is when the other kind was asked for', async () => {
    const json = await start(() => Response.json(completion), chat({ stream: true }));
    expect((await readAll(json)).flat()).toContainEqual({ type: 'text-delta', text: 'hello' });
    const sse = await start(() => events(data(delta({ content: 'a' }, 'stop')), DONE), chat());
    expect((await readAll(sse)).flat()).toContainEqual({ type: 'text-delta', text: 'a' });
  });

  const BROKEN: readonly (readonly [string, () => Response, string])[] = [
    [
      'an error in a 200',
      () => Response.json({ error: { message: 'x', code: 'content_filter' } }),
      'content_policy_violation',
    ],
    ['no choices', () => Response.json({ choices: [] }), 'upstream_cut'],
    ['broken JSON', () => new Response('{"choices":[{"ind'), 'upstream_error'],
    ['no body', () => new Response(null), 'upstream_cut'],
    ['an empty body', () => new Response(''), 'upstream_cut'],
  ];
  for (const [name, answer, code] of BROKEN) {
    it(`fails with ${code} for ${name}`, async () => {
      await expect((await start(answer, chat())).read()).rejects.toMatchObject({ code });
    });
  }

  it('is not read beyond its limit (D-33)', async () => {
    const seen = { mebibytes: 0, cancelled: false };
    const mebibyte = new Uint8Array(1_048_576).fill(32);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        seen.mebibytes += 1;
        controller.enqueue(mebibyte);
      },
      cancel() {
        seen.cancelled = true;
      },
    });
    const stream = await start(() => new Response(body), chat());
    await expect(stream.read()).rejects.toMatchObject({
      outcome: 'faulty',
      code: 'upstream_error',
    });
    expect(seen.cancelled).toBe(true);
    expect(seen.mebibytes).toBeLessThan(40);
  });

  it('calls a page in a 200 blocked', async () => {
    const page = () => new Response('<html>', { headers: { 'content-type': 'text/html' } });
    await expect(start(page, chat())).rejects.toMatchObject({
      outcome: 'blocked',
      code: 'upstream_blocked',
    });
  });
});

describe('openAiCompatible', () => {
  it('asks the chat path with the credential and follows no redirect (D-07)', async () => {
    const { call, asked } = callTo(
      () => events(data(delta({ content: 'a' }, 'stop')), DONE),
      chat({ stream: true }),
    );
    const provider = openAiCompatible('deepseek');
    expect([provider.id, provider.metered]).toEqual(['deepseek', false]);
    await provider.stream(call);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toBe('https://api.test.example/v1/chat/completions');
    expect(asked[0]?.init).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      signal: call.signal,
    });
    expect(new Headers(asked[0]?.init.headers).get('authorization')).toBe(`Bearer ${SECRET}`);
  });

  it('classifies a refusal before the answer begins', async () => {
    const answer = () =>
      Response.json({ error: { message: `bad key ${SECRET}` } }, { status: 401 });
    const failure = await start(answer).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(ProviderError);
    expect(failure).toMatchObject({ outcome: 'revoked' });
    expect(JSON.stringify(failure) + String(failure)).not.toContain(SECRET);
  });

  it('tells apart what never left, what was lost, and what we ended', async () => {
    const failing = (thrown: unknown) => () => Promise.reject(thrown);
    await expect(start(failing(new EgressError('x')))).rejects.toMatchObject({ outcome: 'unused' });
    await expect(start(failing(new Error('lost')))).rejects.toMatchObject({ outcome: 'faulty' });
    const reason = new Error('left');
    const signal = AbortSignal.abort(reason);
    await expect(start(failing(reason), chat(), { signal })).rejects.toBe(reason);
  });

  it('sends nothing with a credential that no header can carry', async () => {
    const { call, asked } = callTo(() => new Response(), chat(), { secret: 'sk-a\r\nx-evil: 1' });
    await expect(openAiCompatible('deepseek').stream(call)).rejects.toMatchObject({
      outcome: 'revoked',
    });
    expect(asked).toEqual([]);
  });

  it('tests a credential by asking for the models', async () => {
    const provider = openAiCompatible('zai');
    const good = callTo(() => Response.json({ data: [] }), chat());
    await provider.test?.(good.call);
    expect(good.asked[0]).toMatchObject({
      url: 'https://api.test.example/v1/models',
      init: { method: 'GET' },
    });
    const bad = callTo(() => new Response(null, { status: 401 }), chat());
    await expect(provider.test?.(bad.call)).rejects.toMatchObject({ outcome: 'revoked' });
  });
});
