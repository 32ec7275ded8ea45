import type { ModelSpec } from './model-spec';

/** Credentials of one provider and tier, as the pool counts them. */
export interface SupplyCount {
  readonly provider: string;
  readonly tier: string;
  /** Neither expired, disabled nor banned. */
  readonly live: number;
  /** Of those, not cooling. */
  readonly active: number;
}

/** One model of `GET /v1/models`: OpenAI's fields and those of Grok2API's clients. */
export interface ModelEntry {
  readonly id: string;
  readonly object: 'model';
  /** Unix seconds. */
  readonly created: number;
  readonly owned_by: string;
  readonly display_name: string;
  readonly description: string;
  readonly raw_model_path: string;
  readonly default_temperature: number;
  readonly default_max_output_tokens: number;
  readonly supported_max_output_tokens: number;
  readonly default_top_p: number;
  readonly capabilities: ModelSpec['capabilities'];
  /** `cooling`: every credential that could serve it waits at the moment. */
  readonly availability: 'available' | 'cooling';
}

/** When the catalog was drawn up, Unix seconds: a list that differs with each call defeats caches. */
const CREATED_S = Date.UTC(2026, 10, 20) / 1_000;
const DEFAULT_MAX_OUTPUT_TOKENS = 8_192;
const SUPPORTED_MAX_OUTPUT_TOKENS = 131_072;

const OWNERS: Readonly<Record<ModelSpec['provider'], string>> = {
  'grok-web': 'x-ai',
  moonshot: 'moonshot',
  deepseek: 'deepseek',
  zai: 'zai',
  siliconflow: 'siliconflow',
  xai: 'x-ai',
};

/**
 * The models that a key may use and some credential can serve. Momentary exhaustion does not take
 * a model off the list.
 *
 * @param allowed - ids of the key's allowlist; null allows all.
 */
export function usableModels(
  models: readonly ModelSpec[],
  allowed: readonly string[] | null,
  supply: readonly SupplyCount[],
): ModelEntry[] {
  return models
    .filter((model) => allowed === null || allowed.includes(model.id))
    .flatMap((model) => {
      const fitting = supply.filter(
        ({ provider, tier }) =>
          provider === model.provider && model.tiers.some((own) => own === tier),
      );
      if (!fitting.some(({ live }) => live > 0)) return [];
      return [
        modelEntry(model, fitting.some(({ active }) => active > 0) ? 'available' : 'cooling'),
      ];
    });
}

export function modelEntry(model: ModelSpec, availability: ModelEntry['availability']): ModelEntry {
  return {
    id: model.id,
    object: 'model',
    created: CREATED_S,
    owned_by: OWNERS[model.provider],
    display_name: model.displayName ?? model.id,
    description: model.description ?? '',
    raw_model_path: `${OWNERS[model.provider]}/${model.upstream.model}`,
    default_temperature: 1,
    default_max_output_tokens: model.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
    supported_max_output_tokens: Math.max(
      SUPPORTED_MAX_OUTPUT_TOKENS,
      model.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
    ),
    default_top_p: 0.95,
    capabilities: model.capabilities,
    availability,
  };
}
