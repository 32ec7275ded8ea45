import { exports } from 'cloudflare:workers';
import { poolStub } from '../../../src/pool/stub';
import { type Answer, ORIGIN, signIn } from '../admin/client';

/** Calls an older path as its page does. */
export async function callLegacy(
  method: string,
  path: string,
  options: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const headers = new Headers(options.headers);
  if (options.token !== undefined) headers.set('authorization', `Bearer ${options.token}`);
  if (options.body !== undefined) headers.set('content-type', 'application/json');
  const response = await exports.default.fetch(`${ORIGIN}/api/${path}`, {
    method,
    headers,
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('application/json') === true;
  return {
    status: response.status,
    body: isJson ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

/** A signed-in client of the older paths, and of the admin API beside them. */
export async function signInLegacy(role: 'admin' | 'viewer' = 'admin') {
  const admin = await signIn(role);
  const { token, username } = admin;
  return {
    admin,
    token,
    username,
    get: (path: string) => callLegacy('GET', path, { token }),
    post: (path: string, body: unknown = {}) => callLegacy('POST', path, { token, body }),
    remove: (path: string) => callLegacy('DELETE', path, { token }),
  };
}

export type LegacyClient = Awaited<ReturnType<typeof signInLegacy>>;

/** Empties the pool, so that a test begins with none. */
export async function emptyPool(env: Env): Promise<void> {
  for (;;) {
    const { tokens } = await poolStub(env).listTokens({ limit: 200 });
    if (tokens.length === 0) return;
    await poolStub(env).deleteTokens(tokens.map(({ id }) => ({ id })));
  }
}
