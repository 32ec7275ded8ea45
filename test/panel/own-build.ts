import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STATE = join(ROOT, '.state');

/** The panel built into a folder of its own, and a configuration that serves it. */
export interface OwnBuild {
  readonly configPath: string;
  remove(): void;
}

/**
 * Builds the panel apart from `ui/dist`, so that neither a developer's build nor another test takes the
 * files away from under a browser.
 */
export async function buildPanel(): Promise<OwnBuild> {
  // The gateway is started next: no look-up of where this machine is, and no notes between the results.
  process.env['WRANGLER_LOG'] ??= 'error';
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] ??= 'false';
  mkdirSync(STATE, { recursive: true });
  const folder = mkdtempSync(join(STATE, 'panel-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // Whatever ends the test: nobody else knows of the folder.
  process.once('exit', remove);
  const assets = join(folder, 'dist');
  const ui = join(ROOT, 'ui');
  await build({
    root: ui,
    configFile: join(ui, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: assets, emptyOutDir: false },
  });
  const configPath = join(folder, 'wrangler.toml');
  writeFileSync(configPath, ownConfig(assets));
  return { configPath, remove };
}

/** The deployed configuration, its paths said from elsewhere, with no build step. */
function ownConfig(assets: string): string {
  const at = (path: string): string => JSON.stringify(join(ROOT, path));
  return readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')
    .replace(/^main = .*$/m, `main = ${at('src/worker.ts')}`)
    .replace(/^directory = .*$/m, `directory = ${JSON.stringify(assets)}`)
    .replace(/^migrations_dir = .*$/m, `migrations_dir = ${at('migrations')}`)
    .replace(/^\[build\]\n(?:[^[\n].*\n)*/m, '');
}
