import type { OutcomeKind } from '../../src/contract/usage';
import { QUOTA_KINDS, type QuotaKind } from '../../src/models/model-spec';
import type { Settlement } from '../../src/pool/call';
import type { Charges } from './leases';

/** What a failure does to a credential's health; null leaves it as it is. */
export type HealthEffect = 'reset' | 'limited' | 'revoked' | 'banned' | 'blocked' | 'faulty' | null;

interface OutcomeRule {
  /** Credential units: gone, given back, or gone only if upstream said that it counted the call. */
  readonly units: 'spent' | 'back' | 'if-counted';
  /** The key's daily units: gone, or given back to a client that received nothing and did not leave. */
  readonly charge: 'spent' | 'fair';
  /** Upstream may not have counted the units. */
  readonly uncertain: boolean;
  readonly health: HealthEffect;
}

/**
 * The outcome table. Credential side, pessimistic: what was handed to `fetch` is spent unless
 * upstream's own reply shows that no work was done. Key side, fair.
 */
export const OUTCOMES: Readonly<Record<OutcomeKind, OutcomeRule>> = {
  done: { units: 'spent', charge: 'spent', uncertain: false, health: 'reset' },
  partial: { units: 'spent', charge: 'fair', uncertain: false, health: 'faulty' },
  aborted: { units: 'spent', charge: 'spent', uncertain: false, health: null },
  unused: { units: 'back', charge: 'fair', uncertain: false, health: 'blocked' },
  limited: { units: 'back', charge: 'fair', uncertain: false, health: 'limited' },
  revoked: { units: 'back', charge: 'fair', uncertain: false, health: 'revoked' },
  banned: { units: 'back', charge: 'fair', uncertain: false, health: 'banned' },
  blocked: { units: 'back', charge: 'fair', uncertain: false, health: 'blocked' },
  refused: { units: 'if-counted', charge: 'fair', uncertain: false, health: null },
  faulty: { units: 'spent', charge: 'fair', uncertain: true, health: 'faulty' },
  lost: { units: 'spent', charge: 'spent', uncertain: true, health: null },
};

/** Units of the credential that a settlement spends; never more than were reserved. */
export function unitsSpent(ended: Settlement, reserved: number): number {
  const { units } = OUTCOMES[ended.outcome];
  const spent = units === 'spent' || (units === 'if-counted' && ended.counted === true);
  return spent ? Math.min(reserved, Math.max(0, ended.units ?? reserved)) : 0;
}

/** Whether upstream may not have counted what was spent: it never answered the end of this attempt. */
export function isUncertain(ended: Settlement): boolean {
  const leftEarly = ended.outcome === 'aborted' && ended.record.firstPartMs === null;
  return OUTCOMES[ended.outcome].uncertain || leftEarly;
}

/** What the call takes of its key's day, of what was reserved. */
export function chargesSpent(ended: Settlement, reserved: Charges): Charges {
  const isCharged = OUTCOMES[ended.outcome].charge === 'spent' || !ended.clientEmpty;
  if (!isCharged) return {};
  const { charges } = ended;
  if (charges === undefined) return reserved;
  const spent: Partial<Record<QuotaKind, number>> = {};
  for (const kind of QUOTA_KINDS) {
    const held = reserved[kind];
    if (held !== undefined) spent[kind] = Math.min(held, Math.max(0, charges[kind] ?? 0));
  }
  return spent;
}

/**
 * What an attempt's end shows of its upstream: that it `serves`; that it `answers`, if not as asked;
 * or nothing. A caller who leaves before the first part has seen no answer, a cut answer is the very
 * failure that is counted, and a call refused without a reason was refused by the gateway.
 */
export function shownOf(ended: Settlement): 'serves' | 'answers' | null {
  switch (ended.outcome) {
    case 'done':
      return 'serves';
    case 'partial':
    case 'aborted': {
      const hasBegun = ended.record.firstPartMs !== null;
      return hasBegun && !isPenalty(healthEffect(ended)) ? 'answers' : null;
    }
    case 'limited':
      return 'answers';
    case 'refused':
      return ended.reason === undefined ? null : 'answers';
    case 'unused':
    case 'revoked':
    case 'banned':
    case 'blocked':
    case 'faulty':
    case 'lost':
      return null;
  }
}

/** Effects that are held against the credential itself. */
const isPenalty = (effect: HealthEffect): boolean =>
  effect === 'revoked' || effect === 'banned' || effect === 'faulty';

/** A `partial` acts on health like its cause. */
export function healthEffect(ended: Settlement): HealthEffect {
  const kind =
    ended.outcome === 'partial' && ended.cause !== undefined ? ended.cause : ended.outcome;
  return OUTCOMES[kind].health;
}
