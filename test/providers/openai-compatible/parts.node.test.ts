import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/providers/openai-compatible/frames';
import { finish, newAnswer, readFrame } from '../../../src/providers/openai-compatible/parts';
import type { Part } from '../../../src/providers/provider';
import { delta } from './support';

/** Frames in, parts out, as if all came in one network chunk. */
function partsOf(frames: readonly Frame[], isWhole = true): Part[] {
  const answer = newAnswer();
  const parts: Part[] = [];
  for (const frame of frames) readFrame(answer, frame, parts);
  finish(answer, isWhole, parts);
  return parts;
}

const end: Part = { type: 'choice-end', choice: 0, reason: 'stop' };
const finished: Part = { type: 'finish', usage: null };
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const counted = { input: 3, output: 2, cached: 0, reasoning: 0, estimated: false };

const TABLE: readonly { name: string; frames: readonly Frame[]; parts: readonly Part[] }[] = [
  {
    name: 'joins adjacent text of one chunk',
    frames: [
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'Hel' }),
      delta({ content: 'lo' }),
      delta({}, 'stop'),
    ],
    parts: [{ type: 'text-delta', text: 'Hello' }, end, finished],
  },
  {
    name: 'reads reasoning_content, and joins it apart from text',
    frames: [
      delta({ reasoning_content: 'a', content: null }),
      delta({ reasoning_content: 'b' }),
      delta({ content: 'c' }, 'stop'),
    ],
    parts: [
      { type: 'reasoning-delta', text: 'ab' },
      { type: 'text-delta', text: 'c' },
      end,
      finished,
    ],
  },
  {
    name: 'reads reasoning under its other name',
    frames: [delta({ reasoning: 'why' }, 'stop')],
    parts: [{ type: 'reasoning-delta', text: 'why' }, end, finished],
  },
  {
    name: 'reads a refusal',
    frames: [delta({ refusal: 'No.' }, 'stop')],
    parts: [{ type: 'refusal-delta', text: 'No.' }, end, finished],
  },
  {
    name: 'names the model once, before the first part with content',
    frames: [
      { ...delta({ role: 'assistant' }), model: 'm-1', system_fingerprint: 'fp' },
      { ...delta({ content: 'a' }), model: 'm-1' },
      { ...delta({}, 'stop'), model: 'm-1' },
    ],
    parts: [
      { type: 'about', model: 'm-1', fingerprint: 'fp' },
      { type: 'text-delta', text: 'a' },
      end,
      finished,
    ],
  },
  {
    name: 'reads tool calls piece by piece',
    frames: [
      delta({
        tool_calls: [
          { index: 0, id: 't1', type: 'function', function: { name: 'f', arguments: '' } },
        ],
      }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"a"' } }] }),
      delta({ tool_calls: [{ index: 1, id: 't2', function: { name: 'g', arguments: '{}' } }] }),
      delta({}, 'tool_calls'),
    ],
    parts: [
      { type: 'tool-call-delta', index: 0, id: 't1', name: 'f' },
      { type: 'tool-call-delta', index: 0, arguments: '{"a"' },
      { type: 'tool-call-delta', index: 1, id: 't2', name: 'g', arguments: '{}' },
      { type: 'choice-end', choice: 0, reason: 'tool_calls' },
      finished,
    ],
  },
  {
    name: "keeps a type of the provider's, such as Moonshot's own search",
    frames: [
      delta({
        tool_calls: [
          {
            index: 0,
            id: 't1',
            type: 'builtin_function',
            function: { name: '$web_search', arguments: '{}' },
          },
        ],
      }),
      delta({}, 'tool_calls'),
    ],
    parts: [
      {
        type: 'tool-call-delta',
        index: 0,
        id: 't1',
        kind: 'builtin_function',
        name: '$web_search',
        arguments: '{}',
      },
      { type: 'choice-end', choice: 0, reason: 'tool_calls' },
      finished,
    ],
  },
  {
    name: 'reads the function call of those who ask with `functions`',
    frames: [
      delta({ function_call: { name: 'f', arguments: '' } }),
      delta({ function_call: { arguments: '{}' } }),
      delta({}, 'function_call'),
    ],
    parts: [
      { type: 'tool-call-delta', index: 0, kind: 'legacy', name: 'f' },
      { type: 'tool-call-delta', index: 0, kind: 'legacy', arguments: '{}' },
      { type: 'choice-end', choice: 0, reason: 'function_call' },
      finished,
    ],
  },
  {
    name: 'numbers the tool calls of a whole completion, which have none',
    frames: [
      {
        choices: [
          {
            index: 0,
            message: {
              role: 'assistant',
              content: null,
              tool_calls: [
                { id: 't1', function: { name: 'f', arguments: '{}' } },
                { id: 't2', function: { name: 'g', arguments: '{}' } },
              ],
            },
            finish_reason: 'tool_calls',
          },
        ],
      },
    ],
    parts: [
      { type: 'tool-call-delta', index: 0, id: 't1', name: 'f', arguments: '{}' },
      { type: 'tool-call-delta', index: 1, id: 't2', name: 'g', arguments: '{}' },
      { type: 'choice-end', choice: 0, reason: 'tool_calls' },
      finished,
    ],
  },
  {
    name: 'keeps choices apart',
    frames: [
      delta({ content: 'a' }),
      delta({ content: 'b' }, null, 1),
      delta({}, 'stop'),
      delta({}, 'length', 1),
    ],
    parts: [
      { type: 'text-delta', text: 'a' },
      { type: 'text-delta', text: 'b', choice: 1 },
      end,
      { type: 'choice-end', choice: 1, reason: 'length' },
      finished,
    ],
  },
  {
    name: 'keeps logprobs with their text',
    frames: [
      { choices: [{ index: 0, delta: { content: 'a' }, logprobs: { content: [1] } }] },
      {
        choices: [
          { index: 0, delta: { content: 'b' }, logprobs: { content: [2] }, finish_reason: 'stop' },
        ],
      },
    ],
    parts: [
      { type: 'text-delta', text: 'a', logprobs: { content: [1] } },
      { type: 'text-delta', text: 'b', logprobs: { content: [2] } },
      end,
      finished,
    ],
  },
  {
    name: 'takes the usage of a last chunk without choices',
    frames: [delta({ content: 'a' }, 'stop'), { choices: [], usage }],
    parts: [{ type: 'text-delta', text: 'a' }, end, { type: 'finish', usage: counted }],
  },
  {
    name: 'takes the usage of a last choice',
    frames: [{ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', usage }] }],
    parts: [{ type: 'text-delta', text: 'a' }, end, { type: 'finish', usage: counted }],
  },
  {
    name: 'takes the last of growing figures',
    frames: [
      { ...delta({ content: 'a' }), usage: { ...usage, completion_tokens: 1 } },
      { ...delta({}, 'stop'), usage },
      { choices: [], usage: null },
    ],
    parts: [{ type: 'text-delta', text: 'a' }, end, { type: 'finish', usage: counted }],
  },
  {
    name: 'ends a choice once when the reason is repeated',
    frames: [delta({ content: 'a' }, 'stop'), delta({}, 'stop')],
    parts: [{ type: 'text-delta', text: 'a' }, end, finished],
  },
  {
    name: 'lists sources once',
    frames: [
      { ...delta({ content: 'a' }), citations: ['https://a.example/'] },
      { ...delta({}, 'stop'), citations: ['https://a.example/'] },
    ],
    parts: [
      { type: 'text-delta', text: 'a' },
      { type: 'source', url: 'https://a.example/', title: '' },
      end,
      finished,
    ],
  },
  {
    name: 'passes over what it does not know',
    frames: [
      { object: 'ping' },
      { choices: [null, 7] },
      delta({ audio: {} }),
      delta({ content: 'a', tool_calls: [null] }, 'stop'),
    ],
    parts: [{ type: 'text-delta', text: 'a' }, end, finished],
  },
  {
    name: 'ends an open choice when upstream said that it was done',
    frames: [delta({ content: 'a' })],
    parts: [{ type: 'text-delta', text: 'a' }, end, finished],
  },
];

describe('readFrame', () => {
  for (const { name, frames, parts } of TABLE) {
    it(`${name}`, () => expect(partsOf(frames)).toEqual(parts));
  }

  const REASONS = {
    stop: 'stop',
    length: 'length',
    model_context_window_exceeded: 'length',
    tool_calls: 'tool_calls',
    function_call: 'function_call',
    content_filter: 'content_filter',
    sensitive: 'content_filter',
    eos: 'stop',
  };
  for (const [reason, expected] of Object.entries(REASONS)) {
    it(`calls the finish reason ${reason} ${expected}`, () => {
      expect(partsOf([delta({}, reason)])).toContainEqual({
        type: 'choice-end',
        choice: 0,
        reason: expected,
      });
    });
  }

  for (const reason of ['insufficient_system_resource', 'network_error']) {
    it(`calls the finish reason ${reason} a cut`, () => {
      expect(() => partsOf([delta({}, reason)])).toThrow(
        expect.objectContaining({ code: 'upstream_cut', outcome: 'faulty' }),
      );
    });
  }

  it('throws on an error object, nested or bare', () => {
    for (const frame of [
      { error: { message: 'boom', type: 'server_error' } },
      { error: 'boom' },
      { code: 50505, message: 'boom', data: null },
    ]) {
      expect(() => partsOf([frame])).toThrow(
        expect.objectContaining({ code: 'upstream_error', outcome: 'faulty' }),
      );
    }
  });
});

describe('finish', () => {
  it('calls a stream without a reason and without an end cut', () => {
    expect(() => partsOf([delta({ content: 'a' })], false)).toThrow(
      expect.objectContaining({ code: 'upstream_cut' }),
    );
  });

  it('calls it cut when one of several choices has not ended', () => {
    const frames = [delta({ content: 'a' }, 'stop'), delta({ content: 'b' }, null, 1)];
    expect(() => partsOf(frames, false)).toThrow(expect.objectContaining({ code: 'upstream_cut' }));
  });

  it('takes a reason without [DONE] for an end', () => {
    expect(partsOf([delta({ content: 'a' }, 'stop')], false).at(-1)).toEqual(finished);
  });

  it('calls an answer without any choice cut', () => {
    expect(() => partsOf([])).toThrow(
      expect.objectContaining({
        code: 'upstream_cut',
        detail: expect.objectContaining({ retryable: true }),
      }),
    );
  });
});
