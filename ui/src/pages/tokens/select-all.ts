import { readTokenPage, type TokenQuery } from '../../api/tokens';

/** Ids held at the most: what a browser can keep of a job. */
export const MAX_SELECTED = 100_000;
const PAGE = 500;

/**
 * Collects the ids of all tokens that match, a page at a time; nothing else of them is kept.
 * @returns whether all were collected, and not only the first `MAX_SELECTED`.
 */
export async function collectIds(
  query: TokenQuery,
  ids: Set<string>,
  onProgress: (found: number) => void,
  signal: AbortSignal,
): Promise<boolean> {
  let after: string | null = '';
  while (after !== null) {
    const page: Awaited<ReturnType<typeof readTokenPage>> = await readTokenPage(
      query,
      { after, limit: PAGE },
      signal,
    );
    for (const { id } of page.items) {
      if (ids.size >= MAX_SELECTED) return false;
      ids.add(id);
    }
    onProgress(ids.size);
    after = page.next;
  }
  return true;
}
