/// <reference types="@cloudflare/workers-types" />
import { DEFAULT_SETTINGS } from '../../../src/contract/settings';
import { newCallId } from '../../../src/lib/ids';
import { fingerprint, seal } from '../../../src/lib/seal';
import { mediaLink } from '../../../src/media/links';
import type { Ask, Settlement } from '../../../src/pool/call';
import type { KeyLimits } from '../../../src/pool/key';
import type { TokenPoolRpc } from '../../../src/pool/rpc';
import type { NewToken } from '../../../src/pool/token';
import { poolSettingsOf } from '../../../src/settings/pool-settings';

/**
 * Calls a pool object as the gateway does, without HTTP's work around it: in the same process, by
 * RPC, settlements riding on the next admission. One path a command, all by POST.
 */

interface DriverEnv {
  readonly POOLS: {
    idFromName(name: string): unknown;
    get(id: unknown): TokenPoolRpc;
  };
  readonly DB: D1Database;
  readonly CREDENTIAL_KEY: string;
}

/** The key of every call made here: its rows in D1 are not the gateway's. */
const KEY_ID = 'bench';
const BUCKETS = ['auto', 'fast', 'expert', 'heavy'];
/** Of the Grok models that are measured. */
const GROK_BUCKETS = ['grok-3', 'grok-4', 'mode:fast'];
const UNITS = 1_000_000;
const IMPORT_CHUNK = 25;
const LIMITS: KeyLimits = {
  id: KEY_ID,
  version: 1,
  enabled: true,
  deleted: false,
  expiresAt: null,
  models: null,
  ips: null,
  rpm: null,
  concurrency: null,
  perDay: { chat: null, heavy: null, image: null, video: null },
};

/** Settlements that wait for the next admission, by pool. */
const riding = new Map<string, Settlement[]>();

export default {
  async fetch(request: Request, env: DriverEnv): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const name = searchParams.get('pool') ?? 'main';
    const number = (field: string) => Number(searchParams.get(field));
    const pool = env.POOLS.get(env.POOLS.idFromName(name));
    switch (pathname) {
      case '/nothing':
        return Response.json({});
      case '/admit':
        return Response.json({ admitted: await admit(pool, name, searchParams.get('bucket')) });
      case '/open':
        return Response.json(await open(pool));
      case '/import':
        return Response.json(await importTokens(pool, number('from'), number('count')));
      case '/grok':
        return Response.json(await importAccounts(pool, env, number('count')));
      case '/link':
        return Response.json({ link: await linkTo(env, searchParams.get('url') ?? '') });
      case '/pairs':
        return Response.json(await pairs(pool, name, number('concurrency'), number('ms')));
      case '/settle':
        await pool.settle(take(name));
        return Response.json({});
      case '/stats':
        return Response.json(await pool.stats());
      case '/verify':
        return Response.json(await pool.verify());
      default:
        return new Response('unknown command', { status: 404 });
    }
  },
};

async function open(pool: TokenPoolRpc): Promise<object> {
  const vars = { CACHE_RESET_TZ_OFFSET_MINUTES: '480' };
  await pool.configure(poolSettingsOf(DEFAULT_SETTINGS, vars, 1));
  return pool.putKey(LIMITS);
}

async function importTokens(pool: TokenPoolRpc, from: number, count: number): Promise<object> {
  for (let start = from; start < from + count; start += IMPORT_CHUNK) {
    const end = Math.min(start + IMPORT_CHUNK, from + count);
    await pool.importTokens(Array.from({ length: end - start }, (_, n) => token(start + n)));
    // Here both ends share one thread, whose event loop looks at no socket while calls follow each
    // other within the process: without a timer the import would stop everything, even `/nothing`.
    await scheduler.wait(0);
  }
  return { imported: count };
}

function token(n: number): NewToken {
  const id = `tok_${String(n).padStart(8, '0')}`;
  return {
    id,
    provider: 'grok-web',
    tier: 'basic',
    sealedSecret: `v1.k1.${id.repeat(12)}`,
    fingerprint: `fingerprint-${id}`,
    mask: 'bench-****-tokn',
    buckets: BUCKETS.map((name) => ({ name, remaining: UNITS, limit: UNITS })),
  };
}

/** Accounts of the Grok site that the gateway can open, their quota read long ago and never at an end. */
async function importAccounts(pool: TokenPoolRpc, env: DriverEnv, count: number): Promise<object> {
  for (let start = 0; start < count; start += IMPORT_CHUNK) {
    const numbers = Array.from({ length: Math.min(IMPORT_CHUNK, count - start) }, (_, n) => n);
    await pool.importTokens(await Promise.all(numbers.map((n) => account(env, start + n))));
  }
  return { imported: count };
}

async function account(env: DriverEnv, n: number): Promise<NewToken> {
  const id = `tok_grok${String(n).padStart(8, '0')}`;
  const secret = `bench-session-${String(n).padStart(32, '0')}`;
  return {
    ...token(n),
    id,
    sealedSecret: await seal(env, id, secret),
    fingerprint: await fingerprint(env, secret),
    buckets: GROK_BUCKETS.map((name) => ({ name, remaining: UNITS, limit: UNITS })),
  };
}

/** The signed link, without a host, under which the gateway serves a file that anybody may read. */
function linkTo(env: DriverEnv, url: string): Promise<string> {
  const deps = { db: env.DB, seal: env, settings: DEFAULT_SETTINGS, base: '', now: Date.now };
  return mediaLink(deps, { kind: 'image', url, tokenId: null });
}

/** One admission with what waits to be settled. @returns whether it got a lease */
async function admit(
  pool: TokenPoolRpc,
  name: string,
  bucket: string | null = null,
): Promise<boolean> {
  const [reply] = await pool.admit([ask(bucket ?? 'auto')], take(name));
  if (reply?.ok !== true) return false;
  const { callId, attempt } = reply.lease;
  put(name, {
    callId,
    attempt,
    outcome: 'done',
    clientEmpty: false,
    record: {
      status: 200,
      error: null,
      firstPartMs: 1,
      usage: { input: 1, output: 1, cached: 0, reasoning: 0, estimated: false },
    },
  });
  return true;
}

function ask(bucket: string): Ask {
  return {
    callId: newCallId(),
    keyId: KEY_ID,
    keyVersion: 1,
    settingsVersion: 1,
    model: 'grok-4',
    kind: 'chat',
    ip: null,
    provider: 'grok-web',
    tiers: ['basic'],
    bucket,
    units: 1,
    metered: true,
    charges: { chat: 1 },
    stream: false,
    termMs: 60_000,
  };
}

/** Admissions and their settlements, so many at a time. */
async function pairs(
  pool: TokenPoolRpc,
  name: string,
  concurrency: number,
  ms: number,
): Promise<object> {
  const startedAt = Date.now();
  let admitted = 0;
  let refused = 0;
  const loop = async () => {
    while (Date.now() - startedAt < ms) {
      if (await admit(pool, name)) admitted++;
      else refused++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  await pool.settle(take(name));
  return { pairs: admitted, refused, elapsedMs: Date.now() - startedAt };
}

function put(name: string, settlement: Settlement): void {
  const waiting = riding.get(name);
  if (waiting === undefined) riding.set(name, [settlement]);
  else waiting.push(settlement);
}

function take(name: string): readonly Settlement[] {
  const waiting = riding.get(name) ?? [];
  riding.delete(name);
  return waiting;
}
