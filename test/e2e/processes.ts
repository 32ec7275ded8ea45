import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Gateway and simulator as processes of their own, so that one can be killed and the other lives on. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WRANGLER = join(ROOT, 'node_modules', 'wrangler', 'bin', 'wrangler.js');
const READY_MS = 180_000;

/** Below what systems give to connections: one of those, of any process, would take the port meanwhile. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** A port that nobody listens on, nor will before the caller does. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await canListen(port)) return port;
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

export interface Running {
  readonly url: string;
  /** SIGKILL for it and everything it started: nothing gets to clean up. Again: nothing. */
  kill(): Promise<void>;
}

const started = new Set<ChildProcess>();

/** Ends all that this test file has started, also where its start or its test failed. */
export async function killAll(): Promise<void> {
  await Promise.all([...started].map(killTree));
}

/** Starts a Worker's process and waits until it serves. */
async function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  url: string,
  health: string,
): Promise<Running> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  started.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => (output += String(text)));
  }
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const isUp = await fetch(url + health).then(
      (response) => response.ok,
      () => false,
    );
    if (isUp) return { url, kill: () => killTree(child) };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await killTree(child);
  throw new Error(`${url} did not start:\n${output}`);
}

async function killTree(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.on('exit', resolve));
  const pids = descendants(child.pid);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  await gone;
  // Until the last of them has ended, the port is taken.
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** A process that has ended holds nothing, even where nobody has asked for its exit code. */
function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A process and all that it started, the youngest first. */
function descendants(pid: number): number[] {
  let children: number[] = [];
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    children = text.trim().split(' ').filter(Boolean).map(Number);
  } catch {
    // It has ended by itself.
  }
  return [...children.flatMap(descendants), pid];
}

/** Switches that keep wrangler quiet and off the network. */
const QUIET = {
  CI: '1',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
  X_LOCAL_EXPLORER: 'false',
};

/** `wrangler dev` of these configurations; the first of them is the one that is reached. */
export function startWorkers(options: {
  readonly configs: readonly string[];
  readonly port: number;
  readonly stateDir: string;
  /** Where Workers of several processes find one another; of these alone when absent. */
  readonly registryDir?: string;
  readonly health: string;
}): Promise<Running> {
  const { configs, port, stateDir, health } = options;
  const listen = ['--ip', '127.0.0.1', '--port', String(port), '--inspector-port', '0'];
  const quiet = ['--log-level', 'none', '--show-interactive-dev-session=false'];
  const files = configs.flatMap((config) => ['-c', config]);
  const env = {
    ...QUIET,
    WRANGLER_LOG_PATH: join(stateDir, 'logs'),
    WRANGLER_REGISTRY_PATH: options.registryDir ?? join(stateDir, 'registry'),
  };
  return start(
    [WRANGLER, 'dev', ...files, ...listen, '--persist-to', stateDir, ...quiet],
    env,
    `http://127.0.0.1:${port}`,
    health,
  );
}

export async function startSimulator(stateDir: string): Promise<Running> {
  const config = join(ROOT, 'test', 'simulator', 'wrangler.toml');
  const port = await freePort();
  return startWorkers({ configs: [config], port, stateDir, health: '/__control/ledger' });
}

/** `npm start` without npm, over a state that outlives it. */
export async function startGatewayProcess(options: {
  readonly port: number;
  readonly stateDir: string;
  readonly env: NodeJS.ProcessEnv;
}): Promise<Running> {
  const { port, stateDir, env } = options;
  const url = `http://127.0.0.1:${port}`;
  const script = join(ROOT, 'scripts', 'start.mjs');
  return start(
    [script],
    { ...env, PORT: String(port), STATE_DIR: stateDir, LOG_LEVEL: 'none' },
    url,
    '/health',
  );
}
