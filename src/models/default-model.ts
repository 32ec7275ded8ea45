import { type Generations, listModels } from './catalog';
import type { SupplyCount } from './list';
import type { ModelSpec } from './model-spec';

/** What decides which model serves a request that names none. */
export interface Choice {
  readonly generations: Generations;
  /** Ids of the key's allowlist; null allows all. */
  readonly allowed: readonly string[] | null;
  readonly supply: readonly SupplyCount[];
  /** Pictures that are to be edited. */
  readonly originals?: number;
}

/**
 * The row for pictures when a request names none: of the first generation that is on, that the key may use
 * and that some credential can serve; within it the plain one, which is neither the quickest nor the dearest.
 * One that takes as many pictures as are to be edited goes before one that does not.
 * Where none can be served, what the pool says of the best one is told.
 * @returns null when no row of this kind is on.
 */
export function defaultPictureModel(
  kind: 'image' | 'edit',
  { generations, allowed, supply, originals = 0 }: Choice,
): ModelSpec | null {
  const rows = listModels(generations)
    .filter((row) => row.kind === kind && row.aliasOf === undefined)
    .sort((a, b) => choiceRank(a, generations) - choiceRank(b, generations));
  const mayUse = rows.filter(({ id }) => allowed === null || allowed.includes(id));
  const served = mayUse.filter(({ provider, tiers }) =>
    supply.some(
      (row) => row.provider === provider && row.live > 0 && tiers.some((tier) => tier === row.tier),
    ),
  );
  const fitting = served.find(
    ({ media }) => media?.task !== 'edit' || media.maxImages >= originals,
  );
  return fitting ?? served[0] ?? mayUse[0] ?? rows[0] ?? null;
}

/**
 * Where a row stands when nobody names a model, the lowest first: generations in the order of the settings,
 * official APIs after them; within one, the plain row of the socket, then others, the dearer last.
 */
export function choiceRank({ generation, media }: ModelSpec, generations: Generations): number {
  const order = generation === undefined ? generations.length : generations.indexOf(generation);
  const isDearer = media?.task === 'draw' && media.pro === true;
  const isPlain = media?.task !== 'draw' || (media.way === 'imagine' && !isDearer);
  return order * 3 + (isPlain ? 0 : isDearer ? 2 : 1);
}
