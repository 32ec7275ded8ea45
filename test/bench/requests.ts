import { drive } from './driver.ts';
import { post } from './http.ts';
import { SECRETS, type World } from './world.ts';

/** A pool of 1,000 credentials and 100 keys, made as an operator makes them. */
const TOKENS = 1_000;
const KEYS = 100;

/** One request a key. */
export interface Requests {
  readonly stream: readonly string[];
  readonly json: readonly string[];
}

/** The pass-through's requests: it needs no key, and its body is constant. */
export const PASSTHROUGH: Requests = { stream: [post('/stream', '')], json: [post('/json', '')] };

/** Sets the gateway up. @returns its keys */
export async function prepareGateway(world: World): Promise<readonly string[]> {
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
  return keys;
}

/** The same chat from each key. */
export function chats(keys: readonly string[], model = 'deepseek-chat'): Requests {
  return {
    stream: keys.map((key) => chat(key, model, true)),
    json: keys.map((key) => chat(key, model, false)),
  };
}

/** As many accounts of the Grok site, beside the credentials that are there. */
export async function addAccounts(world: World): Promise<void> {
  await drive(world, `/grok?pool=main&count=${TOKENS}`);
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

function chat(key: string, model: string, stream: boolean): string {
  const messages = [{ role: 'user', content: 'Say hello.' }];
  return postAs(key, '/v1/chat/completions', { model, stream, messages });
}

/** A request of a key's holder. */
export function postAs(key: string, path: string, body: object): string {
  return post(path, JSON.stringify(body), `authorization: Bearer ${key}\r\n`);
}
