import { describe, expect, it } from 'vitest';
import { ChatRequest } from '../../../src/contract/chat';
import {
  DIALECTS,
  type OpenAiCompatibleId,
} from '../../../src/providers/openai-compatible/dialects';
import { upstreamRequest } from '../../../src/providers/openai-compatible/request';
import { modelOf } from './support';

const MODELS: Readonly<Record<OpenAiCompatibleId, string>> = {
  moonshot: 'kimi-k2.5',
  deepseek: 'deepseek-chat',
  zai: 'glm-5',
  siliconflow: 'Qwen/Qwen3-32B',
  xai: 'xai/grok-4-fast',
};

/** What one provider is sent for these fields. */
function sent(id: OpenAiCompatibleId, fields: object = {}, model = MODELS[id]) {
  const request = ChatRequest.parse({
    model,
    messages: [{ role: 'user', content: 'hi' }],
    ...fields,
  });
  const { body, headers } = upstreamRequest(
    DIALECTS[id],
    modelOf(model),
    request,
    request.messages,
  );
  return { body: JSON.parse(body), headers };
}

const HONOURED = {
  tools: [
    { type: 'function', function: { name: 'f', parameters: { type: 'object' }, strict: true } },
  ],
  tool_choice: { type: 'function', function: { name: 'f' } },
  parallel_tool_calls: false,
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } },
  temperature: 0,
  top_p: 0.5,
  n: 2,
  stop: ['a', 'b'],
  seed: 7,
  presence_penalty: 1,
  frequency_penalty: -1,
  logprobs: true,
  top_logprobs: 3,
  logit_bias: { '5': 1 },
};

describe('upstreamRequest', () => {
  it('passes every field that is the same everywhere, and fields it does not know', () => {
    const { body } = sent('deepseek', { ...HONOURED, user: 'u', min_p: 0.1, metadata: { a: 'b' } });
    expect(body).toEqual({
      model: 'deepseek-chat',
      messages: [{ role: 'user', content: 'hi' }],
      ...HONOURED,
      user: 'u',
      min_p: 0.1,
      metadata: { a: 'b' },
    });
  });

  it('leaves out what is meant for the gateway, and nulls', () => {
    const { body } = sent('deepseek', {
      thinking_format: 'tags',
      temporary: true,
      filter_tags: ['x'],
      conversation: 'c',
      prompt_cache_key: 'k',
      temperature: null,
      tools: null,
      stream: null,
      stop: null,
      user: null,
      max_tokens: null,
      thinking: null,
    });
    expect(Object.keys(body)).toEqual(['model', 'messages']);
  });

  it('asks for figures with every stream, whatever the caller said', () => {
    expect(sent('zai', { stream: true }).body).toMatchObject({
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(
      sent('zai', { stream: true, stream_options: { include_usage: false, chunk_size: 2 } }).body,
    ).toMatchObject({
      stream_options: { include_usage: true, chunk_size: 2 },
    });
  });

  it('asks without a stream when the caller does', () => {
    const { body } = sent('zai', { stream: false, stream_options: { include_usage: true } });
    expect(body).not.toHaveProperty('stream');
    expect(body).not.toHaveProperty('stream_options');
  });

  for (const id of ['moonshot', 'deepseek', 'zai', 'siliconflow', 'xai'] as const) {
    const field = id === 'xai' ? 'max_completion_tokens' : 'max_tokens';
    it(`limits the answer of ${id} by ${field} under either name`, () => {
      for (const name of ['max_tokens', 'max_completion_tokens']) {
        const { body } = sent(id, { [name]: 9 });
        expect(body).toMatchObject({ [field]: 9 });
        expect(Object.keys(body).filter((key) => key.startsWith('max_'))).toEqual([field]);
      }
    });
  }

  it('prefers max_completion_tokens when both are given', () => {
    expect(sent('deepseek', { max_tokens: 5, max_completion_tokens: 9 }).body.max_tokens).toBe(9);
  });

  const THINKING: readonly (readonly [OpenAiCompatibleId, string, object, object])[] = [
    ['moonshot', 'kimi-k2.5', { thinking: 'disabled' }, { thinking: { type: 'disabled' } }],
    ['moonshot', 'kimi-k2.5', { reasoning_effort: 'high' }, { thinking: { type: 'enabled' } }],
    ['moonshot', 'kimi-k2-thinking', { thinking: 'enabled' }, {}],
    [
      'deepseek',
      'deepseek-chat',
      { thinking: { type: 'enabled' } },
      { thinking: { type: 'enabled' } },
    ],
    ['deepseek', 'deepseek-chat', { reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    [
      'deepseek',
      'deepseek-chat',
      { reasoning_effort: 'xhigh' },
      { thinking: { type: 'enabled' }, reasoning_effort: 'max' },
    ],
    [
      'deepseek',
      'deepseek-chat',
      { thinking: 'disabled', reasoning_effort: 'high' },
      { thinking: { type: 'disabled' } },
    ],
    [
      'zai',
      'glm-5',
      { thinking: { type: 'enabled', clear_thinking: false } },
      { thinking: { type: 'enabled', clear_thinking: false } },
    ],
    ['zai', 'glm-5', { reasoning_effort: 'minimal' }, { thinking: { type: 'enabled' } }],
    ['zai', 'glm-5', { thinking: { type: 'auto' } }, {}],
    ['siliconflow', 'Qwen/Qwen3-32B', { thinking: 'disabled' }, { enable_thinking: false }],
    [
      'siliconflow',
      'deepseek-ai/DeepSeek-V3.2',
      { reasoning_effort: 'low' },
      { enable_thinking: true },
    ],
    ['xai', 'xai/grok-4', { reasoning_effort: 'high', thinking: 'enabled' }, {}],
    ['deepseek', 'deepseek-chat', {}, {}],
  ];
  for (const [id, model, fields, expected] of THINKING) {
    it(`says ${JSON.stringify(fields)} to ${model} as ${JSON.stringify(expected)}`, () => {
      const { model: _model, messages: _messages, ...rest } = sent(id, fields, model).body;
      expect(rest).toEqual(expected);
    });
  }

  it('switches the thinking of Grok 4 Fast by its name', () => {
    expect(sent('xai').body.model).toBe('grok-4-fast-reasoning');
    expect(sent('xai', { thinking: 'disabled' }).body.model).toBe('grok-4-fast-non-reasoning');
  });

  it('leaves out fields that a model refuses', () => {
    expect(Object.keys(sent('moonshot', HONOURED).body)).not.toEqual(
      expect.arrayContaining(['temperature']),
    );
    expect(sent('moonshot', HONOURED, 'kimi-k2-0905-preview').body).toMatchObject(HONOURED);
    expect(sent('xai', HONOURED, 'xai/grok-4').body).not.toHaveProperty('presence_penalty');
  });

  it('says developer as system and the Responses names as those of chat', () => {
    const messages = [
      { role: 'developer', content: 'be brief' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'what is this' },
          { type: 'input_image', image_url: 'https://a.example/x.png' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
        ],
      },
      { role: 'assistant', content: null, reasoning_content: 'r', tool_calls: [] },
    ];
    expect(sent('xai', { messages }).body.messages).toEqual([
      { role: 'system', content: 'be brief' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'what is this' },
          { type: 'image_url', image_url: { url: 'https://a.example/x.png' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA', detail: 'low' } },
        ],
      },
      messages[2],
    ]);
  });

  it('passes tools of other types, and calls of them', () => {
    const tools = [
      { type: 'builtin_function', function: { name: '$web_search' } },
      { type: 'web_search', web_search: { enable: true } },
    ];
    const calls = [{ id: 'c', type: 'builtin_function', function: { name: '$web_search' } }];
    const messages = [{ role: 'assistant', content: null, tool_calls: calls }];
    expect(sent('moonshot', { tools, messages }).body).toMatchObject({ tools, messages });
    for (const broken of [{ type: 'function' }, { type: 'function', function: null }]) {
      expect(ChatRequest.safeParse({ model: 'm', messages, tools: [broken] }).success).toBe(false);
    }
  });

  it('leaves out the nulls of messages and tools, which several providers refuse', () => {
    const echoed = {
      role: 'assistant',
      content: null,
      refusal: null,
      annotations: [],
      name: null,
      tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
    };
    const result = { role: 'tool', content: 'x', tool_call_id: 'c', name: null };
    const tool = { name: 'f', description: null, parameters: null, strict: null };
    const { body } = sent('deepseek', {
      messages: [echoed, result],
      tools: [{ type: 'function', function: tool }],
    });
    expect(body.messages).toEqual([
      { role: 'assistant', content: null, tool_calls: echoed.tool_calls },
      { role: 'tool', content: 'x', tool_call_id: 'c' },
    ]);
    expect(body.tools).toEqual([{ type: 'function', function: { name: 'f' } }]);
  });

  it('passes a video as it is', () => {
    const content = [{ type: 'video_url', video_url: { url: 'https://a.example/x.mp4' } }];
    const messages = [{ role: 'user', content }];
    expect(sent('zai', { messages }).body.messages).toEqual(messages);
  });

  it('writes stop as a list and user as user_id for Zai, within its limits', () => {
    expect(sent('zai', { stop: 'x', user: 'user-1' }).body).toMatchObject({
      stop: ['x'],
      user_id: 'user-1',
    });
    expect(sent('zai', { user: 'u' }).body).not.toHaveProperty('user_id');
    expect(sent('zai', { user: 'user-1' }).body).not.toHaveProperty('user');
  });

  it('names a shared prompt where the provider can use it', () => {
    expect(sent('moonshot', { prompt_cache_key: 'k' }).body.prompt_cache_key).toBe('k');
    expect(sent('moonshot', { conversation: { id: 'c' } }).body.prompt_cache_key).toBe('c');
    expect(sent('xai', { prompt_cache_key: 'k', conversation: 'c' }).headers).toEqual({
      'x-grok-conv-id': 'k',
    });
    expect(sent('xai', { conversation: 'line\nbreak' }).headers).toEqual({});
    expect(sent('deepseek', { prompt_cache_key: 'k' })).toMatchObject({ headers: {} });
  });
});
