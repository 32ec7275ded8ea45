/** What the pool must know of the settings. Durations in ms. */
export interface PoolSettings {
  readonly version: number;
  /** IANA zone; wins over the offset when set. */
  readonly timeZone: string | null;
  readonly dayOffsetMinutes: number;
  /** 0 switches the cap off. */
  readonly maxInFlight: number;
  readonly unknownInFlight: number;
  /** A `limited` bucket without word from upstream, and the longest word that is believed. */
  readonly limitedMs: number;
  readonly maxRetryAfterMs: number;
  readonly revokedMs: number;
  /** A credential expires at this many `revoked` in a row. */
  readonly revokedStrikes: number;
  /** `faulty` in a row before a short cooldown. */
  readonly faultyStrikes: number;
  readonly faultyMs: number;
  /** This many credentials failing alike within the window open a breaker. */
  readonly breakerCredentials: number;
  readonly breakerWindowMs: number;
  readonly breakerTrialMs: number;
  /** A stale bucket that cannot be read becomes unknown after this. */
  readonly staleMs: number;
  /** Readings under way at once. */
  readonly probeConcurrency: number;
  /** Reads of one credential's assets at once. */
  readonly mediaInFlight: number;
}
