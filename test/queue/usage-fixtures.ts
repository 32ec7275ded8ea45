import type {
  RefusalCount,
  UsageBatch,
  UsageCorrection,
  UsageRecord,
} from '../../src/contract/usage';

/** A record of a whole answer; what a test is about, it says. */
export function record(id: string, over: Partial<UsageRecord> = {}): UsageRecord {
  return {
    id,
    at: 1_790_000_000_000,
    durationMs: 900,
    firstPartMs: 120,
    keyId: 'key_1',
    kind: 'chat',
    model: 'deepseek-chat',
    provider: 'deepseek',
    tokenId: 'tok_1',
    attempts: 1,
    stream: true,
    outcome: 'done',
    error: null,
    status: 200,
    units: 1,
    uncertain: false,
    day: '2026-09-21',
    charged: null,
    usage: { input: 10, output: 20, cached: 4, reasoning: 2, estimated: false },
    ...over,
  };
}

/** A call nobody said the end of. */
export function lostRecord(id: string): UsageRecord {
  return record(id, {
    outcome: 'lost',
    error: 'upstream_cut',
    status: 502,
    uncertain: true,
    firstPartMs: null,
    usage: null,
  });
}

/** The late word on it. */
export function lateWord(id: string): UsageCorrection {
  return {
    id,
    outcome: 'done',
    error: null,
    status: 200,
    durationMs: 1_500,
    firstPartMs: 300,
    usage: { input: 7, output: 8, cached: 0, reasoning: 0, estimated: true },
  };
}

export function usageBatch(
  batchId: string,
  parts: {
    readonly records?: readonly UsageRecord[];
    readonly corrections?: readonly UsageCorrection[];
    readonly refusals?: readonly RefusalCount[];
    readonly pool?: string;
  },
): UsageBatch {
  return {
    batchId,
    pool: parts.pool ?? 'main',
    records: [...(parts.records ?? [])],
    corrections: [...(parts.corrections ?? [])],
    refusals: [...(parts.refusals ?? [])],
  };
}
