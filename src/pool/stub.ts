import type { TokenPoolRpc } from './rpc';

/** The one pool there is, until keys and tokens are spread over more. */
export const MAIN_POOL = 'main';

/** Ids by name: the same in every request, and each costs a hash. */
const ids = new Map<string, DurableObjectId>();

/** The pool object of this name, placed where the operator wants it. */
export function poolStub(env: Env, name: string = MAIN_POOL): TokenPoolRpc {
  const { TOKEN_POOL: pools, POOL_LOCATION: location } = env;
  let id = ids.get(name);
  if (id === undefined) {
    id = pools.idFromName(name);
    ids.set(name, id);
  }
  if (location === '') return pools.get(id);
  // SAFETY: the platform ignores a hint that it does not know.
  return pools.get(id, { locationHint: location as DurableObjectLocationHint });
}
