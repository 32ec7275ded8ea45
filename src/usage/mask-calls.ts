import type { CallItem, ListedCall } from '../contract/calls';
import type { TokenPoolRpc } from '../pool/rpc';
import { CHUNK, chunks } from '../tokens/name-tokens';

/** Finds the masks of credentials, each asked for once. */
export class TokenMasks {
  readonly #pool: Pick<TokenPoolRpc, 'findTokens'>;
  readonly #known = new Map<string, string | null>();

  constructor(pool: Pick<TokenPoolRpc, 'findTokens'>) {
    this.#pool = pool;
  }

  /** The calls with the masks of their credentials; a page of up to 200 credentials is one call of the pool. */
  async addTo(calls: readonly CallItem[]): Promise<readonly ListedCall[]> {
    await this.#learn(calls.flatMap(({ token_id: id }) => (id === null ? [] : [id])));
    return calls.map((call) => ({ ...call, token: this.#known.get(call.token_id ?? '') ?? null }));
  }

  async #learn(ids: readonly string[]): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#known.has(id));
    for (const chunk of chunks(missing, CHUNK)) {
      for (const id of chunk) this.#known.set(id, null);
      try {
        const found = await this.#pool.findTokens(chunk.map((id) => ({ id })));
        for (const { id, mask } of found) this.#known.set(id, mask);
      } catch {
        // A pool that cannot answer is a reason to read the log: it is shown without masks.
      }
    }
  }
}
