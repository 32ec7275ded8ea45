import type { ImportTarget, TokenItem } from '../../../../src/contract/tokens';
import type { TokenQuery } from '../../api/tokens';
import { queryValue, setQuery } from '../../app/router';

/** What the list shows: any of the types, any of the statuses, a tag, a text. */

/** A used-up token is `exhausted`, not `active`; `invalid` means that upstream takes it no more. */
export const STATUSES = ['active', 'cooling', 'exhausted', 'invalid', 'disabled'] as const;
export type Status = (typeof STATUSES)[number];

/** Accounts of the Grok site by tier, and official APIs. */
export const TYPES = [
  'sso',
  'super',
  'heavy',
  'moonshot',
  'deepseek',
  'zai',
  'siliconflow',
  'xai',
] as const;
export type TokenType = (typeof TYPES)[number];

export interface TokenFilter {
  readonly types: readonly TokenType[];
  readonly statuses: readonly Status[];
  readonly tag: string;
  readonly search: string;
}

export const NO_FILTER: TokenFilter = { types: [], statuses: [], tag: '', search: '' };

/** The filter of the address; words that mean nothing are left out. */
export function readFilter(): TokenFilter {
  const types = queryValue('type').replace('ssoSuper', 'super,heavy').split(',');
  const statuses = queryValue('state').split(',');
  return {
    types: TYPES.filter((type) => types.includes(type)),
    statuses: STATUSES.filter((status) => statuses.includes(status)),
    tag: queryValue('tag'),
    search: queryValue('search'),
  };
}

/** Into the address; the page begins anew. */
export function writeFilter(filter: TokenFilter): void {
  setQuery({ ...queryOf(filter), after: '', page: '' });
}

export function queryOf({ types, statuses, tag, search }: TokenFilter): TokenQuery {
  return { type: types.join(','), state: statuses.join(','), tag, search };
}

export function isFiltered(filter: TokenFilter): boolean {
  return Object.values(queryOf(filter)).some((word) => word !== '');
}

/** Whether the list's total counts what is shown: tags and text are not counted. */
export function isCounted({ tag, search }: TokenFilter): boolean {
  return tag === '' && search === '';
}

export function statusOf({ status, exhausted }: TokenItem): Status {
  return exhausted ? 'exhausted' : status;
}

export const TONES = {
  active: 'good',
  cooling: 'warn',
  exhausted: 'warn',
  invalid: 'alarm',
  disabled: 'neutral',
} as const;

export function typeOf({ provider, tier }: { provider: string; tier: string }): TokenType {
  const name = provider === 'grok-web' ? (tier === 'basic' ? 'sso' : tier) : provider;
  return TYPES.find((type) => type === name) ?? 'sso';
}

/** The pool that a type stands for. */
export function targetOf(type: TokenType): ImportTarget {
  if (type === 'sso') return { provider: 'grok-web', tier: 'basic' };
  if (type === 'super' || type === 'heavy') return { provider: 'grok-web', tier: type };
  return { provider: type, tier: 'basic' };
}
