import type { TokenSelection } from '../contract/tokens';
import { AppError } from '../errors';
import { fingerprint, isMask, type SealEnv } from '../lib/seal';
import type { TokenPoolRpc } from '../pool/rpc';
import type { TokenRef, TokenView } from '../pool/token';
import { readSecret } from './secret-text';

/** One name as the caller sent it, and what it stands for; null when it could be no credential. */
export interface NamedRef {
  readonly sent: string;
  readonly ref: TokenRef | null;
}

/** Ids of imported tokens and of those that come from a Worker secret; no credential looks so. */
const ID_PATTERN = /^(tok_[0-9A-Z]{26}|env_[a-z-]{2,20})$/;

/** Calls of the pool under way at once, where one call names one credential. */
const LOOKUPS = 20;

/** The pool takes this many references a call. */
export const CHUNK = 200;

/** Credentials imported by one call, a page of the pool: it goes on admitting between. */
export const IMPORT_CHUNK = 64;

/**
 * Reads ids and full secrets out of a request, in the order sent, each once.
 * @throws AppError `masked_identifier` for a mask, `invalid_request` when nothing is named.
 */
export async function nameTokens(env: SealEnv, selection: TokenSelection): Promise<NamedRef[]> {
  const { id, ids = [], token, tokens = [] } = selection;
  const asIds = new Set([...(id === undefined ? [] : [id]), ...ids]);
  const asSecrets = new Set([...(token === undefined ? [] : [token]), ...tokens]);
  const names = [...asIds, ...[...asSecrets].filter((name) => !asIds.has(name))];
  if (names.length === 0) {
    throw new AppError('invalid_request', 'Name at least one token, by id or full text.', {
      param: 'tokens',
    });
  }
  const mask = names.find(isMask);
  if (mask !== undefined) {
    throw new AppError('masked_identifier', 'A mask does not identify a token: send its id.', {
      param: asIds.has(mask) ? 'id' : 'token',
    });
  }
  return Promise.all(
    names.map(async (sent) => ({
      sent,
      ref: asIds.has(sent) || ID_PATTERN.test(sent) ? { id: sent } : await secretRef(env, sent),
    })),
  );
}

/** A text that holds no `sso` cookie may still be the key of an official API. */
async function secretRef(env: SealEnv, text: string): Promise<TokenRef | null> {
  const cookie = readSecret(text, 'grok-web');
  const read = cookie.ok ? cookie : readSecret(text, 'any other');
  return read.ok ? { fingerprint: await fingerprint(env, read.secret) } : null;
}

/** The tokens that the names stand for, by the name sent; names that nothing was found for are absent. */
export async function findNamed(
  pool: Pick<TokenPoolRpc, 'findTokens'>,
  names: readonly NamedRef[],
): Promise<Map<string, TokenView>> {
  const found = new Map<string, TokenView>();
  const ids = names.flatMap(({ ref }) => (ref !== null && 'id' in ref ? [ref.id] : []));
  for (const chunk of chunks(ids, CHUNK)) {
    const views = await pool.findTokens(chunk.map((id) => ({ id })));
    for (const view of views) found.set(view.id, view);
  }
  // A view does not say which fingerprint it was found by, so these are asked for one by one.
  const rest = names.filter(({ ref }) => ref !== null && !('id' in ref)).values();
  const work = async (): Promise<void> => {
    for (const { sent, ref } of rest) {
      const [view] = ref === null ? [] : await pool.findTokens([ref]);
      if (view !== undefined) found.set(sent, view);
    }
  };
  await Promise.all(Array.from({ length: LOOKUPS }, work));
  return found;
}

/** Consecutive pieces of at most `size`. */
export function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
