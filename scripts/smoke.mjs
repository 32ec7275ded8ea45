// `npm run smoke -- --base-url URL [--api-key KEY] [--model MODEL] [--images]`: asks a running gateway for the
// things a newcomer would, and prints what came back and how long it took. Non-zero on a failure.
import { parseArgs } from 'node:util';

const TIMEOUT_MS = 60_000;
const ROUND_TRIPS = 7;

const { values } = parseArgs({
  options: {
    'base-url': { type: 'string' },
    'api-key': { type: 'string' },
    model: { type: 'string', default: 'grok-chat-fast' },
    // Draws one picture: it costs an account's quota.
    images: { type: 'boolean', default: false },
  },
});
// The address of the gateway, or the one that an SDK is given.
const baseUrl = values['base-url']?.replace(/\/+$/, '').replace(/\/v1$/, '');
const apiKey = values['api-key'] ?? process.env.API_KEY;
if (baseUrl === undefined) {
  console.error(
    'usage: npm run smoke -- --base-url URL [--api-key KEY] [--model MODEL] [--images]',
  );
  process.exit(2);
}

/** @typedef {{ detail: string }} Seen */
/** @type {[string, () => Promise<Seen>][]} */
const PUBLIC = [
  ['GET /health', health],
  ['GET /login', panel],
  ['GET /v1/models without a key', refusesStrangers],
];
/** @type {[string, () => Promise<Seen>]} */
const IMAGE_CHECK = ['POST /v1/images/generations, streamed', image];
/** @type {[string, () => Promise<Seen>][]} */
const WITH_KEY = [
  ['GET /v1/models', models],
  ['GET /v1/key', keyStatus],
  ['GET /v1/images/method', imageMethod],
  ['GET /openapi.json', openApi],
  ['round trip to the pool', poolRoundTrip],
  ['POST /v1/chat/completions', chat],
  ['POST /v1/chat/completions, streamed', stream],
  ...(values.images ? [IMAGE_CHECK] : []),
];

/** @type {{ check: string, ms: number, result: string, seen: string }[]} */
const rows = [];
for (const [check, run] of apiKey === undefined ? PUBLIC : [...PUBLIC, ...WITH_KEY]) {
  const startedMs = performance.now();
  try {
    const { detail } = await run();
    rows.push({ check, ms: elapsed(startedMs), result: 'ok', seen: detail });
  } catch (thrown) {
    rows.push({ check, ms: elapsed(startedMs), result: 'FAILED', seen: reasonOf(thrown) });
  }
}
printTable(rows);
if (apiKey === undefined) console.log('\nWithout --api-key no chat was tried.');
process.exitCode = rows.some(({ result }) => result !== 'ok') ? 1 : 0;

/** A failed `fetch` says why in its cause alone. @param {unknown} thrown */
function reasonOf(thrown) {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause } = thrown;
  return cause instanceof Error ? `${thrown.message}: ${cause.message}` : thrown.message;
}

async function health() {
  const body = await json(await get('/health'));
  require(body.status === 'healthy' || body.status === 'ok', 'it does not call itself healthy');
  const plain = Object.entries(body).filter(([, value]) => typeof value !== 'object');
  return { detail: plain.map(([name, value]) => `${name}=${value}`).join(' ') };
}

async function panel() {
  const response = await get('/login', { accept: 'text/html' });
  const text = await response.text();
  require(text.includes('<script type="module"'), 'there is no panel');
  require(response.headers.has('content-security-policy'), 'it has no content security policy');
  return { detail: `${text.length} characters` };
}

async function refusesStrangers() {
  const response = await request('/v1/models');
  const body = await json(response);
  require(response.status === 401, `status ${response.status} where 401 was expected`);
  return { detail: body.error.code };
}

async function models() {
  const { data } = await json(await get('/v1/models', authorized()));
  require(data.length > 0, 'the list is empty');
  return { detail: `${data.length} models` };
}

async function keyStatus() {
  const body = await json(await get('/v1/key', authorized()));
  return { detail: body.name ?? body.id ?? 'known' };
}

async function imageMethod() {
  const { image_generation_method: method } = await json(
    await get('/v1/images/method', authorized()),
  );
  const isKnown = method === 'legacy' || method === 'imagine_ws_experimental';
  require(isKnown, `an unknown method: ${method}`);
  return { detail: method };
}

async function openApi() {
  const { openapi, paths } = await json(await get('/openapi.json'));
  return { detail: `${openapi}, ${Object.keys(paths).length} paths` };
}

async function image() {
  const response = await requireOk(
    await request('/v1/images/generations', {
      method: 'POST',
      headers: { ...authorized(), 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'A red kite.', n: 1, stream: true, response_format: 'url' }),
    }),
  );
  const type = response.headers.get('content-type') ?? '';
  require(type.includes('text/event-stream'), `the stream is ${type}`);
  const text = await response.text();
  const link = /"url":"([^"]+)"/.exec(text)?.[1];
  require(link !== undefined, `no picture came: ${text.slice(-300).trim()}`);
  const picture = await requireOk(await fetch(link ?? '', { signal: AbortSignal.timeout(60_000) }));
  const bytes = (await picture.arrayBuffer()).byteLength;
  return { detail: `${picture.headers.get('content-type')}, ${bytes} bytes` };
}

/** `/v1/key` asks the pool, `/health` asks nobody: the difference is the way to the pool. */
async function poolRoundTrip() {
  const worker = await medianMs('/health');
  const pool = await medianMs('/v1/key');
  const way = Math.max(0, pool - worker).toFixed(1);
  return { detail: `${way} ms (${pool.toFixed(1)} less ${worker.toFixed(1)} to the Worker)` };
}

/** @param {string} path */
async function medianMs(path) {
  const times = [];
  for (let round = 0; round < ROUND_TRIPS; round++) {
    const startedMs = performance.now();
    await (await get(path, authorized())).text();
    times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)] ?? 0;
}

async function chat() {
  const response = await post({ stream: false });
  const body = await json(response);
  const text = body.choices[0].message.content;
  require(typeof text === 'string' && text !== '', 'the answer is empty');
  return {
    detail: `${body.usage?.total_tokens} tokens, request ${response.headers.get('x-request-id')}`,
  };
}

async function stream() {
  const startedMs = performance.now();
  const response = await post({ stream: true });
  let firstByteMs = null;
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    firstByteMs ??= elapsed(startedMs);
    text += decoder.decode(chunk, { stream: true });
  }
  require(!text.includes('"error":'), `the stream carried an error: ${text.slice(-300).trim()}`);
  require(text.trimEnd().endsWith('data: [DONE]'), 'the stream ended without [DONE]');
  return {
    detail: `first byte after ${firstByteMs} ms, request ${response.headers.get('x-request-id')}`,
  };
}

function authorized() {
  return { authorization: `Bearer ${apiKey}` };
}

/** @param {{ stream: boolean }} options */
async function post({ stream: streamed }) {
  const messages = [{ role: 'user', content: 'Say hello.' }];
  const response = await request('/v1/chat/completions', {
    method: 'POST',
    headers: { ...authorized(), 'content-type': 'application/json' },
    body: JSON.stringify({ model: values.model, messages, stream: streamed }),
  });
  return requireOk(response);
}

/** @param {string} path @param {Record<string, string>} [headers] */
async function get(path, headers = {}) {
  return requireOk(await request(path, { headers }));
}

/** @param {string} path @param {RequestInit} [init] */
function request(path, init = {}) {
  return fetch(`${baseUrl}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
}

/** @param {Response} response */
async function requireOk(response) {
  if (response.ok) return response;
  throw new Error(`status ${response.status}: ${(await response.text()).slice(0, 300)}`);
}

/** @param {Response} response */
async function json(response) {
  return JSON.parse(await response.text());
}

/** @param {boolean} holds @param {string} otherwise */
function require(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** @param {number} startedMs */
function elapsed(startedMs) {
  return Math.round(performance.now() - startedMs);
}

/** @param {Record<string, string | number>[]} table */
function printTable(table) {
  const columns = Object.keys(table[0] ?? {});
  const width = (/** @type {string} */ column) =>
    Math.max(...[column, ...table.map((row) => String(row[column]))].map((cell) => cell.length));
  const line = (/** @type {(column: string) => string | number} */ cell) =>
    columns
      .map((column) => String(cell(column)).padEnd(width(column)))
      .join('  ')
      .trimEnd();
  console.log(
    [line((column) => column), ...table.map((row) => line((column) => row[column] ?? ''))].join(
      '\n',
    ),
  );
}
