import type { NewToken, TokenPatch } from '../../../src/pool/token';
import { markStale, applyFigure, bucketOf, forget, unitsOpenSince } from './ledger';
import type { State, TokenRow } from './state';

/** The list of tokens: imports, edits, deletions. */

export function importToken(state: State, token: NewToken): TokenRow {
  const known = [...state.tokens.values()].find((row) => row.fingerprint === token.fingerprint);
  const row = known ?? state.tokens.get(token.id);
  if (row !== undefined) {
    // The same credential: it keeps its counters. A new secret starts with a clean record.
    row.tier = token.tier;
    if (known === undefined) {
      row.sealedSecret = token.sealedSecret;
      row.fingerprint = token.fingerprint;
      revive(row);
    }
    return row;
  }
  const added = newRow(token);
  added.disabled = token.disabled === true;
  setFigures(state, added, token.buckets ?? []);
  state.tokens.set(added.id, added);
  return added;
}

function newRow(token: NewToken): TokenRow {
  return {
    id: token.id,
    provider: token.provider,
    fingerprint: token.fingerprint,
    tier: token.tier,
    sealedSecret: token.sealedSecret,
    disabled: false,
    expired: false,
    coolingUntil: null,
    halfOpen: 'no',
    halfOpenSince: 0,
    strikes: { revoked: 0, faulty: 0, certain: true },
    expiredBy: null,
    coolingBy: null,
    suspect: null,
    changedAt: 0,
    buckets: new Map(),
  };
}

export function patchToken(state: State, row: TokenRow, patch: TokenPatch): void {
  if (patch.tier !== undefined) row.tier = patch.tier;
  if (patch.disabled !== undefined) row.disabled = patch.disabled;
  if (patch.clearCooldown === true) revive(row);
  setFigures(state, row, patch.buckets ?? []);
}

/** Every cooldown ends, and failures are forgotten. */
function revive(row: TokenRow): void {
  row.expired = false;
  row.coolingUntil = null;
  row.halfOpen = 'no';
  row.halfOpenSince = 0;
  row.strikes = { revoked: 0, faulty: 0, certain: true };
  for (const bucket of row.buckets.values()) {
    bucket.coolingUntil = null;
    bucket.halfOpen = 'no';
  }
}

type Figures = NonNullable<TokenPatch['buckets']>;

function setFigures(state: State, row: TokenRow, figures: Figures): void {
  for (const figure of figures) {
    const bucket = bucketOf(row, figure.name, true);
    if (figure.remaining === null) {
      forget(bucket);
      continue;
    }
    const open = unitsOpenSince(state, row.id, figure.name, state.order);
    applyFigure(bucket, { remaining: figure.remaining, limit: figure.limit ?? null }, open);
    bucket.resetsAt = null;
    bucket.readingAskedAt = state.clock;
    bucket.uncertain = 0;
    if (figure.remaining < 4) markStale(bucket, state.clock);
  }
}

/** Deletes a token; leases it has open end without it. */
export function deleteToken(state: State, id: string): void {
  state.tokens.delete(id);
}
