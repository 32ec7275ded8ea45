import { AppError } from '../errors';
import type { TokenPoolRpc } from './rpc';

/** Gives a fresh stub: one that has thrown may be broken for good. */
export type Connect = () => TokenPoolRpc;

/** Asked again at most twice: every call of the pool may be repeated under its own ids. */
const MAX_REPEATS = 2;
const FIRST_PAUSE_MS = 10;

/**
 * Calls the pool and asks again when the platform says that this can help.
 * @throws AppError `pool_overloaded` when the object has too much to do or cannot be reached.
 */
export async function callPool<T>(
  connect: Connect,
  call: (pool: TokenPoolRpc) => Promise<T>,
): Promise<T> {
  for (let repeat = 0; ; repeat++) {
    try {
      return await call(connect());
    } catch (thrown) {
      const { retryable, overloaded } = readFlags(thrown);
      if (overloaded || (retryable && repeat >= MAX_REPEATS)) throw overloadedError(thrown);
      if (!retryable) throw thrown;
      await scheduler.wait(FIRST_PAUSE_MS * 2 ** repeat);
    }
  }
}

/** Properties that the runtime sets on the errors of a stub. */
interface StubFlags {
  readonly retryable: boolean;
  readonly overloaded: boolean;
}

/** https://developers.cloudflare.com/durable-objects/best-practices/error-handling/ */
function readFlags(thrown: unknown): StubFlags {
  const has = (name: string): boolean =>
    typeof thrown === 'object' && thrown !== null && Reflect.get(thrown, name) === true;
  return {
    // An object that gave up its memory (`ctx.abort()`) is back for the next call.
    retryable: has('retryable') || has('durableObjectReset'),
    overloaded: has('overloaded'),
  };
}

function overloadedError(cause: unknown): AppError {
  return new AppError(
    'pool_overloaded',
    'The gateway has more to do than it can; try again soon.',
    {
      retryAfterS: 1,
      cause,
    },
  );
}
