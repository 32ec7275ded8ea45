import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../src/contract/chat';
import { flatten } from '../../../src/providers/grok-web/prompt';
import { request } from './fakes';

type Messages = ChatRequest['messages'];
const flat = (messages: Messages, more: Partial<ChatRequest> = {}) =>
  flatten(request(messages, more));

const TEXTS: Readonly<Record<string, readonly [messages: Messages, text: string]>> = {
  'one message bare': [[{ role: 'user', content: 'Sky colour?' }], 'Sky colour?'],
  'a conversation by roles, the last user message bare': [
    [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Sky colour?' },
    ],
    'system: Be brief.\n\nuser: Hi\n\nassistant: Hello\n\nSky colour?',
  ],
  'a developer message as system': [
    [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ],
    'system: Be brief.\n\nHi',
  ],
  'the last user message bare, also when it is not the last': [
    [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hel' },
    ],
    'Hi\n\nassistant: Hel',
  ],
  'parts of text joined by lines, blank ones left out': [
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'input_text', text: ' ' },
          { type: 'text', text: 'b' },
        ],
      },
    ],
    'a\nb',
  ],
  'messages without text left out': [
    [
      { role: 'assistant', content: null },
      { role: 'user', content: ' ' },
      { role: 'user', content: 'x' },
    ],
    'x',
  ],
  'tool calls and their results as notes': [
    [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'weather', arguments: '{"city":"Bern"}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '12 °C' },
    ],
    'Weather?\n\nassistant: [called weather({"city":"Bern"}) as call_1]\n\ntool: [result of call_1] 12 °C',
  ],
  'a refusal as what was said': [
    [
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }] },
      { role: 'user', content: 'Why?' },
    ],
    'assistant: No.\n\nWhy?',
  ],
};

const image = (url: string) => ({ type: 'image_url' as const, image_url: { url } });

describe('flatten', () => {
  it.each(Object.entries(TEXTS))('writes %s', (_name, [messages, text]) => {
    expect(flat(messages)).toEqual({ text, images: [] });
  });

  it('collects images of every message in order, each once', () => {
    const messages: Messages = [
      {
        role: 'user',
        content: [image('https://example.test/1.png'), { type: 'text', text: 'first' }],
      },
      { role: 'assistant', content: 'I see' },
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'data:image/png;base64,AA' },
          image('https://example.test/1.png'),
        ],
      },
    ];
    expect(flat(messages)).toEqual({
      text: 'user: first\n\nassistant: I see',
      images: ['https://example.test/1.png', 'data:image/png;base64,AA'],
    });
  });

  it.each(['input_audio', 'file'] as const)(
    'refuses a part of type %s by its path as unsupported_parameter',
    (type) => {
      const messages: Messages = [
        { role: 'user', content: [{ type: 'text', text: 'x' }, { type }] },
      ];
      expect(() => flat(messages)).toThrow(
        expect.objectContaining({
          code: 'unsupported_parameter',
          detail: { param: 'messages.0.content.1' },
        }),
      );
    },
  );

  it('refuses more than 10 images, and messages that hold nothing', () => {
    const many = Array.from({ length: 11 }, (_, at) => image(`https://example.test/${at}.png`));
    expect(() => flat([{ role: 'user', content: many }])).toThrow(
      expect.objectContaining({ code: 'invalid_image', detail: { param: 'messages' } }),
    );
    expect(flat([{ role: 'user', content: many.slice(1) }]).images).toHaveLength(10);
    expect(() => flat([{ role: 'user', content: '' }])).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });

  it('asks for JSON in a closing paragraph', () => {
    const messages: Messages = [{ role: 'user', content: 'Hi' }];
    const rule = /^Hi\n\nAnswer with one JSON object/;
    expect(flat(messages, { response_format: { type: 'text' } }).text).toBe('Hi');
    expect(flat(messages, { response_format: { type: 'json_object' } }).text).toMatch(rule);
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const { text } = flat(messages, {
      response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
    });
    expect(text).toMatch(rule);
    expect(text.endsWith(JSON.stringify(schema))).toBe(true);
  });

  it('accepts tools and says nothing of them', () => {
    const tools = [{ type: 'function' as const, function: { name: 'weather' } }];
    expect(flat([{ role: 'user', content: 'Hi' }], { tools, tool_choice: 'auto' }).text).toBe('Hi');
  });
});
