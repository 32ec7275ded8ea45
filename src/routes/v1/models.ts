import { authenticateFresh } from '../../auth/api-key';
import { SUPPLY_TTL_MS } from '../../config';
import { poolOf } from '../../deps';
import { AppError } from '../../errors';
import { logWarning } from '../../lib/log';
import { findModel, type Generations, listModels } from '../../models/catalog';
import { type ModelEntry, usableModels } from '../../models/list';
import type { ModelSpec } from '../../models/model-spec';
import { callPool } from '../../pool/client';
import type { Supply } from '../../pool/figures';
import { currentSettings, recentSettings } from '../../store/settings-cache';
import { importEnvTokens } from '../../tokens/env-tokens';

/** `GET /v1/models`: what this key may use and some credential can serve. */
export async function getModels(request: Request, env: Env): Promise<Response> {
  return Response.json({ object: 'list', data: await usable(request, env) });
}

/** `GET /v1/models/{id}`; ids may hold a slash. */
export async function getModel(
  request: Request & { readonly params: Readonly<Record<string, string>> },
  env: Env,
): Promise<Response> {
  const models = await usable(request, env);
  const id = decode(request.params['id'] ?? '');
  const model = models.find((entry) => entry.id === id);
  if (model === undefined) throw modelNotFound(id);
  return Response.json(model);
}

/** An isolate that knows no model of a name reads the settings again, at most this often. Ms. */
const MISS_MS = 250;

/**
 * The row that `find` picks by the settings. What is not found is looked for once more in settings just
 * read: a call that is refused here never gets as far as the pool, which would tell of newer ones.
 * @throws AppError `model_not_found`
 */
export async function modelOf(
  db: D1Database,
  find: (generations: Generations) => ModelSpec | null,
  name: string | null,
): Promise<ModelSpec> {
  const known = await currentSettings(db);
  const model = find(known.settings.grok.generations);
  if (model !== null) return model;
  const recent = await recentSettings(db, MISS_MS);
  const late = recent === known ? null : find(recent.settings.grok.generations);
  if (late === null) throw modelNotFound(name);
  return late;
}

/** The model of this public name: a chat may be held with any kind. @throws AppError `model_not_found` */
export function chatModel(db: D1Database, name: string): Promise<ModelSpec> {
  return modelOf(db, (generations) => findModel(name, generations), name);
}

/** What is echoed of a name that nobody knows. */
const MAX_ECHO = 100;

/** `name` is what was asked for; null where the gateway was to choose. */
export function modelNotFound(name: string | null): AppError {
  const echo = name === null ? 'for this' : JSON.stringify(name.slice(0, MAX_ECHO));
  const message = `There is no model ${echo}; GET /v1/models lists what there is.`;
  return new AppError('model_not_found', message, { param: 'model' });
}

async function usable(request: Request, env: Env): Promise<ModelEntry[]> {
  const { key } = await authenticateFresh(request, env.DB);
  // A list admits no call, so no pool tells it of newer settings.
  const { settings } = await recentSettings(env.DB, SUPPLY_TTL_MS);
  return usableModels(listModels(settings.grok.generations), key.models, await supply(env));
}

let known: { readonly supply: readonly Supply[]; readonly readAt: number } | null = null;

/** What the pool can serve, at most 5 s old. */
export async function supply(env: Env): Promise<readonly Supply[]> {
  const now = Date.now();
  if (known !== null && now - known.readAt < SUPPLY_TTL_MS) return known.supply;
  const connect = poolOf(env);
  try {
    await importEnvTokens(env, connect);
  } catch (error) {
    // A list of models is no less right without them; a chat says what is missing.
    logWarning('env_tokens_not_imported', { error });
  }
  const { supply: counted } = await callPool(connect, (pool) => pool.summary());
  known = { supply: counted, readAt: now };
  return known.supply;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A broken escape names no model either.
    return text;
  }
}
