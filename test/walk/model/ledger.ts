import {
  type BucketRow,
  type CallRow,
  type State,
  type TokenRow,
  emptyBucket,
  expectSame,
  fail,
} from './state';

/** Credential units: what is taken, spent, given back, and what a reading makes of them. */

export function bucketOf(token: TokenRow, name: string, metered: boolean): BucketRow {
  let bucket = token.buckets.get(name);
  if (bucket === undefined) {
    bucket = emptyBucket(name, metered ? 'unknown' : 'unmetered');
    token.buckets.set(name, bucket);
  }
  return bucket;
}

export function limitOf(bucket: BucketRow): number {
  return bucket.free + bucket.reserved + bucket.used;
}

export function take(bucket: BucketRow, units: number, now: number): void {
  if (bucket.state === 'known') {
    if (bucket.free < units) fail(`bucket ${bucket.name}`, `lent ${units} of ${bucket.free} units`);
    bucket.free -= units;
    // Too little for the dearest call, and nobody knows until when: only a reading can tell.
    if (isShort(bucket) && bucket.resetsAt === null) markStale(bucket, now);
  }
  bucket.reserved += units;
}

/** Models take 1 or 4 units. */
export const isShort = (bucket: BucketRow): boolean => bucket.free < 4;

/** Ends a lease: `spent` of its units are used, the rest goes back unless a newer figure holds. */
export function release(bucket: BucketRow, call: CallRow, spent: number, now: number): void {
  const back = call.ask.units - spent;
  bucket.reserved -= call.ask.units;
  bucket.used += spent;
  if (back === 0 || bucket.state !== 'known') return;
  if (call.epoch === bucket.epoch) {
    bucket.free += back;
  } else {
    bucket.used += back;
    markStale(bucket, now);
  }
}

export function markStale(bucket: BucketRow, now: number): void {
  if (bucket.staleSince === null) bucket.staleSince = now;
  bucket.stale = true;
}

/**
 * What time alone does: past its window a bucket is stale, not full; stale too long, nothing is known
 * of it. @returns whether anything changed.
 */
export function passTime(state: State): boolean {
  let changed = false;
  for (const token of state.tokens.values()) {
    for (const bucket of token.buckets.values()) {
      if (bucket.state !== 'known') continue;
      if (!bucket.stale && bucket.resetsAt !== null && bucket.resetsAt <= state.clock) {
        bucket.resetsAt = null;
        markStale(bucket, state.clock);
        changed = true;
      }
      if (bucket.staleSince !== null && bucket.staleSince + state.settings.staleMs <= state.clock) {
        forget(bucket);
        // It fits by time alone: sooner than the wait that the pool may remember.
        token.changedAt = state.clock;
        changed = true;
      }
    }
  }
  return changed;
}

/** A bucket that nobody could read: its figures are gone. */
export function forget(bucket: BucketRow): void {
  bucket.state = 'unknown';
  bucket.free = 0;
  bucket.used = 0;
  bucket.epoch += 1;
  bucket.stale = false;
  bucket.staleSince = null;
}

/** Upstream said that the bucket is spent: nothing is left until it says otherwise. */
export function spendAll(bucket: BucketRow, until: number, now: number): void {
  if (bucket.state === 'known') {
    bucket.used += bucket.free;
    bucket.free = 0;
    bucket.resetsAt = Math.max(bucket.resetsAt ?? 0, until);
  }
  bucket.coolingUntil = Math.max(bucket.coolingUntil ?? 0, until);
  bucket.halfOpen = 'yes';
  bucket.limitedAt = now;
}

/** Units of every lease of the bucket that was open at any moment since the operation numbered `order`. */
export function unitsOpenSince(
  state: State,
  tokenId: string,
  bucket: string,
  order: number,
): number {
  let units = 0;
  for (const call of state.calls.values()) {
    if (call.holds && call.tokenId === tokenId && call.ask.bucket === bucket) {
      units += call.ask.units;
    }
  }
  for (const lease of state.closed) {
    if (lease.tokenId === tokenId && lease.bucket === bucket && lease.order > order) {
      units += lease.units;
    }
  }
  return units;
}

/** Sets a bucket from what upstream says is left; `subtract` is what it may not have counted yet. */
export function applyFigure(
  bucket: BucketRow,
  figure: { readonly remaining: number | null; readonly limit: number | null },
  subtract: number,
): void {
  bucket.epoch += 1;
  bucket.stale = false;
  bucket.staleSince = null;
  if (figure.remaining === null) {
    bucket.state = 'unmetered';
    bucket.free = 0;
    return;
  }
  bucket.state = 'known';
  bucket.free = Math.max(0, figure.remaining - subtract);
  bucket.used = Math.max(0, (figure.limit ?? figure.remaining) - bucket.free - bucket.reserved);
}

/** What must hold for a bucket at every moment. */
export function checkBucket(owner: string, state: State, token: TokenRow, bucket: BucketRow): void {
  const name = `${owner}/${bucket.name}`;
  if (bucket.free < 0 || bucket.reserved < 0 || bucket.used < 0) fail(name, 'a part is negative');
  let reserved = 0;
  for (const call of state.calls.values()) {
    if (call.holds && call.tokenId === token.id && call.ask.bucket === bucket.name) {
      reserved += call.ask.units;
    }
  }
  expectSame(`${name} reserved by open leases`, bucket.reserved, reserved);
}
