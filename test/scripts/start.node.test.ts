import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
const READY = 'Ctrl-C stops.';

let stateDir = '';
let port = 0;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'start-'));
  port = await freePort();
});
afterAll(async () => {
  await Promise.all([...running].map(stop));
  rmSync(stateDir, { recursive: true, force: true });
});

describe('npm start', () => {
  it('prints a curl line that answers, and the same key after a restart', async () => {
    const first = await start();
    const command = /^ {2}curl (\S+) -H '(.+?): (.+?)' -H '(.+?): (.+?)' -d '(.+)'$/m.exec(
      first.output,
    );
    const [, url = '', name1 = '', value1 = '', name2 = '', value2 = '', body = ''] = command ?? [];
    const headers = { [name1]: value1, [name2]: value2 };
    const response = await fetch(url, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: expect.stringContaining('Say hello.') } }],
    });
    await stop(first.child);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow('fetch failed');

    const second = await start();
    expect(keyOf(second.output)).toBe(keyOf(first.output));
    await stop(second.child);
  });

  it('says that its port is in use instead of taking another', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const { output, code } = await start();
    server.close();
    expect(code).toBe(1);
    expect(output).toContain(`Port ${port} is in use`);
  });
});

function keyOf(output: string): string | undefined {
  return /API key\s+(sk-\S+)/.exec(output)?.[1];
}

/** Starts the script and waits until it is ready, or has ended with `code`. */
function start(): Promise<{ child: ChildProcess; output: string; code: number | null }> {
  const env = { ...process.env, PORT: String(port), STATE_DIR: stateDir };
  const child = spawn(process.execPath, [SCRIPT], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  return new Promise((resolve) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes(READY)) resolve({ child, output, code: null });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('close', (code) => {
      running.delete(child);
      resolve({ child, output, code });
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGTERM');
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });
}
