import type { TokenPatch, TokenPoolRpc, TokenRef } from '../pool/rpc';
import { CHUNK, chunks } from './name-tokens';

/** What became of an edit of many. */
export interface TokenEdit {
  readonly found: number;
  /** Of the list, afterwards; null when nothing was named. */
  readonly version: number | null;
}

/** Edits any number of tokens, as many at once as the pool takes. */
export async function updateTokens(
  pool: Pick<TokenPoolRpc, 'updateTokens'>,
  refs: readonly TokenRef[],
  patch: TokenPatch,
): Promise<TokenEdit> {
  return inChunks(refs, (chunk) => pool.updateTokens(chunk, patch));
}

/** Deletes any number of tokens. */
export async function deleteTokens(
  pool: Pick<TokenPoolRpc, 'deleteTokens'>,
  refs: readonly TokenRef[],
): Promise<TokenEdit> {
  return inChunks(refs, (chunk) => pool.deleteTokens(chunk));
}

async function inChunks(
  refs: readonly TokenRef[],
  edit: (
    chunk: readonly TokenRef[],
  ) => Promise<{ readonly found: number; readonly listVersion: number }>,
): Promise<TokenEdit> {
  let found = 0;
  let version: number | null = null;
  for (const chunk of chunks(refs, CHUNK)) {
    const result = await edit(chunk);
    found += result.found;
    version = result.listVersion;
  }
  return { found, version };
}
