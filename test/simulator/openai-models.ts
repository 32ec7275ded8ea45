interface Provider {
  readonly owner: string;
  /** Names that the provider would know. */
  readonly names: RegExp;
  readonly listed: readonly string[];
}

const PROVIDERS: Readonly<Record<string, Provider>> = {
  'api.moonshot.cn': {
    owner: 'moonshot',
    names: /^(kimi|moonshot)-/,
    listed: ['kimi-k2.5', 'kimi-k2-0905-preview', 'kimi-k2-thinking'],
  },
  'api.deepseek.com': {
    owner: 'deepseek',
    names: /^deepseek-/,
    listed: ['deepseek-chat', 'deepseek-reasoner'],
  },
  'open.bigmodel.cn': { owner: 'z-ai', names: /^glm-/, listed: ['glm-5'] },
  'api.siliconflow.cn': {
    owner: 'siliconflow',
    names: /.\/./,
    listed: ['deepseek-ai/DeepSeek-V3.2', 'Qwen/Qwen3-32B'],
  },
  'api.x.ai': { owner: 'xai', names: /^grok-/, listed: ['grok-4', 'grok-3-mini'] },
};

/** Hosts that answer as an OpenAI-compatible provider. */
export const OPENAI_HOSTS: readonly string[] = Object.keys(PROVIDERS);

/** Whether the provider of a host would know the model; hosts without a list know any. */
export function isServed(hostname: string, model: string): boolean {
  return PROVIDERS[hostname]?.names.test(model) ?? true;
}

/** `GET /models`. */
export function modelsOf(hostname: string) {
  const { listed = [], owner = 'simulator' } = PROVIDERS[hostname] ?? {};
  return {
    object: 'list',
    data: listed.map((id) => ({ id, object: 'model', created: 1_760_000_000, owned_by: owner })),
  };
}
