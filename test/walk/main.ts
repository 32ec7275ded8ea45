import { runWalk } from './walk';

/** One walk from the command line: `SEED`, `STEPS`, `TRACE` (lines). Ends with 1 and the last steps when pool and model differ. */
const seed = Number(process.env['SEED'] ?? 20_261_120);
const steps = Number(process.env['STEPS'] ?? 100_000);
try {
  const began = performance.now();
  const report = runWalk({ seed, steps, traceLines: Number(process.env['TRACE'] ?? 30) });
  console.info(JSON.stringify({ ...report, seconds: (performance.now() - began) / 1_000 }));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
