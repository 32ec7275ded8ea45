import { describe, expect, it } from 'vitest';
import { findModel, listModels } from '../../src/models/catalog';
import { modelEntry, usableModels } from '../../src/models/list';

const supply = (provider: string, tier: string, live: number, active = live) => ({
  provider,
  tier,
  live,
  active,
});
const idsOf = (entries: readonly { readonly id: string }[]) => entries.map(({ id }) => id);

describe('usableModels', () => {
  it('lists nothing without credentials', () => {
    expect(usableModels(listModels(), null, [supply('deepseek', 'basic', 0)])).toEqual([]);
  });

  it('lists what some live credential of a fitting tier can serve', () => {
    const basic = idsOf(usableModels(listModels(), null, [supply('grok-web', 'basic', 1)]));
    expect(basic).toContain('grok-4');
    expect(basic).not.toContain('grok-4-heavy');
    expect(basic).not.toContain('deepseek-chat');
    const better = idsOf(usableModels(listModels(), null, [supply('grok-web', 'super', 1)]));
    expect(better).toEqual(expect.arrayContaining(['grok-4', 'grok-4-heavy']));
  });

  it('keeps to the key’s allowlist', () => {
    const entries = usableModels(listModels(), ['glm-5', 'grok-4'], [supply('zai', 'basic', 1)]);
    expect(idsOf(entries)).toEqual(['glm-5']);
  });

  it('keeps a model whose credentials all cool, and says so', () => {
    const [entry] = usableModels(listModels(), ['glm-5'], [supply('zai', 'basic', 2, 0)]);
    expect(entry).toMatchObject({ id: 'glm-5', availability: 'cooling' });
  });
});

describe('modelEntry', () => {
  it('has the fields of the older clients', () => {
    const model = findModel('grok-4-heavy');
    expect(model === null ? null : modelEntry(model, 'available')).toMatchObject({
      id: 'grok-4-heavy',
      object: 'model',
      owned_by: 'x-ai',
      display_name: 'Grok 4 Heavy',
      raw_model_path: 'x-ai/grok-4',
      default_temperature: 1,
      default_max_output_tokens: 65_536,
      supported_max_output_tokens: 131_072,
      default_top_p: 0.95,
      availability: 'available',
    });
  });
});
