import type { OutcomeKind } from '../../../src/contract/usage';
import type { QuotaKind } from '../../../src/models/model-spec';
import type { Settlement } from '../../../src/pool/call';

/** The outcome table, as written on paper. */
interface Row {
  /** What becomes of the credential's units. */
  readonly credential: 'spent' | 'counted' | 'back';
  readonly uncertain: boolean;
  /** What becomes of the key's daily units; `fair` = back if the caller received nothing and stayed. */
  readonly key: 'spent' | 'fair';
  readonly blames: 'nobody' | 'token' | 'bucket';
}

export const OUTCOMES: Readonly<Record<OutcomeKind, Row>> = {
  done: { credential: 'counted', uncertain: false, key: 'spent', blames: 'nobody' },
  partial: { credential: 'counted', uncertain: false, key: 'fair', blames: 'nobody' },
  aborted: { credential: 'counted', uncertain: false, key: 'spent', blames: 'nobody' },
  unused: { credential: 'back', uncertain: false, key: 'fair', blames: 'nobody' },
  limited: { credential: 'back', uncertain: false, key: 'fair', blames: 'bucket' },
  revoked: { credential: 'back', uncertain: false, key: 'fair', blames: 'token' },
  banned: { credential: 'back', uncertain: false, key: 'fair', blames: 'token' },
  blocked: { credential: 'back', uncertain: false, key: 'fair', blames: 'nobody' },
  refused: { credential: 'back', uncertain: false, key: 'fair', blames: 'nobody' },
  faulty: { credential: 'spent', uncertain: true, key: 'fair', blames: 'token' },
  lost: { credential: 'spent', uncertain: true, key: 'spent', blames: 'nobody' },
};

/** Credential units that an ended attempt of `reserved` units has spent. */
export function unitsSpent(settlement: Settlement, reserved: number): number {
  const row = OUTCOMES[settlement.outcome];
  const counted = Math.max(0, Math.min(reserved, settlement.units ?? reserved));
  if (settlement.outcome === 'refused') return settlement.counted === true ? counted : 0;
  if (row.credential === 'back') return 0;
  return row.credential === 'counted' ? counted : reserved;
}

/** Whether upstream may not have counted the attempt: also when the caller left before any word of it came. */
export function isUncertain(settlement: Settlement): boolean {
  if (settlement.outcome === 'aborted') return settlement.record.firstPartMs === null;
  return OUTCOMES[settlement.outcome].uncertain;
}

/** What an ended call has spent of one of its key's daily limits, of what it had reserved. */
export function keySpent(settlement: Settlement, kind: QuotaKind, reserved: number): number {
  const spends = OUTCOMES[settlement.outcome].key === 'spent' || !settlement.clientEmpty;
  if (!spends) return 0;
  const said = settlement.charges === undefined ? reserved : (settlement.charges[kind] ?? 0);
  return Math.max(0, Math.min(reserved, said));
}

/** What the credential's health is judged by: a `partial` acts as its cause, a cut stream when it has none. */
export function healthCause(settlement: Settlement): OutcomeKind {
  return settlement.outcome === 'partial' ? (settlement.cause ?? 'faulty') : settlement.outcome;
}
