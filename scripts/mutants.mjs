/**
 * Shows that the pool's random walk can fail: breaks the pool in one place at a time and lets the walk
 * look for it. `node scripts/mutants.mjs [part of a name]`; needs a Node that has `node:sqlite`.
 * Prints a line a mutant, and ends with 1 unless every one is found and the pool as it is passes.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { MUTANTS, mutate } from '../test/walk/mutants.mjs';

/** @typedef {import('../test/walk/mutants.mjs').Mutant} Mutant */

const ROOT = join(import.meta.dirname, '..');
const POOL = join(ROOT, 'objects', 'token-pool');
const STEPS = 20_000;
const SEED = process.env['SEED'] ?? '20261120';

const wanted = process.argv[2] ?? '';
const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
try {
  let bad = 0;
  for (const mutant of [null, ...MUTANTS.filter(({ name }) => name.includes(wanted))]) {
    const { isGood, found } = await judge(mutant);
    if (!isGood) bad++;
    const name = mutant === null ? '(the pool as it is)' : mutant.name;
    console.info(`${isGood ? 'ok ' : 'BAD'}  ${name.padEnd(56)}  ${found}`);
  }
  console.info(bad === 0 ? 'Every mutant is found.' : `${bad} not as they should be.`);
  process.exitCode = bad === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * Walks with one mutant, or with none.
 * @param {Mutant | null} mutant
 */
async function judge(mutant) {
  const path = join(folder, 'walk.mjs');
  try {
    await bundle(mutant, path);
  } catch (error) {
    return { isGood: false, found: `did not build: ${String(error).slice(0, 300)}` };
  }
  const { code, said } = await walk(path);
  const [, step, why = ''] = /step (\d+): (.*)/.exec(said) ?? [];
  const isGood = mutant === null ? code === 0 : code !== 0 && step !== undefined;
  if (code === 0) return { isGood, found: `nothing in ${STEPS} steps` };
  return {
    isGood,
    found: step === undefined ? said.slice(0, 300) : `step ${step}: ${why.slice(0, 90)}`,
  };
}

/**
 * @param {Mutant | null} mutant
 * @param {string} outfile
 */
async function bundle(mutant, outfile) {
  await build({
    entryPoints: [join(ROOT, 'test', 'walk', 'main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    outfile,
    logLevel: 'silent',
    plugins: [
      {
        name: 'mutant',
        setup({ onLoad }) {
          onLoad({ filter: /objects[\\/]token-pool[\\/].*\.ts$/ }, async ({ path }) => {
            const source = await readFile(path, 'utf8');
            const isTarget = mutant !== null && path === join(POOL, mutant.file);
            return { contents: isTarget ? mutate(source, mutant) : source, loader: 'ts' };
          });
        },
      },
    ],
  });
}

/**
 * Walks in a process of its own.
 * @param {string} path
 * @returns {Promise<{ code: number | null, said: string }>}
 */
function walk(path) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path], {
      env: { ...process.env, SEED, STEPS: String(STEPS), TRACE: '0', NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        said += data;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, said }));
  });
}
