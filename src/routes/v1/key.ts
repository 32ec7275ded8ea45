import { authenticateFresh } from '../../auth/api-key';
import { poolOf } from '../../deps';
import { callPool } from '../../pool/client';
import type { KeyLimits, KeyStatus, Standing } from '../../pool/key';
import { QUOTA_KINDS } from '../../models/model-spec';
import { AppError } from '../../errors';

/** `GET /v1/key`: what the caller's key may do and where each of its limits stands, from the pool. */
export async function getKey(request: Request, env: Env): Promise<Response> {
  const { key } = await authenticateFresh(request, env.DB);
  const connect = poolOf(env);
  let [status] = await callPool(connect, (pool) => pool.keyStatus([key.id]));
  if (status === undefined) {
    // The pool meets the key for the first time.
    await callPool(connect, (pool) => pool.putKey(key));
    [status] = await callPool(connect, (pool) => pool.keyStatus([key.id]));
  }
  if (status === undefined) throw new AppError('invalid_api_key', 'The API key is not valid.');
  return Response.json(toBody(key, status));
}

function toBody(key: KeyLimits, status: KeyStatus): object {
  const daily = QUOTA_KINDS.map((kind) => [`${kind}_per_day`, toLimit(status.perDay[kind])]);
  return {
    object: 'key',
    id: key.id,
    day: status.day,
    expires_at: key.expiresAt,
    models: key.models,
    limits: {
      ...Object.fromEntries(daily),
      rpm: toLimit(status.rpm),
      concurrency: toLimit(status.concurrency),
    },
  };
}

/** `used + reserved + remaining = limit`; a limit of null is none. Times are Unix ms. */
function toLimit(standing: Standing): object {
  return {
    limit: standing.limit,
    used: standing.used,
    reserved: standing.reserved,
    remaining: standing.remaining,
    resets_at: standing.resetsAt,
  };
}
