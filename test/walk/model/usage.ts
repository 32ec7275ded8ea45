import type { OutcomeKind, UsageBatch, UsageRecord } from '../../../src/contract/usage';
import type { Settlement } from '../../../src/pool/call';
import { type CallRow, type ExpectedRecord, type State, expectSame, fail } from './state';

/** Notes the one record that an ended call must leave. */
export function expectRecord(
  state: State,
  call: CallRow,
  outcome: OutcomeKind,
  settled: Settlement | null,
  charged: number,
): void {
  const { ask } = call;
  state.pending.set(ask.callId, {
    id: ask.callId,
    at: call.admittedAt,
    keyId: ask.keyId,
    kind: ask.kind,
    model: ask.model,
    provider: ask.provider,
    tokenId: call.tokenId,
    attempts: call.attempt,
    stream: ask.stream,
    outcome,
    units: call.spent,
    uncertain: call.uncertain,
    day: call.day,
    charged,
    endedAt: state.clock,
    settled,
  });
}

/** How long the model remembers refusals. Ms. */
export const REFUSALS_KEPT_MS = 24 * 3_600_000;

/** What has been delivered, over all crashes: a consumer never forgets. */
export class Consumer {
  readonly #bodies = new Map<string, string>();
  readonly #acked = new Set<string>();
  readonly #records = new Set<string>();
  readonly #corrections = new Set<string>();
  readonly #lost = new Set<string>();
  readonly #refusals = new Map<string, number>();

  /** Takes one delivery. @throws WalkFailure when it contradicts an earlier one, or the model. */
  deliver(state: State, batch: UsageBatch): void {
    const body = JSON.stringify(batch);
    const earlier = this.#bodies.get(batch.batchId);
    if (earlier !== undefined) {
      expectSame(`batch ${batch.batchId} sent again`, body, earlier);
      return;
    }
    if (this.#acked.has(batch.batchId)) {
      fail(`batch ${batch.batchId}`, 'sent after its acknowledgement');
    }
    this.#bodies.set(batch.batchId, body);
    state.unacked.add(batch.batchId);
    for (const record of batch.records) this.#take(state, record);
    for (const { id } of batch.corrections) {
      const lost = state.lost.get(id);
      if (lost === undefined && !this.#lost.has(id)) {
        fail(`correction ${id}`, 'for a call that was not lost');
      }
      if (lost?.word === 'none') fail(`correction ${id}`, 'without a late word');
      if (lost !== undefined) lost.word = 'carried';
      if (this.#corrections.has(id)) fail(`correction ${id}`, 'sent twice');
      this.#corrections.add(id);
    }
    for (const { keyId, code, minute, count } of batch.refusals) {
      const name = `${keyId} ${code} ${minute}`;
      const total = (this.#refusals.get(name) ?? 0) + count;
      this.#refusals.set(name, total);
      const counted = state.refusals.get(name)?.count;
      if (counted === undefined && state.clock - minute > REFUSALS_KEPT_MS) continue;
      // A restart may forget refusals that were not sealed; it never counts one twice.
      if (total > (counted ?? 0)) fail(`refusals ${name}`, `pool ${total}, model ${counted}`);
    }
  }

  /** The pool has durably forgotten these: they must never come again. */
  acknowledged(batchIds: readonly string[]): void {
    for (const id of batchIds) {
      if (this.#bodies.delete(id)) this.#acked.add(id);
    }
  }

  has(callId: string): boolean {
    return this.#records.has(callId);
  }

  get records(): number {
    return this.#records.size;
  }

  #take(state: State, record: UsageRecord): void {
    const name = `record ${record.id}`;
    if (this.#records.has(record.id)) fail(name, 'in two batches');
    const expected = state.pending.get(record.id);
    if (expected === undefined) fail(name, 'of a call that has not ended');
    compareRecord(name, record, expected);
    state.pending.delete(record.id);
    this.#records.add(record.id);
    if (record.outcome === 'lost') this.#lost.add(record.id);
  }
}

const FIELDS = [
  'at',
  'keyId',
  'kind',
  'model',
  'provider',
  'tokenId',
  'attempts',
  'stream',
  'outcome',
  'units',
  'uncertain',
  'day',
  'charged',
] as const satisfies readonly (keyof ExpectedRecord & keyof UsageRecord)[];

function compareRecord(name: string, record: UsageRecord, expected: ExpectedRecord): void {
  for (const field of FIELDS) expectSame(`${name}.${field}`, record[field], expected[field]);
  expectSame(`${name}.durationMs`, record.durationMs, expected.endedAt - expected.at);
  if (expected.settled === null) return;
  const { status, error, firstPartMs, usage } = expected.settled.record;
  expectSame(`${name}.status`, record.status, status);
  expectSame(`${name}.error`, record.error, error);
  expectSame(`${name}.firstPartMs`, record.firstPartMs, firstPartMs);
  expectSame(`${name}.usage`, JSON.stringify(record.usage), JSON.stringify(usage));
}
