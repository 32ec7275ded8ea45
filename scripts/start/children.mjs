// Child processes of a local start: none outlives the script, whichever way it ends.
import { spawn } from 'node:child_process';

const PARENT_POLL_MS = 500;
const STOP_GRACE_MS = 3_000;
const WITH_PARENT = new URL('with-parent.mjs', import.meta.url).href;

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
let stopping = false;

/**
 * Starts `node <args>`, which ends by itself should this process die without a word.
 *
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {import('node:child_process').StdioOptions} stdio
 */
export function startNode(args, env, stdio) {
  const child = spawn(process.execPath, ['--no-warnings', '--import', WITH_PARENT, ...args], {
    env,
    stdio,
    // A process group of its own, so that its end can be the end of what it started.
    detached: true,
  });
  children.add(child);
  child.on('exit', () => {
    children.delete(child);
    killGroup(child);
  });
  return child;
}

/** @param {import('node:child_process').ChildProcess} child */
function killGroup({ pid }) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is empty, as it should be; or this system has no groups.
  }
}

/**
 * Runs `node <args>` to its end; quiet unless it fails.
 *
 * @param {string} name what the user reads when it fails
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<void>}
 */
export function runNode(name, args, env) {
  return new Promise((resolve, reject) => {
    const child = startNode(args, env, ['ignore', 'pipe', 'pipe']);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => (output += chunk));
    }
    child.on('exit', (code) => {
      if (code === 0) return resolve();
      reject(new Error(`${name} failed:\n${output.trimEnd()}`));
    });
  });
}

/** Stops every child, waits for it, and ends this process. @param {number} code */
export async function stop(code) {
  if (stopping) return;
  stopping = true;
  const ended = [...children].map((child) => new Promise((resolve) => child.on('exit', resolve)));
  for (const child of children) child.kill('SIGTERM');
  const late = setTimeout(() => {
    for (const child of children) killGroup(child);
  }, STOP_GRACE_MS);
  await Promise.all(ended);
  clearTimeout(late);
  process.exit(code);
}

/** Whether the end of a child is our own doing. */
export const isStopping = () => stopping;

/** Stops on the usual signals, and when npm, which passes no signal on, has gone. */
export function stopWithParent() {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void stop(0));
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) void stop(0);
  }, PARENT_POLL_MS).unref();
}
