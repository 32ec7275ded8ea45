import type { ServingState } from '../contract/models';
import type { ModelSpec } from './model-spec';

/** The pool's figures that decide what can be served. */
export interface ServingFigures {
  readonly supply: readonly {
    readonly provider: string;
    readonly tier: string;
    readonly live: number;
    readonly active: number;
  }[];
  readonly buckets: readonly {
    readonly provider: string;
    readonly tier: string;
    readonly bucket: string;
    readonly spent: number;
    /** Of the active: nothing is left, or the bucket cools down. */
    readonly blocked: number;
    readonly returnsAt: number | null;
  }[];
  /** Named `<provider>/<model>`. `until` is Unix ms. */
  readonly breakers: readonly { readonly name: string; readonly until: number }[];
}

export interface Serving {
  readonly state: ServingState;
  /** Unix ms; null when nobody knows. */
  readonly until: number | null;
  /** Credentials that could serve it now, and those that exist for it. */
  readonly active: number;
  readonly live: number;
}

/** Whether a row that is on can be served now, and if not, why and until when. */
export function servingOf(model: ModelSpec, figures: ServingFigures, now: number): Serving {
  const fits = (row: { readonly provider: string; readonly tier: string }): boolean =>
    row.provider === model.provider && model.tiers.some((tier) => tier === row.tier);
  const supply = figures.supply.filter(fits);
  const live = sum(supply.map((row) => row.live));
  const buckets = figures.buckets.filter((row) => fits(row) && row.bucket === model.bucket);
  const lendable = sum(supply.map((row) => row.active));
  // Credentials that were never read count as full.
  const active = Math.max(0, lendable - sum(buckets.map((row) => row.blocked)));
  const standing = (state: ServingState, until: number | null = null): Serving => {
    return { state, until, active, live };
  };
  if (live === 0) return standing('no_credentials');
  const breaker = figures.breakers.find(({ name }) => name === `${model.provider}/${model.id}`);
  if (breaker !== undefined && breaker.until > now) return standing('failing', breaker.until);
  if (active > 0) return standing('available');
  const returns = buckets.flatMap(({ returnsAt }) => (returnsAt === null ? [] : [returnsAt]));
  const until = returns.length === 0 ? null : Math.min(...returns);
  // What is not spent cools down: it may come back before the spent ones do, and nobody knows when.
  if (sum(buckets.map((row) => row.spent)) < live) return standing('cooling');
  return standing('spent', until);
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
