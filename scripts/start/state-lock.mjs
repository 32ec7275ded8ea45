// One gateway for each state directory: two would both decide from one database, each unaware of the other.
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const ANSWER_TIMEOUT_MS = 1_000;

/**
 * Holds the directory until this process ends, however it ends: who asks at the port that the file
 * names is told which directory is held, so that neither a dead holder nor a stranger at its port counts.
 *
 * @param {string} stateDir
 * @param {string} baseUrl told to whoever wants the directory too
 * @throws Error when another gateway holds it.
 */
export async function holdState(stateDir, baseUrl) {
  const file = join(stateDir, 'start.lock');
  const holder = await holderOf(file, stateDir);
  if (holder !== null) {
    throw new Error(
      `A gateway runs on this state already: ${holder}. A second one needs another STATE_DIR and PORT: ` +
        'STATE_DIR=.state2 PORT=8788 npm start',
    );
  }
  const server = createServer((socket) => socket.end(JSON.stringify({ stateDir, baseUrl })));
  server.unref();
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const address = server.address();
  if (typeof address === 'object') writeFileSync(file, String(address?.port));
}

/** @param {string} file @param {string} stateDir @returns {Promise<string | null>} its address */
async function holderOf(file, stateDir) {
  try {
    const held = JSON.parse(await ask(Number(readFileSync(file, 'utf8'))));
    return held.stateDir === stateDir ? held.baseUrl : null;
  } catch {
    // No file, nobody at its port, or somebody who speaks of other things.
    return null;
  }
}

/** @param {number} port @returns {Promise<string>} */
function ask(port) {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: ANSWER_TIMEOUT_MS });
    let text = '';
    socket.on('data', (chunk) => (text += chunk));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
  });
}
