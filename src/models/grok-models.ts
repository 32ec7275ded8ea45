import type { ModelSpec, Tier } from './model-spec';

/** Rows of the Grok site's chat models, in its three dialects. */

const TIERS: readonly Tier[] = ['basic', 'super', 'heavy'];

/** A tier and those above it, the lowest first: better accounts are spent last. */
export function tiersFrom(lowest: Tier): readonly Tier[] {
  return TIERS.slice(TIERS.indexOf(lowest));
}

/** What one call takes of a bucket that counts effort. */
const LOW = 1;
const HIGH = 4;

const CAPABILITIES = { images: true, search: true } as const;
export const DEFAULT_MAX_OUTPUT_TOKENS = 8_192;

/** The newer site has one bucket a mode, counted in calls. */
export function modeBucket(mode: string): string {
  return `mode:${mode}`;
}

interface ModelRow {
  readonly id: string;
  readonly model: string;
  /** Without its `MODEL_MODE_` prefix. */
  readonly mode: string;
  readonly units: typeof LOW | typeof HIGH;
  readonly name: string;
  readonly reasoning?: boolean;
  readonly bucket?: string;
  readonly tiers?: readonly Tier[];
  readonly isHeavy?: boolean;
  readonly maxOutputTokens?: number;
}

/** The older dialect: `modelName` and `modelMode`. The bucket is what `/rest/rate-limits` calls it. */
function byModel(row: ModelRow): ModelSpec {
  return {
    id: row.id,
    kind: 'chat',
    provider: 'grok-web',
    dialect: 'rest-model',
    generation: 'g1',
    upstream: { model: row.model, mode: `MODEL_MODE_${row.mode}` },
    tiers: row.tiers ?? tiersFrom('basic'),
    bucket: row.bucket ?? row.model,
    units: row.units,
    charges: row.isHeavy === true ? { chat: 1, heavy: 1 } : { chat: 1 },
    capabilities: { ...CAPABILITIES, reasoning: row.reasoning ?? false },
    displayName: row.name,
    description: `Grok site: ${row.name}.`,
    maxOutputTokens: row.maxOutputTokens ?? DEFAULT_MAX_OUTPUT_TOKENS,
  };
}

const GROK_41 = 'grok-4-1-thinking-1129';

const MODEL_ROWS: readonly ModelRow[] = [
  { id: 'grok-3', model: 'grok-3', mode: 'GROK_3', units: LOW, name: 'Grok 3' },
  {
    id: 'grok-3-mini',
    model: 'grok-3',
    mode: 'GROK_3_MINI_THINKING',
    units: LOW,
    name: 'Grok 3 Mini',
    reasoning: true,
  },
  {
    id: 'grok-3-thinking',
    model: 'grok-3',
    mode: 'GROK_3_THINKING',
    units: LOW,
    name: 'Grok 3 Thinking',
    reasoning: true,
  },
  { id: 'grok-4', model: 'grok-4', mode: 'GROK_4', units: LOW, name: 'Grok 4', reasoning: true },
  {
    id: 'grok-4-mini',
    model: 'grok-4-mini',
    mode: 'GROK_4_MINI_THINKING',
    units: LOW,
    name: 'Grok 4 Mini',
    reasoning: true,
  },
  {
    id: 'grok-4-thinking',
    model: 'grok-4',
    mode: 'GROK_4_THINKING',
    units: LOW,
    name: 'Grok 4 Thinking',
    reasoning: true,
  },
  {
    id: 'grok-4-heavy',
    model: 'grok-4',
    mode: 'HEAVY',
    bucket: 'grok-4-heavy',
    units: HIGH,
    name: 'Grok 4 Heavy',
    reasoning: true,
    tiers: tiersFrom('super'),
    isHeavy: true,
    maxOutputTokens: 65_536,
  },
  {
    id: 'grok-4.1-mini',
    model: GROK_41,
    mode: 'GROK_4_1_MINI_THINKING',
    units: LOW,
    name: 'Grok 4.1 Mini',
    reasoning: true,
  },
  { id: 'grok-4.1-fast', model: GROK_41, mode: 'FAST', units: LOW, name: 'Grok 4.1 Fast' },
  {
    id: 'grok-4.1-expert',
    model: GROK_41,
    mode: 'EXPERT',
    units: HIGH,
    name: 'Grok 4.1 Expert',
    reasoning: true,
  },
  {
    id: 'grok-4.1-thinking',
    model: GROK_41,
    mode: 'GROK_4_1_THINKING',
    units: HIGH,
    name: 'Grok 4.1 Thinking',
    reasoning: true,
    maxOutputTokens: 32_768,
  },
  {
    id: 'grok-4.20-beta',
    model: 'grok-420',
    mode: 'GROK_420',
    units: LOW,
    name: 'Grok 4.20 Beta',
    reasoning: true,
  },
];

/** The newer dialect: `modeId` alone. Tuples of id, lowest tier and name, by mode. */
const MODE_ROWS: Readonly<Record<string, readonly (readonly [string, Tier, string])[]>> = {
  fast: [
    ['grok-4.20-0309-non-reasoning', 'basic', 'Grok 4.20 Fast'],
    ['grok-4.20-0309-non-reasoning-super', 'super', 'Grok 4.20 Fast (Super)'],
    ['grok-4.20-0309-non-reasoning-heavy', 'heavy', 'Grok 4.20 Fast (Heavy)'],
    ['grok-4.20-fast', 'basic', 'Grok 4.20 Fast'],
  ],
  auto: [
    ['grok-4.20-0309', 'super', 'Grok 4.20 Auto'],
    ['grok-4.20-0309-super', 'super', 'Grok 4.20 Auto (Super)'],
    ['grok-4.20-0309-heavy', 'heavy', 'Grok 4.20 Auto (Heavy)'],
    ['grok-4.20-auto', 'super', 'Grok 4.20 Auto'],
  ],
  expert: [
    ['grok-4.20-0309-reasoning', 'super', 'Grok 4.20 Expert'],
    ['grok-4.20-0309-reasoning-super', 'super', 'Grok 4.20 Expert (Super)'],
    ['grok-4.20-0309-reasoning-heavy', 'heavy', 'Grok 4.20 Expert (Heavy)'],
    ['grok-4.20-expert', 'super', 'Grok 4.20 Expert'],
  ],
  heavy: [
    ['grok-4.20-multi-agent-0309', 'heavy', 'Grok 4.20 Heavy'],
    ['grok-4.20-heavy', 'heavy', 'Grok 4.20 Heavy'],
  ],
  'grok-420-computer-use-sa': [['grok-4.3-beta', 'super', 'Grok 4.3 Beta']],
};

function byMode(mode: string, [id, lowest, name]: readonly [string, Tier, string]): ModelSpec {
  return {
    id,
    kind: 'chat',
    provider: 'grok-web',
    dialect: 'rest-mode',
    generation: 'g2',
    upstream: { model: mode, mode },
    tiers: tiersFrom(lowest),
    bucket: modeBucket(mode),
    units: 1,
    charges: mode === 'heavy' ? { chat: 1, heavy: 1 } : { chat: 1 },
    capabilities: { ...CAPABILITIES, reasoning: mode !== 'fast' },
    displayName: name,
    description: `Grok site: ${name}.`,
    maxOutputTokens: DEFAULT_MAX_OUTPUT_TOKENS,
  };
}

/** The newest: the mode over the gateway's WebSocket. */
const GATEWAY_ROWS: readonly (readonly [mode: string, Tier, string])[] = [
  ['fast', 'basic', 'Grok Fast'],
  ['auto', 'super', 'Grok Auto'],
  ['expert', 'super', 'Grok Expert'],
  ['heavy', 'heavy', 'Grok Heavy'],
];

/** Every chat model of the Grok site. */
export const GROK_MODELS: readonly ModelSpec[] = [
  ...GATEWAY_ROWS.map(([mode, lowest, name]): ModelSpec => ({
    ...byMode(mode, [`grok-chat-${mode}`, lowest, name]),
    dialect: 'gateway',
    generation: 'g3',
  })),
  ...Object.entries(MODE_ROWS).flatMap(([mode, rows]) => rows.map((row) => byMode(mode, row))),
  ...MODEL_ROWS.map(byModel),
];
