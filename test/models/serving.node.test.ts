import { describe, expect, it } from 'vitest';
import { findModel } from '../../src/models/catalog';
import { type ServingFigures, servingOf } from '../../src/models/serving';

const NOW = 1_795_000_000_000;
const NOTHING: ServingFigures = { supply: [], buckets: [], breakers: [] };

function serving(name: string, figures: Partial<ServingFigures>) {
  const model = findModel(name);
  if (model === null) throw new Error(`no model ${name}`);
  return servingOf(model, { ...NOTHING, ...figures }, NOW);
}

const supply = (tier: string, live: number, active = live) => ({
  provider: 'grok-web',
  tier,
  live,
  active,
});
const bucket = (tier: string, spent: number, returnsAt: number | null = null, blocked = spent) => ({
  provider: 'grok-web',
  tier,
  bucket: 'grok-4',
  spent,
  blocked,
  returnsAt,
});

describe('whether a model can be served', () => {
  it('asks for a live credential of a fitting tier', () => {
    expect(serving('grok-4-heavy', { supply: [supply('basic', 3)] }).state).toBe('no_credentials');
    expect(serving('grok-4-heavy', { supply: [supply('super', 1)] })).toMatchObject({
      state: 'available',
      active: 1,
      live: 1,
    });
  });

  it('says when all of them are cooling', () => {
    expect(serving('grok-4', { supply: [supply('basic', 2, 0)] }).state).toBe('cooling');
  });

  it('says when all of them are spent, and until when', () => {
    const figures = {
      supply: [supply('basic', 2), supply('super', 1)],
      buckets: [bucket('basic', 2, NOW + 900), bucket('super', 1, NOW + 300)],
    };
    expect(serving('grok-4', figures)).toMatchObject({ state: 'spent', until: NOW + 300 });
    // Another bucket of the same credentials is not touched.
    expect(serving('grok-3', figures).state).toBe('available');
  });

  it('counts credentials that were never read as full', () => {
    const figures = { supply: [supply('basic', 3)], buckets: [bucket('basic', 2)] };
    expect(serving('grok-4', figures).state).toBe('available');
  });

  it('counts as ready only what the bucket of the model lets be lent', () => {
    const figures = { supply: [supply('basic', 5)], buckets: [bucket('basic', 3)] };
    expect(serving('grok-4', figures)).toMatchObject({ state: 'available', active: 2, live: 5 });
    expect(serving('grok-3', figures)).toMatchObject({ active: 5 });
  });

  it('can serve nothing when the active ones are spent and the others cool down', () => {
    const figures = { supply: [supply('basic', 5, 2)], buckets: [bucket('basic', 2, NOW + 900)] };
    expect(serving('grok-4', figures)).toMatchObject({ state: 'cooling', active: 0, until: null });
  });

  it('says when the provider fails on all alike', () => {
    const figures = {
      supply: [supply('basic', 1)],
      breakers: [{ name: 'grok-web/grok-4', until: NOW + 5_000 }],
    };
    expect(serving('grok-4', figures)).toMatchObject({ state: 'failing', until: NOW + 5_000 });
    expect(serving('grok-3', figures).state).toBe('available');
  });
});
