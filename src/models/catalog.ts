import { DEFAULT_SETTINGS, type GrokGeneration } from '../contract/settings';
import { GROK_MEDIA_MODELS } from './grok-media-models';
import { GROK_MODELS } from './grok-models';
import type { ModelSpec, ProviderId } from './model-spec';

/** The catalog: every public model, as data. */

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
  'grok-imagine-0.9': 'grok-imagine-1.0',
};

const ROWS: readonly ModelSpec[] = [...GROK_MODELS, ...GROK_MEDIA_MODELS, ...OFFICIAL_MODELS];

/** Generations of the Grok site that are on, the one that serves a shared name first. */
export type Generations = readonly GrokGeneration[];

const NEWEST_FIRST: Generations = DEFAULT_SETTINGS.grok.generations;

/**
 * The row of a public name; an alias has a row of its own, under its own id.
 * @param generations of the settings; all, the newest first, when absent.
 */
export function findModel(name: string, generations: Generations = NEWEST_FIRST): ModelSpec | null {
  return catalogOf(generations).get(name) ?? null;
}

/** Every row that is on, aliases last. */
export function listModels(generations: Generations = NEWEST_FIRST): readonly ModelSpec[] {
  return [...catalogOf(generations).values()];
}

/** Every row there is, whatever the settings have switched off, without aliases. */
export function allRows(): readonly ModelSpec[] {
  return ROWS;
}

/** A map and not an object: `constructor` and `__proto__` are no models. */
type Catalog = ReadonlyMap<string, ModelSpec>;

const catalogs = new Map<string, Catalog>();

function catalogOf(generations: Generations): Catalog {
  const name = generations.join();
  let catalog = catalogs.get(name);
  if (catalog === undefined) {
    catalog = withAliases(rowsOf(generations));
    catalogs.set(name, catalog);
  }
  return catalog;
}

/** The rows that are on, each name once: by the first generation that has it. */
function rowsOf(generations: Generations): ModelSpec[] {
  const byId = new Map<string, ModelSpec>();
  const rank = ({ generation }: ModelSpec): number =>
    generation === undefined ? 0 : generations.indexOf(generation);
  for (const row of ROWS) {
    if (rank(row) === -1) continue;
    const other = byId.get(row.id);
    if (other === undefined || rank(row) < rank(other)) byId.set(row.id, row);
  }
  return [...byId.values()];
}

/** An alias keeps its name in allowlists, logs and answers: what the caller asked for is what it sees. */
function withAliases(rows: readonly ModelSpec[]): Catalog {
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const [id, target] of Object.entries(ALIASES)) {
    const row = byId.get(target);
    if (row !== undefined) {
      const description = `Older name of ${target}.`;
      byId.set(id, { ...row, id, aliasOf: target, displayName: id, description });
    }
  }
  return byId;
}
