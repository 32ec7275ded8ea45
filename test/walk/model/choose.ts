import type { Ask } from '../../../src/pool/call';
import type { BucketRow, State, TokenRow } from './state';

/** What the model says of a token for an ask; `maybe` where the rules leave the choice to the pool. */
export interface Fit {
  readonly token: TokenRow;
  readonly may: 'yes' | 'maybe' | 'no';
  readonly tier: number;
  readonly known: boolean;
  readonly inFlight: number;
  /** Units left of a known bucket; without end for others. */
  readonly free: number;
  /** Unix ms when time alone makes it fit; null when it fits now or time alone will not help. */
  readonly fitsAt: number | null;
  readonly why: string;
}

/** Live tokens an ask may ever be served by: neither expired nor disabled. */
export function liveTokens(
  state: State,
  ask: Pick<Ask, 'provider' | 'tiers' | 'tokenId'>,
): TokenRow[] {
  return [...state.tokens.values()].filter(
    (token) =>
      token.provider === ask.provider &&
      !token.disabled &&
      !token.expired &&
      (ask.tokenId === undefined || token.id === ask.tokenId) &&
      ask.tiers.some((tier) => tier === token.tier),
  );
}

/** Judges one live token. */
export function fit(state: State, token: TokenRow, ask: Ask, tried: readonly string[]): Fit {
  const bucket = token.buckets.get(ask.bucket);
  const inFlight = openCalls(state, token.id).length;
  const tier = ask.tiers.findIndex((name) => name === token.tier);
  const free = bucket?.state === 'known' ? bucket.free : Number.POSITIVE_INFINITY;
  const known = !ask.metered || (bucket !== undefined && bucket.state !== 'unknown');
  const verdict = (may: Fit['may'], why: string, fitsAt: number | null = null): Fit => {
    return { token, may, tier, known, inFlight, free, fitsAt, why };
  };
  const now = state.clock;
  const room = roomFor(state, bucket, token, ask);
  const { maxInFlight } = state.settings;
  if (!room.has) return verdict('no', room.why);
  if (maxInFlight > 0 && inFlight >= maxInFlight) return verdict('no', 'at its in-flight cap');
  const trial = trialFor(state, token, bucket);
  if (trial === 'no') return verdict('no', 'its one trial is open');
  const coolingUntil = Math.max(token.coolingUntil ?? 0, bucket?.coolingUntil ?? 0);
  if (coolingUntil > now) return verdict('no', 'cooling', coolingUntil);
  if (tried.includes(token.id)) return verdict('maybe', 'tried by this call');
  return verdict(trial, trial === 'maybe' ? 'half-open' : 'fits');
}

function roomFor(
  state: State,
  bucket: BucketRow | undefined,
  token: TokenRow,
  ask: Ask,
): { readonly has: boolean; readonly why: string } {
  if (!ask.metered || bucket?.state === 'unmetered') return { has: true, why: 'unmetered' };
  if (bucket?.state === 'known') {
    return { has: bucket.free >= ask.units, why: `${bucket.free} units free` };
  }
  const open = openCalls(state, token.id).filter((call) => call.ask.bucket === ask.bucket).length;
  return { has: open < state.settings.unknownInFlight, why: `${open} open on a never-read bucket` };
}

function openCalls(state: State, tokenId: string) {
  return [...state.calls.values()].filter((call) => call.holds && call.tokenId === tokenId);
}

/** A cooled token or bucket comes back with one call at a time, until one is `done`. */
function trialFor(state: State, token: TokenRow, bucket: BucketRow | undefined): Fit['may'] {
  const calls = openCalls(state, token.id);
  const inBucket = calls.filter((call) => call.ask.bucket === bucket?.name);
  const busy = [
    calls.length > 0 ? token.halfOpen : 'no',
    inBucket.length > 0 ? (bucket?.halfOpen ?? 'no') : 'no',
  ];
  if (busy.includes('yes')) return 'no';
  return busy.includes('maybe') ? 'maybe' : 'yes';
}

/**
 * Whether `better` had to be taken before `chosen`: known room before unknown, then the lowest tier,
 * then (unless calls stay together by affinity) the least in flight, then the most remaining.
 */
export function comesBefore(better: Fit, chosen: Fit, ask: Ask): boolean {
  if (better.known !== chosen.known) return better.known;
  if (better.tier !== chosen.tier) return better.tier < chosen.tier;
  if (ask.affinity !== undefined) return false;
  if (better.inFlight !== chosen.inFlight) return better.inFlight < chosen.inFlight;
  return better.free > chosen.free;
}
