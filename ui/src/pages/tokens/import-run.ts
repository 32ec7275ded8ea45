import type { ImportReason, ImportSummary } from '../../../../src/contract/tokens';
import { importTokens } from '../../api/tokens';
import type { ImportPlan, LocalReason, PlannedBatch } from './import-plan';

/** What an import did, or would do, over all its batches. */
export interface ImportReport {
  readonly total: number;
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly repeats: number;
  readonly invalid: readonly InvalidLine[];
}

export interface InvalidLine {
  readonly line: number;
  readonly reason: ImportReason | LocalReason;
}

/** Sends a plan, a batch after the other. @throws ApiError; what was stored by then stays. */
export async function runImport(
  plan: ImportPlan,
  isDry: boolean,
  onProgress: (done: number) => void,
  signal: AbortSignal,
): Promise<ImportReport> {
  let report = emptyReport(plan);
  let before = 0;
  for (const batch of plan.batches) {
    const items = batch.items.map(({ upload }) => upload);
    const summary = await importTokens(
      { items, target: batch.target, isDry },
      (done) => onProgress(before + done),
      signal,
    );
    report = addBatch(report, batch, summary);
    before += items.length;
    onProgress(before);
  }
  return { ...report, invalid: report.invalid.toSorted((a, b) => a.line - b.line) };
}

function emptyReport({ total, repeats, invalid }: ImportPlan): ImportReport {
  return { total, repeats, invalid, added: 0, updated: 0, unchanged: 0 };
}

function addBatch(report: ImportReport, batch: PlannedBatch, summary: ImportSummary): ImportReport {
  // The gateway numbers the items of one request; people know the lines of their text.
  const invalid = summary.invalid.map(({ line, reason }) => ({
    line: batch.items[line - 1]?.line ?? line,
    reason,
  }));
  return {
    ...report,
    added: report.added + summary.added,
    updated: report.updated + summary.updated,
    unchanged: report.unchanged + summary.unchanged,
    repeats: report.repeats + summary.duplicates,
    invalid: [...report.invalid, ...invalid],
  };
}

/** How many items a plan sends. */
export function plannedItems(plan: ImportPlan): number {
  return plan.batches.reduce((sum, { items }) => sum + items.length, 0);
}
