import type { REASONING_EFFORTS } from '../../contract/chat';
import type { ProviderId } from '../../models/model-spec';

/** Providers that speak OpenAI's chat protocol. */
export type OpenAiCompatibleId = Exclude<ProviderId, 'grok-web'>;

type Effort = (typeof REASONING_EFFORTS)[number];

/** Where one provider's protocol departs from OpenAI's. Model patterns are tested on upstream names. */
export interface Dialect {
  /** The field that limits an answer's length. */
  readonly maxTokens: 'max_tokens' | 'max_completion_tokens';
  /** Its switch for thinking: `thinking: {type}` or `enable_thinking`, and the models that have one. */
  readonly thinking: { readonly style: 'type' | 'flag'; readonly models: RegExp } | null;
  /** Its words for `reasoning_effort`; null where the field is not known. */
  readonly efforts: Readonly<Partial<Record<Effort, string>>> | null;
  /** The field that names the end user. */
  readonly user: 'user' | 'user_id';
  /** `stop` must be a list. */
  readonly stopIsList: boolean;
  /** Fetches the https images of a message by itself; else they are sent along as data URIs. */
  readonly fetchesImages: boolean;
  /** How calls that share a prompt are named: a body field, a header, or not at all. */
  readonly promptCacheKey: 'body' | 'x-grok-conv-id' | null;
  /** Fields that these models refuse whatever their value. */
  readonly refused: { readonly models: RegExp; readonly fields: readonly string[] } | null;
}

const PLAIN: Dialect = {
  maxTokens: 'max_tokens',
  thinking: null,
  efforts: null,
  user: 'user',
  stopIsList: false,
  fetchesImages: true,
  promptCacheKey: null,
  refused: null,
};

export const DIALECTS: Readonly<Record<OpenAiCompatibleId, Dialect>> = {
  // https://platform.moonshot.ai/docs/api/chat: Kimi K2.5 fixes its sampling, images come as data URIs.
  moonshot: {
    ...PLAIN,
    thinking: { style: 'type', models: /^kimi-k2\.\d/ },
    fetchesImages: false,
    promptCacheKey: 'body',
    refused: {
      models: /^kimi-k2\.\d/,
      fields: ['temperature', 'top_p', 'n', 'presence_penalty', 'frequency_penalty'],
    },
  },
  // https://api-docs.deepseek.com/guides/thinking_mode
  deepseek: {
    ...PLAIN,
    thinking: { style: 'type', models: /^deepseek-/ },
    efforts: { minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'max' },
  },
  // https://docs.bigmodel.cn/api-reference
  zai: {
    ...PLAIN,
    thinking: { style: 'type', models: /^glm-(?:4\.[5-9]|[5-9])/ },
    user: 'user_id',
    stopIsList: true,
  },
  // https://docs.siliconflow.cn/cn/api-reference/chat-completions: other models refuse the switch.
  siliconflow: {
    ...PLAIN,
    thinking: { style: 'flag', models: /Qwen3-\d+B$|DeepSeek-V3\.[1-9]|GLM-(?:4\.[5-9]|[5-9])/ },
  },
  // https://docs.x.ai/docs/guides/reasoning: Grok 4 thinks always and refuses these fields.
  xai: {
    ...PLAIN,
    maxTokens: 'max_completion_tokens',
    efforts: { minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'high' },
    promptCacheKey: 'x-grok-conv-id',
    refused: {
      models: /^grok-(?:4(?:-|$)|code)/,
      fields: ['reasoning_effort', 'presence_penalty', 'frequency_penalty'],
    },
  },
};
