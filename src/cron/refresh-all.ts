import { poolStub } from '../pool/stub';
import { readSettings } from '../store/settings-read';
import { stepRefreshAll } from '../tokens/refresh-all';
import { readingDeps } from '../tokens/reading-deps';

/** Steps of one cron run: whoever looks at the progress makes more of them. */
const STEPS = 8;

/** Goes on with the run that reads all tokens anew, while nobody looks at it. */
export async function tendRefreshAll(env: Env): Promise<void> {
  const pool = poolStub(env);
  const refresh = async () => {
    const { settings } = await readSettings(env.DB);
    const { generations } = settings.grok;
    return { pool, readings: readingDeps(env, settings), generations };
  };
  const deps = { db: env.DB, pool, refresh, now: () => Date.now() };
  for (let steps = 0; steps < STEPS; steps++) if (!(await stepRefreshAll(deps))) return;
}
