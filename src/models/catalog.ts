import { GROK_MODELS } from './grok-models';
import type { ModelSpec, ProviderId } from './model-spec';

/**
 * The catalog: every public model, as data. Media models come with the routes that serve them.
 */

/** A row of an official API: one credential bucket that upstream does not meter. */
function official(
  provider: ProviderId,
  id: string,
  displayName: string,
  row: Pick<ModelSpec, 'capabilities'> & {
    readonly upstream?: ModelSpec['upstream'];
    readonly maxOutputTokens: number;
    readonly promptCache?: boolean;
    readonly description: string;
  },
): ModelSpec {
  return {
    id,
    kind: 'chat',
    provider,
    dialect: 'openai',
    tiers: ['basic'],
    bucket: 'calls',
    units: 1,
    charges: { chat: 1 },
    displayName,
    upstream: { model: id },
    ...row,
  };
}

const TOOLS = { tools: true, structuredOutput: true } as const;

const OFFICIAL_MODELS: readonly ModelSpec[] = [
  official('moonshot', 'kimi-k2.5', 'Kimi K2.5', {
    description: 'Moonshot: text and images, thinking on or off.',
    capabilities: { ...TOOLS, reasoning: true, images: true },
    promptCache: true,
    maxOutputTokens: 32_768,
  }),
  official('moonshot', 'kimi-k2-0905-preview', 'Kimi K2 0905', {
    description: 'Moonshot: text, no thinking.',
    capabilities: TOOLS,
    promptCache: true,
    maxOutputTokens: 32_768,
  }),
  official('moonshot', 'kimi-k2-thinking', 'Kimi K2 Thinking', {
    description: 'Moonshot: text, always thinking.',
    capabilities: { ...TOOLS, reasoning: true },
    promptCache: true,
    maxOutputTokens: 65_536,
  }),
  official('deepseek', 'deepseek-chat', 'DeepSeek Chat', {
    description: 'DeepSeek: text, thinking when asked for.',
    capabilities: { ...TOOLS, reasoning: true },
    promptCache: true,
    maxOutputTokens: 8_192,
  }),
  official('deepseek', 'deepseek-reasoner', 'DeepSeek Reasoner', {
    description: 'DeepSeek: text, always thinking.',
    capabilities: { ...TOOLS, reasoning: true },
    promptCache: true,
    maxOutputTokens: 65_536,
  }),
  official('zai', 'glm-5', 'GLM-5', {
    description: 'Zai: text, thinking on or off.',
    capabilities: { ...TOOLS, reasoning: true },
    maxOutputTokens: 131_072,
  }),
  official('siliconflow', 'deepseek-ai/DeepSeek-V3.2', 'DeepSeek V3.2 (SiliconFlow)', {
    description: 'SiliconFlow: text, thinking when asked for.',
    capabilities: { ...TOOLS, reasoning: true },
    maxOutputTokens: 65_536,
  }),
  official('siliconflow', 'Qwen/Qwen3-32B', 'Qwen3 32B (SiliconFlow)', {
    description: 'SiliconFlow: text, thinking on or off.',
    capabilities: { ...TOOLS, reasoning: true },
    maxOutputTokens: 8_192,
  }),
  official('siliconflow', 'zai-org/GLM-4.6', 'GLM-4.6 (SiliconFlow)', {
    description: 'SiliconFlow: text, thinking on or off.',
    capabilities: { ...TOOLS, reasoning: true },
    maxOutputTokens: 65_536,
  }),
  official('xai', 'xai/grok-4', 'Grok 4 (API)', {
    description: 'xAI: text and images, always thinking.',
    upstream: { model: 'grok-4' },
    capabilities: { ...TOOLS, reasoning: true, images: true },
    promptCache: true,
    maxOutputTokens: 65_536,
  }),
  official('xai', 'xai/grok-4-fast', 'Grok 4 Fast (API)', {
    description: 'xAI: text and images, thinking on or off.',
    // xAI switches thinking by the model's name: the second is asked when the caller wants none.
    upstream: { model: 'grok-4-fast-reasoning', mode: 'grok-4-fast-non-reasoning' },
    capabilities: { ...TOOLS, reasoning: true, images: true },
    promptCache: true,
    maxOutputTokens: 65_536,
  }),
  official('xai', 'xai/grok-code-fast-1', 'Grok Code Fast 1 (API)', {
    description: 'xAI: code, always thinking.',
    upstream: { model: 'grok-code-fast-1' },
    capabilities: { ...TOOLS, reasoning: true },
    promptCache: true,
    maxOutputTokens: 65_536,
  }),
];

/** Names of earlier Grok2API versions → the nearest row of today. */
const ALIASES: Readonly<Record<string, string>> = {
  'grok-3-fast': 'grok-3',
  'grok-4-fast': 'grok-4.1-fast',
  'grok-4-fast-expert': 'grok-4.1-expert',
  'grok-4-expert': 'grok-4.1-expert',
  'grok-4.1': 'grok-4.1-fast',
};

/** A map and not an object: `constructor` and `__proto__` are no models. */
const BY_ID: ReadonlyMap<string, ModelSpec> = withAliases([...GROK_MODELS, ...OFFICIAL_MODELS]);

const ALL: readonly ModelSpec[] = [...BY_ID.values()];

/** The row of a public name; an alias has a row of its own, under its own id. */
export function findModel(name: string): ModelSpec | null {
  return BY_ID.get(name) ?? null;
}

/** Every row, aliases last. */
export function listModels(): readonly ModelSpec[] {
  return ALL;
}

/** An alias keeps its name in allowlists, logs and answers: what the caller asked for is what it sees. */
function withAliases(rows: readonly ModelSpec[]): ReadonlyMap<string, ModelSpec> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const [id, target] of Object.entries(ALIASES)) {
    const row = byId.get(target);
    if (row !== undefined) {
      byId.set(id, { ...row, id, displayName: id, description: `Older name of ${target}.` });
    }
  }
  return byId;
}
