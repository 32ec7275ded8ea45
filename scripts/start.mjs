// `npm start`: the gateway with simulated upstreams on this machine, an admin and an API key made,
// and a curl line that answers. Environment variables named like the Worker's vars override them.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureAccount } from './start/account.mjs';
import { isStopping, runNode, startNode, stop, stopWithParent } from './start/children.mjs';
import { keepSecrets } from './start/dev-vars.mjs';
import { holdState } from './start/state-lock.mjs';
import { quietEnv, WRANGLER } from './start/wrangler.mjs';

const READY_TIMEOUT_MS = 120_000;
const READY_POLL_MS = 40;
/** workerd can die under a wrangler that lives on: this many unanswered questions in a row tell. */
const WATCH_FAILURES = 3;
const WATCH_MS = 2_000;
const WATCH_TIMEOUT_MS = 10_000;
/** As in wrangler.toml; local Workers have no cron of their own. */
const CRON = '*/5 * * * *';
const CRON_MS = 300_000;

const root = join(import.meta.dirname, '..');
const port = Number(process.env.PORT ?? 8787);
const stateDir = resolve(root, process.env.STATE_DIR || '.state');
const baseUrl = `http://127.0.0.1:${port}`;
const configFile = join(stateDir, 'wrangler.json');
const OWN_ADDRESS =
  /^((GROK|MOONSHOT|DEEPSEEK|ZAI|SILICONFLOW|XAI)_BASE_URL|GROK_ASSETS_URL|BACKEND_URL)$/;
/** `SIMULATOR=off` leaves the simulated upstreams out: the gateway talks to what its base URLs name. */
const isSimulated = process.env.SIMULATOR !== 'off';
const simulatorFile = join(stateDir, 'simulator.json');
const env = quietEnv(stateDir);

try {
  await main();
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  await stop(1);
}

async function main() {
  stopWithParent();
  if (!(port >= 1 && port <= 65_535)) throw new Error('PORT is no port number.');
  await requireFreePort();
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  await holdState(stateDir, baseUrl);
  const kept = keepSecrets(join(stateDir, '.dev.vars'), process.env);
  await Promise.all([
    runNode('The panel build', [join(root, 'scripts', 'build-ui.mjs')], env),
    writeConfig().then(migrate),
  ]);
  startGateway();
  await untilReady();
  const account = await ensureAccount(baseUrl, kept, join(stateDir, 'start.json'), isSimulated);
  setInterval(() => void runCron(), CRON_MS).unref();
  console.log(greeting(account));
  await watch();
}

function requireFreePort() {
  return new Promise((resolveFree, reject) => {
    const server = createServer();
    server.on('error', () =>
      reject(new Error(`Port ${port} is in use. Choose another: PORT=8788 npm start`)),
    );
    server.listen(port, '127.0.0.1', () => server.close(resolveFree));
  });
}

function writeConfig() {
  const script = join(root, 'scripts', 'dev-config.mjs');
  const source = join(root, 'test', 'simulator', 'wrangler.toml');
  const simulator = isSimulated ? [source, simulatorFile] : [];
  return runNode('The configuration', [script, configFile, ...simulator], env);
}

/** Applies the D1 migrations, unless these very files have been applied to this state. */
async function migrate() {
  const folder = join(root, 'migrations');
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    hash.update(name).update(readFileSync(join(folder, name)));
  }
  const wanted = hash.digest('hex');
  const stampFile = join(stateDir, 'migrations.sha256');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  const apply = ['d1', 'migrations', 'apply', 'DB', '--local'];
  const where = ['-c', configFile, '--persist-to', stateDir];
  await runNode('The D1 migrations', [WRANGLER, ...apply, ...where], env);
  writeFileSync(stampFile, wanted);
}

function startGateway() {
  const configs = ['-c', configFile, ...(isSimulated ? ['-c', simulatorFile] : [])];
  const listen = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
  const level = ['--show-interactive-dev-session=false', '--log-level', env.LOG_LEVEL ?? 'error'];
  const args = [WRANGLER, 'dev', ...configs, ...listen, '--persist-to', stateDir, ...level];
  const gateway = startNode(args, env, ['ignore', 'inherit', 'inherit']);
  gateway.on('exit', (code, signal) => {
    if (isStopping()) return;
    console.error(`The gateway stopped by itself (${signal ?? `exit code ${code}`}).`);
    void stop(1);
  });
}

/** Not a log line but a served request tells that the gateway is up. */
async function untilReady() {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  let last = 'no answer';
  while (performance.now() < deadline && !isStopping()) {
    try {
      const response = await fetch(`${baseUrl}/health`);
      last = `${response.status} ${await response.text()}`;
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await delay(READY_POLL_MS);
  }
  throw new Error(`The gateway did not become ready: GET /health gave ${last}`);
}

/** Returns when this process is stopping. @throws when the gateway answers no more */
async function watch() {
  for (let failures = 0; failures < WATCH_FAILURES;) {
    await delay(WATCH_MS);
    if (isStopping()) return;
    const signal = AbortSignal.timeout(WATCH_TIMEOUT_MS);
    const answered = await fetch(`${baseUrl}/health`, { signal }).then(
      (response) => response.text().then(() => true),
      () => false,
    );
    failures = answered ? 0 : failures + 1;
  }
  if (!isStopping()) throw new Error('The gateway crashed: it answers no more.');
}

async function runCron() {
  const url = `${baseUrl}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(CRON)}`;
  // A missed tick is made up for by the next one.
  await fetch(url).then(
    (response) => response.body?.cancel(),
    () => undefined,
  );
}

/** Where the environment sends it: what is asked there is real. */
function ownAddresses() {
  return Object.entries(process.env)
    .filter(([name, value]) => OWN_ADDRESS.test(name) && value)
    .map(([name, value]) => `${name} is ${value}\n`)
    .join('');
}

/** @param {import('./start/account.mjs').Account} account */
function greeting({ username, password, apiKey }) {
  const body = JSON.stringify({
    model: 'grok-chat-fast',
    messages: [{ role: 'user', content: 'Say hello.' }],
  });
  return `
Grok2API is ready after ${(performance.now() / 1_000).toFixed(1)} s, ${isSimulated ? 'with simulated upstreams' : 'with the upstreams of its base URLs'}.
${ownAddresses()}
  Address   ${baseUrl}
  Panel     ${baseUrl}/login
  Admin     ${username}
  Password  ${password}
  API key   ${apiKey}

Try it:

  curl ${baseUrl}/v1/chat/completions -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' -d '${body}'

State is kept in ${stateDir}. Ctrl-C stops.
`;
}
