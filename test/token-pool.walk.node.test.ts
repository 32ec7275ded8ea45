import { describe, expect, it } from 'vitest';
import { runWalk } from './walk/walk';

const SEED = Number(process.env['SEED'] ?? 20_261_120);
const STEPS = Number(process.env['WALK_STEPS'] ?? process.env['STEPS'] ?? 100_000);

describe('TokenPool, on a random walk beside a reference model', () => {
  it(`conserves every counter over ${STEPS} steps (SEED=${SEED})`, { timeout: 30 * 60_000 }, () => {
    const report = runWalk({ seed: SEED, steps: STEPS });
    console.info(JSON.stringify(report));
    expect(report.steps).toBeGreaterThanOrEqual(STEPS);
    expect(report.records).toBe(report.ended);
  });
});
