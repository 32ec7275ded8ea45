import { ProviderError, type DrawCall } from '../../provider';
import { asUnused, unreadableFault } from '../faults';
import type { Json } from '../narrow';
import { chatBody } from '../request';
import { uploadAssets, type UploadedAsset } from '../upload';
import { idInPath } from './asset-url';
import { isAboutCredential } from './conclude';
import { converse } from './conversation';
import type { Turn } from './draw-turns';
import { picturesIn } from './turn-pictures';
import { assetEdit, editLabel, labelledEdit, postedEdit, referenceUrl } from './edit-bodies';
import { createPost } from './media-post';

/** The name under which generation 1 edits when it does not know the edit model. */
const OLDER = { modelName: 'grok-3', modelMode: 'MODEL_MODE_FAST' } as const;

/**
 * Uploads the originals, once for all turns. @returns how one turn asks for the edit.
 * @throws ProviderError, or AppError for an image that cannot be used.
 */
export async function prepareEdit(attempt: DrawCall): Promise<Turn> {
  const { model, task } = attempt;
  const assets = await uploadAssets(attempt, task.images, 'imagine');
  switch (model.dialect) {
    case 'gateway':
      return (turn) => picturesIn(converse(turn, assetEdit(model, task, assets), '/imagine'));
    case 'rest-mode':
      return postedTurn(attempt, assets);
    case 'rest-model':
    case 'openai':
      return labelledTurns(assets);
  }
}

/** The edit hangs on a media post of the first original, or on that original itself. */
async function postedTurn(attempt: DrawCall, assets: readonly UploadedAsset[]): Promise<Turn> {
  const urls = urlsOf(assets);
  const [first] = urls;
  if (urls.length < assets.length || first === undefined) {
    throw asUnused(unreadableFault('without an address'));
  }
  const parentPostId = await createPost(attempt, { imageUrl: first }).catch((thrown: unknown) => {
    const id = idInPath(first);
    const isHopeless = !(thrown instanceof ProviderError) || isAboutCredential(thrown);
    if (isHopeless || id === null) throw thrown;
    return id;
  });
  const body = postedEdit(attempt.model, attempt.task, { urls, parentPostId });
  return (turn) => picturesIn(converse(turn, body, `/imagine/post/${parentPostId}`));
}

/**
 * Three ways of asking, tried in order: one that upstream does not accept is not used again by any turn
 * of this request. An accepted one that fails is a failure of its turn.
 */
function labelledTurns(assets: readonly UploadedAsset[]): Turn {
  const urls = urlsOf(assets);
  const ways: readonly Way[] = [
    (turn) =>
      converse(
        turn,
        labelledEdit(turn.task, urls, { modelName: turn.model.upstream.model }),
        '/imagine',
      ),
    (turn) => converse(turn, labelledEdit(turn.task, urls, OLDER), '/imagine'),
    (turn) => converse(turn, attachedEdit(turn, assets), '/imagine'),
  ];
  // Without addresses the originals can only be attached.
  let current = urls.length === assets.length ? 0 : ways.length - 1;
  async function* ask(turn: DrawCall): AsyncGenerator<Json, void, undefined> {
    for (;;) {
      const mine = current;
      const way = ways[mine];
      if (way === undefined) return;
      let hasBegun = false;
      try {
        for await (const frame of way(turn)) {
          hasBegun = true;
          yield frame;
        }
        return;
      } catch (thrown) {
        if (hasBegun || mine === ways.length - 1 || !isUnaccepted(thrown)) throw thrown;
        current = Math.max(current, mine + 1);
      }
    }
  }
  return (turn) => picturesIn(ask(turn));
}

type Way = (turn: DrawCall) => AsyncIterable<Json>;

/** An ordinary chat of the edit model with the originals attached. */
function attachedEdit({ model, task, settings }: DrawCall, assets: readonly UploadedAsset[]) {
  return chatBody(
    model,
    { model: model.id, messages: [] },
    {
      message: editLabel(task),
      attachments: assets.map(({ id }) => id),
      temporary: settings.temporary,
    },
  );
}

/**
 * Upstream refused the form of the request and did nothing. Its own trouble (5xx) is none of this: such
 * a call may have been counted, and asking again would spend what was not reserved.
 */
function isUnaccepted(thrown: unknown): boolean {
  return (
    thrown instanceof ProviderError &&
    thrown.outcome === 'refused' &&
    thrown.code === 'upstream_refused' &&
    thrown.detail.counted !== true
  );
}

function urlsOf(assets: readonly UploadedAsset[]): string[] {
  return assets.flatMap(({ uri }) => (uri === null ? [] : [referenceUrl(uri)]));
}
