import type { TokenPoolRpc } from '../pool/rpc';
import type { BucketView, TokenPatch, TokenRef, TokenView } from '../pool/token';
import { chunks } from './name-tokens';
import { chatBucket, HEAVY_BUCKET, heavyBucket } from './view-token';

/** Tokens of one call of the pool: each is looked up and written, and the pool must go on admitting between. */
const CHUNK = 50;

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

/** Figures set by hand, as lists show them; null makes one unknown. */
export interface ShownFigures {
  readonly chat?: number | null;
  readonly heavy?: number | null;
  /** Where the chat figure goes of a token that no bucket has been met of. */
  readonly newBucket: string;
}

/** As `updateTokens`, and each figure goes into the bucket that it was shown of, which differs by token. */
export async function updateShown(
  pool: Pick<TokenPoolRpc, 'updateTokens' | 'findTokens'>,
  refs: readonly TokenRef[],
  patch: TokenPatch,
  figures: ShownFigures,
): Promise<TokenEdit> {
  return inChunks(refs, async (chunk) => {
    const groups = new Map<string, { ids: TokenRef[]; buckets: Figures }>();
    for (const view of await pool.findTokens(chunk)) {
      const buckets = bucketsShown(view, figures);
      const name = JSON.stringify(buckets);
      const group = groups.get(name) ?? { ids: [], buckets };
      group.ids.push({ id: view.id });
      groups.set(name, group);
    }
    let [found, listVersion] = [0, 0];
    for (const { ids, buckets } of groups.values()) {
      const edit = await pool.updateTokens(ids, { ...patch, buckets });
      found += edit.found;
      ({ listVersion } = edit);
    }
    return { found, listVersion };
  });
}

type Figures = NonNullable<TokenPatch['buckets']>;

function bucketsShown({ buckets }: TokenView, { chat, heavy, newBucket }: ShownFigures): Figures {
  return [
    ...figureOf(chatBucket(buckets), newBucket, chat),
    ...figureOf(heavyBucket(buckets), HEAVY_BUCKET, heavy),
  ];
}

/** What upstream does not meter has no figure to set. */
function figureOf(
  shown: BucketView | undefined,
  otherwise: string,
  remaining: number | null | undefined,
): Figures {
  if (remaining === undefined || shown?.state === 'unmetered') return [];
  return [{ name: shown?.name ?? otherwise, remaining }];
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
