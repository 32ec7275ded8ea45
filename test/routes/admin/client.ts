import { env, exports } from 'cloudflare:workers';
import { hashPassword } from '../../../src/auth/passwords';
import type { Role } from '../../../src/contract/sessions';
import { newId } from '../../../src/lib/ids';
import { insertAdmin } from '../../../src/store/admins';

export const ORIGIN = 'https://gateway.test';
export const PASSWORD = 'correct horse battery';

/** What a call answered: its status, its JSON, its headers. */
export interface Answer {
  readonly status: number;
  // The tests say what they expect of it.
  // oxlint-disable-next-line typescript/no-explicit-any -- JSON of many routes
  readonly body: any;
  readonly headers: Headers;
}

/** Calls the Worker as a client would. A body becomes JSON. */
export async function call(
  method: string,
  path: string,
  options: {
    token?: string;
    body?: unknown;
    text?: string;
    headers?: Record<string, string>;
    ip?: string;
  } = {},
): Promise<Answer> {
  const headers = new Headers(options.headers);
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`);
  if (options.ip !== undefined) headers.set('cf-connecting-ip', options.ip);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  if (options.text !== undefined) headers.set('content-type', 'text/plain');
  const sent = options.body === undefined ? options.text : JSON.stringify(options.body);
  const response = await exports.default.fetch(`${ORIGIN}/api/v1/admin/${path}`, {
    method,
    headers,
    ...(sent === undefined ? {} : { body: sent }),
  });
  // Not text(): the runtime warns of types that it does not hold for text.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('application/json') === true;
  return {
    status: response.status,
    body: isJson ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

/** Imports text, one credential a line. A streamed answer's body is its text. */
export async function importText(
  client: { readonly token: string },
  text: string,
  query = '',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return call('POST', `tokens${query}`, { token: client.token, text, headers });
}

/** A signed-in client of an admin made for the test. */
export async function signIn(role: Role = 'admin', username = `${role}-${crypto.randomUUID()}`) {
  await insertAdmin(env.DB, {
    id: newId('adm'),
    username,
    password: await hashPassword(PASSWORD),
    role,
    createdAt: Date.now(),
  });
  const { body, status } = await call('POST', 'login', { body: { username, password: PASSWORD } });
  if (status !== 200) throw new Error(`the test could not sign in: ${JSON.stringify(body)}`);
  const token: string = body.api_key;
  return {
    username,
    token,
    get: (path: string) => call('GET', path, { token }),
    post: (path: string, json: unknown = {}) => call('POST', path, { token, body: json }),
  };
}

export type Client = Awaited<ReturnType<typeof signIn>>;

/** The audit log's actions, newest first. */
export async function audited(client: Client): Promise<string[]> {
  const { body } = await client.get('audit');
  return body.entries.map((entry: { action: string }) => entry.action);
}
