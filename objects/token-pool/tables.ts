import type { Tier } from '../../src/models/model-spec';
import { at, Columns } from './columns';

/** Tiers by their number in memory, lowest first. */
export const TIERS: readonly Tier[] = ['basic', 'super', 'heavy'];
export const tierNumber = (tier: Tier): number => TIERS.indexOf(tier);

/** `state` of a token in memory. `cooling` is a live token whose `coolUntil` lies ahead. */
export const ABSENT = 0;
export const LIVE = 1;
export const EXPIRED = 2;

/** Health and identity of every token, by slot. Stored in pages of number 0. */
export class TokenTable {
  readonly stored = new Columns({
    state: 'u8',
    disabled: 'u8',
    tier: 'u8',
    /** Half-open: it serves one call at a time until one is done. */
    trial: 'u8',
    provider: 'i32',
    /** `revoked` in a row, `faulty` in a row. */
    strikes: 'i32',
    faults: 'i32',
    coolUntil: 'f64',
    lastFailureAt: 'f64',
    useCount: 'f64',
    lastUsedAt: 'f64',
  } as const);

  /** Follows from the open leases; not stored. */
  readonly live = new Columns({ inFlight: 'i32' } as const);

  reserve(slots: number): void {
    this.stored.reserve(slots);
    this.live.reserve(slots);
  }

  /** Neither deleted, expired nor disabled. */
  isLive(slot: number): boolean {
    const { state, disabled } = this.stored.fields;
    return at(state, slot) === LIVE && at(disabled, slot) === 0;
  }

  isCooling(slot: number, now: number): boolean {
    return at(this.stored.fields.coolUntil, slot) > now;
  }
}

/** `state` of a bucket cell. `UNREAD` is unknown where the provider meters, unmetered where it does not. */
export const UNREAD = 0;
export const KNOWN = 1;
export const UNMETERED = 2;

/**
 * One bucket of every token, by slot. For a known cell, at every step:
 * limit = free + reserved + used.
 */
export class BucketTable {
  readonly stored = new Columns({
    state: 'u8',
    /** Half-open after a rate limit. */
    trial: 'u8',
    /** What is stored may be wrong: a reading is wanted. */
    stale: 'u8',
    /** The last reading was taken while leases were open: free is a lower bound. */
    lowerBound: 'u8',
    limit: 'i32',
    free: 'i32',
    used: 'i32',
    /** Spent units that upstream may not have counted. */
    uncertain: 'i32',
    /** Raised by each applied reading; give-backs of older leases are dropped. */
    epoch: 'i32',
    resetsAt: 'f64',
    /** When the last applied reading was asked for. */
    readAt: 'f64',
    limitedAt: 'f64',
    coolUntil: 'f64',
    staleAt: 'f64',
    /** The figure was entered by a person, here or with an import, and is no reading. */
    entered: 'u8',
  } as const);

  /** Follow from the open leases; not stored. */
  readonly live = new Columns({ reserved: 'i32', open: 'i32' } as const);

  constructor(
    readonly id: number,
    readonly name: string,
    readonly metered: boolean,
  ) {}

  reserve(slots: number): void {
    this.stored.reserve(slots);
    this.live.reserve(slots);
  }

  state(slot: number): 'known' | 'unknown' | 'unmetered' {
    switch (at(this.stored.fields.state, slot)) {
      case KNOWN:
        return 'known';
      case UNMETERED:
        return 'unmetered';
      default:
        return this.metered ? 'unknown' : 'unmetered';
    }
  }
}
