import { describe, expect, it } from 'vitest';
import { defaultPictureModel, choiceRank } from '../../src/models/default-model';
import { listModels } from '../../src/models/catalog';
import { newestModel } from '../../ui/src/state/newest-model';

const GENERATIONS = ['g3', 'g2', 'g1'] as const;
const ALL = [{ provider: 'grok-web', tier: 'basic', live: 1, active: 1 }];

const models = (waiting: readonly string[], kinds: readonly string[]) =>
  kinds.flatMap((kind) =>
    listModels(GENERATIONS)
      .filter((row) => row.kind === kind)
      .map((row) => ({
        id: row.id,
        kind,
        isWaiting: waiting.includes(row.id) || waiting.includes(row.generation ?? 'official'),
        rank: choiceRank(row, GENERATIONS),
      })),
  );

describe('the model of a playground where none was chosen', () => {
  it.each([
    ['the newest generation', [], ['chat', 'image'], 'grok-chat-fast'],
    ['the next of it when the first waits', ['grok-chat-fast'], ['chat'], 'grok-chat-auto'],
    ['an older one when all of the newest wait', ['g3', 'g2'], ['chat'], 'grok-3'],
    ['an official API when no account serves', ['g3', 'g2', 'g1'], ['chat'], 'kimi-k2.5'],
    [
      'the newest again when everything waits',
      ['g3', 'g2', 'g1', 'official'],
      ['chat'],
      'grok-chat-fast',
    ],
  ])('is of %s', (_, waiting, kinds, expected) => {
    expect(newestModel(models(waiting, kinds))?.id).toBe(expected);
  });

  it('is the one that the API takes for pictures', () => {
    const taken = defaultPictureModel('image', {
      generations: GENERATIONS,
      allowed: null,
      supply: ALL,
    });
    expect(newestModel(models([], ['image']))?.id).toBe(taken?.id);
  });

  it('is none where there is none', () => {
    expect(newestModel([])).toBeNull();
  });
});
