import type { TokenPoolRpc } from './rpc';

/** The one pool there is, until keys and tokens are spread over more. */
export const MAIN_POOL = 'main';

/** The pool object of this name, placed where the operator wants it. */
export function poolStub(env: Env, name: string = MAIN_POOL): TokenPoolRpc {
  const { TOKEN_POOL: pools, POOL_LOCATION: location } = env;
  const id = pools.idFromName(name);
  if (location === '') return pools.get(id);
  // SAFETY: the platform ignores a hint that it does not know.
  return pools.get(id, { locationHint: location as DurableObjectLocationHint });
}
