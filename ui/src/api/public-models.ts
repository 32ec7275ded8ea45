import type { ModelItem } from '../../../src/contract/models';
import { request } from './call';
import { readModels } from './models';

/** What a key may use, and of which kind each is. */

export type ModelKind = ModelItem['kind'];

export interface UsableModel {
  readonly id: string;
  readonly name: string;
  readonly kind: ModelKind;
  /** No credential can serve it at the moment. */
  readonly isWaiting: boolean;
  /** The lower, the sooner it is taken where nobody names a model. */
  readonly rank: number;
  /** Draws in an Imagine session. */
  readonly isLive: boolean;
}

interface Entry {
  readonly id: string;
  readonly display_name: string;
  readonly availability: 'available' | 'cooling';
}

/** The models of these kinds that this key can call now. @throws ApiError */
export async function usableModels(
  key: string,
  kinds: readonly ModelKind[],
  signal: AbortSignal,
): Promise<readonly UsableModel[]> {
  const [response, catalog] = await Promise.all([
    request('GET', '/v1/models', { bearer: key, signal }),
    readModels(signal),
  ]);
  // SAFETY: the gateway that answers is the one that served this page.
  const { data } = (await response.json()) as { readonly data: readonly Entry[] };
  // Those that are switched on come first; a name is told of once.
  const rows = new Map(catalog.toReversed().map((row) => [row.id, row]));
  const usable = data.map(({ id, display_name: name, availability }) => ({
    id,
    name,
    kind: rows.get(id)?.kind ?? 'chat',
    isWaiting: availability === 'cooling' || rows.get(id)?.serving !== 'available',
    rank: rows.get(id)?.rank ?? Infinity,
    isLive: rows.get(id)?.imagine === true,
  }));
  // In the order of the kinds that were asked for.
  return kinds.flatMap((kind) => usable.filter((model) => model.kind === kind));
}
