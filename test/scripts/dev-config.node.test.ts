import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'dev-config-'));
const file = join(folder, 'wrangler.json');
const simulatorFile = join(folder, 'simulator.json');
afterAll(() => rmSync(folder, { recursive: true }));

const Config = z.object({
  vars: z.record(z.string(), z.string()),
  services: z.array(z.object({ binding: z.string(), service: z.string() })),
});

/** The configuration that a start with this environment runs by. */
function configOf(environment: NodeJS.Dict<string>, simulator: readonly string[]) {
  const { PATH, HOME } = process.env;
  execFileSync(process.execPath, [at('scripts/dev-config.mjs'), file, ...simulator], {
    env: { PATH, HOME, ...environment },
  });
  return Config.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** Every var that the README's tables name, and every provider's key. */
const NAMES = [
  'BUILD_SHA',
  'CACHE_RESET_TZ_OFFSET_MINUTES',
  'KV_CACHE_MAX_BYTES',
  'KV_CLEANUP_BATCH',
  'POOL_LOCATION',
  'GROK_BASE_URL',
  'GROK_ASSETS_URL',
  'BACKEND_URL',
  ...['MOONSHOT', 'DEEPSEEK', 'ZAI', 'SILICONFLOW', 'XAI'].flatMap((name) => [
    `${name}_BASE_URL`,
    `${name}_API_KEY`,
  ]),
];

describe('the configuration of a local start', () => {
  it('takes every var from the environment, which may hold real keys', () => {
    const given = Object.fromEntries(NAMES.map((name) => [name, `own ${name}`]));
    const { vars, services } = configOf({ ...given, OTHER: 'own' }, []);
    expect(vars).toEqual({ ...given, ALLOW_LOOPBACK: 'true' });
    expect(services).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is that of wrangler.toml where nothing is given, with keys that the simulator takes', () => {
    const own = { ZAI_BASE_URL: 'https://open.bigmodel.cn/api', ZAI_API_KEY: 'sk-real' };
    const simulator = [at('test/simulator/wrangler.toml'), simulatorFile];
    const { vars, services } = configOf(own, simulator);
    expect(Object.keys(vars).toSorted()).toEqual([...NAMES, 'ALLOW_LOOPBACK'].toSorted());
    expect(vars).toMatchObject({
      GROK_BASE_URL: 'https://grok.com',
      XAI_API_KEY: 'sim-xai',
      ...own,
    });
    // Whoever names an address means it, were it the public one: the simulator leaves it alone.
    expect(JSON.parse(readFileSync(simulatorFile, 'utf8'))).toMatchObject({
      main: at('test/simulator/index.ts'),
      vars: { UNPLAYED_HOSTS: 'open.bigmodel.cn' },
    });
    expect(services).toEqual([{ binding: 'EGRESS', service: expect.any(String) }]);
  });
});
