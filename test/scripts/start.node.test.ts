import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../e2e/processes';
import { type OwnUpstream, startOwnUpstream } from './own-upstream';

const SCRIPT = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
const SMOKE = fileURLToPath(new URL('../../scripts/smoke.mjs', import.meta.url));
const READY = 'Ctrl-C stops.';

let stateDir = '';
let port = 0;
let upstream: OwnUpstream;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'start-'));
  port = await freePort();
  upstream = await startOwnUpstream();
});
afterAll(async () => {
  await Promise.all([...running].map(stop));
  await upstream.close();
  rmSync(stateDir, { recursive: true, force: true });
});

describe('npm start', () => {
  let apiKey: string | undefined;
  let password: string | undefined;

  it('prints a curl line that answers, and passes the smoke test', async () => {
    const { child, output } = await start();
    apiKey = keyOf(output);
    password = /Password\s+(\S+)/.exec(output)?.[1];
    const command = /^ {2}curl (\S+) -H '(.+?): (.+?)' -H '(.+?): (.+?)' -d '(.+)'$/m.exec(output);
    const [, url = '', name1 = '', value1 = '', name2 = '', value2 = '', body = ''] = command ?? [];
    const headers = { [name1]: value1, [name2]: value2 };
    const response = await fetch(url, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      choices: [{ message: { content: expect.stringContaining('Say hello.') } }],
    });

    // Two gateways on one state would both decide from one database.
    const second = await start({ PORT: String(await freePort()) });
    expect([second.code, second.output]).toEqual([1, expect.stringContaining('STATE_DIR')]);
    expect(second.output).toContain(`http://127.0.0.1:${port}`);

    // A check that fails is an exit code.
    const asked = [
      '--base-url',
      `http://127.0.0.1:${port}/v1`,
      '--api-key',
      apiKey ?? '',
      '--images',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [SMOKE, ...asked]);
    expect(stdout.match(/^\S.*  ok  /gm)).toHaveLength(11);
    expect(stdout).not.toContain('FAILED');

    await stop(child);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow('fetch failed');
  });

  it('keeps its key the next time, and goes by what the environment gives', async () => {
    const { child, output } = await start({
      ADMIN_PASSWORD: 'another password for it',
      DEEPSEEK_BASE_URL: `${upstream.url}/v1`,
      DEEPSEEK_API_KEY: 'sk-of-my-own',
      BACKEND_URL: upstream.url,
      INTERNAL_SECRET: 'given-from-outside',
    });
    expect(keyOf(output)).toBe(apiKey);
    expect(output).toContain(`DEEPSEEK_BASE_URL is ${upstream.url}/v1`);
    expect([await logIn(password), await logIn('another password for it')]).toEqual([401, 200]);

    const response = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'deepseek-chat',
        messages: [{ role: 'user', content: 'hello' }],
        stream: true,
      }),
    });
    expect(await response.text()).toContain('My own words.');
    expect(upstream.seen('/v1/chat/completions')).toEqual(['Bearer sk-of-my-own']);
    await expect
      .poll(() => upstream.seen('/internal/usage'), { interval: 50 })
      .toContain('Bearer given-from-outside');
    await stop(child);
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

async function logIn(password: string | undefined): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/admin/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  await response.body?.cancel();
  return response.status;
}

/** Starts the script and waits until it is ready, or has ended with `code`. */
function start(
  given: NodeJS.Dict<string> = {},
): Promise<{ child: ChildProcess; output: string; code: number | null }> {
  const env = { ...process.env, PORT: String(port), STATE_DIR: stateDir, ...given };
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
