import type { TokenUsage, UsageBatch, UsageCorrection, UsageRecord } from '../contract/usage';
import type { Egress } from '../egress/egress';
import { logError, logWarning } from '../lib/log';
import { isSafeBase } from '../lib/base-address';
import { HOUR_MS, MINUTE_MS } from '../lib/time';
import { deleteSettlements, postponeSettlement, type Settlement } from '../store/settlements';

/** Where settled usage goes. */
export interface Backend {
  readonly egress: Egress;
  /** `https://host`, with or without a last slash. */
  readonly baseUrl: string;
  /** `INTERNAL_SECRET`: shows the backend who is calling. */
  readonly secret: string;
}

const TIMEOUT_MS = 10_000;
const FIRST_WAIT_MS = 5 * MINUTE_MS;
const LONGEST_WAIT_MS = HOUR_MS;

/** Whether a batch holds something to settle. */
export function hasCalls(batch: UsageBatch): boolean {
  return batch.records.length + batch.corrections.length > 0;
}

/** The backend's view of a batch: `{batch_id, records, corrections}`, names as in the public API. */
export function settlementBody(batch: UsageBatch): string {
  return JSON.stringify({
    batch_id: batch.batchId,
    records: batch.records.map(recordView),
    corrections: batch.corrections.map(correctionView),
  });
}

/**
 * Sends settlements one after the other. What is confirmed is deleted; what is not is sent again by
 * cron, later each time and without end: it is money. The first failure ends the round, because the
 * others would wait for the same backend; they keep their time.
 *
 * @returns how many the backend confirmed
 */
export async function sendSettlements(
  db: D1Database,
  backend: Backend,
  settlements: readonly Settlement[],
  now: number,
): Promise<number> {
  const confirmed: string[] = [];
  for (const settlement of settlements) {
    const problem = await send(backend, settlement);
    if (problem !== null) {
      const nextAt = now + waitAfter(settlement.attempts);
      await postponeSettlement(db, settlement.batchId, nextAt);
      logWarning('settlement_failed', { batchId: settlement.batchId, problem, nextAt });
      break;
    }
    confirmed.push(settlement.batchId);
  }
  if (confirmed.length > 0) await deleteSettlements(db, confirmed);
  return confirmed.length;
}

/**
 * The configured backend; null when there is none, its secret is missing, or the secret would travel in
 * clear: the last two are logged, and what is settled waits.
 */
export function backendFrom(
  vars: {
    readonly BACKEND_URL: string;
    readonly INTERNAL_SECRET?: string | undefined;
    readonly ALLOW_LOOPBACK?: string | undefined;
  },
  egress: Egress,
): Backend | null {
  if (vars.BACKEND_URL === '') return null;
  const url = URL.parse(vars.BACKEND_URL);
  if (url === null || !isSafeBase(url, vars.ALLOW_LOOPBACK === 'true')) {
    logError('settlement_impossible', { unusable: 'BACKEND_URL' });
    return null;
  }
  if (vars.INTERNAL_SECRET === undefined || vars.INTERNAL_SECRET === '') {
    logError('settlement_impossible', { missing: 'INTERNAL_SECRET' });
    return null;
  }
  return { egress, baseUrl: vars.BACKEND_URL, secret: vars.INTERNAL_SECRET };
}

/** @returns null when the backend said yes, else what went wrong. */
async function send(backend: Backend, { batchId, body }: Settlement): Promise<string | null> {
  try {
    const url = `${backend.baseUrl.replace(/\/+$/, '')}/internal/usage`;
    const response = await backend.egress.fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${backend.secret}`,
        'content-type': 'application/json',
        'idempotency-key': batchId,
      },
      body,
      // A redirect would carry the secret to another host.
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.ok ? null : `status ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.name : 'no connection';
  }
}

/** 5, 10, 20, 40, then 60 minutes. */
function waitAfter(attempts: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** Math.min(attempts, 10), LONGEST_WAIT_MS);
}

function recordView(record: UsageRecord) {
  return {
    id: record.id,
    at: record.at,
    key_id: record.keyId,
    kind: record.kind,
    model: record.model,
    provider: record.provider,
    attempts: record.attempts,
    stream: record.stream,
    units: record.units,
    uncertain: record.uncertain,
    day: record.day,
    ...endView(record),
  };
}

function correctionView(correction: UsageCorrection) {
  return { id: correction.id, ...endView(correction) };
}

function endView(end: UsageRecord | UsageCorrection) {
  return {
    outcome: end.outcome,
    error: end.error,
    status: end.status,
    duration_ms: end.durationMs,
    first_part_ms: end.firstPartMs,
    usage: end.usage === null ? null : usageView(end.usage),
  };
}

function usageView(usage: TokenUsage) {
  return {
    input_tokens: usage.input,
    output_tokens: usage.output,
    cached_tokens: usage.cached,
    reasoning_tokens: usage.reasoning,
    estimated: usage.estimated,
  };
}
