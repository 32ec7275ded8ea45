import type { Probe, ProbeResult } from '../../../src/pool/reading';
import { type Doubts, judgeReading, readingServed } from './health';
import { applyFigure, bucketOf, spendAll, unitsOpenSince } from './ledger';
import { type ReadingRow, type State, type TokenRow, fail } from './state';

/** Readings: what was asked when, and what its answer does to a bucket. */

const READING_MS = 30_000;

/** Notes readings the pool has handed out. @throws WalkFailure when one is impossible. */
export function noteProbes(state: State, probes: readonly Probe[]): void {
  for (const probe of probes) {
    const name = `reading ${probe.readingId}`;
    const token = state.tokens.get(probe.tokenId);
    if (token === undefined) fail(name, `of ${probe.tokenId}, which is gone`);
    if (state.readings.has(probe.readingId)) fail(name, 'handed out twice');
    if (probe.provider !== token.provider) fail(name, `names ${probe.provider}`);
    if (probe.sealedSecret !== token.sealedSecret) fail(name, 'carries another secret');
    state.readings.set(probe.readingId, {
      readingId: probe.readingId,
      tokenId: probe.tokenId,
      bucket: probe.bucket,
      askedAt: state.clock,
      order: state.order,
    });
  }
}

/** Applies what a reading found, unless it has been overtaken. */
export function report(state: State, result: ProbeResult, doubts: Doubts): void {
  const reading = state.readings.get(result.readingId);
  if (reading === undefined) return;
  state.readings.delete(result.readingId);
  const token = state.tokens.get(reading.tokenId);
  if (token === undefined) return;
  if (!result.ok) {
    failedReading(state, token, reading, result, doubts);
    return;
  }
  readingServed(state, token);
  const bucket = bucketOf(token, reading.bucket, true);
  if (reading.askedAt < bucket.readingAskedAt || reading.askedAt < bucket.limitedAt) return;
  applyFigure(bucket, result, unitsOpenSince(state, token.id, reading.bucket, reading.order));
  bucket.uncertain = 0;
  bucket.readingAskedAt = reading.askedAt;
  bucket.readAt = state.clock;
  bucket.resetsAt = result.resetAfterMs === null ? null : state.clock + result.resetAfterMs;
  if (result.tier !== undefined) token.tier = result.tier;
}

function failedReading(
  state: State,
  token: TokenRow,
  reading: ReadingRow,
  result: Extract<ProbeResult, { ok: false }>,
  doubts: Doubts,
): void {
  const { outcome } = result;
  if (outcome === 'banned' || outcome === 'revoked') {
    judgeReading(state, token, reading.askedAt, outcome, doubts);
  }
  if (outcome !== 'limited') return;
  const { limitedMs, maxRetryAfterMs } = state.settings;
  const until = state.clock + Math.min(result.retryAfterMs ?? limitedMs, maxRetryAfterMs);
  spendAll(bucketOf(token, reading.bucket, true), until, state.clock);
}

/** At an alarm, readings that nobody has reported in time count as failed. */
export function expireReadings(state: State): void {
  for (const [id, reading] of state.readings) {
    if (reading.askedAt + READING_MS <= state.clock) state.readings.delete(id);
  }
}

/** Forgets ended leases that no open reading has to subtract any more. */
export function forgetClosed(state: State): void {
  let oldest = state.order;
  for (const reading of state.readings.values()) oldest = Math.min(oldest, reading.order);
  const kept = state.closed.filter((lease) => lease.order > oldest);
  state.closed.splice(0, state.closed.length, ...kept);
}
