import { newId } from '../../lib/ids';
import { callPool } from '../../pool/client';
import type { TokenPoolRpc } from '../../pool/rpc';
import { poolStub } from '../../pool/stub';

/** What the admin API asks of the pool. */
export type AdminPool = Omit<
  TokenPoolRpc,
  | 'admit'
  | 'takeRequest'
  | 'retry'
  | 'settle'
  | 'extend'
  | 'countRefusal'
  | 'tick'
  | 'lendForMedia'
  | 'returnMedia'
>;

/** The pool, each call with the retries that the platform asks for: all of these may be repeated. */
export function adminPool(env: Env): AdminPool {
  const call = <T>(ask: (pool: TokenPoolRpc) => Promise<T>): Promise<T> =>
    callPool(() => poolStub(env), ask);
  return {
    putKey: (key) => call((pool) => pool.putKey(key)),
    exhaustedKeys: () => call((pool) => pool.exhaustedKeys()),
    keyStatus: (ids) => call((pool) => pool.keyStatus(ids)),
    configure: (settings) => call((pool) => pool.configure(settings)),
    importTokens: (tokens, ifVersion, editId = newId('edit')) =>
      call((pool) => pool.importTokens(tokens, ifVersion, editId)),
    checkImport: (tokens) => call((pool) => pool.checkImport(tokens)),
    listTokens: (query) => call((pool) => pool.listTokens(query)),
    findTokens: (refs) => call((pool) => pool.findTokens(refs)),
    updateTokens: (refs, patch) => call((pool) => pool.updateTokens(refs, patch)),
    deleteTokens: (refs, ifVersion, editId = newId('edit')) =>
      call((pool) => pool.deleteTokens(refs, ifVersion, editId)),
    tags: () => call((pool) => pool.tags()),
    sealedSecrets: (ids) => call((pool) => pool.sealedSecrets(ids)),
    beginReadings: (ids, buckets) => call((pool) => pool.beginReadings(ids, buckets)),
    report: (results) => call((pool) => pool.report(results)),
    closeBreakers: (names) => call((pool) => pool.closeBreakers(names)),
    stats: () => call((pool) => pool.stats()),
    summary: () => call((pool) => pool.summary()),
    verify: () => call((pool) => pool.verify()),
    drain: () => call((pool) => pool.drain()),
    ack: (batchIds) => call((pool) => pool.ack(batchIds)),
  };
}
