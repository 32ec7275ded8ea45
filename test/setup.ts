import { applyD1Migrations, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';

// Files share a runtime, which starts more slowly than most of them run, and nothing else: each begins
// with empty storage, an empty simulator, and modules that have not been run.
vi.resetModules();
await reset();
await env.EGRESS?.fetch('https://simulator.local/reset', { method: 'POST' });
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
