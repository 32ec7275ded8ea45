import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_readConfig, unstable_splitSqlQuery } from 'wrangler';
import { Child } from './child.ts';
import type { LoadJob, LoadResult, UpstreamOrder, UpstreamReport } from './wire.ts';

/** What answers HTTP: the Workers of the one workerd, and the upstream itself. */
export type Side = 'gateway' | 'passthrough' | 'bare' | 'driver' | 'upstream';

/** Everything a bench runs on: the deployed bundle and the Workers beside it in one workerd. */
export interface World {
  readonly miniflare: Miniflare;
  readonly ports: Readonly<Record<Side, number>>;
  readonly upstream: Child<UpstreamOrder, UpstreamReport>;
  readonly load: Child<LoadJob, LoadResult>;
  readonly workerdPid: number | null;
  readonly bundle: Buffer;
  /** @returns the first row */
  sql(query: string): Promise<Record<string, number>>;
  stop(): Promise<void>;
}

export const SECRETS = {
  CREDENTIAL_KEY: Buffer.alloc(32, 7).toString('base64'),
  SETUP_CODE: 'bench-setup-code',
  INTERNAL_SECRET: 'bench-internal-secret',
};
export const GATEWAY = 'grok2api';
/** One database, one KV and one bucket for all Workers. */
const STORE = 'bench';

const root = fileURLToPath(new URL('../../', import.meta.url));
const at = (path: string) => join(root, path);

/** @param withInspector for figures of the heap; off where time is measured */
export async function openWorld(withInspector = false): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'grok2api-bench-'));
  const bundle = buildGateway(folder);
  const upstream = new Child<UpstreamOrder, UpstreamReport>('./upstream.ts');
  const load = new Child<LoadJob, LoadResult>('./load.ts');
  const { port } = await upstream.first;
  const before = workerdPids();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      ...(withInspector ? { inspectorPort: 0 } : {}),
      log: new Log(LogLevel.ERROR),
      resourcePersistencePath: join(folder, 'state'),
      cf: false,
      telemetry: { enabled: false },
      unsafeLocalExplorer: false,
      unsafeObservability: false,
      workers: [gateway(bundle, port), passthrough(port), bare(), await driver()],
    }),
  );
  await miniflare.ready;
  const database = await miniflare.getD1Database('DB', GATEWAY);
  for (const name of readdirSync(at('migrations')).sort()) {
    const statements = unstable_splitSqlQuery(readFileSync(at(`migrations/${name}`), 'utf8'));
    await database.batch(statements.map((statement) => database.prepare(statement)));
  }
  return {
    miniflare,
    upstream,
    load,
    bundle,
    ports: {
      gateway: await directPort(miniflare, GATEWAY),
      passthrough: await directPort(miniflare, 'passthrough'),
      bare: await directPort(miniflare, 'bare'),
      driver: await directPort(miniflare, 'driver'),
      upstream: port,
    },
    workerdPid: workerdPids().find((pid) => !before.includes(pid)) ?? null,
    sql: async (query) => (await database.prepare(query).first<Record<string, number>>()) ?? {},
    async stop() {
      upstream.stop();
      load.stop();
      await miniflare.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What `wrangler deploy` would send. */
function buildGateway(folder: string): Buffer {
  const wrangler = at('node_modules/wrangler/bin/wrangler.js');
  const args = [wrangler, 'deploy', '--dry-run', '--outdir', join(folder, 'out')];
  execFileSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true' },
  });
  return readFileSync(join(folder, 'out', 'worker.js'));
}

/** Straight to the Worker: no proxy, no router in between. */
const direct = { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] };

/** Straight out of it: Miniflare puts a Worker of its own before the global `fetch`. */
const straightTo = (port: number) => ({ external: { address: `127.0.0.1:${port}`, http: {} } });

function gateway(bundle: Buffer, upstreamPort: number) {
  const config = unstable_readConfig({ config: at('wrangler.toml') }, { hideWarnings: true });
  const consumer = config.queues.consumers?.[0];
  const queueName = consumer?.queue ?? '';
  return {
    name: GATEWAY,
    modules: [{ type: 'ESModule' as const, path: 'worker.js', contents: bundle.toString('utf8') }],
    compatibilityDate: config.compatibility_date ?? '',
    compatibilityFlags: config.compatibility_flags,
    bindings: {
      ...Object.fromEntries(
        Object.entries(config.vars).map(([name, value]) => [name, String(value)]),
      ),
      ...SECRETS,
      DEEPSEEK_BASE_URL: `http://127.0.0.1:${upstreamPort}`,
      GROK_BASE_URL: `http://127.0.0.1:${upstreamPort}`,
      GROK_ASSETS_URL: `http://127.0.0.1:${upstreamPort}`,
      ALLOW_LOOPBACK: 'true',
    },
    d1Databases: { DB: STORE },
    kvNamespaces: { KV_CACHE: STORE },
    r2Buckets: { FILES: STORE },
    durableObjects: Object.fromEntries(
      config.durable_objects.bindings.map(
        ({
          name,
          class_name: className,
        }: {
          readonly name: string;
          readonly class_name: string;
        }) => [name, { className, useSQLite: true }],
      ),
    ),
    queueProducers: Object.fromEntries(
      (config.queues.producers ?? []).map(
        ({ binding, queue }: { readonly binding: string; readonly queue: string }) => [
          binding,
          { queueName: queue },
        ],
      ),
    ),
    queueConsumers: {
      [queueName]: {
        maxBatchSize: consumer?.max_batch_size ?? 10,
        maxBatchTimeout: consumer?.max_batch_timeout ?? 1,
      },
    },
    serviceBindings: {
      EGRESS: straightTo(upstreamPort),
      ASSETS: async () => new Response(null, { status: 404 }),
    },
    ...direct,
  };
}

function passthrough(upstreamPort: number) {
  return { ...plain('passthrough'), serviceBindings: { EGRESS: straightTo(upstreamPort) } };
}

/** Reads what the gateway has stored, and nothing else. */
function bare() {
  return { ...plain('bare'), kvNamespaces: { KV: STORE }, r2Buckets: { R2: STORE } };
}

/** A Worker to compare with. */
function plain(name: string) {
  const contents = readFileSync(at(`test/bench/workers/${name}.mjs`), 'utf8');
  return {
    name,
    modules: [{ type: 'ESModule' as const, path: `${name}.mjs`, contents }],
    compatibilityDate: '2026-10-20',
    ...direct,
  };
}

async function driver() {
  const { outputFiles } = await build({
    entryPoints: [at('test/bench/workers/driver.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    write: false,
    logLevel: 'error',
  });
  return {
    name: 'driver',
    modules: [
      { type: 'ESModule' as const, path: 'driver.mjs', contents: outputFiles[0]?.text ?? '' },
    ],
    compatibilityDate: '2026-10-20',
    compatibilityFlags: ['nodejs_compat'],
    bindings: { CREDENTIAL_KEY: SECRETS.CREDENTIAL_KEY },
    d1Databases: { DB: STORE },
    durableObjects: {
      POOLS: { className: 'TokenPool', scriptName: GATEWAY, useSQLite: true },
    },
    ...direct,
  };
}

async function directPort(miniflare: Miniflare, worker: string): Promise<number> {
  return Number((await miniflare.unsafeGetDirectURL(worker)).port);
}

/** Children of this process that are workerd; none where there is no /proc. */
function workerdPids(): number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => isOurWorkerd(pid))
      .map(Number);
  } catch {
    return [];
  }
}

function isOurWorkerd(pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, command = '', rest = ''] = /\((.*)\) \S+ (.*)/.exec(stat) ?? [];
    return command.startsWith('workerd') && Number(rest.split(' ')[0]) === process.pid;
  } catch {
    // It has ended since it was listed.
    return false;
  }
}
