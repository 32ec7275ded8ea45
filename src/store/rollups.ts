import type { UsageRecord } from '../contract/usage';
import { HOUR_MS } from '../lib/time';

/** Sums of calls of one day, key and model; fields in the order of the columns of `usage_daily`. */
export interface Rollup {
  readonly day: string;
  readonly keyId: string;
  readonly model: string;
  readonly provider: string;
  readonly calls: number;
  readonly failed: number;
  readonly units: number;
  readonly input: number;
  readonly output: number;
  readonly cached: number;
  readonly reasoning: number;
  /** Calls whose token counts are estimated. */
  readonly estimated: number;
  readonly durationMs: number;
}

/** A caller who leaves did not see a failure. */
const isFailed = ({ outcome }: UsageRecord): boolean => outcome !== 'done' && outcome !== 'aborted';

/** Sums calls by day, key and model. */
export function rollUp(records: readonly UsageRecord[]): readonly Rollup[] {
  const sums = new Map<string, Rollup>();
  for (const record of records) {
    const { day, keyId, model, provider, usage } = record;
    const name = JSON.stringify([day, keyId, model]);
    const sum = sums.get(name);
    sums.set(name, {
      day,
      keyId,
      model,
      provider,
      calls: (sum?.calls ?? 0) + 1,
      failed: (sum?.failed ?? 0) + (isFailed(record) ? 1 : 0),
      units: (sum?.units ?? 0) + record.units,
      input: (sum?.input ?? 0) + (usage?.input ?? 0),
      output: (sum?.output ?? 0) + (usage?.output ?? 0),
      cached: (sum?.cached ?? 0) + (usage?.cached ?? 0),
      reasoning: (sum?.reasoning ?? 0) + (usage?.reasoning ?? 0),
      estimated: (sum?.estimated ?? 0) + (usage?.estimated === true ? 1 : 0),
      durationMs: (sum?.durationMs ?? 0) + record.durationMs,
    });
  }
  return [...sums.values()];
}

/** Sums of calls of one hour; fields in the order of the columns of `usage_hourly`. */
export interface HourRollup {
  /** Unix ms of the hour's start. */
  readonly hour: number;
  readonly calls: number;
  readonly failed: number;
  readonly input: number;
  readonly output: number;
  readonly durationMs: number;
}

/** Sums calls by the hour in which they were admitted. */
export function rollUpHours(records: readonly UsageRecord[]): readonly HourRollup[] {
  const sums = new Map<number, HourRollup>();
  for (const record of records) {
    const hour = record.at - (record.at % HOUR_MS);
    const sum = sums.get(hour);
    sums.set(hour, {
      hour,
      calls: (sum?.calls ?? 0) + 1,
      failed: (sum?.failed ?? 0) + (isFailed(record) ? 1 : 0),
      input: (sum?.input ?? 0) + (record.usage?.input ?? 0),
      output: (sum?.output ?? 0) + (record.usage?.output ?? 0),
      durationMs: (sum?.durationMs ?? 0) + record.durationMs,
    });
  }
  return [...sums.values()];
}
