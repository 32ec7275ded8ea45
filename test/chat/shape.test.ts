import { describe, expect, it } from 'vitest';
import { ChunkWriter } from '../../src/chat/chunks';
import { Collector } from '../../src/chat/collect';
import { AnswerShape, type ThinkingStyle } from '../../src/chat/shape';
import { toOpenAiUsage } from '../../src/chat/usage';
import type { Part } from '../../src/providers/provider';
import { text, USAGE } from './fakes';

const HEAD = { id: 'chatcmpl-1', created: 1_795_000_000, model: 'm' };

function collected(parts: readonly Part[], style: ThinkingStyle) {
  const collector = new Collector();
  const shape = new AnswerShape(style, collector);
  for (const part of parts) shape.take(part);
  return collector.completion(HEAD, toOpenAiUsage(USAGE));
}

function chunked(parts: readonly Part[], style: ThinkingStyle) {
  const writer = new ChunkWriter(HEAD, false);
  const shape = new AnswerShape(style, writer);
  for (const part of parts) shape.take(part);
  return writer
    .take()
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => JSON.parse(event.replace(/^data: /, '')));
}

/** What a client makes of the chunks: the fields of the whole answer. */
function assembled(chunks: ReturnType<typeof chunked>) {
  const choices = new Map<
    number,
    { fields: Record<string, unknown>; texts: Record<string, string>; tools: Map<number, unknown> }
  >();
  for (const {
    choices: [choice],
  } of chunks) {
    const known = choices.get(choice.index) ?? {
      fields: {},
      texts: {},
      tools: new Map<number, unknown>(),
    };
    choices.set(choice.index, known);
    const { delta } = choice;
    for (const field of ['content', 'reasoning_content', 'refusal']) {
      if (typeof delta[field] === 'string') {
        known.texts[field] = (known.texts[field] ?? '') + delta[field];
      }
    }
    if (delta.role) known.fields['role'] = delta.role;
    if (delta.annotations) known.fields['annotations'] = delta.annotations;
    for (const call of delta.tool_calls ?? []) {
      const before = (known.tools.get(call.index) ?? { id: '', name: '', arguments: '' }) as Record<
        string,
        string
      >;
      known.tools.set(call.index, {
        id: call.id ?? before['id'],
        name: before['name'] + (call.function.name ?? ''),
        arguments: before['arguments'] + (call.function.arguments ?? ''),
      });
    }
    if (choice.finish_reason !== null) known.fields['finish_reason'] = choice.finish_reason;
  }
  return [...choices]
    .sort(([a], [b]) => a - b)
    .map(([index, { tools, fields, texts }]) => ({
      index,
      role: fields['role'],
      content: texts['content'] ?? null,
      reasoning: texts['reasoning_content'],
      refusal: texts['refusal'] ?? null,
      annotations: fields['annotations'] ?? [],
      tools: [...tools.values()],
      finish_reason: fields['finish_reason'],
    }));
}

const reasoning = (value: string): Part => ({ type: 'reasoning-delta', text: value });
const end = (reason: 'stop' | 'tool_calls' | 'length', choice = 0): Part => ({
  type: 'choice-end',
  choice,
  reason,
});
const FINISH: Part = { type: 'finish', usage: null };

const ANSWERS: Record<string, readonly Part[]> = {
  text: [text('Hel'), text('lo "x"\n'), end('stop'), FINISH],
  empty: [FINISH],
  'text that was cut by its length': [text('a'), end('length'), FINISH],
  'reasoning, then text': [reasoning('h'), reasoning('m'), text('so'), end('stop'), FINISH],
  'reasoning only': [reasoning('hm'), end('stop'), FINISH],
  'reasoning between text': [reasoning('a'), text('b'), reasoning('c'), text('d'), FINISH],
  'tools after reasoning': [
    reasoning('hm'),
    { type: 'tool-call-delta', index: 0, id: 'c1', name: 'f', arguments: '' },
    { type: 'tool-call-delta', index: 0, arguments: '{"a":' },
    { type: 'tool-call-delta', index: 0, arguments: '1}' },
    { type: 'tool-call-delta', index: 1, id: 'c2', name: 'g', arguments: '{}' },
    end('tool_calls'),
    FINISH,
  ],
  'tools without an end': [
    { type: 'tool-call-delta', index: 0, id: 'c1', name: 'f', arguments: '{}' },
    FINISH,
  ],
  'two choices': [
    text('a', 0),
    text('b', 1),
    text('c', 0),
    end('stop', 1),
    end('length', 0),
    FINISH,
  ],
  refusal: [{ type: 'refusal-delta', text: 'no' }, end('stop'), FINISH],
  sources: [
    { type: 'source', url: 'https://a.test', title: 'A' },
    text('x'),
    { type: 'source', url: 'https://a.test', title: 'A again' },
    { type: 'source', url: 'https://b.test', title: 'B' },
    end('stop'),
    FINISH,
  ],
  images: [
    text('Here:'),
    { type: 'image', url: 'https://i.test/1.png' },
    { type: 'image', url: 'https://i.test/2.png' },
    FINISH,
  ],
};

describe('the two modes', () => {
  const cases = Object.keys(ANSWERS).flatMap((name) =>
    (['none', 'field', 'tags'] as const).map((style) => [name, style] as const),
  );

  it.each(cases)('agree on %s with thinking as %s (D-68)', (name, style) => {
    const parts = ANSWERS[name] ?? [];
    const whole = collected(parts, style).choices.map(({ index, message, finish_reason }) => ({
      index,
      role: message.role,
      content: message.content,
      reasoning: message.reasoning_content,
      refusal: message.refusal,
      annotations: message.annotations,
      tools: (message.tool_calls ?? []).map((call) => ({ id: call.id, ...call.function })),
      finish_reason,
    }));
    const streamed = assembled(chunked(parts, style));
    // A stream has no way to say "empty text" of an answer that only thought.
    for (const choice of streamed) {
      if (choice.content === null && choice.tools.length === 0 && choice.refusal === null) {
        choice.content = '';
      }
    }
    expect(streamed).toEqual(whole);
  });
});

describe('the rules', () => {
  it('drop reasoning when it is not wanted (D-59)', () => {
    const { choices } = collected(ANSWERS['reasoning, then text'] ?? [], 'none');
    expect(choices[0]?.message).toMatchObject({ content: 'so' });
    expect(choices[0]?.message).not.toHaveProperty('reasoning_content');
  });

  it('put reasoning between tags, closed before whatever follows', () => {
    const content = (name: string) =>
      collected(ANSWERS[name] ?? [], 'tags').choices[0]?.message.content;
    expect(content('reasoning, then text')).toBe('<think>\nhm\n</think>\nso');
    expect(content('reasoning only')).toBe('<think>\nhm\n</think>\n');
    expect(content('reasoning between text')).toBe(
      '<think>\na\n</think>\nb<think>\nc\n</think>\nd',
    );
    expect(content('tools after reasoning')).toBe('<think>\nhm\n</think>\n');
  });

  it('name each source once', () => {
    const [choice] = collected(ANSWERS['sources'] ?? [], 'field').choices;
    expect(choice?.message.annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: { url: 'https://a.test', title: 'A', start_index: 0, end_index: 0 },
      },
      {
        type: 'url_citation',
        url_citation: { url: 'https://b.test', title: 'B', start_index: 0, end_index: 0 },
      },
    ]);
  });

  it('write images as markdown', () => {
    const [choice] = collected(ANSWERS['images'] ?? [], 'field').choices;
    expect(choice?.message.content).toBe(
      'Here:\n![Generated image](https://i.test/1.png)\n\n![Generated image](https://i.test/2.png)\n',
    );
  });

  it('count tools as the reason when upstream names none', () => {
    expect(
      collected(ANSWERS['tools without an end'] ?? [], 'field').choices[0]?.finish_reason,
    ).toBe('tool_calls');
  });
});

describe('calls of other kinds', () => {
  const call = (kind: string): Part[] => [
    { type: 'tool-call-delta', index: 0, id: 'c1', kind, name: 'f', arguments: '{}' },
    FINISH,
  ];
  const called = { name: 'f', arguments: '{}' };

  it("keep the provider's type", () => {
    const expected = { id: 'c1', type: 'builtin_function', function: called };
    const parts = call('builtin_function');
    expect(collected(parts, 'field').choices[0]?.message.tool_calls).toEqual([expected]);
    expect(chunked(parts, 'field')[0].choices[0].delta.tool_calls).toMatchObject([expected]);
  });

  it('are `function_call` for those who asked with `functions`', () => {
    const parts = call('legacy');
    const [choice] = collected(parts, 'field').choices;
    expect(choice?.message).toMatchObject({ content: null, function_call: called });
    expect(choice?.message).not.toHaveProperty('tool_calls');
    expect(choice?.finish_reason).toBe('function_call');
    const chunks = chunked(parts, 'field');
    expect(chunks[0].choices[0].delta).toMatchObject({ content: null, function_call: called });
    expect(chunks.at(-1).choices[0].finish_reason).toBe('function_call');
  });
});

describe('chunks', () => {
  it('have the role in the first delta of each choice only, and one id', () => {
    const chunks = chunked(ANSWERS['two choices'] ?? [], 'field');
    const roles = chunks.map(({ choices: [choice] }) => [choice.index, choice.delta.role]);
    expect(roles.slice(0, 3)).toEqual([
      [0, 'assistant'],
      [1, 'assistant'],
      [0, undefined],
    ]);
    expect(
      new Set(
        chunks.map(({ id, created, model, object }) =>
          JSON.stringify([id, created, model, object]),
        ),
      ).size,
    ).toBe(1);
    expect(chunks[0]).toMatchObject({ object: 'chat.completion.chunk', system_fingerprint: null });
  });

  it('carry the fingerprint and log probabilities that upstream gives', () => {
    const logprobs = { content: [{ token: 'x', logprob: -0.1 }] };
    const parts: Part[] = [
      { type: 'about', model: 'real', fingerprint: 'fp_1' },
      { type: 'text-delta', text: 'x', logprobs },
      FINISH,
    ];
    expect(chunked(parts, 'field')[0]).toMatchObject({
      system_fingerprint: 'fp_1',
      choices: [{ logprobs }],
    });
    expect(collected(parts, 'field')).toMatchObject({
      system_fingerprint: 'fp_1',
      choices: [{ logprobs }],
    });
  });

  it('never end a choice before the answer is whole', () => {
    expect(JSON.stringify(chunked([text('a'), end('stop')], 'field'))).not.toContain('"stop"');
  });
});
