import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import * as z from 'zod';
import {
  freePort,
  type Running,
  startGatewayProcess,
  startSimulator,
  startWorkers,
} from './processes';

/**
 * Two gateways as two processes on one state, as the platform has it: an object lives once, and D1 and KV
 * are services. The first process has the objects and the files of D1 and KV; the second reaches both
 * over wrangler's registry.
 *
 * Two processes over one directory would be something else. Each would have a pool, a fill, a purge of its
 * own, unaware of the other's, and workerd opens SQLite without a busy timeout: a read that meets a commit
 * of the other process fails with `SQLITE_BUSY`. `npm start` refuses it (`scripts/start/state-lock.mjs`).
 */
export interface TwoGateways {
  /** Addresses of the gateways. */
  readonly urls: readonly [string, string];
  /** A path that leads to this picture of the account, signed. */
  link(asset: string): Promise<string>;
  /** How often upstream was asked for paths that hold this, by the account. */
  asked(part: string): Promise<number>;
}

const PASSWORD = 'correct horse battery staple';
const TWO = join(import.meta.dirname, 'two-gateways');

const Config = z.looseObject({
  compatibility_date: z.string(),
  compatibility_flags: z.array(z.string()),
  vars: z.record(z.string(), z.string()),
  d1_databases: z.unknown(),
  kv_namespaces: z.unknown(),
  durable_objects: z.object({ bindings: z.array(z.looseObject({ name: z.string() })) }),
});

/** @param secret - of the one credential. */
export async function startTwoGateways(folder: string, secret: string): Promise<TwoGateways> {
  const stateDir = join(folder, 'gateway');
  const simulator = await startSimulator(join(folder, 'simulator'));
  const port = await freePort();
  const tokenId = await setUp({ port, stateDir, secret, simulator });
  writeConfigs(stateDir);
  const configs = ['wrangler.json', 'storage.json'].map((name) => join(stateDir, name));
  // A registry of their own: that of the state still names the process that was killed.
  const registryDir = join(folder, 'registry');
  const first = await startWorkers({ configs, port, stateDir, registryDir, health: '/health' });
  const second = await startWorkers({
    configs: [join(stateDir, 'second.json')],
    port: await freePort(),
    stateDir: join(folder, 'second'),
    registryDir,
    health: '/health',
  });
  const Calls = z.object({ calls: z.array(z.object({ path: z.string() })) });
  return {
    urls: [first.url, second.url],
    async link(asset) {
      const query = new URLSearchParams({ url: asset, token: tokenId });
      const response = await fetch(`${second.url}/test/link?${query.toString()}`);
      const { pathname, search } = new URL(await response.text());
      return pathname + search;
    },
    async asked(part) {
      const query = new URLSearchParams({ credential: secret, limit: '200' });
      const response = await fetch(`${simulator.url}/__control/calls?${query.toString()}`);
      const { calls } = Calls.parse(await response.json());
      return calls.filter(({ path }) => path.includes(part)).length;
    },
  };
}

/** Makes a state with one credential by a gateway alone. @returns the credential's id */
async function setUp(options: {
  readonly port: number;
  readonly stateDir: string;
  readonly secret: string;
  readonly simulator: Running;
}): Promise<string> {
  const { port, stateDir, secret, simulator } = options;
  const gateway = await startGatewayProcess({
    port,
    stateDir,
    env: {
      SIMULATOR: 'off',
      ADMIN_PASSWORD: PASSWORD,
      GROK_BASE_URL: `${simulator.url}/__host/grok.com`,
      GROK_ASSETS_URL: `${simulator.url}/__host/assets.grok.com`,
    },
  });
  const admin = async (path: string, session: string, body?: unknown): Promise<string> => {
    const response = await fetch(`${gateway.url}/api/v1/admin/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.text();
  };
  const Session = z.object({ api_key: z.string() });
  // The start script sets up by itself once the gateway serves; until then nobody can log in.
  const session = await vi.waitFor(
    async () => {
      const answer = await admin('login', '', { username: 'admin', password: PASSWORD });
      return Session.parse(JSON.parse(answer)).api_key;
    },
    { timeout: 60_000, interval: 200 },
  );
  await admin('tokens', session, { provider: 'grok-web', tokens: [{ token: secret }] });
  const tokenId = /tok_\w+/.exec(await admin('tokens', session))?.[0];
  await gateway.kill();
  if (tokenId === undefined) throw new Error('the credential was not imported');
  return tokenId;
}

/** Beside the first gateway's configuration: that of its storage for the other, and that of the second. */
function writeConfigs(stateDir: string): void {
  const text = readFileSync(join(stateDir, 'wrangler.json'), 'utf8');
  const { compatibility_date, compatibility_flags, vars, ...config } = Config.parse(
    JSON.parse(text),
  );
  const common = { compatibility_date, compatibility_flags };
  const write = (name: string, fields: object): void =>
    writeFileSync(
      join(stateDir, `${name}.json`),
      JSON.stringify({ name, main: join(TWO, `${name}.ts`), ...common, ...fields }),
    );
  const { d1_databases, kv_namespaces } = config;
  write('storage', { d1_databases, kv_namespaces });
  const bindings = config.durable_objects.bindings.map((binding) => ({
    ...binding,
    script_name: 'grok2api',
  }));
  write('second', {
    vars,
    durable_objects: { bindings },
    services: [{ binding: 'STORAGE', service: 'storage', entrypoint: 'Storage' }],
  });
}
