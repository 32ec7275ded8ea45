// `npm run check`: everything that must hold besides the tests. All steps run; one failure fails it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (/** @type {string} */ name) => join(root, 'node_modules', '.bin', name);
const tsc = (/** @type {string} */ project) => [bin('tsc'), '-p', project];

/** @type {[string, string[]][]} */
const STEPS = [
  ['format', [bin('oxfmt'), '--check', '.']],
  ['lint and import directions', [bin('oxlint'), '--type-aware', '--deny-warnings', '.']],
  ['types of the Worker', tsc('.')],
  ['types of the tests', tsc('test')],
  ['types of the tools', tsc('tsconfig.node.json')],
  ['types of the scripts', tsc('scripts')],
  ['types of the panel', tsc('ui')],
  ['types of what tests run in its pages', tsc('test/panel/page')],
  ['deploy, dry run', [process.execPath, join(root, 'scripts', 'deploy.mjs'), '--dry-run']],
];

const failed = STEPS.filter(([name, [command = '', ...args]]) => {
  const startedMs = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)`);
  if (status !== 0 || name.startsWith('deploy')) console.log(`${stdout}${stderr}`.trimEnd());
  return status !== 0;
});
if (failed.length > 0) {
  console.error(`\nThe check failed: ${failed.map(([name]) => name).join(', ')}.`);
  process.exit(1);
}
