/** What a chat draws on: the name asked at `/rest/rate-limits`, and the units one call takes there. */
export interface Draw {
  readonly bucket: string;
  readonly units: number;
}

/** Units a window of a bucket whose credential's name gives none. */
export const DEFAULT_QUOTA_UNITS = 1_000;

interface Row extends Draw {
  readonly modelName: string;
  readonly modelMode: string;
}

const LOW = 1;
const HIGH = 4;

const row = (modelName: string, mode: string, bucket: string, units: number): Row => ({
  modelName,
  modelMode: `MODEL_MODE_${mode}`,
  bucket,
  units,
});

/** The chat models of the site's first generation: family and mode. */
const MODELS: readonly Row[] = [
  row('grok-3', 'GROK_3', 'grok-3', LOW),
  row('grok-3', 'GROK_3_MINI_THINKING', 'grok-3', LOW),
  row('grok-3', 'GROK_3_THINKING', 'grok-3', LOW),
  row('grok-4', 'GROK_4', 'grok-4', LOW),
  row('grok-4-mini', 'GROK_4_MINI_THINKING', 'grok-4-mini', LOW),
  row('grok-4', 'GROK_4_THINKING', 'grok-4', LOW),
  row('grok-4', 'HEAVY', 'grok-4-heavy', HIGH),
  row('grok-4-1-thinking-1129', 'GROK_4_1_MINI_THINKING', 'grok-4-1-thinking-1129', LOW),
  row('grok-4-1-thinking-1129', 'FAST', 'grok-4-1-thinking-1129', LOW),
  row('grok-4-1-thinking-1129', 'EXPERT', 'grok-4-1-thinking-1129', HIGH),
  row('grok-4-1-thinking-1129', 'GROK_4_1_THINKING', 'grok-4-1-thinking-1129', HIGH),
  row('grok-420', 'GROK_420', 'grok-420', LOW),
];

/** The modes of the second generation; a mode's bucket has its own name, a call takes one unit. */
const MODES: ReadonlySet<string> = new Set([
  'auto',
  'fast',
  'expert',
  'heavy',
  'grok-420-computer-use-sa',
]);

/** What a chat with this selector draws on; null when the site knows no such model. */
export function drawOf(selector: {
  readonly modelName?: string | undefined;
  readonly modelMode?: string | undefined;
  readonly modeId?: string | undefined;
}): Draw | null {
  const { modelName, modelMode, modeId } = selector;
  if (modeId !== undefined) return MODES.has(modeId) ? { bucket: modeId, units: 1 } : null;
  return (
    MODELS.find((model) => model.modelName === modelName && model.modelMode === modelMode) ?? null
  );
}

/** How a rate-limit name is answered; null when the site knows no such name. */
export function limitNameOf(
  name: string,
): { readonly shape: 'queries' } | { readonly shape: 'tokens'; readonly cost: number } | null {
  if (MODES.has(name)) return { shape: 'queries' };
  const costs = MODELS.filter((model) => model.bucket === name).map((model) => model.units);
  return costs.length === 0 ? null : { shape: 'tokens', cost: Math.max(...costs) };
}
