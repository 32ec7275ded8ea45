import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { finish, newAnswer } from '../../../src/providers/grok-web/answer-state';
import type { Json } from '../../../src/providers/grok-web/narrow';
import { GrokPartStream } from '../../../src/providers/grok-web/part-stream';
import { step } from '../../../src/providers/grok-web/parts';
import type { Part } from '../../../src/providers/provider';
import { bodyOf, drain, SETTINGS, textOf } from './fakes';

const END: readonly Part[] = [
  { type: 'choice-end', choice: 0, reason: 'stop' },
  { type: 'finish', usage: null },
];
const GENERATED =
  'https://assets.grok.com/users/7a000000-0000-4000-8000-0000000000a1/generated/e0000000-0000-4000-8000-00000000000';

const said = (text: string): Part => ({ type: 'text-delta', text });
const thought = (text: string): Part => ({ type: 'reasoning-delta', text });
const source = (url: string, title: string): Part => ({ type: 'source', url, title });
const about = (model: string, fingerprint: string): Part => ({ type: 'about', model, fingerprint });
const image = (url: string): Part => ({ type: 'image', url });

function bytesOf(name: string): Uint8Array {
  return readFileSync(new URL(`../../fixtures/grok-web/${name}.ndjson`, import.meta.url));
}

function read(pieces: readonly (string | Uint8Array)[], filterTags = SETTINGS.filterTags) {
  const { signal } = new AbortController();
  return drain(new GrokPartStream(bodyOf(pieces).body, newAnswer(filterTags), signal));
}

const STOP = { token: '', isSoftStop: true };

/** Parts of frames that are given by what their `result.response` holds, and of the end of the text. */
function partsOf(...responses: readonly Json[]): Part[] {
  return partsUntil(true, ...responses);
}

function partsUntil(hasEnded: boolean, ...responses: readonly Json[]): Part[] {
  const state = newAnswer(SETTINGS.filterTags);
  const out: Part[] = [];
  for (const response of responses) step(state, { result: { response } }, out);
  if (hasEnded) step(state, { result: { response: STOP } }, out);
  finish(state, out);
  return out.slice(0, -END.length);
}

const FIXTURES: Readonly<Record<string, readonly Part[]>> = {
  chat: [
    about('grok-4', 'simhash11='),
    thought('Recalling the map'),
    thought('\n\n- Bern lies on a river bend.'),
    thought('\n- I look it up.'),
    source('https://example.test/bern', 'Bern – a city'),
    source('https://x.com/bern_zoo/status/1780000000000000001', '@bern_zoo'),
    said('The '),
    said('Aare'),
    said(' (Áàrè, 阿勒河 🏞️).'),
    source('https://example.test/aare', 'Aare'),
  ],
  heavy: [
    about('grok-4-heavy', 'simhash22='),
    thought('Counting'),
    thought(' moons'),
    thought('\n\nPhobos, '),
    thought('Deimos.'),
    thought('\n\nI agree.'),
    said('Two'),
    thought('\n\nShould I name them?'),
    said(': Phobos'),
    said(' and Deimos.'),
  ],
  tags: [
    about('grok-420', 'simhash33='),
    said('Sky is blue'),
    source('https://example.test/sky_(air)', 'example.test'),
    said('; 1 '),
    said('< 2'),
    source('https://example.test/sea', 'example.test'),
    said('. '),
    said('let a = '),
    said('1 < 2;'),
    said(' Done'),
    said('.'),
  ],
  image: [
    about('grok-3', 'simhash44='),
    image(`${GENERATED}1/image.jpg`),
    image(`${GENERATED}3/image.jpg`),
    said('Here is your kite.'),
    image(`${GENERATED}4/image.jpg`),
  ],
  strange: [about('grok-4-mini', 'simhash55='), said('Yes \\" {'), said('}.')],
};

describe('a recorded answer', () => {
  it.each(Object.entries(FIXTURES))('%s gives its parts', async (name, parts) => {
    expect(await read([bytesOf(name)])).toEqual({ parts: [...parts, ...END], failure: null });
  });

  it.each(Object.keys(FIXTURES))('%s gives the same parts however it is cut', async (name) => {
    const bytes = bytesOf(name);
    const whole = await read([bytes]);
    for (let seed = 1; seed <= 25; seed++) {
      expect(await read(cutAtRandom(bytes, seed))).toEqual(whole);
    }
  });

  it.each(Object.keys(FIXTURES))(
    '%s reads the same as data lines and back to back',
    async (name) => {
      const whole = await read([bytesOf(name)]);
      const lines = new TextDecoder().decode(bytesOf(name)).split('\n').filter(isFrame);
      expect(
        await read([`${lines.map((line) => `data: ${line}\n\n`).join('')}data: [DONE]\n\n`]),
      ).toEqual(whole);
      expect(await read([lines.join('')])).toEqual(whole);
    },
  );

  it('shows citations and found images as Markdown when grok:render is not filtered', async () => {
    const { parts } = await read([bytesOf('tags')], ['xaiartifact']);
    expect(textOf(parts, 'text-delta')).toBe(
      'Sky is blue[[1]](https://example.test/sky_%28air%29); 1 < 2[[2]](https://example.test/sea). ' +
        'let a = 1 < 2; Done![A  blue  sky](https://example.test/o.jpg).',
    );
  });

  it('fails as cut when it ends inside a frame, after the parts that came', async () => {
    const bytes = bytesOf('chat');
    const { parts, failure } = await read([bytes.subarray(0, bytes.length - 30)]);
    expect(textOf(parts, 'text-delta')).toContain('Aare');
    expect(parts.some((part) => part.type === 'finish')).toBe(false);
    expect(failure).toMatchObject({ outcome: 'faulty', code: 'upstream_cut' });
  });
});

describe('step', () => {
  it('never shows tool cards, not even with no filter and without their tag', () => {
    const xml =
      '<xai:tool_usage_card><xai:tool_name>web_search</xai:tool_name></xai:tool_usage_card>';
    expect(partsOf({ token: xml }, { token: xml, isThinking: true }, { token: 'ok' })).toEqual([
      said('ok'),
    ]);
    expect(partsOf({ token: xml, messageTag: 'tool_usage_card' }, { token: 'ok' })).toEqual([
      said('ok'),
    ]);
  });

  it('takes headings and summaries for reasoning when the frame does not say', () => {
    expect(
      partsOf({ token: 'Plan', messageTag: 'header' }, { token: 'x', messageTag: 'final' }),
    ).toEqual([thought('Plan'), said('x')]);
  });

  it('sets summary lines off from each other and from other reasoning', () => {
    const line = (token: string, messageTag: string) => ({ token, messageTag, isThinking: true });
    const parts = partsOf(line('- a', 'summary'), line('- b', 'summary'), line('c', 'analysis'), {
      isSoftStop: true,
    });
    expect(textOf(parts, 'reasoning-delta')).toBe('- a\n- b\n\nc');
  });

  it('sets a heading of the answer off with blank lines', () => {
    const heading = { token: '# Title', isThinking: false, messageTag: 'header' };
    const text = partsOf({ token: 'a\n' }, heading, { token: 'b', messageTag: 'final' });
    expect(textOf(text, 'text-delta')).toBe('a\n\n# Title\n\nb');
  });

  it('gives the final message alone when nothing was streamed', () => {
    expect(partsOf({ modelResponse: { message: 'Whole.', model: 'grok-3' } })).toEqual([
      { type: 'about', model: 'grok-3' },
      said('Whole.'),
    ]);
  });

  it('keeps what was streamed when the final message differs', () => {
    expect(partsOf({ token: 'One' }, { modelResponse: { message: 'Two, and more' } })).toEqual([
      said('One'),
    ]);
  });

  it('does not repeat an early final message that the tokens catch up with', () => {
    const early = { modelResponse: { message: 'One two', partial: true } };
    expect(partsOf({ token: 'One' }, early, { token: ' two' })).toEqual([
      said('One'),
      said(' two'),
    ]);
  });

  it('holds the model names back until there is content', () => {
    const out: Part[] = [];
    const state = newAnswer([]);
    step(state, { result: { response: { userResponse: { model: 'grok-4' } } } }, out);
    expect(out).toEqual([]);
    expect(() => step(state, { error: { code: 8, message: 'Too many requests' } }, out)).toThrow(
      expect.objectContaining({ outcome: 'limited' }),
    );
  });

  it('gives back a `<` that the text ends with', () => {
    expect(partsOf({ token: 'a <' }, { token: '', isSoftStop: true })).toEqual([
      said('a '),
      said('<'),
    ]);
  });

  it('answers emptily when upstream says that it has ended', () => {
    expect(partsOf({ token: '', isSoftStop: true })).toEqual([]);
  });

  it('names at most 200 sources', () => {
    const results = Array.from({ length: 300 }, (_, at) => ({
      url: `https://example.test/${at}`,
      title: '',
    }));
    const parts = partsOf({ webSearchResults: { results } }, { token: 'x' });
    expect(parts.filter((part) => part.type === 'source')).toHaveLength(200);
  });
});

describe('an answer that is none', () => {
  it('fails as cut when nothing came', async () => {
    for (const pieces of [[], ['\n'], ['{"result":{"conversation":{}}}\n']]) {
      const { parts, failure } = await read(pieces);
      expect(parts).toEqual([]);
      expect(failure).toMatchObject({
        outcome: 'faulty',
        code: 'upstream_cut',
        detail: { retryable: true },
      });
    }
  });

  it('fails as cut when only reasoning came and upstream did not say that it ended', () => {
    expect(() => partsUntil(false, { token: 'Hm', isThinking: true })).toThrow(
      expect.objectContaining({ code: 'upstream_cut' }),
    );
  });

  it.each([
    ['a soft stop', STOP],
    ['the final metadata', { finalMetadata: {} }],
    ['the final message', { modelResponse: { message: 'a b' } }],
  ])('is whole once upstream has said so by %s, and else was cut (D-36)', (_, end) => {
    expect(partsUntil(false, { token: 'a b' }, end)).toEqual([said('a b')]);
    const early = { modelResponse: { message: 'a', partial: true } };
    expect(() => partsUntil(false, { token: 'a b' }, early)).toThrow(
      expect.objectContaining({ outcome: 'faulty', code: 'upstream_cut' }),
    );
  });

  it('fails as moderated, and counted, when every picture was withheld', () => {
    const drawing = { imageUrl: 'users/u/generated/g/image.jpg', progress: 100, moderated: true };
    const again = { modelResponse: { message: '', generatedImageUrls: [drawing.imageUrl] } };
    expect(() => partsOf({ streamingImageGenerationResponse: drawing }, again)).toThrow(
      expect.objectContaining({
        outcome: 'refused',
        code: 'content_policy_violation',
        detail: expect.objectContaining({ counted: true, retryable: false }),
      }),
    );
  });
});

describe('GrokPartStream', () => {
  const line = (token: string) => `${JSON.stringify({ result: { response: { token } } })}\n`;
  const STOPPED = `${JSON.stringify({ result: { response: STOP } })}\n`;
  const open = (body: ReadableStream<Uint8Array>, signal = new AbortController().signal) =>
    new GrokPartStream(body, newAnswer([]), signal);

  it('gives all parts of one chunk in one read', async () => {
    const stream = open(bodyOf([line('a') + line('b'), line('c'), STOPPED]).body);
    expect(await stream.read()).toEqual([said('a'), said('b')]);
    expect(await stream.read()).toEqual([said('c')]);
    expect(await stream.read()).toEqual(END);
    expect(await stream.read()).toBeNull();
    expect(await stream.read()).toBeNull();
  });

  it('hands out what came in the same chunk ahead of an error, then throws it once', async () => {
    const { body, state } = bodyOf(
      [`${line('a')}{"error":{"message":"Internal","code":13}}\n`],
      'open',
    );
    const stream = open(body);
    expect(await stream.read()).toEqual([said('a')]);
    await expect(stream.read()).rejects.toMatchObject({
      outcome: 'faulty',
      code: 'upstream_error',
    });
    expect(await stream.read()).toBeNull();
    expect(state.isCancelled).toBe(true);
  });

  it.each(['error', 'close'] as const)('calls a body that breaks off a cut: %s', async (way) => {
    const { parts, failure } = await drain(open(bodyOf([line('a')], way).body));
    expect(parts).toEqual([said('a')]);
    expect(failure).toMatchObject({ outcome: 'faulty', code: 'upstream_cut' });
  });

  it('throws the reason of an abort, and blames nobody', async () => {
    const abort = new AbortController();
    const reason = new Error('client left');
    abort.abort(reason);
    const { failure } = await drain(open(bodyOf([], 'error').body, abort.signal));
    expect(failure).toBe(reason);
  });

  it('ends a waiting read and the upstream call when it is cancelled, more than once', async () => {
    const { body, state } = bodyOf([line('a')], 'open');
    const stream = open(body);
    await stream.read();
    const waiting = stream.read();
    stream.cancel();
    stream.cancel();
    expect(await waiting).toBeNull();
    expect(await stream.read()).toBeNull();
    expect(state.isCancelled).toBe(true);
  });

  it('does not wait for a body that says [DONE] and stays open', async () => {
    const { body, state } = bodyOf([`data: ${line('a')}data: [DONE]\n`], 'open');
    expect((await drain(open(body))).parts).toEqual([said('a'), ...END]);
    expect(state.isCancelled).toBe(true);
  });
});

function isFrame(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

/** Pieces of 1 to 40 bytes, or of 1 to 2,000 for every other seed; the same for the same seed. */
function cutAtRandom(bytes: Uint8Array, seed: number): Uint8Array[] {
  let random = seed;
  const next = (below: number) => {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    return 1 + (Math.floor(random / 65_536) % below);
  };
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const to = at + next(seed % 2 === 0 ? 2_000 : 40);
    pieces.push(bytes.subarray(at, to));
    at = to;
  }
  return pieces;
}
