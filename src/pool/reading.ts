import type { Tier } from '../models/model-spec';
import type { EgressRef } from './call';

/** Readings of upstream's figures, which the pool orders and a Worker makes. Plain data. */

/** One reading to make, handed to a Worker by the pool. */
export interface Probe {
  readonly readingId: string;
  readonly tokenId: string;
  readonly provider: string;
  readonly bucket: string;
  readonly sealedSecret: string;
  readonly egress: EgressRef;
}

/** What a reading found. */
export type ProbeResult =
  | {
      readonly readingId: string;
      readonly ok: true;
      /** Units left and in all, as upstream says; null when it does not meter the bucket. */
      readonly remaining: number | null;
      readonly limit: number | null;
      /** Ms until the window ends. */
      readonly resetAfterMs: number | null;
      /** Tier that the figures show, when they do. */
      readonly tier?: Tier;
    }
  | {
      readonly readingId: string;
      readonly ok: false;
      readonly outcome: 'revoked' | 'banned' | 'blocked' | 'limited' | 'faulty' | 'unused';
      readonly retryAfterMs?: number;
      readonly reason?: string;
    };
