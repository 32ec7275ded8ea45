import type { UsageCorrection, UsageRecord } from '../../src/contract/usage';
import type { KeyCounters } from './keys';
import type { LostCall, OpenLease } from './leases';
import type { Packed } from './packed';
import type { NameRow, TokenRow } from './statements';

/** Numbers that only grow, and who made the list what it is. */
export interface Sequences {
  /** Last sealed usage batch. */
  batch: number;
  /** Raised by each change of the token list. */
  list: number;
  /** Next free slot; slots are never used twice. */
  slot: number;
  /** Id of the last edit of the list, if it came with one. */
  edit: string;
}

/**
 * What one commit changed, as it stood afterwards: values, not commands, so that reading it back
 * needs no rule and a newer version of the rules cannot change the past. Absent = nothing.
 */
export interface JournalBody {
  /** Unix ms of the commit, by the pool's clock. */
  readonly t: number;
  readonly sequences?: Sequences;
  readonly opened?: readonly (Packed | OpenLease)[];
  readonly closed?: readonly string[];
  /** `[slot, …fields]` of the health table. */
  readonly tokens?: readonly (readonly number[])[];
  /** By bucket number, `[slot, …fields]` of its cells. */
  readonly buckets?: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly keys?: Readonly<Record<string, KeyCounters>>;
  /** Appended to what waits for sealing; then the given numbers are taken from its front. */
  readonly records?: readonly (Packed | UsageRecord)[];
  readonly corrections?: readonly UsageCorrection[];
  readonly sealed?: readonly [records: number, corrections: number];
  readonly tombstones?: readonly (readonly [callId: string, until: number])[];
  readonly lost?: readonly LostCall[];
  readonly found?: readonly string[];
}

/** Everything that the next commit has to write. */
export class Work {
  readonly opened = new Set<string>();
  readonly closed = new Set<string>();
  readonly tokens = new Set<number>();
  /** Slots that did not exist at the last commit: their pages are written, they need no image. */
  readonly fresh = new Set<number>();
  readonly buckets = new Map<number, Set<number>>();
  readonly keys = new Set<string>();
  readonly records: UsageRecord[] = [];
  readonly corrections: UsageCorrection[] = [];
  sealedRecords = 0;
  sealedCorrections = 0;
  readonly tombstones = new Map<string, number>();
  readonly lost = new Map<string, LostCall>();
  readonly found = new Set<string>();
  sequences = false;

  // Written as rows of their own, in the same transaction.
  readonly tokenRows = new Map<number, TokenRow | null>();
  readonly keyRows = new Set<string>();
  readonly names: NameRow[] = [];
  readonly batches: { readonly batch: number; readonly body: string; readonly sealedAt: number }[] =
    [];
  readonly acked: number[] = [];
  settings = false;

  /** Whether the journal needs a row for it. */
  get hasJournal(): boolean {
    return (
      this.opened.size > 0 ||
      this.closed.size > 0 ||
      this.tokens.size > 0 ||
      this.buckets.size > 0 ||
      this.keys.size > 0 ||
      this.records.length > 0 ||
      this.corrections.length > 0 ||
      this.sealedRecords > 0 ||
      this.sealedCorrections > 0 ||
      this.tombstones.size > 0 ||
      this.lost.size > 0 ||
      this.found.size > 0 ||
      this.sequences
    );
  }

  get isEmpty(): boolean {
    return (
      !this.hasJournal &&
      this.tokenRows.size === 0 &&
      this.keyRows.size === 0 &&
      this.names.length === 0 &&
      this.batches.length === 0 &&
      this.acked.length === 0 &&
      !this.settings
    );
  }

  cell(bucket: number, slot: number): void {
    const slots = this.buckets.get(bucket);
    if (slots === undefined) this.buckets.set(bucket, new Set([slot]));
    else slots.add(slot);
  }
}
