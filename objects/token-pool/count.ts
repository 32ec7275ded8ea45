import type { PoolSums, SupplyOverview } from '../../src/pool/figures';
import type { TokenQuery, TokenStanding } from '../../src/pool/token';

type Counted = Pick<TokenQuery, 'provider' | 'tier' | 'state' | 'kinds' | 'standings' | 'isUnread'>;

const STANDINGS: readonly TokenStanding[] = [
  'active',
  'exhausted',
  'cooling',
  'expired',
  'disabled',
];

/**
 * How many tokens a list holds in all, by the sums: no token is looked at. Tag and text are not counted.
 * Of the unread ones only those that are active are known.
 */
export function countListed({ supply }: Pick<PoolSums, 'supply'>, query: Counted): number {
  return supply
    .filter((row) => isOfKind(row, query))
    .reduce((n, row) => n + standing(row, query), 0);
}

function isOfKind(row: SupplyOverview, { provider, tier, kinds }: Counted): boolean {
  return (
    (provider === undefined || provider === row.provider) &&
    (tier === undefined || tier === row.tier) &&
    (kinds === undefined ||
      kinds.some((kind) => kind.provider === row.provider && (kind.tier ?? row.tier) === row.tier))
  );
}

function standing(row: SupplyOverview, { state, standings, isUnread }: Counted): number {
  return STANDINGS.filter(
    (one) =>
      (standings === undefined || standings.includes(one)) &&
      (state === undefined || state === (one === 'exhausted' ? 'active' : one)),
  ).reduce((n, one) => n + countOf(row, one, isUnread), 0);
}

function countOf(row: SupplyOverview, one: TokenStanding, isUnread: boolean | undefined): number {
  if (one !== 'active') return row[one];
  const read = row.active - row.exhausted - row.unread;
  if (isUnread === undefined) return read + row.unread;
  return isUnread ? row.unread : read;
}
