import { describe, expect, it } from 'vitest';
import { findModel, listModels } from '../../src/models/catalog';

describe('catalog', () => {
  it('has each id once', () => {
    const ids = listModels().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('finds every listed model under its id', () => {
    for (const model of listModels()) expect(findModel(model.id)).toBe(model);
  });

  it('knows no model by the name of an object property (D-23)', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', '', 'grok-5']) {
      expect(findModel(name)).toBeNull();
    }
  });

  it('spends one unit for low effort and four for high', () => {
    const effort = Object.fromEntries(
      listModels()
        .filter(({ dialect }) => dialect === 'rest-model')
        .map(({ id, units }) => [id, units]),
    );
    expect(effort).toMatchObject({
      'grok-3': 1,
      'grok-4': 1,
      'grok-4.1-expert': 4,
      'grok-4.1-thinking': 4,
      'grok-4-heavy': 4,
    });
  });

  it('serves heavy chats from better accounts only, and counts them twice', () => {
    expect(findModel('grok-4-heavy')).toMatchObject({
      tiers: ['super', 'heavy'],
      bucket: 'grok-4-heavy',
      upstream: { model: 'grok-4', mode: 'MODEL_MODE_HEAVY' },
      charges: { chat: 1, heavy: 1 },
      maxOutputTokens: 65_536,
    });
    expect(findModel('grok-4')).toMatchObject({
      tiers: ['basic', 'super', 'heavy'],
      bucket: 'grok-4',
      charges: { chat: 1 },
    });
  });

  it('draws models of the newer dialect from the bucket of their mode, lowest tier first', () => {
    expect(findModel('grok-4.20-0309-reasoning')).toMatchObject({
      dialect: 'rest-mode',
      upstream: { mode: 'expert' },
      bucket: 'mode:expert',
      units: 1,
      tiers: ['super', 'heavy'],
    });
    expect(findModel('grok-4.20-fast')?.tiers).toEqual(['basic', 'super', 'heavy']);
    expect(findModel('grok-4.20-0309-heavy')?.tiers).toEqual(['heavy']);
    expect(findModel('grok-4.3-beta')?.bucket).toBe('mode:grok-420-computer-use-sa');
  });

  const ALIASES = {
    'grok-3-fast': 'grok-3',
    'grok-4-fast': 'grok-4.1-fast',
    'grok-4-fast-expert': 'grok-4.1-expert',
    'grok-4-expert': 'grok-4.1-expert',
    'grok-4.1': 'grok-4.1-fast',
  };
  for (const [alias, target] of Object.entries(ALIASES)) {
    it(`serves the older name ${alias} by ${target}, under its own id`, () => {
      const { id, upstream, bucket, units } = findModel(alias) ?? {};
      const row = findModel(target);
      expect(row).not.toBeNull();
      expect({ id, upstream, bucket, units }).toEqual({
        id: alias,
        upstream: row?.upstream,
        bucket: row?.bucket,
        units: row?.units,
      });
    });
  }

  it('has the rows of the official providers', () => {
    const ids = (provider: string) =>
      listModels()
        .filter((model) => model.provider === provider)
        .map(({ id }) => id);
    expect(ids('moonshot')).toEqual(['kimi-k2.5', 'kimi-k2-0905-preview', 'kimi-k2-thinking']);
    expect(ids('deepseek')).toEqual(['deepseek-chat', 'deepseek-reasoner']);
    expect(ids('zai')).toEqual(['glm-5']);
    expect(ids('siliconflow').length).toBeGreaterThan(1);
    expect(ids('xai')).toEqual(['xai/grok-4', 'xai/grok-4-fast', 'xai/grok-code-fast-1']);
    for (const model of listModels().filter(({ dialect }) => dialect === 'openai')) {
      expect(model).toMatchObject({
        bucket: 'calls',
        units: 1,
        tiers: ['basic'],
        charges: { chat: 1 },
      });
      expect(model.promptCache ?? false).toBe(
        ['moonshot', 'deepseek', 'xai'].includes(model.provider),
      );
    }
  });

  it('tells the models list what it needs of every row', () => {
    for (const model of listModels()) {
      expect(model.displayName).toBeTruthy();
      expect(model.description).toBeTruthy();
      expect(model.maxOutputTokens).toBeGreaterThan(0);
    }
  });

  it('gives a shared name to the first generation of the settings', () => {
    expect(findModel('grok-imagine-image')?.generation).toBe('g3');
    expect(findModel('grok-imagine-image', ['g2', 'g3'])?.generation).toBe('g2');
  });

  it('has no rows of a generation that is off', () => {
    expect(findModel('grok-4', ['g3'])).toBeNull();
    expect(findModel('grok-3-fast', ['g3'])).toBeNull();
    expect(listModels(['g3']).every(({ generation = 'g3' }) => generation === 'g3')).toBe(true);
  });
});
