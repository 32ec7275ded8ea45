import { SECRETS, type World } from './world.ts';

/** A pool of 1,000 credentials and 100 keys, made as an operator makes them. */
const TOKENS = 1_000;
const KEYS = 100;

export interface Requests {
  readonly stream: readonly string[];
  readonly json: readonly string[];
}

/** The pass-through's requests: it needs no key, and its body is constant. */
export const PASSTHROUGH: Requests = { stream: [post('/stream', '')], json: [post('/json', '')] };

/** Sets the gateway up and gives one request a key. */
export async function prepareGateway(world: World): Promise<Requests> {
  const person = { username: 'bench', password: 'bench-password-of-some-length' };
  await admin(world, 'setup', { code: SECRETS.SETUP_CODE, ...person }, null);
  const { api_key: session } = await admin(world, 'login', person, null);
  const tokens = Array.from(
    { length: TOKENS },
    (_, n) => `sk-bench-${String(n).padStart(32, '0')}`,
  );
  await admin(world, 'tokens', { provider: 'deepseek', tokens }, session);
  const keys: string[] = [];
  for (let n = 0; n < KEYS; n++) {
    const { data } = await admin(world, 'keys', { name: `bench ${n}` }, session);
    keys.push(data.key);
  }
  return {
    stream: keys.map((key) => chat(key, true)),
    json: keys.map((key) => chat(key, false)),
  };
}

/** An admin call, answered with JSON; anything but 2xx ends the bench. */
async function admin(world: World, path: string, body: object, session: string | null) {
  const response = await fetch(`http://127.0.0.1:${world.ports.gateway}/api/v1/admin/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(session === null ? {} : { authorization: `Bearer ${session}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

function chat(key: string, stream: boolean): string {
  const messages = [{ role: 'user', content: 'Say hello.' }];
  const body = JSON.stringify({ model: 'deepseek-chat', stream, messages });
  return post('/v1/chat/completions', body, `authorization: Bearer ${key}\r\n`);
}

/** A whole request as text. */
export function post(path: string, body: string, headers = ''): string {
  const type = body === '' ? '' : 'content-type: application/json\r\n';
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  return `POST ${path} HTTP/1.1\r\nhost: bench\r\n${headers}${type}${length}\r\n${body}`;
}
