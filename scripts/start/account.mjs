// An admin, an API key and a few simulated credentials, made through the gateway's own admin API.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const ADMIN = 'admin';
const KEY_NAME = 'npm start';
/** The simulator reads a credential's quota and faults out of its name: 1,000 calls each. */
const DEMO_TOKENS = ['demo-q1000-a', 'demo-q1000-b', 'demo-q1000-c'];

/** @typedef {{ username: string, password: string, apiKey: string }} Account */
/** @typedef {ReturnType<typeof import('./dev-vars.mjs').keepSecrets>} Kept */

/**
 * Signs in, setting up first when nobody has; then makes sure that there is a key that works.
 *
 * @param {string} baseUrl
 * @param {Kept} kept
 * @param {string} file keeps the key, which the gateway shows only once
 * @param {boolean} isSimulated credentials that only the simulator knows are wanted
 * @returns {Promise<Account>}
 */
export async function ensureAccount(baseUrl, kept, file, isSimulated) {
  const { session, firstKey } = await signIn(baseUrl, kept);
  if (isSimulated) await call(baseUrl, 'POST', 'tokens', session, { ssoBasic: DEMO_TOKENS });
  const stored = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).apiKey : undefined;
  const isUsable = stored !== undefined && (await isAccepted(baseUrl, stored));
  const apiKey = isUsable ? stored : (firstKey ?? (await newKey(baseUrl, session)));
  if (!isUsable) writeFileSync(file, `${JSON.stringify({ apiKey }, null, 2)}\n`, { mode: 0o600 });
  return { username: ADMIN, password: kept.secrets.ADMIN_PASSWORD, apiKey };
}

/**
 * A password that the environment gives anew replaces the one until now.
 *
 * @param {string} baseUrl
 * @param {Kept} kept
 * @returns {Promise<{ session: string, firstKey: string | null }>} set-up makes a key, too
 */
async function signIn(baseUrl, { secrets, previousPassword }) {
  const password = secrets.ADMIN_PASSWORD;
  const { needed } = await call(baseUrl, 'GET', 'setup', null);
  if (needed) {
    const admin = { username: ADMIN, password, key_name: KEY_NAME };
    const code = secrets.SETUP_CODE;
    const made = await call(baseUrl, 'POST', 'setup', null, { code, ...admin });
    return { session: made.api_key, firstKey: made.key.key };
  }
  if (previousPassword !== undefined && previousPassword !== password) {
    const older = await logIn(baseUrl, previousPassword).catch(() => null);
    const change = { current_password: previousPassword, new_password: password };
    if (older !== null) await call(baseUrl, 'POST', 'password', older, change);
  }
  return { session: await logIn(baseUrl, password), firstKey: null };
}

/** @param {string} baseUrl @param {string} password @returns {Promise<string>} a session */
async function logIn(baseUrl, password) {
  const reply = await call(baseUrl, 'POST', 'login', null, { username: ADMIN, password });
  return reply.api_key;
}

/** @param {string} baseUrl @param {string} apiKey */
async function isAccepted(baseUrl, apiKey) {
  const response = await fetch(`${baseUrl}/v1/key`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  await response.body?.cancel();
  return response.ok;
}

/** @param {string} baseUrl @param {string} session */
async function newKey(baseUrl, session) {
  const { data } = await call(baseUrl, 'POST', 'keys', session, { name: KEY_NAME });
  return data.key;
}

/**
 * @param {string} baseUrl
 * @param {'GET' | 'POST'} method
 * @param {string} path below /api/v1/admin/
 * @param {string | null} session
 * @param {unknown} [body]
 */
async function call(baseUrl, method, path, session, body) {
  const response = await fetch(`${baseUrl}/api/v1/admin/${path}`, {
    method,
    headers: {
      ...(session === null ? {} : { authorization: `Bearer ${session}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} /api/v1/admin/${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}
