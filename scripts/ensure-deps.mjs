// Installs node_modules when it is missing or does not match package-lock.json, so that `npm start`
// and `npm test` are each the only command a fresh clone needs. Plain Node 20, no dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stampFile = join(root, 'node_modules', '.lock-stamp');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

// As our own postinstall: a hand-typed `npm ci` counts as an installation too.
if (process.argv.includes('--stamp')) {
  if (existsSync(join(root, 'node_modules'))) writeFileSync(stampFile, wanted);
  process.exit(0);
}
if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) process.exit(0);

console.log('Installing dependencies (npm ci)');
const args = ['ci', '--include=dev', '--include=optional', '--loglevel=error'];
// Under `npm start` these name the npm and the Node the user ran, not the ones npm ci is about to delete.
const npm = process.env.npm_execpath;
const result = npm
  ? spawnSync(process.env.npm_node_execpath ?? process.execPath, [npm, ...args], {
      cwd: root,
      stdio: 'inherit',
    })
  : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
process.exit(result.status ?? 1);
