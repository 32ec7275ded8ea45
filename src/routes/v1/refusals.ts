import type { Caller } from '../../auth/api-key';
import { poolOf } from '../../deps';
import { AppError } from '../../errors';
import { logWarning } from '../../lib/log';

/** Does something on behalf of a known key; a refusal of the Worker's own is counted for that key. */
export async function countingRefusals<T>(
  env: Env,
  ctx: ExecutionContext,
  caller: Caller,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.status < 500) {
      ctx.waitUntil(count(env, caller.key.id, thrown.code));
    }
    throw thrown;
  }
}

async function count(env: Env, keyId: string, code: string): Promise<void> {
  try {
    await poolOf(env)().countRefusal(keyId, code);
  } catch (error) {
    // Statistics only: the caller has had its answer.
    logWarning('refusal_not_counted', { keyId, code, error });
  }
}
