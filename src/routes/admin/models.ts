import type { AdminRequest } from '../../auth/admin';
import type { ModelItem } from '../../contract/models';
import { canImagine } from '../../imagine/batch-plan';
import { allRows, type Generations, listModels } from '../../models/catalog';
import { choiceRank } from '../../models/default-model';
import type { ModelSpec } from '../../models/model-spec';
import { type Serving, servingOf } from '../../models/serving';
import { readSettings } from '../../store/settings-read';
import { reply } from './io';
import { adminPool } from './pool';

const OFF: Serving = { state: 'off', until: null, active: 0, live: 0 };

/** `GET models` → `{ models }`: every row of the catalog, what can be served now, and why not. */
export async function list(_request: AdminRequest, env: Env): Promise<Response> {
  const pool = adminPool(env);
  const [{ settings }, figures] = await Promise.all([readSettings(env.DB), pool.summary()]);
  const now = Date.now();
  const { generations } = settings.grok;
  const on = listModels(generations);
  const off = allRows().filter((row) => !on.includes(row));
  const models: ModelItem[] = [
    ...on.map((row) => modelItem(row, servingOf(row, figures, now), generations)),
    ...off.map((row) => modelItem(row, OFF, generations)),
  ];
  return reply({ models });
}

function modelItem(
  row: ModelSpec,
  { state, until, active, live }: Serving,
  generations: Generations,
): ModelItem {
  const { model, mode } = row.upstream;
  return {
    id: row.id,
    name: row.displayName ?? row.id,
    kind: row.kind,
    provider: row.provider,
    generation: row.generation ?? null,
    dialect: row.dialect,
    upstream: mode === undefined || mode === model ? model : `${model} · ${mode}`,
    tiers: row.tiers,
    bucket: row.bucket,
    units: row.units,
    capabilities: Object.entries(row.capabilities).flatMap(([name, has]) => (has ? [name] : [])),
    alias_of: row.aliasOf ?? null,
    imagine: canImagine(row),
    rank: choiceRank(row, generations),
    serving: state,
    until,
    active,
    live,
  };
}
