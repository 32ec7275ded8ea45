import { describe, expect, it } from 'vitest';
import type { Generations } from '../../src/models/catalog';
import { type Choice, defaultPictureModel } from '../../src/models/default-model';

const supply = (...tiers: string[]) =>
  tiers.map((tier) => ({ provider: 'grok-web', tier, live: 1, active: 1 }));
const ALL: Generations = ['g3', 'g2', 'g1'];
const chosen = (kind: 'image' | 'edit', choice: Partial<Choice> = {}) => {
  const row = defaultPictureModel(kind, {
    generations: ALL,
    allowed: null,
    supply: supply('basic'),
    ...choice,
  });
  return row === null ? null : `${row.generation} ${row.id}`;
};

describe('the model of a request for pictures that names none', () => {
  it.each<[string, Partial<Choice>, string | null, string | null]>([
    ['the newest', {}, 'g3 grok-imagine-image', 'g3 grok-imagine-image-edit'],
    [
      'of the first generation listed',
      { generations: ['g1', 'g3'] },
      'g1 grok-imagine-1.0',
      'g1 grok-imagine-1.0-edit',
    ],
    [
      'the newest that a credential can serve',
      { generations: ['g2', 'g1'] },
      'g2 grok-imagine-image-lite',
      'g1 grok-imagine-1.0-edit',
    ],
    [
      'the plain one where a better account is there',
      { generations: ['g2', 'g1'], supply: supply('super') },
      'g2 grok-imagine-image',
      'g2 grok-imagine-image-edit',
    ],
    [
      'one that the key may use',
      { allowed: ['grok-imagine-1.0', 'grok-imagine-1.0-edit'] },
      'g1 grok-imagine-1.0',
      'g1 grok-imagine-1.0-edit',
    ],
    [
      'the newest where there is no credential, so that this is what is said',
      { supply: [] },
      'g3 grok-imagine-image',
      'g3 grok-imagine-image-edit',
    ],
    [
      'one that takes as many pictures as are to be edited',
      { originals: 16 },
      'g3 grok-imagine-image',
      'g1 grok-imagine-1.0-edit',
    ],
    [
      'the newest where none takes so many, so that its limit is what is said',
      { originals: 16, generations: ['g3', 'g2'] },
      'g3 grok-imagine-image',
      'g3 grok-imagine-image-edit',
    ],
  ])('is %s', (_, choice, image, edit) => {
    expect(chosen('image', choice)).toBe(image);
    expect(chosen('edit', choice)).toBe(edit);
  });
});
