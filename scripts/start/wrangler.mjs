// How wrangler is run here: its file, and an environment in which it asks nothing, reports nothing
// and looks nothing up.
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export const WRANGLER = join(root, 'node_modules', 'wrangler', 'wrangler-dist', 'cli.js');

/** @param {string} stateDir @returns {NodeJS.ProcessEnv} */
export function quietEnv(stateDir) {
  return {
    ...process.env,
    CI: '1',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_LOG_PATH: join(stateDir, 'logs'),
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
    WRANGLER_REGISTRY_PATH: join(stateDir, 'registry'),
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_SEND_METRICS: 'false',
    // They trace every call into a database and cost up to 40 % of the throughput.
    X_LOCAL_EXPLORER: 'false',
    X_LOCAL_OBSERVABILITY: 'false',
  };
}
