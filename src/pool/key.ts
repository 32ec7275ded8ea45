import type { QuotaKind } from '../models/model-spec';

/** A key as the pool knows it: its limits and where they stand. Plain data. */

/** A key as the pool enforces it. Absent limits are null; 0 allows nothing. */
export interface KeyLimits {
  readonly id: string;
  /** Raised by each edit; an older one never overwrites a newer. */
  readonly version: number;
  readonly enabled: boolean;
  readonly deleted: boolean;
  /** Unix ms. */
  readonly expiresAt: number | null;
  readonly models: readonly string[] | null;
  /** Addresses or CIDR blocks. */
  readonly ips: readonly string[] | null;
  readonly rpm: number | null;
  readonly concurrency: number | null;
  readonly perDay: Readonly<Record<QuotaKind, number | null>>;
}

/** Where a key stands now: `used + reserved + remaining = limit`, for each limit. */
export interface KeyStatus {
  readonly id: string;
  readonly version: number;
  readonly day: string;
  readonly perDay: Readonly<Record<QuotaKind, Standing>>;
  readonly rpm: Standing;
  readonly concurrency: Standing;
  /** The key as it is enforced, deleted or not: what D1 is repaired from. */
  readonly limits: KeyLimits;
}

export interface Standing {
  readonly limit: number | null;
  readonly used: number;
  readonly reserved: number;
  readonly remaining: number | null;
  /** Unix ms; null when it does not reset. */
  readonly resetsAt: number | null;
}
