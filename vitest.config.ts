import { fileURLToPath } from 'node:url';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { build } from 'esbuild';
import { configDefaults, defineConfig, defineProject } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The simulator as one module: an auxiliary Worker takes code, not an entry file. */
async function bundleSimulator(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at('test/simulator/index.ts')],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
    write: false,
    logLevel: 'error',
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error('the simulator did not bundle');
  return file.text;
}

/**
 * A machine may be slow, and a test that passes does not wait: the limits are of what will never come.
 */
const PATIENCE = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  expect: { poll: { timeout: 30_000 } },
};

/** Everything that needs workerd: objects, D1, KV, queues, the Worker itself. */
const worker = defineProject({
  plugins: [
    cloudflareTest(async () => ({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations(at('migrations')),
          ALLOW_LOOPBACK: 'true',
          CREDENTIAL_KEY: 'dGVzdC1vbmx5LWNyZWRlbnRpYWwta2V5LTMyLWJ5dGU=',
          SETUP_CODE: 'test-setup-code',
          INTERNAL_SECRET: 'test-internal-secret',
        },
        // Not as FILES: what an account without R2 does is tested as well.
        r2Buckets: ['TEST_FILES'],
        // At once, or what one file has sent would arrive in the database of the next.
        queueConsumers: {
          'grok2api-usage': {
            maxBatchSize: 10,
            maxBatchTimeout: 0,
            maxRetries: 10,
            deadLetterQueue: 'grok2api-usage-dead',
          },
        },
        serviceBindings: { EGRESS: 'simulator' },
        // Nothing a test does can leave the machine.
        outboundService: 'simulator',
        workers: [
          {
            name: 'simulator',
            modules: [
              { type: 'ESModule', path: 'simulator.mjs', contents: await bundleSimulator() },
            ],
            compatibilityDate: '2026-10-20',
            compatibilityFlags: ['nodejs_compat', 'enable_request_signal'],
            durableObjects: { LEDGER: { className: 'Ledger', useSQLite: true } },
          },
        ],
      },
    })),
  ],
  test: {
    ...PATIENCE,
    name: 'worker',
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/**/*.node.test.ts', 'test/e2e/**'],
    setupFiles: ['test/setup.ts'],
    // A runtime for many files: `test/setup.ts` clears what one leaves behind.
    isolate: false,
  },
});

/** Pure rules, and the pool's walk over real SQLite. */
const node = defineProject({
  test: {
    ...PATIENCE,
    name: 'node',
    include: ['test/**/*.node.test.ts'],
    testTimeout: 300_000,
  },
});

/**
 * The deployed shape over real HTTP, called by official clients and by a real browser. Two files at a
 * time: each spends most of its time waiting.
 */
const e2e = defineProject({
  test: {
    name: 'e2e',
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // What a killed gateway had begun is done once the platform calls its alarm again.
    expect: { poll: { timeout: 120_000 } },
    maxWorkers: 2,
    globalSetup: ['test/e2e/build-panel.ts'],
  },
});

// Vitest leaves one core free, which on a machine with two doubles the time.
export default defineConfig({ test: { projects: [worker, node, e2e], maxWorkers: 2 } });
