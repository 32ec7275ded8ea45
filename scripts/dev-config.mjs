// Writes the configuration of a local start: `wrangler.toml` with the environment's values, and with
// the simulator behind EGRESS where there is one.
// Run by start.mjs as `node dev-config.mjs <out file> [<simulator config> <its out file>]`.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { experimental_readRawConfig as readRawConfig } from 'wrangler';

const PROVIDER_KEYS = ['MOONSHOT', 'DEEPSEEK', 'ZAI', 'SILICONFLOW', 'XAI'];

const root = join(import.meta.dirname, '..');
const [, , outFile, simulatorFile, simulatorOutFile] = process.argv;
if (outFile === undefined || (simulatorFile !== undefined && simulatorOutFile === undefined)) {
  throw new Error('usage: node dev-config.mjs <out file> [<simulator config> <its out file>]');
}
const { rawConfig } = readRawConfig({ config: join(root, 'wrangler.toml') });
const simulator =
  simulatorFile === undefined ? null : readRawConfig({ config: simulatorFile }).rawConfig;

// start.mjs has built the panel already, and the file lies elsewhere: paths become absolute.
const { build: _build, placement: _placement, ...config } = rawConfig;
const local = {
  ...config,
  main: join(root, config.main ?? ''),
  assets: { ...config.assets, directory: join(root, config.assets?.directory ?? '') },
  d1_databases: config.d1_databases?.map((/** @type {{ migrations_dir?: string }} */ database) => ({
    ...database,
    migrations_dir: join(root, database.migrations_dir ?? 'migrations'),
  })),
  // `LOCAL_R2=on` gives a local start the bucket that an account may have.
  ...(process.env.LOCAL_R2 === 'on'
    ? { r2_buckets: [{ binding: 'FILES', bucket_name: 'grok2api-files' }] }
    : {}),
  services: simulator === null ? [] : [{ binding: 'EGRESS', service: simulator.name }],
  vars: { ...localVars(config.vars ?? {}), ALLOW_LOOPBACK: 'true' },
};
// Provider keys may be real ones.
writeConfig(outFile, local);
if (simulatorFile !== undefined && simulatorOutFile !== undefined) {
  writeConfig(simulatorOutFile, {
    ...simulator,
    main: join(dirname(simulatorFile), simulator?.main ?? ''),
    vars: { UNPLAYED_HOSTS: givenHosts().join(' ') },
  });
}

/** @param {string} file @param {object} written */
function writeConfig(file, written) {
  writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`, { mode: 0o600 });
}

/** Hosts of the addresses that the environment names: whoever names one means it, and no simulator. */
function givenHosts() {
  return Object.entries(process.env)
    .filter(([name]) => /^[A-Z]+_(BASE|ASSETS)_URL$/.test(name) && name in (config.vars ?? {}))
    .map(([, value]) => URL.parse(value ?? '')?.hostname)
    .filter((host) => host !== undefined);
}

/**
 * Environment variables win over `[vars]`; a provider key that is not given becomes one that the
 * simulator accepts.
 *
 * @param {Record<string, unknown>} vars
 */
function localVars(vars) {
  const keys = PROVIDER_KEYS.map((name) => [
    `${name}_API_KEY`,
    simulator === null ? undefined : `sim-${name.toLowerCase()}`,
  ]);
  const all = { ...vars, ...Object.fromEntries(keys) };
  return Object.fromEntries(
    Object.entries(all)
      .map(([name, value]) => [name, process.env[name] ?? value])
      .filter(([, value]) => value !== undefined),
  );
}
