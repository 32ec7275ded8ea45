// `npm run deploy`: the Worker with its bindings, the D1 migrations, the secrets that are missing.
// `--dry-run` builds what would be deployed and measures it.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { gzipSync } from 'node:zlib';
import { WRANGLER } from './start/wrangler.mjs';

const MAX_BUNDLE_GZIP_BYTES = 350 * 1_024;

/** Secrets the Worker cannot do without, and how each is made when it is not given. */
const SECRETS = {
  CREDENTIAL_KEY: () => randomBytes(32).toString('base64'),
  SETUP_CODE: () => randomBytes(18).toString('base64url'),
  INTERNAL_SECRET: () => randomBytes(32).toString('base64url'),
};

const root = join(import.meta.dirname, '..');
process.chdir(root);

if (process.argv.includes('--dry-run')) dryRun();
else await deploy();

function dryRun() {
  const outDir = join(root, 'dist', 'dry-run');
  rmSync(outDir, { recursive: true, force: true });
  wrangler(['deploy', '--dry-run', '--outdir', outDir], 'pipe');
  const code = readFileSync(join(outDir, 'worker.js'));
  const gzipBytes = gzipSync(code).byteLength;
  const kib = (/** @type {number} */ bytes) => `${(bytes / 1_024).toFixed(1)} KiB`;
  console.log(`Worker bundle: ${kib(code.byteLength)}, ${kib(gzipBytes)} gzip`);
  if (gzipBytes <= MAX_BUNDLE_GZIP_BYTES) return;
  fail(`The bundle is larger than ${kib(MAX_BUNDLE_GZIP_BYTES)} gzip.`);
}

async function deploy() {
  const address = deployWorker();
  // CI: wrangler would ask before it applies what was just written for it.
  wrangler(['d1', 'migrations', 'apply', 'DB', '--remote'], 'inherit', { CI: '1' });
  const made = await setMissingSecrets();
  console.log(`\nDeployed${address === null ? '' : `: ${address}`}`);
  if (made.SETUP_CODE !== undefined && address !== null) {
    console.log(`Set up the first admin: ${address}/login#code=${made.SETUP_CODE}`);
  }
  if (address === null) return;
  console.log(`Then try it: npm run smoke -- --base-url ${address} --api-key …`);
}

/**
 * Deploys; wrangler asks for a login when there is none, and creates the bindings that are missing.
 *
 * @returns {string | null} the Worker's address, when it has one
 */
function deployWorker() {
  const folder = mkdtempSync(join(tmpdir(), 'grok2api-deploy-'));
  const report = join(folder, 'report.ndjson');
  try {
    const build = ['--var', `BUILD_SHA:${commit()}`];
    wrangler(['deploy', ...build], 'inherit', { WRANGLER_OUTPUT_FILE_PATH: report });
    const lines = readFileSync(report, 'utf8').trim().split('\n');
    const done = lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'deploy');
    return (
      done?.targets?.find((/** @type {string} */ target) => target.startsWith('https://')) ?? null
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function commit() {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short=12', 'HEAD'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : 'unknown';
}

/** Asks for each missing secret on a terminal; an empty answer, or no terminal, makes one. */
async function setMissingSecrets() {
  const listed = JSON.parse(wrangler(['secret', 'list', '--format', 'json'], 'pipe'));
  const known = new Set(listed.map((/** @type {{ name: string }} */ { name }) => name));
  /** @type {Record<string, string>} */
  const missing = {};
  for (const [name, make] of Object.entries(SECRETS)) {
    if (!known.has(name)) missing[name] = (await ask(name)) || make();
  }
  if (Object.keys(missing).length > 0) {
    wrangler(['secret', 'bulk'], 'inherit', {}, JSON.stringify(missing));
  }
  return missing;
}

/** @param {string} name */
async function ask(name) {
  if (process.env[name]) return process.env[name];
  if (!process.stdin.isTTY) return '';
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(`${name} (Enter makes a random one): `);
  terminal.close();
  return answer.trim();
}

/**
 * Runs wrangler to its end; a failure ends this script too.
 *
 * @param {string[]} args
 * @param {'inherit' | 'pipe'} output
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [input]
 */
function wrangler(args, output, env = {}, input) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--no-warnings', WRANGLER, ...args],
    {
      env: { ...process.env, WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', ...env },
      stdio: [
        input === undefined ? 'inherit' : 'pipe',
        output,
        output === 'pipe' ? 'pipe' : 'inherit',
      ],
      ...(input === undefined ? {} : { input }),
      encoding: 'utf8',
    },
  );
  if (status === 0) return stdout ?? '';
  return fail(`wrangler ${args.slice(0, 3).join(' ')} failed.\n${stdout ?? ''}${stderr ?? ''}`);
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message.trimEnd());
  process.exit(1);
}
